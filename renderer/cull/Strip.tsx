import { type MouseEvent, memo } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView } from '../../main/contract/views.ts'
import { Thumb } from '../ui/photo.tsx'
import type { Group } from './room.ts'
import { Mark } from './Tile.tsx'

const eachSide = 12

/** The frames around the current one, which always stands in the middle. A picture of the place for the eye: keys and arrows do the same. */
export const Strip = memo(function Strip({
  frames,
  at,
  group,
  onGo,
}: {
  frames: readonly AssetView[]
  at: number
  group: Group | null
  onGo: (id: AssetId) => void
}) {
  const slots = Array.from({ length: 2 * eachSide + 1 }, (_, slot) => frames[at - eachSide + slot])
  const mates = new Set(group !== null && group.members.length > 1 ? group.members.map(({ id }) => id) : [])
  const onClick = (event: MouseEvent): void => {
    const slot = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-slot]')?.dataset['slot'] : undefined
    const frame = slot === undefined ? undefined : slots[Number(slot)]
    if (frame !== undefined) onGo(frame.id)
  }
  return (
    <div className="strip" aria-hidden="true" onClick={onClick}>
      {slots.map((frame, slot) =>
        frame === undefined ? (
          <span key={`empty-${slot}`} className="strip-frame strip-empty" />
        ) : (
          <span
            key={frame.id}
            data-slot={slot}
            className={[
              'strip-frame',
              slot === eachSide ? 'strip-current' : '',
              mates.has(frame.id) ? 'strip-mate' : '',
              `strip-${frame.decision}`,
            ].join(' ')}
          >
            <Thumb asset={frame} />
            <Mark asset={frame} />
          </span>
        ),
      )}
    </div>
  )
})
