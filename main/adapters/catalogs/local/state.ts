import { randomUUID } from 'node:crypto'
import { fstatSync, ftruncateSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { kindAt, readBytes, readText, statAt, stop, syncFolder, writeText } from './folder.ts'
import { readOlder } from './older.ts'
import { firstIssue, type ListingRecord, listingRecord, shopRecord } from './record.ts'

/**
 * The state of a local catalog, outside its served folder: `catalog.json`, and `changes.jsonl` with every change since, one line each. A change is on
 * the disk when its line is; a line that a stop cut short was never acknowledged, and is dropped. Every line says what is so from then on, so reading
 * it twice does no harm: `compact` writes all into `catalog.json` first and empties `changes.jsonl` then.
 */
const SCHEMA = 2

const catalogState = z.strictObject({
  schema: z.literal(SCHEMA),
  /** Marks the served folder as this catalog's. */
  id: z.uuid(),
  shop: shopRecord,
  listings: z.array(listingRecord),
})
export type CatalogState = z.infer<typeof catalogState>

const change = z.union([
  z.strictObject({ put: listingRecord }),
  /** Handles, whether they are shown from now on, and when that was. */
  z.strictObject({ show: z.array(z.string()), visible: z.boolean(), at: z.string() }),
  z.strictObject({ shop: shopRecord }),
])
export type Change = z.infer<typeof change>

export type Loaded = { state: CatalogState; from: 'nothing' | 'state' | 'older' }

export type Store = {
  /** Reads again only when somebody wrote. Leaves no traces. */
  load(): Promise<Loaded>
  /** Writes a change and answers with the state that has it. */
  append(state: CatalogState, what: Change): Promise<CatalogState>
  /** Writes the whole state. */
  save(state: CatalogState): Promise<void>
  /** The same, once enough changes have gathered. */
  compact(state: CatalogState): Promise<void>
}

type Held = { stamp: string; loaded: Loaded; good: number; size: number }

const COMPACT_BYTES = 256 * 1024

export function openStore(stateDir: string, servedDir: string): Store {
  const [whole, changes] = [join(stateDir, 'catalog.json'), join(stateDir, 'changes.jsonl')]
  /** `good`: bytes of whole lines; `size`: with what a stop may have left behind them. */
  let held: Held | null = null
  /** What the files looked like when a state was what they say: looks run beside acts, and read the same state more than once. */
  const stamps = new WeakMap<CatalogState, string>()
  const hold = (one: Held): Held => {
    stamps.set(one.loaded.state, one.stamp)
    held = one
    return one
  }

  /** What the files look like now; `bytes`: how many `changes.jsonl` has. */
  const lookNow = async (): Promise<{ stamp: string; bytes: number }> => {
    const stats = await Promise.all([whole, changes, join(servedDir, 'catalog.json')].map(statAt))
    return { stamp: stats.map(stampOf).join(' '), bytes: stats[1]?.size ?? 0 }
  }

  const load = async (): Promise<Held> => {
    const { stamp: now } = await lookNow()
    if (held !== null && held.stamp === now) return held
    const text = await readText(whole)
    const lines = await readBytes(changes)
    if (text === null && lines === null) {
      const older = await readText(join(servedDir, 'catalog.json'))
      const loaded: Loaded =
        older === null
          ? { state: emptyState(), from: 'nothing' }
          : { state: { ...emptyState(), ...readOlder(older, join(servedDir, 'catalog.json')) }, from: 'older' }
      // An id that was only made up for looking must not change from look to look.
      return hold({ stamp: now, loaded, good: 0, size: 0 })
    }
    let state = text === null ? emptyState() : parseState(text, whole)
    let good = 0
    for (let end = lines?.indexOf(10) ?? -1; lines !== null && end >= 0; end = lines.indexOf(10, good)) {
      state = apply(state, parseChange(lines.toString('utf8', good, end), changes))
      good = end + 1
    }
    // The size of what was read, not of what is there by now: a line that another act wrote meanwhile is not what a stop left behind.
    return hold({ stamp: now, loaded: { state, from: 'state' }, good, size: lines?.length ?? 0 })
  }

  const keep = async (state: CatalogState, good: number): Promise<void> => {
    const { stamp, bytes } = await lookNow()
    // Somebody may have written between our write and this look: then all is read again.
    if (bytes === good) hold({ stamp, loaded: { state, from: 'state' }, good, size: good })
    else held = null
  }

  /** What is held, as long as it is what `state` was read from. */
  const heldFor = async (state: CatalogState): Promise<Held | null> => {
    const now = await load()
    return stamps.get(state) === now.stamp ? now : null
  }
  const needFor = async (state: CatalogState): Promise<Held> => {
    const now = await heldFor(state)
    if (now === null) throw meanwhile(changes)
    return now
  }

  const save = async (state: CatalogState): Promise<void> => {
    const { size } = await needFor(state)
    await writeText(whole, `${JSON.stringify(state)}\n`)
    if ((await kindAt(changes)) === 'file') {
      const file = await open(changes, 'r+')
      try {
        if (fstatSync(file.fd).size !== size) throw meanwhile(changes)
        ftruncateSync(file.fd, 0)
      } finally {
        await file.close()
      }
    }
    await keep(state, 0)
  }

  return {
    load: async () => (await load()).loaded,
    async append(state, what) {
      const { good, size } = await needFor(state)
      const line = Buffer.from(`${JSON.stringify(what)}\n`)
      const isNew = size === 0
      const file = await open(changes, isNew ? 'a' : 'r+')
      try {
        // At one go, so that no other act of this program comes between the look and the write: over whatever a stop left behind the last whole line.
        if (fstatSync(file.fd).size !== size) throw meanwhile(changes)
        if (size > good) ftruncateSync(file.fd, good)
        if (writeSync(file.fd, line, 0, line.length, good) !== line.length) {
          ftruncateSync(file.fd, good)
          throw stop('retryable', 'disk-full', `${changes} could not be written to its end. Free some space; publishing then goes on.`)
        }
        await file.datasync()
      } finally {
        await file.close()
      }
      if (isNew) await syncFolder(stateDir)
      const next = apply(state, what)
      await keep(next, good + line.length)
      return next
    },
    save,
    async compact(state) {
      const now = await heldFor(state)
      if (now !== null && now.good > COMPACT_BYTES) await save(state)
    },
  }
}

const emptyState = (): CatalogState => ({ schema: SCHEMA, id: randomUUID(), shop: { title: 'Shop', drops: [] }, listings: [] })

export function apply(state: CatalogState, what: Change): CatalogState {
  if ('shop' in what) return { ...state, shop: what.shop }
  if ('put' in what) {
    const at = state.listings.findIndex((entry) => entry.handle === what.put.handle)
    return { ...state, listings: state.listings.toSpliced(at < 0 ? state.listings.length : at, at < 0 ? 0 : 1, what.put) }
  }
  const flipped = new Set(what.show)
  const show = (entry: ListingRecord): ListingRecord =>
    !flipped.has(entry.handle)
      ? entry
      : { ...entry, visible: what.visible, publishedAt: what.visible ? (entry.publishedAt ?? what.at) : entry.publishedAt }
  return { ...state, listings: state.listings.map(show) }
}

const meanwhile = (path: string) =>
  stop('retryable', 'meanwhile', `${path} was written by another act of this program at the same moment. It is tried again.`)

const damaged = (path: string, because: string) =>
  stop(
    'permanent',
    'state-damaged',
    `${path} cannot be used: ${because}. It was left as it is. Put back a good copy, or move the file away and publish again: the pages are then rebuilt from the library.`,
  )

function parseState(text: string, path: string): CatalogState {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    throw damaged(path, text.trim() === '' ? 'it is empty' : 'it is not complete JSON')
  }
  const version = z.object({ schema: z.number().int() }).safeParse(raw)
  if (version.success && version.data.schema > SCHEMA) {
    throw damaged(path, `it was written by a newer Dropcard (format ${version.data.schema}, this one knows ${SCHEMA})`)
  }
  const parsed = catalogState.safeParse(raw)
  if (!parsed.success) throw damaged(path, `expected the format of a Dropcard catalog: ${firstIssue(parsed.error)}`)
  const twice =
    repeated(parsed.data.listings.map((entry) => entry.productId)) ?? repeated(parsed.data.listings.map((entry) => entry.handle))
  if (twice !== null) throw damaged(path, `"${twice}" is listed twice`)
  return parsed.data
}

function parseChange(line: string, path: string): Change {
  try {
    return change.parse(JSON.parse(line))
  } catch (cause) {
    throw damaged(
      path,
      cause instanceof z.ZodError ? `expected a change of a listing: ${firstIssue(cause)}` : 'one of its lines is not JSON',
    )
  }
}

const repeated = (values: string[]): string | null => {
  const seen = new Set<string>()
  return values.find((value) => seen.size === seen.add(value).size) ?? null
}

const stampOf = (stats: Awaited<ReturnType<typeof statAt>>): string =>
  stats === null ? '-' : `${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`
