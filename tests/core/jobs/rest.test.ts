import { expect, test } from 'vitest'
import { tempFolder } from '../../support/temp.ts'
import { rig, stage } from './rig.ts'

test('a shop that was away goes on by itself when its rest is over, though nothing else happens meanwhile', {
  timeout: 60_000,
}, async () => {
  let tries = 0
  const send = stage(
    'send',
    async () => {
      tries += 1
      // Longer than anybody waits for it: the queue counts as empty while it rests.
      return tries === 1 ? { kind: 'retry', because: 'away', afterMs: 8_000, free: true, rest: true } : { kind: 'done', out: 'sent' }
    },
    { lane: 'publish', group: () => 'shop' },
  )
  const it = await rig(tempFolder(), [send])
  await it.runner.start()
  await it.enqueue('send', 1)
  await it.runner.settled()
  expect([tries, it.runner.resting().has('shop')]).toEqual([1, true])
  await expect.poll(() => tries, { timeout: 40_000, interval: 100 }).toBe(2)
  await it.runner.settled()
  expect([it.runner.resting().size, await it.rows()]).toEqual([0, ['send/1=sent']])
  await it.close()
})
