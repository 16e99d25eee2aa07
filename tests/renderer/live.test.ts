import { type QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AssetView } from '../../main/contract/views.ts'
import { createDecide } from '../../renderer/cull/decisions.ts'
import { only } from '../../renderer/cull/selection.ts'
import { parseKept } from '../../renderer/kept.ts'
import { createGather, listen } from '../../renderer/live.ts'
import { createQueries, keysOf, type Library, reads } from '../../renderer/queries.ts'
import { createUi } from '../../renderer/ui-state.ts'
import { createFake } from './support/fake-dropcard.ts'
import type { Scene } from './support/fake-scenes.ts'

async function open(scene: Scene): Promise<{
  library: Library
  queries: QueryClient
  ui: ReturnType<typeof createUi>
  fake: ReturnType<typeof createFake>
  assets(): AssetView[]
  end(): void
}> {
  const fake = createFake(scene)
  const library: Library = { door: fake, pending: new Map() }
  const queries = createQueries()
  const ui = createUi(parseKept(null))
  const end = listen(library, queries, ui)
  await queries.fetchQuery(reads.assets(library, queries))
  return { library, queries, ui, fake, assets: () => queries.getQueryData<AssetView[]>(keysOf.assets) ?? [], end }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('decisions against the fake engine', () => {
  it('shows a decision before the engine answers, keeps it, and undoes Shift+P in one step', async () => {
    const { library, queries, ui, assets, end } = await open('full')
    const decide = createDecide(library, queries, ui)
    const [first, ...rest] = assets()
      .slice(1, 7)
      .map(({ id }) => id)
    if (first === undefined) throw new Error('expected a stack')
    const kept = decide.keepOnly(first, rest)
    const six = (): string[] =>
      assets()
        .slice(1, 7)
        .map(({ decision }) => decision)
    expect(six()).toEqual(['pick', 'reject', 'reject', 'reject', 'reject', 'reject'])
    await kept
    await queries.refetchQueries({ queryKey: keysOf.assets })
    expect(six()).toEqual(['pick', 'reject', 'reject', 'reject', 'reject', 'reject'])
    await decide.undo()
    await queries.refetchQueries({ queryKey: keysOf.assets })
    expect(six()).toEqual(Array.from({ length: 6 }, () => 'undecided'))
    expect(ui.getState().selection.current).toBe(first)
    expect(library.pending.size).toBe(0)
    end()
  })

  it('takes a refused decision back and says why and what next', async () => {
    const { library, queries, ui, assets, end } = await open('refusing')
    const first = assets()[0]
    if (first === undefined) throw new Error('expected an asset')
    const sent = createDecide(library, queries, ui).set([first.id], 'pick')
    expect(assets()[0]?.decision).toBe('pick')
    expect(await sent).toBe(false)
    expect(assets()[0]?.decision).toBe('undecided')
    expect(ui.getState().toasts).toMatchObject([
      { kind: 'error', message: expect.stringContaining('disk of the library is full'), next: 'Free some space, then decide again.' },
    ])
    end()
  })
})

describe('events', () => {
  it('redraws only what changed: untouched assets stay the same objects', async () => {
    const { fake, queries, assets, end } = await open('full')
    const before = assets()
    const id = before[3]?.id
    if (id === undefined) throw new Error('expected an asset')
    await fake.call('decision.set', { sets: [{ assetIds: [id], decision: 'pick' }] })
    await vi.waitFor(() => expect(assets()[3]?.decision).toBe('pick'), { timeout: 30_000 })
    expect(assets().filter((asset, index) => asset !== before[index])).toHaveLength(1)
    await queries.refetchQueries({ queryKey: keysOf.assets })
    expect(assets().filter((asset, index) => asset !== before[index])).toHaveLength(1)
    end()
  })

  it('a big library is not read whole while somebody moves through it, but soon after, and never put off for ever', async () => {
    const { fake, ui, queries, assets, end } = await open('huge')
    const ids = assets().map(({ id }) => id)
    const many = ids.slice(0, 4000)
    const isStale = (): boolean => queries.getQueryState(keysOf.assets)?.isInvalidated === true
    const move = async (forMs: number): Promise<void> => {
      for (let ms = 0; ms < forMs && !isStale(); ms += 100) {
        ui.getState().set({ selection: only(ids[ms / 100] ?? null) })
        await vi.advanceTimersByTimeAsync(100)
      }
    }
    vi.useFakeTimers()
    void fake.call('decision.set', { sets: [{ assetIds: many, decision: 'pick' }] })
    await move(1500)
    expect(isStale()).toBe(false)
    await vi.advanceTimersByTimeAsync(2000)
    expect(isStale()).toBe(true)

    queries.setQueryData(keysOf.assets, assets())
    void fake.call('decision.set', { sets: [{ assetIds: many, decision: 'reject' }] })
    await move(20_000)
    expect(isStale()).toBe(true)

    // Photos that are copied meanwhile come in when nobody moves.
    const all = assets()
    queries.setQueryData(keysOf.assets, all.slice(0, -5))
    fake.tell('assets.changed', { assetIds: all.slice(-5).map(({ id }) => id) })
    await move(1500)
    expect(assets()).toHaveLength(all.length - 5)
    await vi.advanceTimersByTimeAsync(2000)
    expect(assets()).toHaveLength(all.length)
    end()
  })

  it('what is decided, removed or copied while a library is read stays as it is shown', async () => {
    const { library, fake, queries, ui, assets, end } = await open('full')
    end()
    const [decided, gone, ...others] = assets().map(({ id }) => id)
    if (decided === undefined || gone === undefined) throw new Error('expected assets')
    const newest = assets().at(-1)
    if (newest === undefined) throw new Error('expected assets')
    queries.setQueryData<AssetView[]>(keysOf.assets, (all) => all?.slice(0, -1))
    const answered = Promise.withResolvers<void>()
    const held: Library = {
      ...library,
      door: {
        ...fake,
        async call(name, input) {
          const reply = await fake.call(name, input)
          if (name === 'asset.list') await answered.promise
          return reply
        },
      },
    }
    // An old reading: it saw neither the decision nor the removal, and not the photo that came last.
    const page = fake.call('asset.list', { after: null, limit: 5000 })
    const reading = queries.fetchQuery({ ...reads.assets(held, queries), staleTime: 0 })
    await page
    await createDecide(library, queries, ui).set([decided], 'pick')
    queries.setQueryData<AssetView[]>(keysOf.assets, (all) => [...(all ?? []).filter(({ id }) => id !== gone), { ...newest, rating: 5 }])
    answered.resolve()
    await reading
    expect(assets().map(({ id }) => id)).toEqual([decided, ...others])
    expect([assets()[0]?.decision, assets().at(-1)?.rating]).toEqual(['pick', 5])
  })

  it('what changes while something is read for the first time is read after it', async () => {
    const fake = createFake('full')
    const first = Promise.withResolvers<void>()
    let asked = 0
    const library: Library = {
      pending: new Map(),
      door: {
        ...fake,
        async call(name, input) {
          const reply = await fake.call(name, input)
          if (name === 'stack.list' && ++asked === 1) await first.promise
          return reply
        },
      },
    }
    const queries = createQueries()
    const end = listen(library, queries, createUi(parseKept(null)))
    const observer = new QueryObserver(queries, reads.stacks(library))
    const stop = observer.subscribe(() => undefined)
    fake.tell('stacks.changed', {})
    // Past the pause in which calls are gathered.
    await new Promise((over) => setTimeout(over, 400))
    expect(asked).toBe(1)
    first.resolve()
    await vi.waitFor(() => expect(asked).toBe(2), { timeout: 30_000 })
    stop()
    end()
  })

  it('gathers a storm into few flushes and never overlaps them', async () => {
    vi.useFakeTimers()
    let running = 0
    let most = 0
    let flushes = 0
    const gather = createGather(async () => {
      running += 1
      most = Math.max(most, running)
      flushes += 1
      await new Promise((done) => setTimeout(done, 300))
      running -= 1
    }, 200)
    for (let step = 0; step < 100; step += 1) {
      gather.touch()
      await vi.advanceTimersByTimeAsync(20)
    }
    await vi.advanceTimersByTimeAsync(3000)
    expect(most).toBe(1)
    expect(flushes).toBeGreaterThanOrEqual(2)
    expect(flushes).toBeLessThanOrEqual(4)
    gather.stop()
  })
})
