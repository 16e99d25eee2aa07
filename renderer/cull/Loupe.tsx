import { type RefObject, useState } from 'react'
import type { AssetView, Box } from '../../main/contract/views.ts'
import { isMac } from '../keyboard.ts'
import { hintFor } from '../keys.ts'
import { Button, IconButton } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { useDecodedAhead } from './ahead.ts'
import { ClipStage } from './ClipStage.tsx'
import type { CullActs } from './cull-keys.ts'
import { PhotoStage } from './PhotoStage.tsx'
import { groupOf, type Shown } from './room.ts'
import { Strip } from './Strip.tsx'
import { Mark } from './Tile.tsx'
import { Why } from './Why.tsx'

const aheadBy = [1, -1, 2, 3] as const

/** One photo or clip, large; its neighbours in a strip; why it has its score beside it. */
export function Loupe({
  asset,
  shown,
  acts,
  video,
}: {
  asset: AssetView
  shown: Shown
  acts: CullActs
  video: RefObject<HTMLVideoElement | null>
}) {
  const ui = useUiStore()
  const why = useUi((state) => state.why)
  const zoom = useUi((state) => state.zoom)
  const [region, setRegion] = useState<Box | null>(null)
  const at = shown.frames.findIndex(({ id }) => id === asset.id)
  useDecodedAhead(
    aheadBy.flatMap((by) => {
      const frame = shown.frames[at + by]
      return frame?.kind === 'photo' && frame.analysis !== 'refused' ? [frame.id] : []
    }),
  )
  const group = groupOf(shown, asset.id)
  const inStack =
    group === null || group.group.members.length < 2
      ? null
      : `${group.group.members.findIndex(({ id }) => id === asset.id) + 1} of ${group.group.members.length} in this stack`
  return (
    <section className="loupe" tabIndex={-1} aria-label="Large view">
      <header className="loupe-head">
        <Button tone="quiet" icon="back" hint={hintFor('grid', isMac())} onPress={() => ui.getState().set({ mode: 'grid', zoom: null })}>
          Grid
        </Button>
        <h1>{asset.name}</h1>
        <Mark asset={asset} />
        {inStack === null ? null : <span className="muted">{inStack}</span>}
        <span className="muted num">{`${(at + 1).toLocaleString('en')} / ${shown.frames.length.toLocaleString('en')}`}</span>
        <span className="grow" />
        {asset.kind === 'photo' && asset.analysis !== 'refused' ? (
          <Button
            tone="quiet"
            hint={hintFor('zoom', isMac())}
            onPress={() => ui.getState().set({ zoom: zoom === null ? { x: 0.5, y: 0.5 } : null })}
          >
            {zoom === null ? '100 %' : 'Fit'}
          </Button>
        ) : null}
        <Button tone="quiet" icon="info" hint={hintFor('why', isMac())} onPress={() => ui.getState().set({ why: !why })}>
          Why
        </Button>
        <IconButton icon="back" name="Previous frame" onPress={acts.previous} />
        <span className="turned">
          <IconButton icon="back" name="Next frame" onPress={acts.next} />
        </span>
      </header>
      <div className="loupe-body">
        {asset.analysis === 'refused' && !asset.hasThumb ? (
          <div className="stage stage-refused">
            <Icon name="warning" size={32} />
            <p>{asset.because ?? 'This file cannot be shown.'}</p>
            <p className="muted">The original was copied byte for byte all the same.</p>
          </div>
        ) : asset.kind === 'clip' ? (
          <ClipStage key={asset.id} asset={asset} video={video} />
        ) : (
          <PhotoStage asset={asset} region={region} />
        )}
        {why ? <Why asset={asset} stackSize={group?.group.members.length ?? 1} onRegion={setRegion} /> : null}
      </div>
      <Strip frames={shown.frames} at={at} group={group?.group ?? null} onGo={acts.go} />
    </section>
  )
}
