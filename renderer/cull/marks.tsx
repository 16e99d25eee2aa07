import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { type Label, label as labels } from '../../main/contract/views.ts'
import { useHint } from '../keyboard.ts'
import type { KeyAct } from '../keys.ts'
import { starWords } from '../words.ts'

const labelActs: Readonly<Record<Label, KeyAct>> = {
  red: 'labelRed',
  yellow: 'labelYellow',
  green: 'labelGreen',
  blue: 'labelBlue',
  purple: 'labelPurple',
}
const starActs: readonly KeyAct[] = ['stars1', 'stars2', 'stars3', 'stars4', 'stars5']

/** Filled stars only; nothing for none. For the eye: the tile's name says it in words. */
export function Stars({ rating }: { rating: number | null }) {
  return rating === null || rating === 0 ? null : (
    <span className="stars" aria-hidden="true">
      {'★'.repeat(rating)}
    </span>
  )
}

export function Dot({ label }: { label: Label | null }) {
  return label === null ? null : <span className={`dot dot-${label}`} aria-hidden="true" title={`${label} label`} />
}

/** Stars to set; setting those there are takes them away. */
export function StarButtons({
  rating,
  isDisabled,
  onRate,
}: {
  rating: number | null
  isDisabled: boolean
  onRate: (stars: number) => void
}) {
  const hint = useHint()
  return (
    <ToggleButtonGroup
      className="star-buttons"
      aria-label="Stars"
      selectionMode="single"
      isDisabled={isDisabled}
      selectedKeys={rating === null || rating === 0 ? [] : [rating]}
      onSelectionChange={(keys) => onRate(Number([...keys][0] ?? 0))}
    >
      {starActs.map((act, index) => (
        <ToggleButton key={act} id={index + 1} className="star-button" aria-label={`${starWords(index + 1)} (${hint(act)})`}>
          <span aria-hidden="true">{index < (rating ?? 0) ? '★' : '☆'}</span>
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}

/** Colour labels to set; the one that is set is taken away. */
export function LabelButtons({
  label,
  isDisabled,
  onLabel,
}: {
  label: Label | null
  isDisabled: boolean
  onLabel: (label: Label | null) => void
}) {
  const hint = useHint()
  return (
    <ToggleButtonGroup
      className="label-buttons"
      aria-label="Label"
      selectionMode="single"
      isDisabled={isDisabled}
      selectedKeys={label === null ? [] : [label]}
      onSelectionChange={(keys) => onLabel(labels.options.find((one) => keys.has(one)) ?? null)}
    >
      {labels.options.map((one) => (
        <ToggleButton
          key={one}
          id={one}
          className="label-button"
          aria-label={`${one} label${hint(labelActs[one]) === '' ? '' : ` (${hint(labelActs[one])})`}`}
        >
          <span className={`dot dot-${one}`} aria-hidden="true" />
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
