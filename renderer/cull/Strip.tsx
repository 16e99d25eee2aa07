import { type MouseEvent, memo, useEffect } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView } from '../../main/contract/views.ts'
import { Thumbnail } from './picture/Thumbnail.tsx'
import { useThumbPictures, wantedThumbs } from './picture/thumbs.ts'
import type { Group } from './room.ts'
import { Mark } from './Tile.tsx'

const eachSide = 12
/** In CSS pixels; see loupe.css. */
const frameHeight = 56

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
  const thumbs = useThumbPictures()
  useEffect(() => {
    // From the middle outwards.
    const near = Array.from({ length: 2 * eachSide + 1 }, (_, n) => frames[at + (n % 2 === 0 ? n / 2 : -(n + 1) / 2)])
    thumbs.want(
      wantedThumbs(
        near.filter((frame) => frame !== undefined),
        frameHeight,
      ),
    )
  }, [thumbs, frames, at])
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
            <Thumbnail key={String(frame.hasThumb)} asset={frame} />
            <Mark asset={frame} />
          </span>
        ),
      )}
    </div>
  )
})
