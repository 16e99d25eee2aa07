import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { deliver } from '../../../main/core/stages/deliver.ts'
import { cardOf } from '../../../main/core/stages/off-card.ts'
import { tempFolder } from '../../support/temp.ts'

const life = '0123456789ab'

test('a made file gets its name whole, keeps it when it is brought again, and never takes the name of another file or makes a gone disk', async () => {
  const dir = tempFolder()
  const source = join(dir, 'made.mp4')
  writeFileSync(source, 'the clip')
  const root = join(dir, 'disk')
  mkdirSync(root)
  const to = { root, path: join(root, 'new', 'folder', 'a.mp4') }
  expect([await deliver(source, to, life), await deliver(source, to, life), readFileSync(to.path, 'utf8')]).toEqual([
    'there',
    'same',
    'the clip',
  ])
  writeFileSync(to.path, 'another!')
  expect([await deliver(source, to, life), readFileSync(to.path, 'utf8')]).toEqual(['taken', 'another!'])
  mkdirSync(join(root, 'b.mp4'))
  expect(await deliver(source, { root, path: join(root, 'b.mp4') }, life)).toBe('taken')
  expect(readdirSync(root, { recursive: true }).sort()).toEqual(['b.mp4', 'new', 'new/folder', 'new/folder/a.mp4'])
  rmSync(root, { recursive: true })
  await expect(deliver(source, to, life)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a folder on a card is known by what cameras write beside it, also before it is made; the library and what lies above it are none', async () => {
  const dir = tempFolder()
  for (const folder of ['card/DCIM/100CANON', 'video/PRIVATE/AVCHD/BDMV', 'disk/clips', 'odd/DCIM', 'odd/library'])
    mkdirSync(join(dir, folder), { recursive: true })
  const at = (path: string, library: string | null = null) => cardOf(join(dir, path), library === null ? null : join(dir, library))
  expect([
    await at('card/DCIM/100CANON'),
    await at('card/clips/not/there/yet'),
    await at('video/out'),
    await at('disk/clips'),
    await at('odd/library/exports/plain', 'odd/library'),
  ]).toEqual([join(dir, 'card'), join(dir, 'card'), join(dir, 'video'), null, null])
})
