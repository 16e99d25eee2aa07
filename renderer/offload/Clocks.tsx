import { useMemo } from 'react'
import { Group, Input, Label, NumberField } from 'react-aria-components'
import type { Settings } from '../../main/contract/views.ts'
import { useSettingsActs } from '../change-settings.ts'
import { useAssets } from '../cull/use-room.ts'
import { Segments } from '../ui/controls.tsx'
import { type ClockError, clockErrorOf, offsetOf } from './clock.ts'

const units = [
  { key: 'days', label: 'days', most: 4000 },
  { key: 'hours', label: 'h', most: 23 },
  { key: 'minutes', label: 'min', most: 59 },
  { key: 'seconds', label: 's', most: 59 },
] as const

/** When the day starts, and how far each camera's clock is off. */
export function Clocks({ settings }: { settings: Settings }) {
  const { change } = useSettingsActs()
  const { data: assets = [] } = useAssets()
  const cameras = useMemo(
    () =>
      [...new Set([...assets.flatMap(({ camera }) => (camera === null ? [] : [camera])), ...Object.keys(settings.cameraOffsets)])].sort(),
    [assets, settings.cameraOffsets],
  )
  const setOffset = (camera: string, offset: number): void => {
    const { [camera]: _old, ...others } = settings.cameraOffsets
    void change({ cameraOffsets: offset === 0 ? others : { ...others, [camera]: offset } })
  }
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
        <p className="muted">
          {cameras.length === 0
            ? 'Once photos are in the library, their cameras are listed here, so that a wrong clock can be put right.'
            : 'If a camera shows a wrong time, say how far it is off, so that all cameras share one time line. The files are not changed.'}
        </p>
      </div>
      {cameras.map((camera) => (
        <Clock key={camera} camera={camera} offset={settings.cameraOffsets[camera] ?? 0} onChange={(offset) => setOffset(camera, offset)} />
      ))}
    </div>
  )
}

function Clock({ camera, offset, onChange }: { camera: string; offset: number; onChange: (offset: number) => void }) {
  const error = clockErrorOf(offset)
  const set = (part: Partial<ClockError>): void => onChange(offsetOf({ ...error, ...part }))
  return (
    <fieldset className="clock">
      <legend className="clock-camera">{camera}</legend>
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
