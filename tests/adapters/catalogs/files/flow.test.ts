import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFiles } from '../../../../main/adapters/catalogs/files.ts'
import type { CatalogMedia } from '../../../../main/core/catalog.ts'
import { publishOnce } from '../once.ts'
import { clip, image, listing } from '../shop.ts'
import { folderPlace, mediaIn, openAt, standIns, tempRoot } from './places.ts'
import { ftpStandIn } from './servers/ftp.ts'
import { sftpStandIn } from './servers/sftp.ts'
import { wholeLife } from './whole.ts'

const { signal } = new AbortController()
let home: string
let pictures: CatalogMedia[]
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'files-flow-'))
  pictures = await Promise.all([1, 2, 3].map((seed) => image(home, seed)))
})
afterAll(() => rm(home, { recursive: true, force: true }))

describe('files', () => {
  for (const [name, start] of Object.entries(standIns)) {
    it(`${name}: hidden, shown, changed, taken away; nothing sent twice`, async () => {
      await using place = await start()
      await wholeLife(place, pictures)
    })

    it(`${name}: a clip goes along, a file that changed does not, a full disk is waited for`, async () => {
      await using place = await start()
      const film = await clip(home)
      const picture = await image(home, 7)
      const ended = await publishOnce(openAt(place), listing('vase', [picture, film]))
      expect(ended).toMatchObject({ problems: [], remote: { media: [{ kind: 'image' }, { kind: 'clip', key: film.key }] } })
      const changed = await image(home, 8)
      await truncate(changed.path, changed.bytes - 1)
      expect((await publishOnce(openAt(place), listing('bowl', [changed]))).stopped).toMatchObject({ class: 'permanent', code: 'file' })
      if (place.fill === undefined) return
      place.fill(true)
      const full = await publishOnce(openAt(place), listing('plate', [await image(home, 9)]), { after: () => place.fill?.(false) })
      expect(full.problems).toEqual(['create retryable disk-full'])
      expect(mediaIn(await place.files())).toHaveLength(3)
    })
  }

  it('ftp: a server that shows no names with a dot gets a folder without one', async () => {
    const { root, files, remove } = await tempRoot()
    await using server = await ftpStandIn(root, { hidesDots: true })
    const at = { config: { target: 'ftp', address: server.address, user: 'seller' }, secrets: { password: server.password.now } }
    const mug = listing('mug', pictures.slice(0, 1))
    expect(await publishOnce(openAt(at), mug)).toMatchObject({ problems: [], sent: 1 })
    expect(await publishOnce(openAt(at), mug)).toMatchObject({ problems: [], sent: 0 })
    expect(mediaIn(await files())).toHaveLength(1)
    await remove()
  })

  it('sftp: the key of the server has to be confirmed; passwords and keys both do', async () => {
    const { root, remove } = await tempRoot()
    await using server = await sftpStandIn(root)
    const config = { target: 'sftp', address: server.address, user: 'seller' }
    const test = async (fingerprint: string, secrets: Record<string, string>) => {
      const reply = await openAt({ config: { ...config, fingerprint }, secrets }).test(signal)
      return reply.ok ? 'in' : `${reply.problem.code}: ${reply.problem.message}`
    }
    expect(await test('', { password: server.password.now })).toContain(`host-key: 127.0.0.1 shows the key ${server.fingerprint}`)
    expect(await test('SHA256:another', { password: server.password.now })).toContain('Somebody may stand between')
    expect(await test(server.fingerprint, { password: 'wrong-secret' })).toMatch(/^sign-in: (?!.*wrong-secret)/)
    expect(await test(server.fingerprint, { password: server.password.now })).toBe('in')
    expect(await test(`${server.fingerprint}=`, { privateKey: server.userKey })).toBe('in')
    await remove()
  })

  it('a disk that is not there is waited for, and never made up; what somebody broke is left alone', async () => {
    await using place = await folderPlace()
    const folder = place.config['folder'] ?? ''
    const away = { ...place, config: { ...place.config, folder: join(folder, 'not-plugged-in') } }
    expect(await openAt(away).create(listing('mug', []), 'k', signal)).toMatchObject({
      ok: false,
      problem: { class: 'retryable', code: 'ENOENT' },
    })
    expect((await place.files()).size).toBe(0)
    const catalog = openAt(place)
    await publishOnce(catalog, listing('mug', pictures.slice(0, 1)))
    await catalog.flip([{ productId: 'mug', remoteId: 'mug' }], 'live', null, signal)
    await writeFile(join(folder, 'listings', 'mug.json'), '{"format":"dropcard-listing","title":')
    const reply = await catalog.find({ productId: 'mug', remoteId: 'mug', sku: null, handle: 'mug' }, signal)
    expect(reply).toMatchObject({ ok: false, problem: { class: 'conflict', code: 'damaged' } })
  })

  it('refuses connections that make no sense, and says what is wrong', () => {
    const said = (config: Record<string, string>, secrets: Record<string, string> = {}) => {
      const opened = openFiles({ name: 'f', kind: 'files', config }, secrets)
      return opened.ok ? 'fine' : opened.problem.message
    }
    const password = 'pw-1234'
    expect([
      said({ target: 'folder', folder: 'relative' }),
      said({ target: 'folder', folder: '/' }),
      said({ target: 'carrier pigeon', address: 'x://y' }),
      said({ target: 'ftp', address: 'ftp://me:pw-1234@host/', user: 'me' }, { password }),
      said({ target: 'sftp', address: 'sftp://host/', user: 'me' }),
      said({ target: 'webdav', address: 'http://dav.example/', user: 'me' }, { password }),
      said({ target: 's3', address: 'https://s3.example/', user: 'me' }, { password }),
      said({ target: 'folder', folder: '/tmp/x', pages: 'https://shop.example/p' }),
      said({ target: 'ftp', address: 'ftp://host/', user: 'me' }, { password }),
    ]).toEqual([
      expect.stringContaining('full path of a folder'),
      expect.stringContaining('too general'),
      expect.stringContaining('Expected folder, ftp, sftp, s3 or webdav'),
      expect.stringMatching(/^The address must not hold a name or password(?!.*pw-1234)/),
      expect.stringContaining('a password or a private key'),
      expect.stringContaining('https'),
      expect.stringContaining('endpoint and bucket'),
      expect.stringContaining('{handle}'),
      'fine',
    ])
  })
})
