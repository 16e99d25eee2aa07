import { Label, Radio, RadioGroup } from 'react-aria-components'
import type { CommandIn } from '../../main/contract/ipc.ts'

type Verify = NonNullable<CommandIn<'offload.start'>['verify']>

const modes: readonly { key: Verify; label: string; about: string }[] = [
  { key: 'destination', label: 'Read the copy back', about: 'Every copied byte is read from the disk again and compared.' },
  {
    key: 'source-and-destination',
    label: 'Read the copy and the card again',
    about: 'Also finds a bad card or reader. Takes about twice as long.',
  },
  { key: 'size', label: 'Compare sizes only', about: 'Fast, but never earns "safe to erase".' },
]

/** How thoroughly copies are checked. */
export function VerifyChoice({ chosen, onChoose }: { chosen: Verify; onChoose: (verify: Verify) => void }) {
  return (
    <RadioGroup
      className="radios"
      value={chosen}
      onChange={(value) => {
        const mode = modes.find(({ key }) => key === value)
        if (mode !== undefined) onChoose(mode.key)
      }}
    >
      <Label className="radios-label">Check</Label>
      {modes.map(({ key, label, about }) => (
        <Radio key={key} value={key} className="radio">
          <span className="radio-mark" aria-hidden="true" />
          <span>
            <span className="radio-label">{label}</span>
            <span className="muted">{about}</span>
          </span>
        </Radio>
      ))}
    </RadioGroup>
  )
}
