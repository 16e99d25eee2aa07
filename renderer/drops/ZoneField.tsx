import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from 'react-aria-components'
import { Icon } from '../ui/icons.tsx'
import { zones } from './drop-words.ts'

/** A time zone, found by typing any part of its name. */
export function ZoneField({ zone, wrong, onChange }: { zone: string; wrong: string | null; onChange: (zone: string) => void }) {
  return (
    <ComboBox
      className="form-field"
      defaultSelectedKey={zone}
      menuTrigger="input"
      isInvalid={wrong !== null}
      defaultFilter={(text, typed) => text.toLowerCase().replaceAll('_', ' ').includes(typed.toLowerCase().replaceAll('_', ' '))}
      onSelectionChange={(key) => onChange(typeof key === 'string' ? key : '')}
    >
      <Label className="form-label">Time zone</Label>
      <div className="form-line">
        <Input className="form-input" spellCheck="false" autoComplete="off" />
        <Button className="button button-icon" aria-label="All zones">
          <span className="zone-open">
            <Icon name="up" />
          </span>
        </Button>
      </div>
      {wrong === null ? null : (
        <p className="field-problem" role="alert">
          {wrong}
        </p>
      )}
      <Popover className="zone-list">
        <ListBox className="zones" items={zones().map((id) => ({ id }))}>
          {({ id }) => (
            <ListBoxItem id={id} textValue={id} className="zone">
              {id.replaceAll('_', ' ')}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  )
}
