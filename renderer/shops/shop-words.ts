import type { CatalogKindView, ConnectionTest, ConnectionView, PublishState, QueueLine } from '../../main/contract/views.ts'
import { plural } from '../words.ts'

/** Shops in words. Pure. */

/** What people call it: what it says of itself, else its kind. */
export function shopName(shops: readonly ConnectionView[], name: string): string {
  const found = shops.find((one) => one.name === name)
  if (found === undefined) return name
  if (found.embedded) return 'Local shop'
  const twins = shops.filter((one) => one.kind === found.kind && one.shop === found.shop).length
  const said = found.shop === null ? found.label : found.shop
  return twins > 1 ? `${said} (${name})` : said
}

/** Of a listing, for chips and the queue. */
export const stateWords: Readonly<Record<string, string>> = {
  rendering: 'making pictures',
  sending: 'on its way',
  published: 'published',
  hidden: 'hidden',
  hiding: 'being taken off',
  conflict: 'changed in the shop',
  failed: 'failed',
} satisfies Record<QueueLine['state'], string>

export type Standing = { tone: 'fine' | 'work' | 'calm' | 'warn'; title: string; more: string | null }

/** How a shop is doing, in one line and what follows from it. A shop that is away is nothing to worry about: `calm`. */
export function standing(state: PublishState, now: number): Standing {
  if (state.paused !== null)
    return { tone: 'warn', title: 'Paused', more: `${sentence(state.paused)} What waits is kept and goes on once signing in works.` }
  if (state.resting !== null && Date.parse(state.resting.until) > now)
    return {
      tone: 'calm',
      title: `Resting until ${timeOf(state.resting.until)}`,
      more: `${sentence(state.resting.because)} Nothing is lost.`,
    }
  if (state.conflicts.length > 0)
    return { tone: 'warn', title: `${plural(state.conflicts.length, 'listing')} changed in the shop`, more: 'Decide whose version stays.' }
  if (state.waiting > 0) return { tone: 'work', title: `${plural(state.waiting, 'listing')} on the way`, more: null }
  if (state.failed.length > 0) return { tone: 'warn', title: `${plural(state.failed.length, 'listing')} failed`, more: null }
  return { tone: 'fine', title: 'All is well', more: null }
}

/** "4 shown to buyers, 1 hidden". */
export function counts({ published, hidden }: PublishState): string {
  if (published + hidden === 0) return 'Nothing is in it yet.'
  return `${plural(published, 'listing')} shown to buyers${hidden > 0 ? `, ${hidden.toLocaleString('en')} hidden` : ''}.`
}

/** A reason as a sentence: large first letter, a full stop. */
export function sentence(because: string): string {
  const text = because.trim()
  const first = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?…]$/.test(first) ? first : `${first}.`
}

/** "14:05", or with its day when that is another one. */
export function timeOf(instant: string, now: Date = new Date()): string {
  const at = new Date(instant)
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  return at.toDateString() === now.toDateString()
    ? time
    : `${at.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })}, ${time}`
}

/** How far our own tests of a kind went, said plainly. */
export const testedWords: Readonly<Record<CatalogKindView['tested'], string>> = {
  'real server': 'Tested against the real thing, running.',
  'real schema and a stand-in': "Tested against the shop's published schema and a stand-in that follows it, not yet against a live shop.",
  'stand-in': 'Tested against a stand-in of our own only, not yet against a live shop. Try it with a few products first.',
}

/** What a test of a connection came to, in one sentence. */
export function testWords({ ok, shop, missing, because }: ConnectionTest): string {
  if (because !== null) return sentence(because)
  const named = shop === null ? 'The shop answers' : `${shop} answers`
  return ok
    ? `${named}, and everything that is needed is allowed.`
    : `${named}, but ${plural(missing.length, 'permission')} ${missing.length === 1 ? 'is' : 'are'} missing:`
}

/** What is left out of a form, by field name, in words. Secrets that are kept already may stay empty. */
export function lacking(kind: CatalogKindView, values: Readonly<Record<string, string>>, isKept: boolean): Record<string, string> {
  const said: Record<string, string> = {}
  for (const field of kind.fields) {
    const value = (values[field.name] ?? '').trim()
    if (value === '' && field.required && !(isKept && field.type === 'secret')) said[field.name] = `${field.label} is needed.`
    if (value !== '' && field.type === 'url' && !URL.canParse(value))
      said[field.name] = `Type a whole address${field.example === null ? '' : ` like ${field.example}`}.`
  }
  return said
}
