import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeDurably } from '../../../main/core/stages/durable-file.ts'
import { sweepFolders, sweepTree } from '../../../main/core/stages/sweep.ts'
import { tempFolder } from '../../support/temp.ts'

test('what dead engines left goes, also where another program has their number now; what is under way stays', async () => {
  const dir = tempFolder()
  const sleeper = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' })
  onTestFinished(() => void sleeper.kill('SIGKILL'))
  // More than any system gives out.
  const dead = 0x7fff_fffe
  const [ours, theirs, random] = ['a1b2c3d4e5f6', '0f0f0f0f0f0f', '123456789abc']
  const part = (pid: number | undefined, life: string): string => `.${pid?.toString(16)}-${life}-${random}.part`
  const stays = [part(process.pid, ours), part(sleeper.pid, theirs), 'IMG_0001.JPG', '.hidden.part', 'x.part'].sort()
  const goes = [part(process.pid, theirs), part(dead, theirs), part(sleeper.pid, 'eeeeeeeeeeee')]
  for (const name of [...stays, ...goes]) writeFileSync(join(dir, name), 'half')
  // Nobody writes a copy for two days.
  utimesSync(join(dir, goes[2] ?? ''), new Date(), new Date(Date.now() - 2 * 24 * 60 * 60 * 1000))
  await sweepFolders([dir, dir, join(dir, 'not there')], ours)
  expect(readdirSync(dir).sort()).toEqual(stays)

  mkdirSync(join(dir, 'a/b'), { recursive: true })
  writeFileSync(join(dir, 'a/b', part(sleeper.pid, ours)), 'half')
  await sweepTree(dir)
  expect([readdirSync(dir).sort(), readdirSync(join(dir, 'a/b'))]).toEqual([['.hidden.part', 'IMG_0001.JPG', 'a', 'x.part'], []])
})

test('a file is there whole or not at all, and nothing is made where its disk is gone', async () => {
  const dir = tempFolder()
  const to = { root: dir, path: join(dir, 'manifests/deep/one.mhl') }
  await writeDurably(to, 'a1b2c3d4e5f6', ['one ', 'two'])
  await expect(
    writeDurably(
      to,
      'a1b2c3d4e5f6',
      (async function* () {
        yield 'half'
        throw new Error('the list cannot be read')
      })(),
    ),
  ).rejects.toThrow('cannot be read')
  await expect(writeDurably({ root: join(dir, 'gone'), path: join(dir, 'gone/manifests/one.mhl') }, 'a1b2c3d4e5f6', [''])).rejects.toThrow(
    'ENOENT',
  )
  expect(readdirSync(dir, { recursive: true }).map(String).sort()).toEqual(['manifests', 'manifests/deep', 'manifests/deep/one.mhl'])
})
