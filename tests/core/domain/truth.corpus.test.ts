import { describe, expect, test } from 'vitest'
import { truth } from '../../bench/eval-series.ts'
import { corpus } from '../../support/corpus.ts'

describe.skipIf(!corpus)('on the media corpus', () => {
  test('every line of the truth table holds, and the real focus sweeps are kept whole', { timeout: 240_000 }, async () => {
    const found = await truth(corpus ?? '')
    expect(found.lines.filter((line) => !line.startsWith('holds'))).toEqual([])
    expect(found.lines.map((line) => /stack\(s\), ([\w-]+),/.exec(line)?.[1])).toEqual(['focus-stack', 'focus-stack', 'copies'])
  })
})
