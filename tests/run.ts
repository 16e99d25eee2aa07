import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from './check/repository.ts'
import { createSteps, programOf, type StepEnd } from './check/steps.ts'
import { nothing, plainLine, playwrightTotals, sum, type Totals, vitestTotals } from './check/totals.ts'
import { corpus, corpusReason } from './support/corpus.ts'

// `npm test`: every suite, the window included. Ends with one plain line, "N passed, N failed, N skipped", and code 1 when anything failed.

const reports = join(repositoryRoot, '.cache/reports')
const say = (line: string) => console.log(line)

/** What went wrong with the run as a whole, in words; null when the program ended by itself, cleanly. */
function trouble({ code, timedOut, survivors }: StepEnd, minutes: number): string | null {
  if (timedOut) return `did not end within ${minutes} minutes`
  if (survivors.length > 0) return `left programs running: ${survivors.join(', ')}`
  return code === null ? 'was ended by a signal, or did not start' : null
}

/** Runs one suite and reads its report. A red exit code without a failure in the report still counts as one. */
async function suite(
  name: string,
  minutes: number,
  report: string,
  run: () => Promise<StepEnd>,
  totalsOf: (report: unknown) => Totals,
): Promise<Totals> {
  say(`\n── ${name}`)
  rmSync(report, { force: true })
  const end = await run()
  const because = trouble(end, minutes)
  let totals: Totals
  try {
    totals = totalsOf(JSON.parse(readFileSync(report, 'utf8')))
  } catch {
    return nothing(`${name}: ${because ?? `ended with code ${end.code} and wrote no report`}`)
  }
  if (because !== null) totals = sum([totals, nothing(`${name}: ${because}`)])
  else if (end.code !== 0 && totals.failed === 0)
    totals = sum([totals, nothing(`${name}: ended with code ${end.code}, though its report has no failure`)])
  say(`   ${plainLine(totals)} (${end.seconds.toFixed(0)} s)`)
  return totals
}

/** System libraries, the build, an Electron and a display are seen to by tests/e2e/support/desktop.ts; what is missing comes back as a failure. */
async function windowSuite(): Promise<Totals> {
  const report = join(reports, 'window.json')
  const command = [...programOf('@playwright/test', 'playwright'), 'test', '-c', 'tests/e2e/playwright.config.ts']
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: report }
  return suite('window (Playwright, the real Electron)', 20, report, () => steps.run(command, { minutes: 20, env }), playwrightTotals)
}

async function engineSuites(): Promise<Totals> {
  const report = join(reports, 'vitest.json')
  const command = [...programOf('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const totalsOf = (json: unknown) => vitestTotals(json, corpus === null ? corpusReason : null)
  return suite('engine, workers, renderer, faults, corpus (vitest)', 40, report, () => steps.run(command, { minutes: 40 }), totalsOf)
}

mkdirSync(reports, { recursive: true })
await using steps = createSteps()
const totals = sum([await engineSuites(), await windowSuite()])

if (totals.skipped.length > 0) say('\nSkipped:')
for (const { test, because } of totals.skipped) say(`  ${test}: ${because}`)
if (totals.broken.length > 0) say('\nFailed:')
for (const line of totals.broken) say(`  ${line}`)
process.exitCode = totals.failed > 0 ? 1 : 0
// last, so that nothing can follow it
say(`\n${plainLine(totals)}`)
