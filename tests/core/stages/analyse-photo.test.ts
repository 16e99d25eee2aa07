import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createWorkerPool } from '../../../main/adapters/pool.ts'
import { buildCard, fixture } from '../../support/card.ts'
import { engineWith } from '../../support/engine.ts'
import { tempFolder } from '../../support/temp.ts'

test('a photo that takes its thread with it is tried once more, then set aside with the reason; the thread is replaced and the others are scored', {
  timeout: 120_000,
}, async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  const card = await buildCard(join(dir, 'card'), {
    '100CANON/DEADLY01.JPG': fixture('101CANON/IMG_0004.JPG'),
    '100CANON/IMG_0002.JPG': fixture('101CANON/IMG_0005.JPG'),
    '100CANON/IMG_0003.JPG': fixture('101CANON/IMG_0006.JPG'),
    '100CANON/IMG_0004.JPG': fixture('101CANON/IMG_0007.JPG'),
  })
  // One thread: whatever is scored after the first death is scored by a new one.
  const pool = createWorkerPool({ threads: 1, entry: new URL('../../support/threads/deadly.ts', import.meta.url) })
  const engine = await engineWith(library, pool)
  onTestFinished(() => engine[Symbol.asyncDispose]())
  await engine.call('offload.start', { path: card })
  await engine.call('engine.settle', {})
  const reply = await engine.call('asset.list', {})
  if (!reply.ok) throw new Error(reply.error.message)
  expect(reply.value.assets.map(({ name, analysis, because, score }) => [name, analysis, because, score === null]).toSorted()).toEqual([
    ['DEADLY01.JPG', 'refused', 'the worker stopped unexpectedly while reading this file', true],
    ['IMG_0002.JPG', 'ready', null, false],
    ['IMG_0003.JPG', 'ready', null, false],
    ['IMG_0004.JPG', 'ready', null, false],
  ])
  expect(readFileSync(`${library}.tried`, 'utf8').trim().split('\n')).toHaveLength(2)
})
