import { expect, it, vi } from 'vitest'
import type { OffloadPlan } from '../../main/contract/views.ts'
import { createDecide } from '../../renderer/cull/decisions.ts'
import { parseKept } from '../../renderer/kept.ts'
import { listen } from '../../renderer/live.ts'
import { checkedInWords, checkTrouble } from '../../renderer/offload/check-words.ts'
import { clockErrorOf, clockWords, offsetOf } from '../../renderer/offload/clock.ts'
import { isRunning, nowInWords } from '../../renderer/offload/offload-words.ts'
import { figuresOf, planInShort, whyNot } from '../../renderer/offload/plan-words.ts'
import { leftOf, troubleOf } from '../../renderer/offload/verdict-words.ts'
import { createQueries, keysOf, type Library, reads } from '../../renderer/queries.ts'
import { createUi } from '../../renderer/ui-state.ts'
import { fakeOffload, fakePlan, fakeReport } from './support/fake-data.ts'
import { createFake } from './support/fake-dropcard.ts'

const plan = fakePlan('/media/EOS_DIGITAL', 'EOS_DIGITAL', 240, null, ['/media/BACKUP'])
const withActions = (action: 'copy' | 'have' | 'removed'): OffloadPlan => ({
  ...plan,
  files: plan.files.map((file) => ({ ...file, action })),
})

it('tells a plan in one line and in figures, and leaves out what says nothing', () => {
  expect(planInShort(plan)).toBe('188 photos and 21 clips to copy (2.4 GB, about 2 minutes), 27 already in the library.')
  expect(planInShort(withActions('have'))).toBe('Nothing new: all of it is in the library already.')
  expect(planInShort(withActions('removed'))).toBe('Nothing new: all of it is in the library, or removed on purpose.')
  expect(planInShort({ ...plan, files: [] })).toBe('No photo or clip was found here.')
  expect(figuresOf(plan).figures.map(({ key, value }) => [key, value])).toEqual([
    ['bytes', '2.4 GB'],
    ['time', 'About 2 minutes'],
    ['have', '27'],
    ['removed', '4'],
    ['companions', '53'],
    ['ignored', '4'],
  ])
  expect(figuresOf({ ...withActions('have'), ignored: [] })).toMatchObject({
    headline: 'Nothing new',
    figures: [{ key: 'have', value: '240' }],
  })
  expect(figuresOf({ ...plan, seconds: null }).figures[1]).toMatchObject({ value: 'Not known yet' })
})

it('says why an offload cannot start', () => {
  const full = { path: '/media/BACKUP', freeBytes: 5, enough: false }
  expect([
    whyNot(plan),
    whyNot({ ...plan, problem: 'No room.' }),
    whyNot({ ...plan, files: [] }),
    whyNot({ ...plan, destinations: [full] }),
  ]).toEqual([null, 'No room.', 'There is nothing here to copy.', '/media/BACKUP has too little space. Free some, or take this copy away.'])
})

it('turns the error of a camera clock into seconds and back', () => {
  for (const offset of [0, 1, -59, 3600, -5400, 86_400 * 400 + 3723, -400_000_000]) expect(offsetOf(clockErrorOf(offset))).toBe(offset)
  expect([clockWords(0), clockWords(5400), clockWords(-86_401)]).toEqual(['right', '1 h 30 min behind', '1 d 1 s ahead'])
})

it('counts a paused offload as under way and says that nothing is lost', () => {
  const paused = fakeOffload({ state: 'paused', finishedAt: null })
  expect([isRunning(paused), isRunning(fakeOffload({}))]).toEqual([true, false])
  expect(nowInWords(paused)).toContain('nothing is lost')
})

it('says for every file that is not safe what to do, and what is only on the card', () => {
  const report = fakeReport(fakeOffload({}), { isSafe: false })
  expect(troubleOf(report).map(({ next }) => (next ?? '').length > 20)).toEqual([true, true])
  expect(
    leftOf({ ...report, ignored: [{ source: 'a.cr3', because: 'a companion', travels: true, matters: false }, ...report.ignored] }),
  ).toEqual(report.ignored.map(({ source, because }) => ({ name: source, because })))
})

it('tells the result of a check, good, bad and empty', () => {
  const good = { checked: 3, identical: 3, bytes: 9_000_000, damaged: [], missing: [], at: '2026-05-03T19:00:00.000Z' }
  const bad = { ...good, identical: 1, damaged: [{ path: 'a', because: 'its bytes changed' }], missing: [{ path: 'b', because: 'gone' }] }
  expect(checkedInWords(good)).toEqual({ isGood: true, line: 'All is well: 3 files read again (9.0 MB), identical to what was copied.' })
  expect(checkedInWords(bad)).toEqual({ isGood: false, line: '1 file is damaged and 1 file is missing; 1 file is as they were copied.' })
  expect(checkedInWords({ ...good, checked: 0, identical: 0 }).line).toBe('There is nothing to check yet.')
  expect(checkTrouble(bad).map(({ name, next }) => [name, next !== undefined])).toEqual([
    ['a', true],
    ['b', true],
  ])
})

async function open() {
  const fake = createFake('full')
  const library: Library = { door: fake, pending: new Map() }
  const queries = createQueries()
  const ui = createUi(parseKept(null))
  const tone = vi.fn()
  const end = listen(library, queries, ui, tone)
  const assets = async () => queries.fetchQuery({ ...reads.assets(library, queries), staleTime: 0 })
  await assets()
  return { fake, library, queries, ui, tone, end, assets }
}

it('undoes a removal first when it was the newest act, then the decision before it', async () => {
  const { library, queries, ui, end, assets } = await open()
  const decide = createDecide(library, queries, ui)
  const [first, second] = await assets()
  if (first === undefined || second === undefined) throw new Error('expected two assets')
  await decide.set([first.id], 'pick')
  await decide.remove([second.id])
  expect((await assets()).map(({ id }) => id)).not.toContain(second.id)
  expect(ui.getState().toasts).toMatchObject([{ message: `${second.name} moved to the library's trash.`, action: { label: 'Undo' } }])
  await decide.undo()
  expect((await assets()).find(({ id }) => id === second.id)).toEqual(second)
  await decide.undo()
  expect((await assets()).find(({ id }) => id === first.id)?.decision).toBe('undecided')
  end()
})

it('forgets what it knew of a card that is pulled, and says so when one comes while another screen is open', async () => {
  const { fake, library, queries, ui, tone, end } = await open()
  const card = { path: '/media/A', label: 'A', kind: 'card', key: 'volume:a', choice: 'ask' } as const
  await queries.fetchQuery(reads.cards(library))
  ui.getState().set({ screen: 'cull' })
  fake.tell('cards.changed', { cards: [card] })
  expect(ui.getState().toasts).toMatchObject([{ message: 'A is here.', action: { label: 'Show' } }])
  await queries.fetchQuery(reads.plan(library, card.path))
  fake.tell('cards.changed', { cards: [] })
  expect(queries.getQueryData([...keysOf.cardPlans, card.path])).toBeUndefined()
  fake.tell('notice', { title: 'A', body: 'Safe to erase.', sound: false })
  expect(tone).not.toHaveBeenCalled()
  fake.tell('notice', { title: 'A', body: 'Safe to erase.', sound: true })
  expect(tone).toHaveBeenCalledTimes(1)
  end()
})
