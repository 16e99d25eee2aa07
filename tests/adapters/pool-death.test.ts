import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createWorkerPool } from '../../main/adapters/pool.ts'
import { ThreadDied } from '../../main/core/jobs/ending.ts'
import { tempFolder } from '../support/temp.ts'

test('what waits behind a thread that dies is done by the next one, without anybody asking again', { timeout: 60_000 }, async () => {
  const pool = createWorkerPool({ threads: 1, entry: new URL('../support/threads/deadly.ts', import.meta.url) })
  onTestFinished(() => pool[Symbol.asyncDispose]())
  const { signal } = new AbortController()
  const score = (path: string) =>
    pool
      .run('score.photo', { path, modelsDir: '', thumbPath: null, previewPath: null, subjectAt: null }, { signal })
      .catch((thrown) => thrown)
  const [dead, ...others] = await Promise.all([
    score(join(tempFolder(), 'library/originals/DEADLY.JPG')),
    score(join(tempFolder(), 'not-there-1.JPG')),
    score(join(tempFolder(), 'not-there-2.JPG')),
  ])
  expect(dead).toBeInstanceOf(ThreadDied)
  expect(others).toEqual([expect.objectContaining({ kind: 'refused' }), expect.objectContaining({ kind: 'refused' })])
})
