import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { ThreadDied } from '../../../main/core/jobs/ending.ts'
import type { NextJob } from '../../../main/core/jobs/job.ts'
import { landing, openLibrary } from '../../../main/core/library/db.ts'
import type { Stage } from '../../../main/core/stages/stage.ts'
import { tempFolder } from '../../support/temp.ts'
import { rig, type Say, stage } from './rig.ts'

test('a job runs once however often it is asked for, retries as told, and ends in words', async () => {
  let tries = 0
  const it = await rig(tempFolder(), [
    stage('fine', async ({ n }) => ({ kind: 'done', out: `did ${n}` })),
    stage('later', async () => (++tries < 2 ? { kind: 'retry', because: 'not yet', afterMs: 1 } : { kind: 'done', out: 'second try' })),
    stage('never', async () => ({ kind: 'retry', because: 'the shop is closed', afterMs: 1 })),
    stage('bug', async () => {
      throw new RangeError('oops')
    }),
  ])
  await it.runner.start()
  expect([await it.enqueue('fine', 1), await it.enqueue('fine', 1)]).toEqual([true, false])
  await it.enqueue('later', 1)
  await it.enqueue('never', 1)
  await it.enqueue('bug', 1)
  await it.runner.settled()
  expect(await it.enqueue('fine', 1), 'a job that ended well is not run again').toBe(false)
  expect(await it.rows()).toEqual([
    'failed/bug/1=something went wrong inside Dropcard: oops',
    'failed/never/1=the shop is closed',
    'fine/1=did 1',
    'later/1=second try',
  ])
  expect(await it.store.counts()).toEqual({ queued: 0, running: 0, failed: 2 })
  await it.close()
})

test('a job that takes the engine with it fails after its last attempt instead of looping', async () => {
  const dir = tempFolder()
  const seen: number[] = []
  for (let life = 1; life <= 4; life += 1) {
    const it = await rig(dir, [stage('deadly', async () => new Promise(() => undefined))])
    if (life === 1) await it.enqueue('deadly', 7, false)
    await it.runner.start()
    await new Promise((resolve) => setTimeout(resolve, 30))
    const job = await it.library.db.selectFrom('job').select(['attempts', 'state']).executeTakeFirstOrThrow()
    if (job.state === 'running') seen.push(job.attempts)
    if (life === 4) expect(await it.rows()).toEqual(['failed/deadly/7=the engine stopped 3 times while this ran'])
    // The engine dies here: nothing is closed but the file.
    await it.library[Symbol.asyncDispose]()
  }
  expect(seen).toEqual([1, 2, 3])
})

test('a thread that dies costs one attempt; cancel and shutdown give a running job back', async () => {
  const dir = tempFolder()
  let deaths = 0
  let started: () => void = () => undefined
  const running = new Promise<void>((resolve) => {
    started = resolve
  })
  const slow = stage('slow', (_, ctx) => {
    started()
    return new Promise((resolve) => ctx.signal.addEventListener('abort', () => resolve({ kind: 'cancelled' })))
  })
  const it = await rig(dir, [
    stage('always dies', async () => {
      throw new ThreadDied('gone')
    }),
    stage('dies', async () => {
      deaths += 1
      if (deaths === 1) throw new ThreadDied('gone')
      return { kind: 'done', out: 'second thread' }
    }),
    slow,
  ])
  await it.runner.start()
  await it.enqueue('dies', 1)
  await it.enqueue('always dies', 1)
  await it.enqueue('slow', 1)
  await running
  expect(await it.runner.cancel((name) => name === 'slow')).toBe(1)
  await it.runner.settled()
  expect(await it.rows()).toEqual([
    'dies/1=second thread',
    'failed/always dies/1=the worker stopped unexpectedly while reading this file',
    'failed/slow/1=cancelled',
  ])
  await it.enqueue('slow', 2)
  await new Promise((resolve) => setTimeout(resolve, 50))
  await it.close()
  const again = await openLibrary(dir)
  expect(await again.db.selectFrom('job').select(['stage', 'key', 'state', 'attempts']).where('state', '=', 'queued').execute()).toEqual([
    { stage: 'slow', key: '2', state: 'queued', attempts: 0 },
  ])
  await again[Symbol.asyncDispose]()
})

test('commits land as their stage says, whatever ends the job, and the setting is always put back; a lane is asked again when work comes', async () => {
  const setting = async (db: Parameters<typeof landing>[0]): Promise<unknown> =>
    (await sql<{ synchronous: number }>`pragma synchronous`.execute(db)).rows[0]?.synchronous
  const seen: string[] = []
  const noted = (name: string, lands: 'now' | 'soon', next: NextJob[], more: Partial<Stage<Say, string>> = {}): Stage<Say, string> =>
    stage(name, async () => ({ kind: 'done', out: name }), {
      lands,
      commit: async (tx) => {
        seen.push(`${name} ${await setting(tx)}`)
        return next
      },
      failed: async (tx) => {
        seen.push(`${name} failed ${await setting(tx)}`)
        return []
      },
      ...more,
    })
  const it = await rig(tempFolder(), [
    noted('soon', 'soon', [{ stage: 'now', input: { n: 1 } }]),
    // Its lane was found empty by the time it is asked for.
    noted('now', 'now', [{ stage: 'throws', input: { n: 1 } }], { lane: 'video' }),
    noted('throws', 'soon', [], {
      attempts: 1,
      commit: async () => {
        throw new RangeError('oops')
      },
    }),
  ])
  await it.runner.start()
  await it.runner.settled()
  await it.enqueue('soon', 1)
  await it.runner.settled()
  // 1 = normal, 2 = full: sqlite.org/pragma.html#pragma_synchronous
  expect([seen, await setting(it.library.db)]).toEqual([['soon 1', 'now 2', 'throws failed 1'], 2])
  await expect(
    landing(it.library.db, 'soon', async () => {
      throw new Error('in the middle')
    }),
  ).rejects.toThrow('in the middle')
  expect(await setting(it.library.db)).toBe(2)
  await it.close()
})

test('what is done ahead outlives its job and is waited for at shutdown', async () => {
  const seen: string[] = []
  let goOn: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const it = await rig(tempFolder(), [
    stage('ahead', async (_, ctx) => {
      void ctx.ahead(async (work) => {
        await held
        seen.push((await work('copy.hash', { path: 'x' })).kind)
      })
      return { kind: 'done', out: 'first' }
    }),
  ])
  await it.runner.start()
  await it.enqueue('ahead', 1)
  await it.runner.settled()
  expect([seen, await it.rows()]).toEqual([[], ['ahead/1=first']])
  const closing = it.close().then(() => seen.push('closed'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  goOn()
  await closing
  expect(seen).toEqual(['cancelled', 'closed'])
})

test('a job that falls due in the middle of a round is not forgotten', async () => {
  let tries = 0
  // A clock that moves a little each time it is asked, so that something always falls due between two looks.
  let ms = Date.now()
  const it = await rig(
    tempFolder(),
    [stage('later', async () => (++tries < 3 ? { kind: 'retry', because: 'not yet', afterMs: 1 } : { kind: 'done', out: 'in the end' }))],
    () => ++ms,
  )
  await it.runner.start()
  await it.enqueue('later', 1)
  await it.runner.settled()
  expect(await it.rows()).toEqual(['later/1=in the end'])
  await it.close()
})

test('a job that comes between two questions of one round is asked for again', async () => {
  let ms = Date.now()
  let came = false
  const it = await rig(
    tempFolder(),
    [
      stage('first', async () => ({ kind: 'done', out: 'seen' }), { lane: 'scan' }),
      stage('late', async () => ({ kind: 'done', out: 'seen too' }), { lane: 'core' }),
    ],
    () => ms,
    (store) => ({
      ...store,
      claim: async (own, names, now) => {
        const found = await store.claim(own, names, now)
        if (names.includes('first') && !came) {
          // The first lane was just asked; the other is asked next, with the moment the round began.
          came = true
          ms += 5
          await store.enqueue(own, { stage: 'late', input: { n: 1 } }, ms)
          it.runner.wake()
          ms += 5
        }
        return found
      },
    }),
  )
  await it.runner.start()
  await it.runner.settled()
  expect(await it.rows()).toEqual(['late/1=seen too'])
  await it.close()
})
