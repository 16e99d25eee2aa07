import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll } from 'vitest'
import { z } from 'zod'
import { projectRoot } from '../../support/cli.ts'

const rowsOf = z.array(z.object({ fault: z.string(), mechanism: z.string(), tried: z.number(), outcome: z.string() }))
type Row = z.infer<typeof rowsOf>[number]

const kept = join(projectRoot, '.cache/faults/rows')
const page = join(projectRoot, 'tests/reports/offload-faults.md')

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/**
 * The fault table: what was really tried in this run. With DROPCARD_REPORT=1 it is written to tests/reports/offload-faults.md, each suite
 * file replacing its own rows.
 */
export function faultTable(file: string): {
  tried<T>(fault: string, mechanism: string, outcome: string, act: () => Promise<T>): Promise<T>
} {
  const rows: Row[] = []
  const count = (fault: string, mechanism: string, outcome: string): void => {
    const known = rows.find((row) => row.fault === fault && row.mechanism === mechanism && row.outcome === outcome)
    if (known === undefined) rows.push({ fault, mechanism, tried: 1, outcome })
    else known.tried += 1
  }
  afterAll(() => {
    if (process.env['DROPCARD_REPORT'] !== '1' || rows.length === 0) return
    mkdirSync(kept, { recursive: true })
    writeFileSync(join(kept, `${basename(file, '.ts')}.json`), JSON.stringify(rows))
    writePage()
  })
  return {
    async tried(fault, mechanism, outcome, act) {
      try {
        const value = await act()
        count(fault, mechanism, outcome)
        return value
      } catch (error) {
        count(fault, mechanism, `FAILED: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`)
        throw error
      }
    },
  }
}

function writePage(): void {
  const files = existsSync(kept) ? readdirSync(kept).sort() : []
  const rows = files.flatMap((name) => rowsOf.parse(JSON.parse(readFileSync(join(kept, name), 'utf8'))))
  const total = rows.reduce((sum, row) => sum + row.tried, 0)
  const failed = rows.filter((row) => row.outcome.startsWith('FAILED')).reduce((sum, row) => sum + row.tried, 0)
  const lines = rows.map((row) => `| ${cell(row.fault)} | ${cell(row.mechanism)} | ${row.tried} | ${cell(row.outcome)} |`)
  writeFileSync(
    page,
    `# Offload under faults

Written by \`DROPCARD_REPORT=1 npx vitest run tests/faults\` (with \`DROPCARD_LONG=1\` for the long runs) from what ran on ${new Date().toISOString().slice(0, 10)}:
${total} faults, ${failed} of them not survived as they should be. After each one the suite itself compares the card with what it was (every byte, every time), reads every copy on
every disk again, and runs the offload once more without the fault; "completes" means: safe to erase, no \`.part\` left, nothing copied twice.

| fault | mechanism | tried | outcome |
| --- | --- | ---: | --- |
${lines.join('\n')}
`,
  )
}
