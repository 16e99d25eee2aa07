import { join } from 'node:path'
import { expect, test } from 'vitest'
import { camerasOf, spreadOver } from '../../../main/core/commands/card.ts'
import { buildCard, photo } from '../../support/card.ts'
import { startEngine } from '../../support/engine.ts'
import { tempFolder } from '../../support/temp.ts'

test('a look at a card names its cameras, before anything of it is in the library; spread, it also meets those in later folders', async () => {
  const dir = tempFolder()
  const phone = { make: 'Apple', model: 'iPhone 16' }
  const card = await buildCard(join(dir, 'card'), {
    ...Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [
        `100CANON/IMG_${String(n + 1).padStart(4, '0')}.JPG`,
        photo({ seed: 1, width: 64, height: 48, capturedAt: `2026:05:01 10:0${n % 10}:30` }),
      ]),
    ),
    '101APPLE/IMG_1001.JPG': photo({ seed: 2, width: 64, height: 48, ...phone, capturedAt: '2026:05:01 12:00:00' }),
    '101APPLE/IMG_1002.JPG': photo({ seed: 3, width: 64, height: 48, ...phone, capturedAt: null }),
    '101APPLE/IMG_1003.JPG': photo({ seed: 4, width: 64, height: 48, ...phone, capturedAt: '2026:05:01 11:59:00' }),
  })
  const it = await startEngine(join(dir, 'library'), 'offload')
  const first = await it.call('card.peek', { path: card, limit: 5 })
  expect([first.shots.length, first.cameras]).toMatchObject([
    5,
    [{ name: 'Canon Canon EOS R8', shots: 5, firstAt: '2026-05-01T10:00:30.000' }],
  ])
  const spread = await it.call('card.peek', { path: card, limit: 5, spread: true })
  expect([spread.shots.length, spread.more, spread.cameras.map((one) => [one.name, one.shots])]).toEqual([
    5,
    10,
    [
      ['Canon Canon EOS R8', 4],
      ['Apple iPhone 16', 1],
    ],
  ])
  const all = await it.call('card.peek', { path: card })
  expect(all.cameras).toMatchObject([
    { name: 'Canon Canon EOS R8', shots: 12 },
    { name: 'Apple iPhone 16', shots: 3, firstAt: '2026-05-01T11:59:00.000' },
  ])
})

test('shots are spread evenly, and a camera without any time is still a camera', () => {
  expect(spreadOver([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 2, 5, 7])
  expect(spreadOver([1, 2], 4)).toEqual([1, 2])
  expect(
    camerasOf([
      { camera: null, capturedAt: '2026-05-01T10:00:00', token: 'a' },
      { camera: 'B', capturedAt: null, token: 'b' },
      { camera: 'A', capturedAt: null, token: 'c' },
    ]),
  ).toEqual([
    { name: 'A', shots: 1, firstAt: null, token: 'c' },
    { name: 'B', shots: 1, firstAt: null, token: 'b' },
  ])
})
