import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createLog } from '../../main/adapters/log.ts'
import { tempFolder } from '../support/temp.ts'

test('a log is cut into five files of bounded size, newest first, and a line stays a line', async () => {
  const folder = tempFolder()
  const log = createLog(join(folder, 'dropcard.log'), { maxBytes: 1000 })
  for (let index = 0; index < 200; index += 1) log.info(`line ${index}`)
  log.warn('a name\nwith\u001b[31m tricks', { error: new Error('why') })
  log.lines('engine', 'one\n\ntwo\r\n')
  const names = (await readdir(folder)).sort()
  expect(names).toEqual(['dropcard.1.log', 'dropcard.2.log', 'dropcard.3.log', 'dropcard.4.log', 'dropcard.log'])
  for (const name of names) expect((await stat(join(folder, name))).size).toBeLessThanOrEqual(1000)
  // Oldest first: where a file ends depends on the length of the stack, and so on where this checkout lies.
  const files = await Promise.all(names.toReversed().map((name) => readFile(join(folder, name), 'utf8')))
  const lines = [...files.slice(1), files[0]].join('').trimEnd().split('\n')
  expect(lines.slice(-4)).toEqual([
    expect.stringMatching(/Z info line 199$/),
    expect.stringMatching(/Z warn a name\\x0awith\\x1b\[31m tricks \{"error":\{"message":"why","stack":".*"\}\}$/),
    expect.stringMatching(/Z engine one$/),
    expect.stringMatching(/Z engine two\\x0d$/),
  ])
})

test('a disk that refuses a log stops nothing, is told, and is asked again', async () => {
  const folder = tempFolder()
  const told: string[] = []
  writeFileSync(join(folder, 'logs'), 'a file where the folder should be')
  const log = createLog(join(folder, 'logs/engine.log'), { onProblem: (because) => told.push(because) })
  log.info('lost')
  rmSync(join(folder, 'logs'))
  mkdirSync(join(folder, 'logs'))
  log.info('kept')
  expect([told, await readFile(join(folder, 'logs/engine.log'), 'utf8')]).toEqual([
    [expect.stringContaining('engine.log cannot be written')],
    expect.stringMatching(/^\S+Z info kept\n$/),
  ])
})
