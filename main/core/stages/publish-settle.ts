import type { Catalog, CatalogListing, CatalogProblem, Flip, FlipReply, ProductRef, RemoteListing } from '../catalog.ts'
import { differences, type Gallery, others, unsureFor } from '../domain/publishing.ts'
import { dropOf } from '../library/drops.ts'
import type { Publication } from '../library/publications.ts'
import type { Doubt, Published } from './publish-record.ts'
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
  const { wanted: to } = publication
  const doubt = doubtOf(publication.showing, catalog, ref.productId, ctx)
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
  if (remote.visible !== (to === 'live')) {
    if (publication.showing === null) return { kind: 'done', out: { did: 'intend show' } }
    const flipped = await flipOne(catalog, { productId: ref.productId, remoteId: remote.remoteId }, to, null, ctx)
    if (!flipped.ok) return fail(flipped.problem, ctx)
    remote = { ...remote, visible: flipped.value.visible }
    if (remote.visible !== (to === 'live'))
      return {
        kind: 'retry',
        because: `the shop said yes, but ${remote.visible ? 'still shows it' : 'does not show it yet'}`,
        afterMs: 1000,
      }
  }
  if (to === 'hidden') {
    const hour = await hourOf(catalog, ref.productId, remote, ctx)
    if (!hour.isTold) {
      if (publication.showing === null) return { kind: 'done', out: { did: 'intend show' } }
      const one = { productId: ref.productId, remoteId: remote.remoteId }
      const told = await flipOne(catalog, one, hour.opensAt === null ? 'hidden' : 'live', hour.opensAt, ctx)
      if (!told.ok) return fail(told.problem, ctx)
    }
  }
  return {
    kind: 'done',
    out: {
      did: 'settled',
      remote,
      keep,
      settleMs: can.settleMs,
      wanted: to,
      sent: { fingerprint: publication.fingerprint, frozen: publication.frozen },
      doubt,
    },
  }
}

/** What `StageContext.begun` calls the last request to show or hide a listing whose end is not known. */
const showOf = (catalog: Catalog, productId: string): string => `${catalog.name}/${productId}/show`

/** Notes that a request to show or hide these may still be acted on, from now. */
export function noteUnknown(catalog: Catalog, productIds: readonly string[], ctx: StageContext): void {
  for (const id of productIds) ctx.begun.set(showOf(catalog, id), ctx.uptimeMs())
}

/**
 * Whether the shop may still show or hide this one by itself, because the end of a request is not known. Showing and hiding are not waited with: what
 * is wanted is asked for at once, and looked at again when that time is over, since a late "show" may come after a "hide". Asked before the shop is
 * looked at.
 */
export function doubtOf(showing: Publication['showing'], catalog: Catalog, productId: string, ctx: StageContext): Doubt {
  if (showing === null) return { leftMs: 0, life: null }
  const what = showOf(catalog, productId)
  const leftMs = unsureFor(showing, what, {
    life: ctx.life,
    uptimeMs: ctx.uptimeMs(),
    begun: (name) => ctx.begun.get(name) ?? null,
    settleMs: catalog.capabilities().settleMs,
  })
  if (leftMs === 0) ctx.begun.delete(what)
  return { leftMs: leftMs ?? 0, life: showing.life }
}

/** Of these, those whose last request to be shown or hidden ended unknown in this life. */
export const unknownOf = (catalog: Catalog, productIds: readonly string[], ctx: StageContext): string[] =>
  productIds.filter((id) => ctx.begun.has(showOf(catalog, id)))

/** Shows or hides one listing, whose intent to be shown or hidden is noted. */
export async function flipOne(
  catalog: Catalog,
  one: Flip,
  to: 'live' | 'hidden',
  at: string | null,
  ctx: StageContext,
): Promise<FlipReply['reply']> {
  const [flipped] = await catalog.flip([one], to, at, ctx.signal)
  if (flipped === undefined) throw new TypeError('a flip without an answer')
  if (!flipped.reply.ok && flipped.reply.problem.class === 'ambiguous') noteUnknown(catalog, [one.productId], ctx)
  return flipped.reply
}

/**
 * A shop that opens by itself is told the hour of a hidden listing; this computer may then be off at that time. It looks all the same, and closes.
 * @returns the hour, null = none, and whether the shop knows
 */
export async function hourOf(
  catalog: Catalog,
  productId: string,
  remote: RemoteListing,
  ctx: StageContext,
): Promise<{ opensAt: string | null; isTold: boolean }> {
  if (!catalog.capabilities().scheduleOpen) return { opensAt: null, isTold: true }
  const drop = await dropOf(ctx.read, catalog.name, productId)
  const opensAt = drop === null || drop.state !== 'planned' || Date.parse(drop.opensAt) <= ctx.clock.now() ? null : drop.opensAt
  const isTold = opensAt === null ? remote.opensAt === null : remote.opensAt !== null && Date.parse(opensAt) === Date.parse(remote.opensAt)
  return { opensAt, isTold }
}
