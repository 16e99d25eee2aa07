import type { Catalog, CatalogListing, CatalogProblem, RemoteMedia } from '../catalog.ts'
import { type Gallery, idempotency, type MediaMark, nextStep, type Step } from '../domain/publishing.ts'
import { fingerprint, listing, mediaThatFits } from '../library/listings.ts'
import { products } from '../library/products.ts'
import { type Publication, pausedBecause, publicationOf, thaw } from '../library/publications.ts'
import { type ListingRef, listingJob } from './listing-job.ts'
import { freezeFiles } from './outbox.ts'
import { endingOf } from './publish-problem.ts'
import { applyPublishing, type Published } from './publish-record.ts'
import { doubtOf, flipOne, settle } from './publish-settle.ts'
import type { Outcome, Stage, StageContext } from './stage.ts'

type Ended = Outcome<Published>

const done = (out: Published): Ended => ({ kind: 'done', out })

/**
 * One step of one listing in one shop (domain/publishing.ts says which), then the next, until the shop shows what was asked for. What a step is about
 * to send was noted by the commit of the one before. Exactly once does not rest on this job: it may be killed, cancelled and asked for again.
 */
export const publishListing: Stage<ListingRef, Published> = {
  name: 'publish.listing',
  ...listingJob,
  attempts: 8,
  doing: 'Publishing',
  changes: (it) => [{ of: 'publication', catalog: it.catalog, productId: it.productId }, { of: 'products' }],
  async run(it, ctx) {
    const publication = await publicationOf(ctx.read, it.catalog, it.productId)
    if (publication === null || (publication.state !== 'sending' && publication.state !== 'hiding')) return done({ did: 'nothing' })
    // Asked for again when the shop is connected anew.
    if ((await pausedBecause(ctx.read, it.catalog)) !== null) return done({ did: 'nothing' })
    const opened = await ctx.catalog(it.catalog)
    if (!opened.ok) return fail(opened.problem, ctx)
    const catalog = opened.value
    if (publication.state === 'hiding') return hide(it, publication, catalog, ctx)
    if (publication.frozen === null) return freezeNow(it, catalog, ctx)
    return step(it, publication, thaw(publication.frozen, ctx.at), catalog, ctx)
  },
  commit: (tx, it, out, ctx) => applyPublishing(tx, it, out, ctx),
  async failed(tx, it, because, ctx) {
    return applyPublishing(tx, it, { did: 'failed', because: ctx.cancelled ? 'it was stopped' : because }, ctx)
  },
}

/** A problem that a person has to look at ends the job as something known; everything else comes back by itself. */
function fail(problem: CatalogProblem, ctx: StageContext): Ended {
  if (problem.class === 'auth') return done({ did: 'pause', because: problem.message })
  if (problem.class === 'conflict') return done({ did: 'conflict', difference: [problem.message] })
  return endingOf(problem, ctx.attempt)
}

/** What will be sent, as it is now: nothing that is made anew later can change it on the way. */
async function freezeNow(it: ListingRef, catalog: Catalog, ctx: StageContext): Promise<Ended> {
  const product = (await products(ctx.read, it.productId))[0]
  if (product === undefined) return { kind: 'refused', because: 'the listing is not there any more' }
  const can = catalog.capabilities()
  const whole = await listing(ctx.read, product, catalog.name, can)
  const { media, left } = mediaThatFits(whole.media, can)
  if (media.every((one) => one.kind !== 'image')) return { kind: 'refused', because: left[0] ?? 'none of its photos could be rendered' }
  const what = { ...whole, media: await freezeFiles(ctx.dir, media) }
  return done({ did: 'freeze', listing: what, fingerprint: fingerprint(what), left })
}

async function step(it: ListingRef, publication: Publication, what: CatalogListing, catalog: Catalog, ctx: StageContext): Promise<Ended> {
  const { standing } = publication
  const keys = [...new Set(what.media.map((one) => one.key))]
  const mine = (name: string): string => `${it.catalog}/${it.productId}/${name}`
  const next: Step = nextStep(standing, keys, {
    life: ctx.life,
    uptimeMs: ctx.uptimeMs(),
    begun: (name) => ctx.begun.get(mine(name)) ?? null,
    settleMs: catalog.capabilities().settleMs,
  })
  const ref = { productId: it.productId, remoteId: standing.remoteId, sku: what.sku, handle: what.handle }
  const idem = (name: string): string => idempotency(it.catalog, it.productId, name)
  /** The key whose intent is noted along with what this step found. */
  const after = (known: ReadonlySet<string>): string | null => {
    const waits = keys.some((key) => inDoubt(standing, key) && !known.has(key))
    return waits ? null : (keys.find((key) => !standing.media.has(key) && !known.has(key)) ?? null)
  }
  const intended = (key: string | null) => (key === null ? null : { key, unsure: inDoubt(standing, key) })
  /** With the last file, what comes next is noted along: of a listing that was never set, no look at what others did in between can be missed. */
  const isAll = (there: readonly { key: string; state: MediaMark['state'] }[]): boolean =>
    publication.base === null && keys.every((key) => (there.find((one) => one.key === key) ?? standing.media.get(key))?.state === 'there')
  ctx.progress(keys.filter((key) => standing.media.get(key)?.state === 'there').length, keys.length)
  switch (next.do) {
    case 'wait':
      return {
        kind: 'retry',
        because: 'it is not known whether the last thing sent arrived; the shop is given time before it is asked',
        afterMs: Math.max(10, Math.ceil(next.ms)),
        free: true,
      }
    case 'find': {
      const found = await catalog.find(ref, ctx.signal)
      if (!found.ok) return fail(found.problem, ctx)
      if (found.value === null) {
        ctx.begun.delete(mine('creation'))
        return done({ did: 'intend creation' })
      }
      return done({ did: 'found', remote: found.value, made: standing.creation !== null })
    }
    case 'create': {
      ctx.begun.set(mine('creation'), ctx.uptimeMs())
      const made = await catalog.create(what, idem('creation'), ctx.signal)
      // A clear no, and nothing was made: the intent may be acted on again.
      if (!made.ok && made.problem.class !== 'ambiguous') ctx.begun.delete(mine('creation'))
      return made.ok ? done({ did: 'found', remote: made.value, made: true }) : fail(made.problem, ctx)
    }
    case 'look up':
    case 'await': {
      const found = await catalog.findMedia(next.keys, standing.remoteId ?? '', ctx.signal)
      if (!found.ok) return fail(found.problem, ctx)
      if (next.do === 'await') return awaited(next.keys, found.value, mine('await'), ctx)
      const there = adopt(next.keys, found.value, standing)
      const gone = next.keys.filter((key) => !there.some((one) => one.key === key))
      for (const key of gone) ctx.begun.delete(mine(key))
      const known = new Set(there.map((one) => one.key))
      return done({ did: 'looked', there, gone, next: intended(gone[0] ?? after(known)), setsNext: isAll(there) })
    }
    case 'intend':
      return done({ did: 'looked', there: [], gone: [], next: intended(next.key), setsNext: false })
    case 'upload': {
      const media = what.media.find((one) => one.key === next.key)
      if (media === undefined || standing.remoteId === null) throw new TypeError('a key without its picture')
      ctx.begun.set(mine(next.key), ctx.uptimeMs())
      const sent = await catalog.upload(media, { remoteId: standing.remoteId, handle: what.handle }, idem(next.key), ctx.signal)
      if (!sent.ok) {
        if (sent.problem.class !== 'ambiguous') ctx.begun.delete(mine(next.key))
        return fail(sent.problem, ctx)
      }
      if (sent.value.state === 'failed') return { kind: 'refused', because: `the shop could not use picture ${keys.indexOf(next.key) + 1}` }
      const there = [{ key: next.key, remoteId: sent.value.remoteId, state: markOf(sent.value), unsure: false }]
      return done({ did: 'looked', there, gone: [], next: intended(after(new Set([next.key]))), setsNext: isAll(there) })
    }
    case 'set':
      return settle({ publication, what, gallery: galleryOf(keys, publication), catalog, ref, ctx, fail })
    default: {
      const never: never = next
      throw new TypeError(`unknown step ${JSON.stringify(never)}`)
    }
  }
}

/** It was noted that this one would be sent, and not what became of it. */
const inDoubt = (standing: Publication['standing'], key: string): boolean => standing.media.get(key)?.state === 'intended'

const markOf = (media: RemoteMedia): 'there' | 'processing' => (media.state === 'processing' ? 'processing' : 'there')

const galleryOf = (keys: readonly string[], { standing }: Publication): Gallery =>
  keys.flatMap((key) => {
    const remoteId = standing.media.get(key)?.remoteId
    return remoteId === null || remoteId === undefined ? [] : [{ key, remoteId }]
  })

/** Of several with one key the one that is shown, else the oldest. A key that was in doubt stays marked: its doubles are looked for later. */
function adopt(keys: readonly string[], found: readonly RemoteMedia[], standing: Publication['standing']) {
  return keys.flatMap((key) => {
    const own = found.filter((one) => one.key === key && one.state !== 'failed')
    const one = own.find((media) => media.attached) ?? own[0]
    if (one === undefined) return []
    return [{ key, remoteId: one.remoteId, state: markOf(one), unsure: own.length > 1 || inDoubt(standing, key) }]
  })
}

/** Longer than any shop needs for a picture or a short clip, milliseconds. */
const mostAwaitMs = 600_000

function awaited(keys: readonly string[], found: readonly RemoteMedia[], since: string, ctx: StageContext): Ended {
  const failed = found.find((one) => one.state === 'failed')
  if (failed !== undefined) return { kind: 'refused', because: 'the shop could not use one of the files: render it again, or leave it out' }
  const there = found
    .filter((one) => one.state === 'ready')
    .flatMap((one) => (one.key === null ? [] : [{ key: one.key, remoteId: one.remoteId, state: 'there' as const, unsure: false }]))
  if (there.length > 0) {
    ctx.begun.delete(since)
    return done({ did: 'looked', there, gone: [], next: null, setsNext: false })
  }
  const began = ctx.begun.get(since) ?? ctx.uptimeMs()
  ctx.begun.set(since, began)
  const waited = ctx.uptimeMs() - began
  if (waited > mostAwaitMs)
    return {
      kind: 'refused',
      because: `the shop has worked on ${keys.length} of the files for ten minutes: look there, then publish again`,
    }
  return { kind: 'retry', because: 'the shop is still working on the files', afterMs: Math.min(20_000, 1000 + waited / 4), free: true }
}

async function hide(it: ListingRef, publication: Publication, catalog: Catalog, ctx: StageContext): Promise<Ended> {
  const { remoteId } = publication.standing
  if (remoteId === null) return done({ did: 'hidden', remote: null, doubt: { leftMs: 0, life: null } })
  if (publication.showing === null) return done({ did: 'intend show' })
  const doubt = doubtOf(publication.showing, catalog, it.productId, ctx)
  const found = await catalog.find({ productId: it.productId, remoteId, sku: null, handle: '' }, ctx.signal)
  if (!found.ok) return fail(found.problem, ctx)
  if (found.value === null || !found.value.visible) return done({ did: 'hidden', remote: found.value, doubt })
  const flipped = await flipOne(catalog, { productId: it.productId, remoteId }, 'hidden', null, ctx)
  if (!flipped.ok) return fail(flipped.problem, ctx)
  if (flipped.value.visible) return { kind: 'retry', because: 'the shop still shows it', afterMs: 1000 }
  return done({ did: 'hidden', remote: found.value, doubt })
}
