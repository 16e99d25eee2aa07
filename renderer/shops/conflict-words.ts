import type { ConflictPicture, ConflictView, MoneyView } from '../../main/contract/views.ts'
import { shownPrice } from '../products/money.ts'

/** A conflict in words. Pure. */

export const changeWords: Readonly<Record<ConflictPicture['is'], string>> = {
  same: '',
  moved: 'moved',
  missing: 'not in the shop',
  added: 'added there',
  known: 'from the shop',
}

export const pictureWords = ({ kind, is }: ConflictPicture, at: number): string =>
  `${kind === 'clip' ? 'Clip' : 'Picture'} ${at + 1}${changeWords[is] === '' ? '' : `, ${changeWords[is]}`}`

const price = (money: MoneyView | null): string => (money === null ? 'not said' : shownPrice(money))
const stock = (count: number | null): string => (count === null ? 'not counted' : count.toLocaleString('en'))

/** Title, price and stock that are not the same; what was never said here is no difference. */
export function wordRows({ ours, theirs, words }: ConflictView): { what: string; here: string; there: string }[] {
  if (theirs === null || !words) return []
  return [
    { what: 'Title', here: ours.title, there: theirs.title },
    ...(ours.price === null ? [] : [{ what: 'Price', here: price(ours.price), there: price(theirs.price) }]),
    ...(ours.stock === null ? [] : [{ what: 'Stock', here: stock(ours.stock), there: stock(theirs.stock) }]),
  ].filter(({ here, there }) => here !== there)
}
