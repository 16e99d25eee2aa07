import type { Catalog, CatalogListing, CatalogProblem, RemoteListing } from '../../../main/core/catalog.ts'
import { differences, type MediaMark, nextStep, others } from '../../../main/core/domain/publishing.ts'

export type Ended = {
  remote: RemoteListing | null
  /** What came back that was no success, in order: "upload ambiguous ECONNRESET". */
  problems: string[]
  /** What stopped it for good. */
  stopped: CatalogProblem | null
  sent: number
}

/**
 * Publishes one listing by the core's own rules (`nextStep`: intend, settle, look up, adopt or send again) with nothing but memory around them, so that
 * an adapter's endings can be followed to where they lead. Waiting is only counted. `repair`: what a person would do after an `auth`.
 */
export async function publishOnce(
  catalog: Catalog,
  listing: CatalogListing,
  more: { repair?: () => Promise<void> | void; after?: (problem: CatalogProblem) => Promise<void> | void; signal?: AbortSignal } = {},
): Promise<Ended> {
  const signal = more.signal ?? new AbortController().signal
  const keys = listing.media.map((media) => media.key)
  const ref = { productId: listing.productId, remoteId: null as string | null, sku: listing.sku, handle: listing.handle }
  const standing = {
    remoteId: null as string | null,
    creation: null as { life: string } | null,
    media: new Map<string, MediaMark>(),
    looked: false,
  }
  const begun = new Map<string, number>()
  const { settleMs } = catalog.capabilities()
  const ended: Ended = { remote: null, problems: [], stopped: null, sent: 0 }
  let uptimeMs = settleMs * 2
  const life = 'test'

  /** true: stop. */
  const failed = async (what: string, problem: CatalogProblem): Promise<boolean> => {
    ended.problems.push(`${what} ${problem.class} ${problem.code}`)
    uptimeMs += problem.retryAfterMs ?? 1000
    await more.after?.(problem)
    if (problem.class === 'auth' && more.repair !== undefined) {
      await more.repair()
      return false
    }
    const final = problem.class === 'auth' || problem.class === 'permanent' || problem.class === 'conflict'
    if (final) ended.stopped = problem
    return final
  }

  for (let turn = 0; turn < 60; turn++) {
    const step = nextStep(standing, keys, { life, uptimeMs, settleMs, begun: (what) => begun.get(what) ?? null })
    switch (step.do) {
      case 'wait':
        uptimeMs += step.ms
        break
      case 'find': {
        const found = await catalog.find(ref, signal)
        if (!found.ok) {
          if (await failed('find', found.problem)) return ended
        } else if (found.value === null) {
          begun.delete('creation')
          standing.creation = { life }
        } else {
          standing.remoteId = found.value.remoteId
          ref.remoteId = found.value.remoteId
        }
        break
      }
      case 'create': {
        begun.set('creation', uptimeMs)
        const made = await catalog.create(listing, `create-${listing.productId}`, signal)
        if (made.ok) {
          standing.remoteId = made.value.remoteId
          ref.remoteId = made.value.remoteId
        } else {
          if (made.problem.class !== 'ambiguous') begun.delete('creation')
          if (await failed('create', made.problem)) return ended
        }
        break
      }
      case 'look up':
      case 'await': {
        const found = await catalog.findMedia(step.keys, standing.remoteId ?? '', signal)
        if (!found.ok) {
          if (await failed('look up', found.problem)) return ended
          break
        }
        standing.looked = true
        for (const key of step.keys) {
          const own = found.value.filter((one) => one.key === key && one.state !== 'failed')
          const one = own.find((media) => media.attached) ?? own[0]
          if (one !== undefined) {
            standing.media.set(key, { state: one.state === 'ready' ? 'there' : 'processing', remoteId: one.remoteId, life })
          } else if (step.do === 'look up') {
            begun.delete(key)
            standing.media.set(key, { state: 'intended', remoteId: null, life })
          }
        }
        break
      }
      case 'intend':
        standing.media.set(step.key, { state: 'intended', remoteId: null, life })
        break
      case 'upload': {
        const media = listing.media.find((one) => one.key === step.key)
        if (media === undefined) throw new Error('a key without its picture')
        begun.set(step.key, uptimeMs)
        ended.sent++
        const sent = await catalog.upload(
          media,
          { remoteId: standing.remoteId ?? '', handle: listing.handle },
          `upload-${media.key}`,
          signal,
        )
        if (sent.ok) {
          if (sent.value.state === 'failed') throw new Error('an upload that ended well with a failed file')
          standing.media.set(step.key, {
            state: sent.value.state === 'ready' ? 'there' : 'processing',
            remoteId: sent.value.remoteId,
            life,
          })
        } else {
          if (sent.problem.class !== 'ambiguous') begun.delete(step.key)
          if (await failed('upload', sent.problem)) return ended
        }
        break
      }
      case 'set': {
        const found = await catalog.find(ref, signal)
        if (!found.ok || found.value === null) {
          if (found.ok) throw new Error('the product is gone')
          if (await failed('find', found.problem)) return ended
          break
        }
        const gallery = keys.map((key) => ({ key, remoteId: standing.media.get(key)?.remoteId ?? '' }))
        const keep = others(found.value, gallery, new Set(gallery.map((one) => one.remoteId)))
        const wanted = { listing, gallery, keep, text: true }
        const can = catalog.capabilities()
        if (differences(wanted, found.value, can).length === 0) {
          ended.remote = found.value
          return ended
        }
        const set = await catalog.set(
          { remoteId: found.value.remoteId, listing, text: true, gallery, keep, base: found.value.revision },
          signal,
        )
        if (!set.ok) {
          if (await failed('set', set.problem)) return ended
        } else if (differences(wanted, set.value, can).length > 0) {
          ended.problems.push(`set lied: ${differences(wanted, set.value, can)[0]}`)
        }
        break
      }
    }
  }
  throw new Error(`not finished after 60 steps: ${ended.problems.join('; ')}`)
}

/** Shows it, again until it is shown: a flip says what shall be, so doing it twice is the same as once. Answers with what went wrong meanwhile. */
export async function flipOnce(catalog: Catalog, productId: string, remoteId: string): Promise<string[]> {
  const problems: string[] = []
  const { signal } = new AbortController()
  for (let turn = 0; turn < 5; turn++) {
    const [flipped] = await catalog.flip([{ productId, remoteId }], 'live', null, signal)
    if (flipped?.reply.ok === true && flipped.reply.value.visible) return problems
    problems.push(
      flipped === undefined || flipped.reply.ok ? 'flip lied' : `flip ${flipped.reply.problem.class} ${flipped.reply.problem.code}`,
    )
  }
  return problems
}
