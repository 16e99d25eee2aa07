import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { buildCard, photo } from '../../support/card.ts'
import { dropcard } from '../../support/cli.ts'
import { startEngine } from '../../support/engine.ts'
import { tempFolder } from '../../support/temp.ts'

const listed = z.object({
  trash: z.array(z.object({ id: z.string(), name: z.string(), because: z.string().nullable() })),
  deleted: z.number(),
})

test('trash: lists, brings back by the start of an id, names what it does not know, empties; verify --manifest needs no library', async () => {
  const dir = tempFolder()
  const [library, disk] = [join(dir, 'library'), join(dir, 'disk')]
  const card = await buildCard(
    join(dir, 'card'),
    Object.fromEntries([1, 2, 3].map((n) => [`100CANON/IMG_000${n}.JPG`, photo({ seed: n, width: 64, height: 48 })])),
  )
  const it = await startEngine(library, 'offload')
  await it.call('offload.start', { path: card, backups: [disk] })
  await it.call('engine.settle', {})
  await it.call('asset.remove', { assetIds: (await it.call('asset.list', {})).assets.map((one) => one.id) })
  await it.close()

  const list = await dropcard(['trash', '--library', library, '--json'])
  const { trash } = listed.parse(list.json)
  const [first] = trash
  if (first === undefined) throw new Error('expected three in the trash')
  expect([list.code, list.stderr, trash.map((one) => one.name)]).toEqual([0, '', ['IMG_0001.JPG', 'IMG_0002.JPG', 'IMG_0003.JPG']])
  const some = await dropcard(['trash', '--library', library, '--restore', first.id.slice(0, 12), '--restore', 'f00', '--json'])
  expect([some.code, some.json]).toEqual([
    2,
    { restored: [first.id], left: [{ id: 'f00', because: expect.stringContaining('at least 8 digits') }] },
  ])
  const none = await dropcard(['trash', '--library', library, '--restore', '0'.repeat(64), '--json'])
  expect([none.code, z.object({ restored: z.array(z.string()) }).parse(none.json).restored]).toEqual([3, []])
  const empty = await dropcard(['trash', '--library', library, '--empty', '--json'])
  expect([empty.code, empty.json]).toMatchObject([0, { deleted: trash.slice(1).map((one) => one.id), left: [] }])
  expect((await dropcard(['trash', '--library', library])).stdout).toContain('The trash is empty.\n2 more were deleted for good')

  const folder = join(disk, 'manifests')
  const manifest = join(folder, readdirSync(folder)[0] ?? '')
  const good = await dropcard(['verify', '--manifest', manifest, '--json'])
  expect([good.code, good.stderr, good.json]).toMatchObject([0, '', { at: disk, listed: 3, identical: 3, extra: [] }])
  const photos = readdirSync(join(disk, 'originals'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = photos.map((entry) => join(entry.parentPath, entry.name)).sort()
  const rot = (path: string): void => {
    const content = readFileSync(path)
    content[100] = (content[100] ?? 0) ^ 1
    chmodSync(path, 0o644)
    writeFileSync(path, content)
  }
  rot(paths[0] ?? '')
  const bad = await dropcard(['verify', '--manifest', disk, '--json'])
  expect([bad.code, bad.json]).toMatchObject([2, { identical: 2, damaged: [{ path: paths[0] }] }])
  for (const path of paths.slice(1)) rot(path)
  const words = await dropcard(['verify', '--manifest', folder])
  expect([words.code, words.stdout]).toEqual([3, expect.stringContaining('0 of 3 are identical')])
})

test('wrong use of trash and verify is 1, a missing library or manifest 3', async () => {
  const dir = tempFolder()
  const hostile = join(dir, 'bomb.mhl')
  writeFileSync(hostile, '<!DOCTYPE x [<!ENTITY a "b">]><hashlist version="2.0">&a;</hashlist>')
  const cases: [string[], number, string][] = [
    [['verify', '--json'], 1, 'invalid-input'],
    [['verify', '--library', dir, '--manifest', hostile, '--json'], 1, 'invalid-input'],
    [['verify', '--library', dir, '--at', dir, '--json'], 1, 'invalid-input'],
    [['verify', '--manifest', join(dir, 'nowhere.mhl'), '--json'], 3, 'not-found'],
    [['verify', '--manifest', hostile, '--json'], 3, 'unreadable'],
    [['trash', '--library', join(dir, 'nowhere'), '--json'], 3, 'not-found'],
    [['trash', '--library', dir, '--empty', '--restore-all', '--json'], 1, 'invalid-input'],
  ]
  const results = await Promise.all(cases.map(([args]) => dropcard(args)))
  const error = z.object({ error: z.object({ code: z.string(), next: z.string().nullable() }) })
  expect(results.map((one, index) => [cases[index]?.[0].join(' '), one.code, error.safeParse(one.json).data?.error.code])).toEqual(
    cases.map(([args, code, name]) => [args.join(' '), code, name]),
  )
})
