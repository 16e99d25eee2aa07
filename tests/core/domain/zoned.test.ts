import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sayInstant, toInstant, zoneOf } from '../../../main/core/domain/zoned.ts'

test('hours that a change of the clocks skips or has twice are read as calendars do', () => {
  const rows = [
    ['2026-11-28T12:00', 'Europe/Berlin', '2026-11-28T11:00:00.000Z', null],
    // Clocks go forward at 2:00 on 29 March 2026 in the EU, and back at 3:00 on 25 October.
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z', 'skipped'],
    ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z', null],
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z', 'twice'],
    ['2026-10-25T12:00', 'Europe/Berlin', '2026-10-25T11:00:00.000Z', null],
    // Midnight on Sunday is the end of Sunday: the first minute of Monday.
    ['2026-03-29T24:00', 'Europe/Berlin', '2026-03-29T22:00:00.000Z', null],
    ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00.000Z', 'twice'],
    ['2026-03-08T02:15', 'America/New_York', '2026-03-08T07:15:00.000Z', 'skipped'],
    // Half an hour of change, and a change at midnight.
    ['2026-10-04T02:10', 'Australia/Lord_Howe', '2026-10-03T15:40:00.000Z', 'skipped'],
    ['2026-12-31T24:00', 'Asia/Kathmandu', '2026-12-31T18:15:00.000Z', null],
  ] as const
  expect(rows.map(([wall, zone]) => toInstant(wall, zone))).toEqual(rows.map(([, , at, note]) => ({ at, note })))
  expect(
    ['2026-02-30T12:00', '2026-13-01T12:00', '2026-01-01T24:30', 'tomorrow', '2026-01-01T12:60'].map((wall) => toInstant(wall, 'UTC')),
  ).toEqual(Array.from({ length: 5 }, () => null))
  expect([zoneOf('Europe/Berlin'), zoneOf('Mars/Olympus')]).toEqual(['Europe/Berlin', null])
  expect(sayInstant('2026-11-28T11:00:00.000Z', 'Europe/Berlin')).toBe('Sat, 28 Nov 2026, 12:00 (Europe/Berlin)')
})

test('in every zone, every wall time that there is reads back as itself', () => {
  const zones = Intl.supportedValuesOf('timeZone')
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2024, 0, 1) / 60_000, max: Date.UTC(2032, 0, 1) / 60_000 }),
      (zone, minute) => {
        const wall = new Date(minute * 60_000).toISOString().slice(0, 16)
        const found = toInstant(wall, zone)
        const said = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
          .format(Date.parse(found?.at ?? ''))
          .replace(' ', 'T')
        // A skipped hour is said as the hour after it.
        expect(found?.note === 'skipped' ? said > wall : said === wall).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
})
