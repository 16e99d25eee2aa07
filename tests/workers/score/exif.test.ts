import { describe, expect, test } from 'vitest'
import { cameraFacts, cameraTime } from '../../../workers/score/exif.ts'

describe('camera facts', () => {
  test('times are kept as the camera says them, to the millisecond, or are null', () => {
    const cases: [unknown, unknown, string | null][] = [
      ['2024:03:31 02:30:00', '5', '2024-03-31T02:30:00.500'],
      ['2024:03:31 02:30:00', '1234567', '2024-03-31T02:30:00.123'],
      ['2024-02-29T23:59:59', undefined, '2024-02-29T23:59:59.000'],
      ['2024:02:30 10:00:00', undefined, null],
      ['0000:00:00 00:00:00', undefined, null],
      ['    :  :     :  :  ', undefined, null],
      ['2099:13:45 25:61:61', undefined, null],
      ['1601:01:01 00:00:00', undefined, null],
      ['\ufffd garbage', '1', null],
      [20240331, undefined, null],
      [undefined, undefined, null],
    ]
    for (const [date, sub, expected] of cases) expect([date, cameraTime(date, sub)]).toEqual([date, expected])
  })

  test('bytes that only look like EXIF give nothing and never throw', async () => {
    const loop = Buffer.from('ffd8ffe1002245786966000049492a00080000000100120103000100000009000000080000000000ffd9', 'hex')
    const { facts } = await cameraFacts(loop)
    expect(facts).toMatchObject({ orientation: 1, capturedAt: null, cameraModel: null })
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(64), Buffer.from('ffd8ffe1ffff457869660000', 'hex')]) {
      expect((await cameraFacts(bytes)).facts.capturedAt).toBeNull()
    }
  })
})
