import type { Decision, Label, OffloadView } from '../../main/contract/views.ts'
import { plural, spaced } from '../words.ts'
import type { Facts } from './filter.ts'

/** The parts of a filter as people read them. Pure. */

export const decisionFilterWords: Readonly<Record<Decision, string>> = { pick: 'Picks', reject: 'Rejects', undecided: 'Undecided' }

export const ratingWords = (stars: number): string =>
  stars === 0 ? 'No stars' : stars === 5 ? '5 stars' : `${plural(stars, 'star')} or more`

export const labelFilterWords = (label: Label | 'none'): string => (label === 'none' ? 'No label' : `${spaced(label)} label`)

export const productWords = (id: string, { productTitles }: Facts): string =>
  id === 'none' ? 'In no product' : (productTitles.get(id) ?? 'A product that is gone')

export const cardWords = (id: string, offloads: readonly OffloadView[]): string => {
  const offload = offloads.find((one) => one.id === id)
  return offload === undefined ? 'Another card' : `${offload.label}, ${dayWords(offload.startedAt.slice(0, 10))}`
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `2026-05-03` -> "3 May 2026". */
export function dayWords(day: string): string {
  const [year, month, date] = day.split('-')
  const name = months[Number(month) - 1]
  return name === undefined || date === undefined ? 'Day unknown' : `${Number(date)} ${name} ${year}`
}
