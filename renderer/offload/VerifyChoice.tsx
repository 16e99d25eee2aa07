import { Label, Radio, RadioGroup } from 'react-aria-components'
import type { VerifyMode } from '../../main/contract/views.ts'
import { verifyModes } from './plan-words.ts'

/** How thoroughly copies are checked. */
export function VerifyChoice({ chosen, onChoose }: { chosen: VerifyMode; onChoose: (verify: VerifyMode) => void }) {
  return (
    <RadioGroup
      className="radios"
      value={chosen}
      onChange={(value) => {
        const mode = verifyModes.find(({ key }) => key === value)
        if (mode !== undefined) onChoose(mode.key)
      }}
    >
      <Label className="radios-label">Check</Label>
      {verifyModes.map(({ key, label, about }) => (
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
