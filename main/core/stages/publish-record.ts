import type { CatalogListing, RemoteListing } from '../catalog.ts'
import type { MediaMark } from '../domain/publishing.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Tx } from '../library/db.ts'
import { forgetShowing, freeze, markMedia, noteShowing } from '../library/publications.ts'

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
  /** `sent`: what the shop shows now, as it was frozen. */
  | {
      did: 'settled'
      remote: RemoteListing
      keep: string[]
      settleMs: number
      wanted: 'live' | 'hidden'
      sent: { fingerprint: string; frozen: string | null }
      doubt: Doubt
    }
  | { did: 'hidden'; remote: RemoteListing | null; doubt: Doubt }
  | { did: 'conflict'; difference: string[] }
  /** Signing in failed: nothing is sent to this shop until a person has looked. */
  | { did: 'pause'; because: string }
  | { did: 'failed'; because: string }

/** `leftMs`: how long a request to show or hide it may still be acted on; 0 = it cannot. `life`: of the intent that was read; null = none. */
export type Doubt = { leftMs: number; life: string | null }

type At = { catalog: string; productId: string }

/** How many earlier galleries are kept for going back. */
const versionsKept = 5

/** The only write of a step: what came of it, and the intent of the next. */
export async function applyPublishing(
  tx: Tx,
  at: At,
  out: Published,
  ctx: { now: string; nowMs: number; life: string; job: number },
): Promise<NextJob[]> {
  const again: NextJob = { stage: 'publish.listing', input: { catalog: at.catalog, productId: at.productId } }
  const change = (values: Parameters<typeof update>[2]) => update(tx, at, values, ctx.now)
  const show = () => noteShowing(tx, at.catalog, [at.productId], ctx.life)
  // What was asked for while this step ran is not overwritten by how the step ended: it has a job of its own, or waits for its files.
  if (isAnEnd(out)) {
    await keepFacts(tx, at, out, ctx.now)
    if (out.did === 'hidden' && (await wasShownByDrop(tx, at))) return [again]
    if (await askedSince(tx, at, out, ctx.job)) return [again]
  }
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
      if (out.setsNext) await show()
      return [again]
    case 'lost':
      for (const key of out.keys) await markMedia(tx, at, key, null, ctx.nowMs)
      await change({ looked: 0 })
      return [again]
    case 'intend set':
      await change({ setting: JSON.stringify({ life: ctx.life }) })
      await show()
      return [again]
    case 'intend show':
      await show()
      return [again]
    case 'settled':
      await change({ state: out.remote.visible ? 'published' : 'hidden', difference: null })
      return [...(await sweeps(tx, at, out.settleMs)), ...looks(at, out), ...(await finishWhenLast(tx, at.catalog))]
    case 'hidden':
      await change({ state: 'hidden', because: null })
      return [...looks(at, out), ...(await finishWhenLast(tx, at.catalog))]
    case 'conflict':
      await change({ state: 'conflict', difference: JSON.stringify(out.difference), because: out.difference[0] ?? null })
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
  shown: string
}>

/** Ends that say what the listing has become, or freeze what is sent. */
type End = Extract<Published, { did: 'freeze' | 'settled' | 'hidden' | 'conflict' | 'failed' }>
const isAnEnd = (out: Published): out is End => ['freeze', 'settled', 'hidden', 'conflict', 'failed'].includes(out.did)

/** It was asked for again since the step that ends here looked: to be shown, hidden or changed. */
async function askedSince(tx: Tx, { catalog, productId }: At, out: End, job: number): Promise<boolean> {
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
    .where('id', '<>', job)
    .executeTakeFirst()
  return next !== undefined
}

/** A drop showed it while it was being hidden: it is shown again, as is wanted now. */
async function wasShownByDrop(tx: Tx, { catalog, productId }: At): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('publication')
    .set({ state: 'sending' })
    .where('catalog', '=', catalog)
    .where('product_id', '=', productId)
    .where('state', '=', 'published')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** What is known of the shop holds, whatever was asked for meanwhile; else our own last change would be taken for somebody else's, or theirs for ours. */
async function keepFacts(tx: Tx, at: At, out: End, now: string): Promise<void> {
  if (out.did === 'settled') await settled(tx, at, out, now)
  if (out.did === 'hidden') await update(tx, at, { visible: 0 }, now)
  if (out.did === 'conflict') await update(tx, at, { setting: null }, now)
  const doubt = 'doubt' in out ? out.doubt : null
  if (doubt !== null && doubt.leftMs === 0 && doubt.life !== null) await forgetShowing(tx, at.catalog, [at.productId], doubt.life)
}

/** Where a shop may still show or hide it by itself, it is looked at once more when that time is over. */
const looks = ({ catalog, productId }: At, out: { doubt: Doubt }): NextJob[] =>
  out.doubt.leftMs > 0 ? [{ stage: 'publish.look', input: { catalog, productId } }] : []

async function update(tx: Tx, { catalog, productId }: At, values: Values, now: string): Promise<void> {
  await tx
    .updateTable('publication')
    .set({ ...values, at: now })
    .where('catalog', '=', catalog)
    .where('product_id', '=', productId)
    .execute()
}

async function settled(tx: Tx, at: At, { remote, keep, sent }: Extract<Published, { did: 'settled' }>, now: string): Promise<void> {
  const row = await tx
    .selectFrom('publication')
    .select('live_at')
    .where('catalog', '=', at.catalog)
    .where('product_id', '=', at.productId)
    .executeTakeFirstOrThrow()
  await update(
    tx,
    at,
    {
      base: remote.revision,
      url: remote.url,
      visible: remote.visible ? 1 : 0,
      keep: JSON.stringify(keep),
      setting: null,
      shown: sent.fingerprint,
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
  if (sent.frozen === null || versions[0]?.fingerprint === sent.fingerprint) return
  const n = (versions[0]?.n ?? 0) + 1
  await tx
    .insertInto('publication_version')
    .values({ catalog: at.catalog, product_id: at.productId, n, fingerprint: sent.fingerprint, frozen: sent.frozen, at: now })
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
