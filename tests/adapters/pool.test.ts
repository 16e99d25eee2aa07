import { expect, onTestFinished, test } from 'vitest'
import { createWorkerPool } from '../../main/adapters/pool.ts'
import { ThreadDied } from '../../main/core/jobs/ending.ts'

test('a thread that dies takes one task with it; a bug, nonsense and a cancel are told apart; the pool goes on', async () => {
  const pool = createWorkerPool({ entry: new URL('../support/threads/dying.ts', import.meta.url) })
  onTestFinished(() => pool[Symbol.asyncDispose]())
  const abort = new AbortController()
  const ask = (path: string) => pool.run('copy.hash', { path }, { signal: abort.signal })
  const fine = { kind: 'done', out: { sha256: 'a'.repeat(64), bytes: 1 } }
  expect(await ask('fine')).toEqual(fine)
  await expect(ask('die')).rejects.toBeInstanceOf(ThreadDied)
  expect(await ask('fine')).toEqual(fine)
  await expect(ask('throw')).rejects.toThrow('a bug')
  await expect(ask('nonsense')).rejects.toThrow()
  const waiting = ask('wait')
  abort.abort()
  expect([await waiting, await ask('fine')]).toEqual([{ kind: 'cancelled' }, { kind: 'cancelled' }])
})
