import { Button as AriaButton, Dialog, DialogTrigger, Popover } from 'react-aria-components'
import { cropGuides } from '../../../main/contract/crops.ts'
import { useHint } from '../../keyboard.ts'
import { Switch } from '../../ui/controls.tsx'
import { Icon } from '../../ui/icons.tsx'
import { useUi, useUiStore } from '../../ui-state.ts'
import { type Overlay, overlays, withOverlay } from '../looking.ts'

const words: Readonly<Record<Overlay, { label: string; about: string }>> = {
  focus: { label: 'Focus map', about: 'Green where it is sharp' },
  clipping: { label: 'Clipping', about: 'Red: highlights lost, blue: shadows lost' },
  crop: { label: 'Crop guide', about: 'What a shop or channel will cut away' },
  close: { label: 'Eyes and faces', about: 'Close-ups beside the photo' },
}

/** What can be laid over the photo, to be mixed; the key goes through them one by one. */
export function OverlayMenu() {
  const ui = useUiStore()
  const hint = useHint()
  const looking = useUi((state) => state.looking)
  const on = looking.overlays.size + (looking.histogram ? 1 : 0)
  const set = (next: typeof looking): void => ui.getState().set({ looking: next })
  return (
    <DialogTrigger>
      <AriaButton className="button button-quiet">
        <Icon name="layers" />
        <span>{on === 0 ? 'Overlays' : `Overlays (${on})`}</span>
        <span className="hint" aria-hidden="true">
          {hint('overlay')}
        </span>
      </AriaButton>
      <Popover className="overlay-menu" placement="bottom end">
        <Dialog className="overlay-list" aria-label="Overlays">
          {overlays.map((overlay) => (
            <div key={overlay}>
              <Switch isSelected={looking.overlays.has(overlay)} onChange={(isOn) => set(withOverlay(looking, overlay, isOn))}>
                {words[overlay].label}
              </Switch>
              <p className="muted">{words[overlay].about}</p>
              {overlay === 'crop' && looking.overlays.has('crop') ? (
                <select
                  aria-label="Shape of the crop guide"
                  value={looking.crop}
                  onChange={(event) => set({ ...looking, crop: event.target.value })}
                >
                  {cropGuides.map(({ key, label }) => (
                    <option key={key} value={key}>
                      {label}
                    </option>
                  ))}
                </select>
              ) : null}
            </div>
          ))}
          <div>
            <Switch isSelected={looking.histogram} onChange={(histogram) => set({ ...looking, histogram })}>
              Histogram and facts
            </Switch>
            <p className="muted">{`Key ${hint('histogram')}`}</p>
          </div>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
