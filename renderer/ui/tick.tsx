import { Checkbox } from 'react-aria-components'
import { Icon } from './icons.tsx'

/** Yes or no, of one thing among several. */
export function Tick({
  isSelected,
  isIndeterminate = false,
  onChange,
  children,
}: {
  isSelected: boolean
  isIndeterminate?: boolean
  onChange: (on: boolean) => void
  children: string
}) {
  return (
    <Checkbox className="yes" isSelected={isSelected} isIndeterminate={isIndeterminate} onChange={onChange}>
      <span className="yes-box" aria-hidden="true">
        {isIndeterminate ? <span className="yes-some" /> : isSelected ? <Icon name="check" size={14} /> : null}
      </span>
      <span>{children}</span>
    </Checkbox>
  )
}
