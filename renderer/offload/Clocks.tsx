import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Group, Input, Label, NumberField } from 'react-aria-components'
import { peekUrl } from '../../main/contract/media-url.ts'
import type { Settings } from '../../main/contract/views.ts'
import { useSettingsActs } from '../change-settings.ts'
import { useAssets } from '../cull/use-room.ts'
import { reads, useLibrary } from '../queries.ts'
import { Segments } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { plural } from '../words.ts'
import { type CardCamera, type ClockError, camerasToSet, clockErrorOf, corrected, offsetOf } from './clock.ts'

const units = [
  { key: 'days', label: 'days', most: 4000 },
  { key: 'hours', label: 'h', most: 23 },
  { key: 'minutes', label: 'min', most: 59 },
  { key: 'seconds', label: 's', most: 59 },
] as const

/**
 * When the day starts, and how far each camera's clock is off: for the cameras of the library, and for those on `card` before anything of it is
 * copied.
 */
export function Clocks({ settings, card }: { settings: Settings; card: string | null }) {
  const { change } = useSettingsActs()
  const library = useLibrary()
  const { data: assets = [] } = useAssets()
  const onCard = useQuery({ ...reads.cameras(library, card ?? ''), enabled: card !== null })
  const cameras = useMemo(
    () => camerasToSet(onCard.data ?? [], assets, settings.cameraOffsets),
    [onCard.data, assets, settings.cameraOffsets],
  )
  const setOffset = (camera: string, offset: number): void => {
    const { [camera]: _old, ...others } = settings.cameraOffsets
    void change({ cameraOffsets: offset === 0 ? others : { ...others, [camera]: offset } })
  }
  const isLooking = card !== null && onCard.isPending
  return (
    <div className="clocks">
      <div className="setting">
        <div>
          <p>The day starts at</p>
          <p className="muted">Photos taken before this hour belong to the day before. Good for late markets.</p>
        </div>
        <NumberField
          className="number-field"
          aria-label="Hour at which the day starts"
          value={settings.dayStartHour}
          minValue={0}
          maxValue={23}
          formatOptions={{ minimumIntegerDigits: 2 }}
          onChange={(hour) => void change({ dayStartHour: Number.isFinite(hour) ? hour : 0 })}
        >
          <Group className="number-group">
            <Input className="number-input" />
            <span className="muted">:00</span>
          </Group>
        </NumberField>
      </div>
      <div>
        <p>Camera clocks</p>
        <p className="muted" role="status">
          {cameras.length > 0
            ? 'If a camera shows a wrong time, say how far it is off, so that all cameras share one time line. The files are not changed.'
            : isLooking
              ? 'Looking which cameras took what is on this card…'
              : card === null
                ? 'Once photos are in the library, their cameras are listed here, so that a wrong clock can be put right.'
                : 'No file on this card says which camera took it, so there is no clock to put right.'}
        </p>
      </div>
      {cameras.map(({ name, seen }) => (
        <Clock
          key={name}
          camera={name}
          seen={seen}
          offset={settings.cameraOffsets[name] ?? 0}
          onChange={(offset) => setOffset(name, offset)}
        />
      ))}
    </div>
  )
}

/** The first shot of a camera on the card, and when its clock says it was: what the right time was is seen from it. */
function FirstShot({ seen, offset }: { seen: CardCamera; offset: number }) {
  const [failed, setFailed] = useState(false)
  const { written, right } = corrected(seen.firstAt, offset)
  return (
    <div className="clock-shot">
      <span className="peek-shot">
        {seen.token === null || failed ? (
          <Icon name="card" />
        ) : (
          <img src={peekUrl(seen.token)} alt="" decoding="async" draggable={false} onError={() => setFailed(true)} />
        )}
      </span>
      <p className="muted num">
        {written === null
          ? 'Its photos say no time.'
          : right === null
            ? `First shot here: ${written}`
            : `First shot here: ${written}, in truth ${right}`}
        <br />
        {`${plural(seen.shots, 'shot')} among those looked at`}
      </p>
    </div>
  )
}

type ClockParts = { camera: string; seen: CardCamera | null; offset: number; onChange: (offset: number) => void }

function Clock({ camera, seen, offset, onChange }: ClockParts) {
  const error = clockErrorOf(offset)
  const set = (part: Partial<ClockError>): void => onChange(offsetOf({ ...error, ...part }))
  return (
    <fieldset className="clock">
      <legend className="clock-camera">{camera}</legend>
      {seen === null ? null : <FirstShot seen={seen} offset={offset} />}
      <span className="muted">its clock is</span>
      {units.map(({ key, label, most }) => (
        <NumberField
          key={key}
          className="number-field"
          value={error[key]}
          minValue={0}
          maxValue={most}
          formatOptions={{ useGrouping: false }}
          onChange={(value) => set({ [key]: Number.isFinite(value) ? value : 0 })}
        >
          <Group className="number-group">
            <Input className="number-input" />
            <Label className="muted">
              {label}
              <span className="unseen">{` that ${camera} is off`}</span>
            </Label>
          </Group>
        </NumberField>
      ))}
      {offset === 0 ? (
        <span className="muted">off: it is right</span>
      ) : (
        <Segments
          name={`Which way ${camera} is off`}
          choices={[
            { key: 'behind', label: 'behind' },
            { key: 'ahead', label: 'ahead' },
          ]}
          chosen={error.side}
          onChoose={(side) => set({ side })}
        />
      )}
    </fieldset>
  )
}
