import { describe, expect, it } from 'vitest'
import { plainLine, playwrightTotals, sum, vitestTotals } from './totals.ts'

const file = (name: string, status: string, tests: [string, string][], message?: string) => ({
  name: `/somewhere/tests/${name}`,
  status,
  message,
  assertionResults: tests.map(([fullName, state]) => ({
    fullName,
    status: state,
    failureMessages: state === 'failed' ? ['\u001b[31mError: expected 3\u001b[39m\n\n  at plan.ts:7'] : [],
  })),
})

const vitestReport = {
  numTotalTests: 0,
  testResults: [
    file('core/jobs.test.ts', 'passed', [
      ['claims once', 'passed'],
      ['refuses an unreadable folder [needs a user other than root]', 'skipped'],
    ]),
    file('core/plan.test.ts', 'failed', [
      ['plans', 'failed'],
      ['keeps', 'passed'],
      ['someday', 'todo'],
    ]),
    file('workers/score.test.ts', 'failed', [], 'Cannot find module sharp'),
    file('workers/score.corpus.test.ts', 'passed', [['orders 430 photos', 'pending']]),
  ],
}

const spec = (title: string, status: string, annotations: { type: string; description?: string }[] = []) => ({
  title,
  file: 'cull.spec.ts',
  tests: [{ status, annotations, results: [{ error: status === 'unexpected' ? { message: 'no such button' } : undefined }] }],
})
const playwrightReport = {
  suites: [
    {
      title: 'cull.spec.ts',
      specs: [spec('opens', 'expected'), spec('shakes', 'flaky')],
      suites: [
        {
          specs: [
            spec('drags', 'skipped', [{ type: 'skip', description: 'no pointer here' }]),
            spec('why not', 'skipped'),
            spec('breaks', 'unexpected'),
          ],
        },
      ],
    },
  ],
  errors: [{ message: 'no display' }],
}

describe('totals', () => {
  it('count a skip as skipped only when its reason is known, and a file that did not run as failed', () => {
    const absent = vitestTotals(vitestReport, 'the corpus is absent')
    expect(absent).toEqual({
      passed: 2,
      failed: 3,
      skipped: [
        { test: 'refuses an unreadable folder [needs a user other than root]', because: 'needs a user other than root' },
        { test: 'orders 430 photos', because: 'the corpus is absent' },
      ],
      broken: [
        'plans: Error: expected 3\n      at plan.ts:7',
        'someday: skipped without a reason',
        '/somewhere/tests/workers/score.test.ts: Cannot find module sharp',
      ],
    })
    expect(vitestTotals(vitestReport, null)).toMatchObject({ passed: 2, failed: 4, skipped: [{}] })
  })

  it('count what the window suites say, flaky and unexplained as failed', () => {
    expect(playwrightTotals(playwrightReport)).toEqual({
      passed: 1,
      failed: 4,
      skipped: [{ test: 'cull.spec.ts drags', because: 'no pointer here' }],
      broken: [
        'cull.spec.ts shakes: flaky: failed, and said nothing',
        'cull.spec.ts why not: skipped without a reason',
        'cull.spec.ts breaks: unexpected: no such button',
        'no display',
      ],
    })
  })

  it('call an empty, missing or unknown report a failure', () => {
    const reports = [
      vitestTotals({ testResults: [] }, null),
      vitestTotals(null, null),
      playwrightTotals({ suites: [], errors: [] }),
      playwrightTotals(''),
    ]
    expect(reports.map(plainLine)).toEqual(Array(4).fill('0 passed, 1 failed, 0 skipped'))
    expect(plainLine(sum([vitestTotals(vitestReport, 'absent'), playwrightTotals(playwrightReport)]))).toBe('3 passed, 7 failed, 3 skipped')
  })
})
