import type { Catalog, CatalogListing, CatalogProblem, Flip, FlipReply, ProductRef, RemoteListing } from '../catalog.ts'
import { differences, type Gallery, others } from '../domain/publishing.ts'
import { dropOf } from '../library/drops.ts'
import type { Publication } from '../library/publications.ts'
import type { Published } from './publish-record.ts'
import type { Outcome, StageContext } from './stage.ts'

type Ended = Outcome<Published>

/**
 * The last step: every file is there. The shop is read afresh; what is already as wanted is not touched, what somebody else changed is not overwritten,
 * and only what a fresh read shows afterwards counts.
 */
export async function settle(at: {
  publication: Publication
  what: CatalogListing
  gallery: Gallery
  catalog: Catalog
  ref: ProductRef
  ctx: StageContext
  fail(problem: CatalogProblem, ctx: StageContext): Ended
}): Promise<Ended> {
  const { publication, what, gallery, catalog, ref, ctx, fail } = at
  const can = catalog.capabilities()
  const found = await catalog.find(ref, ctx.signal)
  if (!found.ok) return fail(found.problem, ctx)
  if (found.value === null) return { kind: 'done', out: { did: 'conflict', difference: ['the shop has no such product any more'] } }
  let remote: RemoteListing = found.value
  const text = publication.made
  const ours = new Set([...publication.standing.media.values()].flatMap((mark) => (mark.remoteId === null ? [] : [mark.remoteId])))
  const mine = `${catalog.name}/${ref.productId}/set`
  // What was begun and has no known end may be half done: then the shop's revision is our own doing, and pictures of others are looked for anew.
  const { setting } = publication
  const isHalfDone = setting !== null && (setting.life !== ctx.life || ctx.begun.has(mine))
  const keep = publication.base === null || isHalfDone ? others(remote, gallery, ours) : publication.keep
  const wanted = { listing: what, gallery, keep, text }
  const before = differences(wanted, remote, can)
  // Not everything can be read back (descriptions, texts of pictures): what was not sent in this form is sent.
  if (before.length > 0 || publication.shown !== publication.fingerprint) {
    if (before.length > 0 && publication.base !== null && remote.revision !== publication.base && !isHalfDone)
      return { kind: 'done', out: { did: 'conflict', difference: before } }
    if (setting === null) {
      ctx.begun.delete(mine)
      return { kind: 'done', out: { did: 'intend set' } }
    }
    ctx.begun.set(mine, ctx.uptimeMs())
    const change = { remoteId: remote.remoteId, listing: what, text, gallery, keep, base: remote.revision }
    const set = await catalog.set(change, ctx.signal)
    if (!set.ok) return fail(set.problem, ctx)
    remote = set.value
    const after = differences(wanted, remote, can)
    const gone = gallery.filter((one) => !remote.media.some((media) => media.remoteId === one.remoteId))
    // A shop may say yes and leave out what it does not know (any more): that file is looked for, and sent again if it is not there.
    if (gone.length > 0 && ctx.attempt > 1) return { kind: 'done', out: { did: 'lost', keys: gone.map((one) => one.key) } }
    if (after.length > 0) return { kind: 'retry', because: `the shop said yes, but ${after[0]}`, afterMs: 1000 }
  }
  if (remote.visible !== (publication.wanted === 'live')) {
    const flipped = await flipOne(catalog, { productId: ref.productId, remoteId: remote.remoteId }, publication.wanted, null, ctx.signal)
    if (!flipped.ok) return fail(flipped.problem, ctx)
    remote = { ...remote, visible: flipped.value.visible }
    if (remote.visible !== (publication.wanted === 'live'))
      return {
        kind: 'retry',
        because: `the shop said yes, but ${remote.visible ? 'still shows it' : 'does not show it yet'}`,
        afterMs: 1000,
      }
  }
  const failed = await schedule(at, remote)
  if (failed !== null) return fail(failed, ctx)
  return { kind: 'done', out: { did: 'settled', remote, keep, settleMs: can.settleMs } }
}

/** Shows or hides one listing. */
export async function flipOne(
  catalog: Catalog,
  one: Flip,
  to: 'live' | 'hidden',
  at: string | null,
  signal: AbortSignal,
): Promise<FlipReply['reply']> {
  const [flipped] = await catalog.flip([one], to, at, signal)
  if (flipped === undefined) throw new TypeError('a flip without an answer')
  return flipped.reply
}

/** A shop that opens by itself is told the hour; this computer may then be off at that time. It looks all the same, and closes. */
async function schedule(
  { publication, catalog, ref, ctx }: { publication: Publication; catalog: Catalog; ref: ProductRef; ctx: StageContext },
  remote: RemoteListing,
): Promise<CatalogProblem | null> {
  if (!catalog.capabilities().scheduleOpen || publication.wanted !== 'hidden') return null
  const drop = await dropOf(ctx.read, catalog.name, ref.productId)
  const opensAt = drop === null || drop.state !== 'planned' || Date.parse(drop.opensAt) <= ctx.clock.now() ? null : drop.opensAt
  if (opensAt === null && remote.opensAt === null) return null
  if (opensAt !== null && remote.opensAt !== null && Date.parse(opensAt) === Date.parse(remote.opensAt)) return null
  const one = { productId: ref.productId, remoteId: remote.remoteId }
  const told = await flipOne(catalog, one, opensAt === null ? 'hidden' : 'live', opensAt, ctx.signal)
  return told.ok ? null : told.problem
}
