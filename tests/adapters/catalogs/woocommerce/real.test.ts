import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWoocommerce } from '../../../../main/adapters/catalogs/woocommerce.ts'
import type { Catalog, CatalogMedia, CatalogReply } from '../../../../main/core/catalog.ts'
import { createChaos } from '../chaos.ts'
import { flipOnce, publishOnce } from '../once.ts'
import { image, listing, sha256 } from '../shop.ts'
import { noWordPress, type RealWordPress, realWordPress } from './real.ts'

const { signal } = new AbortController()
const value = <T>(reply: CatalogReply<T>): T => {
  if (!reply.ok) throw new Error(`${reply.problem.class} ${reply.problem.code}: ${reply.problem.message}`)
  return reply.value
}
const problem = <T>(reply: CatalogReply<T>) => (reply.ok ? null : `${reply.problem.class} ${reply.problem.code}`)

describe.skipIf(noWordPress !== null)(
  `a real WordPress ${noWordPress === null ? '(from the system’s package)' : `[needs one: ${noWordPress}]`}`,
  () => {
    let wp: RealWordPress
    let home: string
    let pictures: CatalogMedia[]
    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), 'woo-real-'))
      pictures = await Promise.all([1, 2].map((seed) => image(home, seed, `Picture “${seed}” & more`)))
      wp = await realWordPress()
    }, 120_000)
    afterAll(async () => {
      await wp?.[Symbol.asyncDispose]()
      await rm(home, { recursive: true, force: true })
    })
    const open = (url: string, password = wp.password): Catalog =>
      value(openWoocommerce({ name: 'w', kind: 'woocommerce', config: { address: url, user: 'admin' } }, { password }))
    const filesOf = (key: string): string[] =>
      wp
        .php(
          `global $wpdb; echo implode(',', $wpdb->get_col("SELECT post_name FROM wp_posts WHERE post_type='attachment' AND post_name LIKE '${key}%' ORDER BY ID"));`,
        )
        .split(',')
        .filter((name) => name !== '')
    const first = (): CatalogMedia => pictures[0] ?? fail()
    const fail = (): never => {
      throw new Error('a picture')
    }

    it('signs in, publishes, shows, changes; the bytes arrive as they were sent', async () => {
      const catalog = open(wp.url)
      expect(value(await catalog.test(signal))).toEqual({ shop: 'Real pottery', url: `${wp.url}/`, missing: [] })
      expect(problem(await open(wp.url, 'abcd efgh ijkl mnop').test(signal))).toMatch(/^auth /)
      const mug = listing('mug', pictures, {
        title: 'Mug & <big> “cup”',
        description: 'Blue\n\nand round',
        sku: 'MUG-1',
        price: { minor: 1250, currency: 'EUR' },
        stock: 3,
      })
      const ended = await publishOnce(catalog, { ...mug, title: 'Mug & “cup”' })
      expect(ended).toMatchObject({
        problems: [],
        sent: 2,
        remote: { title: 'Mug & “cup”', visible: false, stock: 3, price: { minor: 1250 } },
      })
      expect(ended.remote?.media.map((one) => one.key)).toEqual(pictures.map((one) => one.key))
      expect(await flipOnce(catalog, 'mug', ended.remote?.remoteId ?? '')).toEqual([])
      expect(value(await catalog.find({ productId: 'mug', remoteId: null, sku: 'MUG-1', handle: '' }, signal))).toMatchObject({
        visible: true,
        revision: ended.remote?.revision,
      })
      // Nothing is sent a second time.
      expect(await publishOnce(open(wp.url), { ...mug, title: 'Mug & “cup”' })).toMatchObject({ problems: [], sent: 0 })
      const sources = wp.php(
        `foreach (get_posts(['post_type'=>'attachment','numberposts'=>-1,'orderby'=>'ID','order'=>'ASC']) as $a) echo get_attached_file($a->ID), '|', get_post_meta($a->ID, '_wp_attachment_image_alt', true), "\n";`,
      )
      const lines = sources
        .trim()
        .split('\n')
        .map((line) => line.split('|'))
      expect(lines.map(([, alt]) => alt)).toEqual(pictures.map((one) => one.alt))
      expect(await Promise.all(lines.map(async ([path = '']) => sha256(await readFile(path))))).toEqual(pictures.map((one) => one.key))
    })

    it('a lost answer makes no second file; one that was made by hand is found and taken away', async () => {
      const bowl = await image(home, 5)
      await using chaos = await createChaos(wp.url)
      const catalog = open(chaos.url)
      chaos.once((seen) => seen.method === 'POST' && seen.path.includes('/wp/v2/media'), { kind: 'drop-reply' })
      const ended = await publishOnce(catalog, listing('bowl', [bowl]))
      expect(ended.problems).toEqual([expect.stringMatching(/^upload ambiguous /)])
      expect(filesOf(bowl.key)).toEqual([bowl.key])

      const remoteId = ended.remote?.remoteId ?? ''
      const twin = value(await catalog.upload(bowl, { remoteId, handle: 'bowl' }, 'k', signal))
      expect(filesOf(bowl.key)).toHaveLength(2)
      const found = value(await catalog.findMedia([bowl.key], remoteId, signal))
      expect(found.map((one) => [one.key, one.attached])).toEqual([
        [bowl.key, true],
        [bowl.key, false],
      ])
      expect(found[1]?.remoteId).toBe(twin.remoteId)
      expect(problem(await catalog.removeMedia({ remoteId: found[0]?.remoteId ?? '', key: bowl.key }, signal))).toBe('conflict in-use')
      expect(problem(await catalog.removeMedia({ remoteId: twin.remoteId, key: first().key }, signal))).toBe('conflict not-ours')
      value(await catalog.removeMedia({ remoteId: twin.remoteId, key: bowl.key }, signal))
      value(await catalog.removeMedia({ remoteId: twin.remoteId, key: bowl.key }, signal))
      expect(filesOf(bowl.key)).toEqual([bowl.key])
    })

    it('what is larger than 2560 pixels is found by its mark although WordPress shows another file', async () => {
      const path = join(home, 'large.jpg')
      const bytes = await sharp({ create: { width: 3000, height: 2000, channels: 3, background: '#357' } })
        .jpeg()
        .toBuffer()
      await writeFile(path, bytes)
      const large: CatalogMedia = { ...first(), key: sha256(bytes), path, width: 3000, height: 2000, bytes: bytes.length }
      const catalog = open(wp.url)
      const ended = await publishOnce(catalog, listing('wall', [large]))
      expect(ended).toMatchObject({ problems: [], sent: 1, remote: { media: [{ key: large.key, state: 'ready' }] } })
      const kept = wp.php(`echo wp_get_original_image_path(${ended.remote?.media[0]?.remoteId});`)
      expect(sha256(await readFile(kept))).toBe(large.key)
    })

    it('what is no picture is refused for good, although WordPress says 500; what is damaged on the way is sent again', async () => {
      const bytes = Buffer.from('<?php echo 1;')
      const path = join(home, 'bad.jpg')
      await writeFile(path, bytes)
      const bad: CatalogMedia = { ...first(), key: sha256(bytes), path, bytes: bytes.length }
      const catalog = open(wp.url)
      const made = value(await catalog.create(listing('bad', []), 'k', signal))
      const reply = await catalog.upload(bad, { remoteId: made.remoteId, handle: 'bad' }, 'k', signal)
      expect(reply.ok ? reply.value.state : reply.problem.class).toMatch(/failed|permanent/)
      const gone = { key: first().key, remoteId: '99999' }
      const change = { remoteId: made.remoteId, listing: listing('bad', [first()]), text: true, gallery: [gone], keep: [], base: null }
      expect(problem(await catalog.set(change, signal))).toBe('permanent woocommerce_product_invalid_image_id')
      expect(problem(await catalog.set({ ...change, base: 'other' }, signal))).toBe('conflict changed')
      expect((await catalog.flip([{ productId: 'x', remoteId: '99999' }], 'live', null, signal))[0]?.reply).toMatchObject({
        ok: false,
        problem: { class: 'conflict' },
      })
    })
  },
)
