import { type RefObject, useCallback, useDeferredValue, useRef, useState } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView, Box } from '../../main/contract/views.ts'
import { useHint } from '../keyboard.ts'
import { Button, IconButton } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { ClipStage } from './ClipStage.tsx'
import { Compare } from './compare/Compare.tsx'
import { Survey } from './compare/Survey.tsx'
import type { CullActs } from './cull-keys.ts'
import { useLookActs } from './look-keys.ts'
import { OverlayMenu } from './overlays/OverlayMenu.tsx'
import { PhotoStage } from './PhotoStage.tsx'
import type { Painted } from './picture/painter.ts'
import { groupOf, type Shown } from './room.ts'
import { Strip } from './Strip.tsx'
import { Mark } from './Tile.tsx'
import { Why } from './Why.tsx'

type LoupeProps = { asset: AssetView; shown: Shown; acts: CullActs; video: RefObject<HTMLVideoElement | null> }

/** One photo or clip, large; its neighbours in a strip; why it has its score beside it. Or two against each other, or up to nine. */
export function Loupe({ asset: current, shown, acts, video }: LoupeProps) {
  const why = useUi((state) => state.why)
  const { compare, survey } = useUi((state) => state.looking)
  const look = useLookActs(shown)
  const [region, setRegion] = useState<Box | null>(null)
  const [painted, setPainted] = useState<AssetId | null>(null)
  const onPainted = useCallback((now: Painted | null) => setPainted(now?.id ?? null), [])
  const go = useRef(acts.go)
  go.current = acts.go
  const onGo = useCallback((id: AssetId) => go.current(id), [])
  const isOne = compare === null && survey === null
  // The picture leads: until the photo is painted, what is said is still about the one that is seen.
  const lagging = isOne && current.kind === 'photo' && painted !== null && painted !== current.id
  const asset = (lagging ? shown.frames.find(({ id }) => id === painted) : undefined) ?? current
  const at = shown.frames.findIndex(({ id }) => id === current.id)
  // What stands beside the photo is drawn after the frame that shows it.
  const later = useDeferredValue(asset)
  const laterAt = useDeferredValue(at)
  const group = groupOf(shown, later.id)
  const cover = group === null || group.group.members.length < 2 ? null : group.group.cover
  const best = cover === null || cover.id === later.id ? null : cover
  return (
    <section className="loupe" tabIndex={-1} aria-label="Large view">
      <LoupeHead asset={asset} shown={shown} acts={acts} isOne={isOne} />
      <div className="loupe-body">
        {compare !== null ? (
          <Compare pair={compare} shown={shown} onDone={look.one} />
        ) : survey !== null ? (
          <Survey ids={survey} shown={shown} onDone={look.one} />
        ) : current.analysis === 'refused' && !current.hasThumb ? (
          <div className="stage stage-refused">
            <Icon name="warning" size={32} />
            <p>{current.because ?? 'This file cannot be shown.'}</p>
            <p className="muted">The original was copied byte for byte all the same.</p>
          </div>
        ) : current.kind === 'clip' ? (
          <ClipStage key={current.id} asset={current} video={video} />
        ) : (
          <PhotoStage asset={current} frames={shown.frames} at={at} region={region} onPainted={onPainted} />
        )}
        {why && isOne ? <Why asset={later} stackSize={group?.group.members.length ?? 1} best={best} onRegion={setRegion} /> : null}
      </div>
      <Strip frames={shown.frames} at={laterAt} group={group?.group ?? null} onGo={onGo} />
    </section>
  )
}

function LoupeHead({ asset, shown, acts, isOne }: { asset: AssetView; shown: Shown; acts: CullActs; isOne: boolean }) {
  const ui = useUiStore()
  const hint = useHint()
  const why = useUi((state) => state.why)
  const isNear = useUi((state) => state.zoom !== null)
  const look = useLookActs(shown)
  const group = groupOf(shown, asset.id)
  const at = shown.frames.findIndex(({ id }) => id === asset.id)
  const isPhoto = asset.kind === 'photo' && asset.hasThumb
  const inStack =
    group === null || group.group.members.length < 2
      ? null
      : `${group.group.members.findIndex(({ id }) => id === asset.id) + 1} of ${group.group.members.length} in this stack`
  return (
    <header className="loupe-head">
      <Button
        tone="quiet"
        icon="back"
        hint={hint('grid')}
        onPress={() => {
          look.one()
          ui.getState().set({ mode: 'grid', zoom: null })
        }}
      >
        Grid
      </Button>
      <h1>{asset.name}</h1>
      <Mark asset={asset} />
      {inStack === null ? null : <span className="muted">{inStack}</span>}
      <span className="muted num">{`${(at + 1).toLocaleString('en')} / ${shown.frames.length.toLocaleString('en')}`}</span>
      <span className="grow" />
      {isPhoto ? (
        <>
          <Button tone="quiet" hint={hint('zoom')} onPress={() => ui.getState().set({ zoom: isNear ? null : { x: 0.5, y: 0.5 } })}>
            {isNear ? 'Fit' : '100 %'}
          </Button>
          {isOne ? <OverlayMenu /> : null}
          <Button tone="quiet" icon="compare" hint={hint('compare')} onPress={look.compare}>
            Compare
          </Button>
          <Button tone="quiet" icon="survey" hint={hint('survey')} onPress={look.survey}>
            Survey
          </Button>
        </>
      ) : null}
      {isOne ? (
        <Button
          tone="quiet"
          icon="info"
          {...(asset.kind === 'clip' ? {} : { hint: hint('why') })}
          onPress={() => ui.getState().set({ why: !why })}
        >
          Why
        </Button>
      ) : null}
      <IconButton icon="back" name="Previous frame" onPress={acts.previous} />
      <span className="turned">
        <IconButton icon="back" name="Next frame" onPress={acts.next} />
      </span>
    </header>
  )
}
