import type { PublishState } from '../../main/contract/views.ts'
import { standing } from './shop-words.ts'

/** A shop's standing in two words, with a mark of its tone. */
export function Dot({ state }: { state: PublishState }) {
  const { tone, title } = standing(state, Date.now())
  return (
    <span className={`shop-dot shop-dot-${tone}`}>
      <span className="shop-dot-mark" aria-hidden="true" />
      {title}
    </span>
  )
}
