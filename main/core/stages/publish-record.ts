import type { CatalogListing, RemoteListing } from '../catalog.ts'
import type { MediaMark } from '../domain/publishing.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Tx } from '../library/db.ts'
import { freeze, markMedia } from '../library/publications.ts'

/** What one step of publishing came to; see publish-listing.ts. */
export type Published =
  | { did: 'nothing' }
  | { did: 'freeze'; listing: CatalogListing; fingerprint: string; left: string[] }
  | { did: 'intend creation' }
  /** `made`: by us, so that its words are ours to set. */
  | { did: 'found'; remote: RemoteListing; made: boolean }
  | {
      did: 'looked'
      there: { key: string; remoteId: string; state: 'there' | 'processing'; unsure: boolean }[]
      gone: string[]
      /** Whose intent is noted in the same breath; `unsure`: it was begun before, and may still turn up from that time. */
      next: { key: string; unsure: boolean } | null
      /** The intent to set the listing is noted in the same breath. */
      setsNext: boolean
    }
  | { did: 'lost'; keys: string[] }
  | { did: 'intend set' }
  | { did: 'intend show' }
  /** `unsure`: a request to show or hide it may still be acted on. */
  | { did: 'settled'; remote: RemoteListing; keep: string[]; settleMs: number; wanted: 'live' | 'hidden'; unsure: boolean }
  | { did: 'hidden'; remote: RemoteListing | null; unsure: boolean }
  | { did: 'conflict'; difference: string[] }
  /** Signing in failed: nothing is sent to this shop until a person has looked. */
  | { did: 'pause'; because: string }
  | { did: 'failed'; because: string }

type At = { catalog: string; productId: string }

/** How many earlier galleries are kept for going back. */
const versionsKept = 5

/** The only write of a step: what came of it, and the intent of the next. */
export async function applyPublishing(
  tx: Tx,
  at: At,
  out: Published,
  ctx: { now: string; nowMs: number; life: string },
): Promise<NextJob[]> {
  const again: NextJob = { stage: 'publish.listing', input: { catalog: at.catalog, productId: at.productId } }
  const change = (values: Parameters<typeof update>[2]) => update(tx, at, values, ctx.now)
  const noteShowing = () =>
    tx
      .updateTable('publication')
      .set({ showing: JSON.stringify({ life: ctx.life }) })
      .where('catalog', '=', at.catalog)
      .where('product_id', '=', at.productId)
      .where('showing', 'is', null)
      .execute()
  // What was asked for while this step ran is not overwritten by how the step ended: it has a job of its own, or waits for its files.
  if (isAnEnd(out) && (await askedSince(tx, at, out))) return [again]
  switch (out.did) {
    case 'nothing':
      return finishWhenLast(tx, at.catalog)
    case 'freeze':
      await change({
        frozen: freeze(out.listing),
        fingerprint: out.fingerprint,
        looked: 0,
        because: out.left.length === 0 ? null : out.left.join('; '),
      })
      return [again]
    case 'intend creation':
      await change({ creation: JSON.stringify({ life: ctx.life }) })
      return [again]
    case 'found':
      await change({
        remote_id: out.remote.remoteId,
        url: out.remote.url,
        visible: out.remote.visible ? 1 : 0,
        creation: JSON.stringify(out.made ? 'ours' : 'theirs'),
      })
      return [again]
    case 'looked':
      for (const one of out.there) {
        const mark: MediaMark = { state: one.state, remoteId: one.remoteId, life: ctx.life }
        await markMedia(tx, at, one.key, { ...mark, unsure: one.unsure }, ctx.nowMs)
      }
      for (const key of out.gone) await markMedia(tx, at, key, null, ctx.nowMs)
      if (out.next !== null)
        await markMedia(tx, at, out.next.key, { state: 'intended', remoteId: null, life: ctx.life, unsure: out.next.unsure }, ctx.nowMs)
      await change(out.setsNext ? { looked: 1, setting: JSON.stringify({ life: ctx.life }) } : { looked: 1 })
      if (out.setsNext) await noteShowing()
      return [again]
    case 'lost':
      for (const key of out.keys) await markMedia(tx, at, key, null, ctx.nowMs)
      await change({ looked: 0 })
      return [again]
    case 'intend set':
      await change({ setting: JSON.stringify({ life: ctx.life }) })
      await noteShowing()
      return [again]
    case 'intend show':
      await noteShowing()
      return [again]
    case 'settled':
      await settled(tx, at, out, ctx.now)
      return [...(await sweeps(tx, at, out.settleMs)), ...looks(at, out), ...(await finishWhenLast(tx, at.catalog))]
    case 'hidden':
      await change({ state: 'hidden', visible: 0, because: null, ...(out.unsure ? {} : { showing: null }) })
      return [...looks(at, out), ...(await finishWhenLast(tx, at.catalog))]
    case 'conflict':
      await change({ state: 'conflict', difference: JSON.stringify(out.difference), because: out.difference[0] ?? null, setting: null })
      return finishWhenLast(tx, at.catalog)
    case 'pause':
      await tx.updateTable('connection').set({ paused: out.because }).where('name', '=', at.catalog).execute()
      return finishWhenLast(tx, at.catalog)
    case 'failed':
      await change({ state: 'failed', because: out.because })
      return finishWhenLast(tx, at.catalog)
    default: {
      const never: never = out
      throw new TypeError(`unknown end ${JSON.stringify(never)}`)
    }
  }
}

type Values = Partial<{
  state: string
  because: string | null
  frozen: string
  fingerprint: string
  looked: number
  creation: string
  remote_id: string
  url: string | null
  visible: number
  base: string
  keep: string
  difference: string | null
  setting: string | null
  showing: null
  shown: string
}>

/** Ends that say what the listing has become, or freeze what is sent. */
type End = Extract<Published, { did: 'freeze' | 'settled' | 'hidden' | 'conflict' | 'failed' }>
const isAnEnd = (out: Published): out is End => ['freeze', 'settled', 'hidden', 'conflict', 'failed'].includes(out.did)

/** It was asked for again since the step that ends here looked: to be shown, hidden or changed. */
async function askedSince(tx: Tx, { catalog, productId }: At, out: End): Promise<boolean> {
  const row = await tx
    .selectFrom('publication')
    .select(['state', 'wanted'])
    .where('catalog', '=', catalog)
    .where('product_id', '=', productId)
    .executeTakeFirst()
  if (row === undefined || row.state === 'rendering') return true
  if (out.did === 'settled' && row.wanted !== out.wanted) return true
  const next = await tx
    .selectFrom('job')
    .select('id')
    .where('stage', '=', 'publish.listing')
    .where('key', '=', `${catalog}/${productId}`)
    .where('state', '=', 'queued')
    .executeTakeFirst()
  return next !== undefined
}

/** Where a shop may still show or hide it by itself, it is looked at once more when that time is over. */
const looks = ({ catalog, productId }: At, out: { unsure: boolean }): NextJob[] =>
  out.unsure ? [{ stage: 'publish.look', input: { catalog, productId } }] : []

async function update(tx: Tx, { catalog, productId }: At, values: Values, now: string): Promise<void> {
  await tx
    .updateTable('publication')
    .set({ ...values, at: now })
    .where('catalog', '=', catalog)
    .where('product_id', '=', productId)
    .execute()
}

async function settled(
  tx: Tx,
  at: At,
  { remote, keep, unsure }: { remote: RemoteListing; keep: string[]; unsure: boolean },
  now: string,
): Promise<void> {
  const row = await tx
    .selectFrom('publication')
    .select(['fingerprint', 'frozen', 'live_at'])
    .where('catalog', '=', at.catalog)
    .where('product_id', '=', at.productId)
    .executeTakeFirstOrThrow()
  await update(
    tx,
    at,
    {
      state: remote.visible ? 'published' : 'hidden',
      base: remote.revision,
      url: remote.url,
      visible: remote.visible ? 1 : 0,
      keep: JSON.stringify(keep),
      difference: null,
      setting: null,
      ...(unsure ? {} : { showing: null }),
      shown: row.fingerprint,
    },
    now,
  )
  if (remote.visible && row.live_at === null)
    await tx
      .updateTable('publication')
      .set({ live_at: now })
      .where('catalog', '=', at.catalog)
      .where('product_id', '=', at.productId)
      .execute()
  const versions = await tx
    .selectFrom('publication_version')
    .select(['n', 'fingerprint'])
    .where('catalog', '=', at.catalog)
    .where('product_id', '=', at.productId)
    .orderBy('n', 'desc')
    .execute()
  if (row.frozen === null || versions[0]?.fingerprint === row.fingerprint) return
  const n = (versions[0]?.n ?? 0) + 1
  await tx
    .insertInto('publication_version')
    .values({ catalog: at.catalog, product_id: at.productId, n, fingerprint: row.fingerprint, frozen: row.frozen, at: now })
    .execute()
  await tx
    .deleteFrom('publication_version')
    .where('catalog', '=', at.catalog)
    .where('product_id', '=', at.productId)
    .where('n', '<=', n - versionsKept)
    .execute()
}

/** Where something was in doubt once, a second copy may still turn up: it is looked for when the shop had time to finish it. */
async function sweeps(tx: Tx, { catalog, productId }: At, settleMs: number): Promise<NextJob[]> {
  const unsure = await tx
    .selectFrom('publication_media')
    .select('key')
    .where('catalog', '=', catalog)
    .where('product_id', '=', productId)
    .where('unsure', '=', 1)
    .execute()
  return unsure.length === 0 ? [] : [{ stage: 'publish.sweep', input: { catalog, productId }, afterMs: Math.min(50_000, settleMs) }]
}

/** Storefront and feeds are made anew once nothing of this catalog is under way any more. */
async function finishWhenLast(tx: Tx, catalog: string): Promise<NextJob[]> {
  const open = await tx
    .selectFrom('publication')
    .select('product_id')
    .where('catalog', '=', catalog)
    .where('state', 'in', ['rendering', 'sending', 'hiding'])
    .limit(1)
    .executeTakeFirst()
  return open === undefined ? [{ stage: 'publish.finish', input: { catalog } }] : []
}
