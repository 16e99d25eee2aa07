import { stripVTControlCharacters } from 'node:util'
import { z } from 'zod'

/** What a suite reports: numbers, every skipped test with its reason, and in `broken` a line for each failure: which test, or what part did not run, and why. */
export type Totals = { passed: number; failed: number; skipped: { test: string; because: string }[]; broken: string[] }

const vitestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).optional() })),
    }),
  ),
})

const unexplained = 'skipped without a reason'

/** What a failed test said, short enough to be read at the end of a long run; the whole of it stands where the test ran. */
const said = (messages: (string | undefined)[]): string => {
  const lines = stripVTControlCharacters(messages.map((message) => message ?? '').join('\n'))
    .split('\n')
    .filter((line) => line.trim() !== '')
  return lines.length === 0 ? 'failed, and said nothing' : lines.slice(0, 12).join('\n    ').slice(0, 1_500)
}

/** A test that may be skipped says why at the end of its title: `refuses an unreadable folder [needs a user other than root]`. */
const reasonInTitle = (title: string): string | null => /\[(needs [^\]]+)\]/.exec(title)?.[1] ?? null

/**
 * Totals of vitest's JSON report. A skip counts as skipped only with a reason: its title says `[needs …]`, or its file is a corpus suite
 * and the corpus is absent. Any other skip counts as failed, and so does a file that could not run.
 * @param corpusReason why corpus suites may be skipped here, or null where the corpus is present
 */
export function vitestTotals(report: unknown, corpusReason: string | null): Totals {
  const parsed = vitestReport.safeParse(report)
  if (!parsed.success) return nothing(`expected the JSON report of vitest, got: ${z.prettifyError(parsed.error)}`)
  const totals: Totals = { passed: 0, failed: 0, skipped: [], broken: [] }
  for (const file of parsed.data.testResults) {
    let failed = 0
    for (const { status, fullName, failureMessages = [] } of file.assertionResults) {
      if (status === 'passed') totals.passed += 1
      else if (status === 'failed') {
        failed += 1
        totals.broken.push(`${fullName}: ${said(failureMessages)}`)
      } else {
        const because = reasonInTitle(fullName) ?? (/\.corpus\.test\.tsx?$/.test(file.name) ? corpusReason : null)
        if (because === null) {
          totals.failed += 1
          totals.broken.push(`${fullName}: ${unexplained}`)
        } else totals.skipped.push({ test: fullName, because })
      }
    }
    totals.failed += failed
    if (failed === 0 && (file.status === 'failed' || file.assertionResults.length === 0)) {
      totals.failed += 1
      totals.broken.push(`${file.name}: ${file.message || 'no test ran'}`)
    }
  }
  if (parsed.data.testResults.length === 0) return nothing('expected test files, got none')
  return totals
}

const playwrightTest = z.object({
  status: z.string(),
  annotations: z.array(z.object({ type: z.string(), description: z.string().optional() })),
  results: z.array(z.object({ error: z.object({ message: z.string().optional() }).optional() })).optional(),
})
const playwrightSuite = z.object({
  specs: z.array(z.object({ title: z.string(), file: z.string(), tests: z.array(playwrightTest) })).optional(),
  get suites() {
    return z.array(playwrightSuite).optional()
  },
})
const playwrightReport = z.object({ suites: z.array(playwrightSuite), errors: z.array(z.object({ message: z.string().optional() })) })

/** Totals of Playwright's JSON report. A flaky test counts as failed; a skip needs the description `test.skip(condition, 'why')` gives. */
export function playwrightTotals(report: unknown): Totals {
  const parsed = playwrightReport.safeParse(report)
  if (!parsed.success) return nothing(`expected the JSON report of Playwright, got: ${z.prettifyError(parsed.error)}`)
  const totals: Totals = { passed: 0, failed: 0, skipped: [], broken: [] }
  const visit = (suite: z.infer<typeof playwrightSuite>) => {
    for (const spec of suite.specs ?? []) for (const test of spec.tests) count(`${spec.file} ${spec.title}`, test)
    for (const inner of suite.suites ?? []) visit(inner)
  }
  const count = (name: string, test: z.infer<typeof playwrightTest>) => {
    const because = test.annotations.find(({ type }) => type === 'skip')?.description ?? reasonInTitle(name)
    if (test.status === 'expected') totals.passed += 1
    else if (test.status === 'skipped' && because !== null) totals.skipped.push({ test: name, because })
    else {
      totals.failed += 1
      const errors = (test.results ?? []).flatMap(({ error }) => (error ? [error.message] : []))
      totals.broken.push(`${name}: ${test.status === 'skipped' ? unexplained : `${test.status}: ${said(errors)}`}`)
    }
  }
  for (const suite of parsed.data.suites) visit(suite)
  for (const { message } of parsed.data.errors) {
    totals.failed += 1
    totals.broken.push(message ?? 'Playwright reported an error without a message')
  }
  return totals.passed + totals.failed + totals.skipped.length === 0 ? nothing('expected window tests, got none') : totals
}

/** A suite that did not run at all: one failure, with the reason. */
export const nothing = (because: string): Totals => ({ passed: 0, failed: 1, skipped: [], broken: [because] })

export const sum = (all: Totals[]): Totals => ({
  passed: all.reduce((total, one) => total + one.passed, 0),
  failed: all.reduce((total, one) => total + one.failed, 0),
  skipped: all.flatMap((one) => one.skipped),
  broken: all.flatMap((one) => one.broken),
})

/** The one plain line every runner here ends with. */
export const plainLine = (totals: Totals): string => `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped.length} skipped`
