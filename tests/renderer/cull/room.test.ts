import { describe, expect, it } from 'vitest'
import type { AssetId } from '../../../main/contract/ids.ts'
import type { Decision } from '../../../main/contract/views.ts'
import { countsOf, everything, type Filter, noFacts } from '../../../renderer/cull/filter.ts'
import {
  bestOf,
  buildRoom,
  groupOf,
  placeAfterFilter,
  type Room,
  type ShowOptions,
  show,
  stepCell,
  stepFrame,
  stepRow,
  stepStack,
  suggested,
} from '../../../renderer/cull/room.ts'
import { fakeId, fakeLibrary } from '../support/fake-data.ts'

const { assets, stacks } = fakeLibrary(60)
const room = buildRoom([...assets].reverse(), stacks)
const none: ReadonlySet<AssetId> = new Set()
const look = (part: Partial<ShowOptions> = {}, of: Room = room) =>
  show(of, { filter: everything, facts: noFacts, current: null, keep: none, opened: new Set(), ...part })
const decided = (decisions: Record<string, Decision>): Room =>
  buildRoom(
    assets.map((asset) => ({ ...asset, decision: decisions[asset.name] ?? asset.decision })),
    stacks,
  )
const picks: Filter = { ...everything, decision: 'pick' }
const rejects: Filter = { ...everything, decision: 'reject' }
const undecided: Filter = { ...everything, decision: 'undecided' }
const names = (of: { name: string }[]): string[] => of.map(({ name }) => name)
const idOf = (name: string): AssetId => assets.find((asset) => asset.name === name)?.id ?? fakeId(0, 0)
const nameOf = (id: AssetId | null): string | null => assets.find((asset) => asset.id === id)?.name ?? null

describe('the room', () => {
  it('puts every asset in exactly one group, in camera order, whatever order the engine sent', () => {
    const all = room.groups.flatMap(({ members }) => members)
    expect(names(all)).toEqual(names(assets))
    expect(room.groups.slice(0, 5).map(({ members }) => members.length)).toEqual([1, 6, 1, 3, 1])
    for (const stack of stacks) expect(room.groups.find(({ id }) => id === stack.id)).toMatchObject({ cover: { id: stack.cover } })
  })

  it('puts assets without a time last, by name, and ignores stack members it does not know', () => {
    const [a, b, c] = [assets[0], assets[1], assets[2]]
    if (a === undefined || b === undefined || c === undefined) throw new Error('expected three assets')
    const odd = buildRoom(
      [{ ...a, capturedAt: null, name: 'z.jpg' }, { ...b, capturedAt: null, name: 'a.jpg' }, c],
      [{ id: stacks[0]?.id ?? ('x' as never), cover: fakeId(999, 999), members: [fakeId(999, 999), c.id], kind: 'burst', reason: '' }],
    )
    expect(odd.groups.map(({ members, cover }) => [names(members), cover.name])).toEqual([
      [[c.name], c.name],
      [['a.jpg'], 'a.jpg'],
      [['z.jpg'], 'z.jpg'],
    ])
  })

  it('shows one cell for a closed stack and all frames of an opened one', () => {
    const second = room.groups[1]
    if (second === undefined) throw new Error('expected a second group')
    const closed = look()
    const opened = look({ opened: new Set([second.id]) })
    expect(closed.cells).toHaveLength(room.groups.length)
    expect(closed.cells[1]).toMatchObject({ frame: { id: second.cover.id }, stands: 6, opened: false })
    expect(names(opened.cells.slice(1, 7).map(({ frame }) => frame))).toEqual(names(second.members))
    expect(look({ opened: 'all' }).cells.map(({ frame }) => frame)).toEqual(closed.frames)
  })

  it('lets a closed stack stand for the frame you are on', () => {
    const member = room.groups[1]?.members[2]?.id ?? null
    expect(look({ current: member }).cells[1]?.frame.id).toBe(member)
  })

  it('counts and finds suggestions only among undecided frames', () => {
    const some = decided({ 'IMG_0001.JPG': 'pick', 'IMG_0002.JPG': 'reject' })
    expect(Object.fromEntries(countsOf(some.byId.values(), everything, noFacts, 'decision'))).toEqual({
      all: assets.length,
      pick: 1,
      reject: 1,
      undecided: assets.length - 2,
    })
    const open = suggested(look({}, some).frames)
    expect(open.length).toBeGreaterThan(3)
    expect(names(open)).not.toContain('IMG_0001.JPG')
    expect(open.every(({ suggestion }) => suggestion === 'pick' || suggestion === 'reject')).toBe(true)
  })
})

describe('moving', () => {
  const shown = look()
  it('goes frame by frame through stacks, and stops at both ends', () => {
    const walk: (string | null)[] = []
    let at: AssetId | null = idOf('IMG_0001.JPG')
    for (let step = 0; step < 8; step += 1) {
      walk.push(nameOf(at))
      at = stepFrame(shown, at, 1)
    }
    expect(walk).toEqual(names(assets.slice(0, 8)))
    expect(stepFrame(shown, idOf('IMG_0001.JPG'), -1)).toBe(idOf('IMG_0001.JPG'))
    const last = assets.at(-1)?.id ?? null
    expect(stepFrame(shown, last, 1)).toBe(last)
  })

  it('goes stack by stack, landing on the best frame, from anywhere inside', () => {
    const [first, second, third] = shown.groups
    if (first === undefined || second === undefined || third === undefined) throw new Error('expected three groups')
    const inside = second.frames[1]?.id ?? null
    expect(stepStack(shown, first.frames[0]?.id ?? null, 1)).toBe(second.group.cover.id)
    expect(stepStack(shown, inside, 1)).toBe(third.group.cover.id)
    expect(stepStack(shown, inside, -1)).toBe(first.group.cover.id)
    const lastGroup = shown.groups.at(-1)
    const lastFrame = lastGroup?.frames.at(-1)?.id ?? null
    expect(stepStack(shown, lastFrame, 1)).toBe(lastFrame)
  })

  it('goes by rows in the grid and never strands you in the last one', () => {
    const at = (index: number): AssetId | null => shown.cells[index]?.frame.id ?? null
    const count = shown.cells.length
    expect(stepRow(shown, at(1), 4, 1)).toBe(at(5))
    expect(stepRow(shown, at(5), 4, -1)).toBe(at(1))
    expect(stepRow(shown, at(6), 4, -3)).toBe(at(2))
    expect(stepRow(shown, at(0), count + 5, 1)).toBe(at(1))
    expect(stepRow(shown, at(count - 1), 4, 1)).toBe(at(count - 1))
    expect(stepRow(shown, null, 4, 1)).toBe(at(0))
    expect(stepCell(shown, at(3), 1)).toBe(at(4))
    expect(stepCell(look({ filter: picks }), null, 1)).toBeNull()
  })

  it('enters a filtered stack by its best ranked frame when the cover is filtered away', () => {
    const second = room.groups[1]
    if (second === undefined) throw new Error('expected a second group')
    const some = decided({ [second.cover.name]: 'reject' })
    const entry = look({ filter: undecided }, some).groups.find(({ group }) => group.id === second.id)
    if (entry === undefined) throw new Error('expected the stack to be shown')
    expect(bestOf(entry).rank).toBe(2)
    expect(entry.frames).toHaveLength(5)
  })
})

describe('filters keep your place', () => {
  it('keeps a frame that no longer matches until you leave it, and knows what comes next', () => {
    const here = idOf('IMG_0008.JPG')
    const some = decided({ 'IMG_0008.JPG': 'pick' })
    const staying = look({ filter: undecided, current: here }, some)
    const next = stepFrame(staying, here, 1)
    expect(nameOf(next)).toBe('IMG_0009.JPG')
    expect(groupOf(staying, here)?.frames).toHaveLength(1)
    const left = look({ filter: undecided, current: next }, some)
    expect(names(left.frames)).not.toContain('IMG_0008.JPG')
    expect(names(left.frames)).toContain('IMG_0009.JPG')
  })

  it('keeps the selection in view too', () => {
    const kept = look({ filter: rejects, keep: new Set([idOf('IMG_0003.JPG')]) })
    expect(names(kept.frames)).toEqual(['IMG_0003.JPG'])
  })

  it.each<[string, Filter, string, string | null]>([
    ['everything', everything, 'IMG_0008.JPG', 'IMG_0008.JPG'],
    ['picks', picks, 'IMG_0005.JPG', 'IMG_0009.JPG'],
    ['picks', picks, 'IMG_0030.JPG', 'IMG_0009.JPG'],
    ['rejects', rejects, 'IMG_0005.JPG', null],
    ['undecided', undecided, 'IMG_0009.JPG', 'IMG_0010.JPG'],
  ])('changing to %s lands where it should', (_, filter, from, to) => {
    expect(nameOf(placeAfterFilter(decided({ 'IMG_0009.JPG': 'pick' }), idOf(from), filter, noFacts))).toBe(to)
  })
})
