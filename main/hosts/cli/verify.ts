import { type ExitCode, withEngine } from './session.ts'
import { manifestLines, verifyLines } from './summary.ts'

export const verifyHelp = `
Exit codes: 0 all identical · 2 something is damaged, missing or could not be compared · 3 nothing was identical, or nothing could be read.
Files that no manifest names are listed as "extra"; they do not change the exit code.`

const exitOf = (bad: number, identical: number): ExitCode => (bad === 0 ? 0 : identical === 0 ? 3 : 2)

/** `dropcard verify`: a library, or what a manifest lists. */
export function verify(options: { library?: string; manifest?: string; at?: string; json?: boolean }): Promise<void> {
  const { library, manifest, at, json } = options
  if (manifest === undefined) {
    return withEngine({ library, json, mustExist: true, work: 'offload' }, async (session) => {
      const report = await session.call('library.verify', {})
      session.out.result(report, () => verifyLines(report))
      return exitOf(report.damaged.length + report.missing.length, report.identical)
    })
  }
  return withEngine({ json, work: 'offload' }, async (session) => {
    const report = await session.call('manifest.verify', { path: manifest, at: at ?? null })
    session.out.result(report, () => manifestLines(report))
    const bad = report.damaged.length + report.missing.length
    return bad === 0 && report.unchecked.length > 0 ? 2 : exitOf(bad, report.identical)
  })
}
