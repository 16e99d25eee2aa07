import type { AssetId } from '../../main/contract/ids.ts'
import { type AssetKind, type AssetView, type Decision, type Label, label as labels } from '../../main/contract/views.ts'

/** What the room shows, as plain data. An empty list or null = everything; what is set is combined with "and", within a list with "or". Pure. */
export type Filter = {
  decision: Decision | null
  kind: AssetKind | null
  /** At least this many stars; 0 = only those without. */
  rating: number | null
  labels: readonly (Label | 'none')[]
  /** Ids of products; 'none' = in no product. */
  products: readonly string[]
  /** Ids of offloads: the card it came from. */
  offloads: readonly string[]
  /** Camera days, `2026-05-03`; 'unknown' = the camera did not say. */
  days: readonly string[]
  /** Both ends included; a photo without a score is in no range. */
  score: readonly [number, number] | null
  /** Cannot be shown, carries a warning, is hard to judge, or is a close second. */
  look: boolean
}

export const everything: Filter = {
  decision: null,
  kind: null,
  rating: null,
  labels: [],
  products: [],
  offloads: [],
  days: [],
  score: null,
  look: false,
}

/** What a filter looks at beside the asset itself. */
export type Facts = {
  productOf: ReadonlyMap<AssetId, string>
  /** In the order of the listings. */
  productTitles: ReadonlyMap<string, string>
}
export const noFacts: Facts = { productOf: new Map(), productTitles: new Map() }

/** Below this the measures behind a score say little about the photo. */
export const unsure = 0.35

export const dayOf = ({ capturedAt }: AssetView): string => capturedAt?.slice(0, 10) ?? 'unknown'

/** Why a photo wants a person's eye, in words; null when it does not. */
export function lookReason(asset: AssetView): string | null {
  if (asset.analysis === 'refused') return 'cannot be shown'
  if (asset.because !== null) return asset.because
  if (asset.confidence !== null && asset.confidence < unsure) return 'hard to judge'
  return asset.rank === 2 && asset.suggestion === 'maybe' && asset.decision === 'undecided' ? 'close second' : null
}

type Test = (asset: AssetView) => boolean

/** The parts of a filter that are set, each as a test. */
function testsOf(filter: Filter, { productOf }: Facts): { [P in keyof Filter]?: Test } {
  const tests: { [P in keyof Filter]?: Test } = {}
  const { decision, kind, rating, score } = filter
  if (decision !== null) tests.decision = (asset) => asset.decision === decision
  if (kind !== null) tests.kind = (asset) => asset.kind === kind
  if (rating !== null) tests.rating = (asset) => (rating === 0 ? (asset.rating ?? 0) === 0 : (asset.rating ?? 0) >= rating)
  if (filter.labels.length > 0) {
    const wanted = new Set<string>(filter.labels)
    tests.labels = (asset) => wanted.has(asset.label ?? 'none')
  }
  if (filter.products.length > 0) {
    const wanted = new Set(filter.products)
    tests.products = (asset) => wanted.has(productOf.get(asset.id) ?? 'none')
  }
  if (filter.offloads.length > 0) {
    const wanted = new Set<string>(filter.offloads)
    tests.offloads = (asset) => wanted.has(asset.offload ?? 'none')
  }
  if (filter.days.length > 0) {
    const wanted = new Set(filter.days)
    tests.days = (asset) => wanted.has(dayOf(asset))
  }
  if (score !== null) tests.score = (asset) => asset.score !== null && asset.score >= score[0] && asset.score <= score[1]
  if (filter.look) tests.look = (asset) => lookReason(asset) !== null
  return tests
}

/** The filter as one test; null when it lets everything through. `without`: leaves one part out, to count what choosing in it would show. */
export function testOf(filter: Filter, facts: Facts, without: keyof Filter | null = null): Test | null {
  const tests = testsOf(filter, facts)
  if (without !== null) delete tests[without]
  const all = Object.values(tests)
  const [only] = all
  return all.length === 0 ? null : all.length === 1 && only !== undefined ? only : (asset) => all.every((test) => test(asset))
}

export const matches = (asset: AssetView, filter: Filter, facts: Facts): boolean => testOf(filter, facts)?.(asset) ?? true

export const isEverything = (filter: Filter): boolean => partsSet(filter).length === 0

/** The parts that are set, in the order they are shown. */
export function partsSet(filter: Filter): (keyof Filter)[] {
  const isSet = (part: keyof Filter): boolean => {
    const value = filter[part]
    return typeof value === 'boolean' ? value : value !== null && !(Array.isArray(value) && value.length === 0)
  }
  return (Object.keys(everything) as (keyof Filter)[]).filter(isSet)
}

/** How many assets each value of one part would show, the other parts as they are. */
export function countsOf(assets: Iterable<AssetView>, filter: Filter, facts: Facts, part: keyof Filter): Map<string, number> {
  const counts = new Map<string, number>()
  const add = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)
  const test = testOf(filter, facts, part)
  for (const asset of assets) {
    if (test !== null && !test(asset)) continue
    add('all')
    if (part === 'decision') add(asset.decision)
    else if (part === 'kind') add(asset.kind)
    else if (part === 'rating') for (let stars = asset.rating ?? 0; stars >= (asset.rating ? 1 : 0); stars -= 1) add(String(stars))
    else if (part === 'labels') add(asset.label ?? 'none')
    else if (part === 'products') add(facts.productOf.get(asset.id) ?? 'none')
    else if (part === 'offloads') add(asset.offload ?? 'none')
    else if (part === 'days') add(dayOf(asset))
    else if (part === 'look' && lookReason(asset) !== null) add('look')
  }
  return counts
}

const text = (value: unknown): value is string => typeof value === 'string' && value.length > 0 && value.length <= 80
const list = (value: unknown): string[] => (Array.isArray(value) ? value.filter(text).slice(0, 100) : [])

/** A filter that was stored; what does not parse is left out, part by part. */
export function parseFilter(found: unknown): Filter {
  if (typeof found !== 'object' || found === null) return everything
  const part = (name: keyof Filter): unknown => Object.getOwnPropertyDescriptor(found, name)?.value
  const [decision, kind, rating, score] = [part('decision'), part('kind'), part('rating'), part('score')]
  const isLabel = (name: string): name is Label | 'none' => name === 'none' || labels.safeParse(name).success
  const ends: unknown[] = Array.isArray(score) ? score : []
  const [low, high] = ends
  return {
    decision: decision === 'pick' || decision === 'reject' || decision === 'undecided' ? decision : null,
    kind: kind === 'photo' || kind === 'clip' ? kind : null,
    rating: typeof rating === 'number' && Number.isInteger(rating) && rating >= 0 && rating <= 5 ? rating : null,
    labels: list(part('labels')).filter(isLabel),
    products: list(part('products')),
    offloads: list(part('offloads')),
    days: list(part('days')),
    score: typeof low === 'number' && typeof high === 'number' && low >= 0 && high <= 100 && low <= high ? [low, high] : null,
    look: part('look') === true,
  }
}
