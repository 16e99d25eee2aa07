import { type MouseEvent, useEffect, useRef, useState } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import { HandOver } from '../hand-over/HandOver.tsx'
import { Button } from '../ui/controls.tsx'
import { Empty, Loading, Problem } from '../ui/notice.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { ActionBar } from './ActionBar.tsx'
import { Chips } from './Chips.tsx'
import { useCullKeys } from './cull-keys.ts'
import { everything, type Filter, partsSet } from './filter.ts'
import { Grid } from './Grid.tsx'
import { Loupe } from './Loupe.tsx'
import { useLookKeys } from './look-keys.ts'
import { ProductChooser } from './ProductChooser.tsx'
import { PicturesContext, useOwnPictures } from './picture/context.ts'
import { ThumbsContext, thumbLimits } from './picture/thumbs.ts'
import { RemoveDialog } from './RemoveDialog.tsx'
import { placeAfterFilter } from './room.ts'
import { only, prune, targets } from './selection.ts'
import { Toolbar } from './Toolbar.tsx'
import { useRoom } from './use-room.ts'

/** What to say when the filter lets nothing through. */
function nothingFits(filter: Filter): { title: string; text: string } {
  const [part, ...others] = partsSet(filter)
  if (part === 'decision' && others.length === 0) {
    if (filter.decision === 'undecided') return { title: 'Everything is decided', text: 'Publish your picks, or look at them once more.' }
    if (filter.decision === 'pick') return { title: 'No picks yet', text: 'Press P on a photo to pick it, or accept the suggestions.' }
    return { title: 'No rejects', text: 'Press X on a photo to reject it. A rejected photo stays where it is.' }
  }
  if (part === 'kind' && filter.kind === 'clip' && others.length === 0)
    return { title: 'No clips', text: 'Clips from the card show up here.' }
  return { title: 'Nothing fits this filter', text: 'Take a part of it away, or show everything.' }
}

/** The culling room: grid or large view, and the keys that decide. */
export function Cull() {
  const ui = useUiStore()
  const { room, shown, facts, isWhole, isPending, error, retry } = useRoom()
  const mode = useUi((state) => state.mode)
  const filter = useUi((state) => state.filter)
  const selection = useUi((state) => state.selection)
  const panel = useUi((state) => state.panel)
  /** Where you were last; survives a filter that shows nothing. */
  const place = useRef(selection.current)
  const columns = useRef(1)
  const video = useRef<HTMLVideoElement>(null)
  const cull = useRef<HTMLDivElement>(null)
  const pictures = useOwnPictures()
  const thumbs = useOwnPictures(thumbLimits)
  const [asked, setAsked] = useState<AssetId[]>([])
  const hasPhotos = room.byId.size > 0 && !isPending
  if (selection.current !== null) place.current = selection.current

  useEffect(() => {
    // While only the first photos are there, the place may be further on.
    if (room.byId.size === 0 || !isWhole) return
    const pruned = prune(selection, (id) => room.byId.has(id))
    if (pruned.chosen.size !== selection.chosen.size) ui.getState().set({ selection: pruned })
    else if (pruned.current === null) {
      const id = placeAfterFilter(room, place.current, filter, facts)
      if (id !== null) ui.getState().set({ selection: only(id) })
    }
  }, [room, isWhole, selection, filter, facts, ui])

  useLookKeys(shown)
  const choose = (next: Filter): void => {
    const id = placeAfterFilter(room, selection.current ?? place.current, next, facts)
    ui.getState().set({ filter: next, selection: only(id), ...(id === null ? { mode: 'grid' as const } : {}) })
  }
  const acts = useCullKeys({ room, shown, columns, video, onManyToRemove: setAsked, onFilter: choose })
  /** A mouse click on a button must not take Enter and Space away from the photos. */
  const refocus = (event: MouseEvent): void => {
    if (event.detail === 0 || !(event.target instanceof Element) || event.target.closest('button, .switch, .segments') === null) return
    requestAnimationFrame(() => {
      if (document.querySelector('[role=dialog]') === null) focusPhotos(cull.current)
    })
  }
  useEffect(() => {
    // `mode` and the first photo decide which element there is to focus.
    if (mode !== undefined && hasPhotos) focusPhotos(cull.current)
  }, [mode, hasPhotos])
  const current = selection.current === null ? undefined : room.byId.get(selection.current)

  if (room.byId.size === 0 || isPending) {
    if (error !== null) return <div className="page">{<Problem error={error} onRetry={retry} />}</div>
    if (isPending) return <Loading what="Opening your photos…" />
    return (
      <Empty icon="stack" title="No photos yet">
        <p>Offload a card or a folder, and they show up here while it still runs.</p>
        <Button tone="primary" onPress={() => ui.getState().set({ screen: 'offload' })}>
          Go to Offload
        </Button>
      </Empty>
    )
  }
  return (
    <ThumbsContext value={thumbs}>
      <div ref={cull} className="cull" onClickCapture={refocus}>
        {mode === 'loupe' && current !== undefined ? (
          <PicturesContext value={pictures}>
            <Loupe asset={current} shown={shown} acts={acts} video={video} />
          </PicturesContext>
        ) : (
          <>
            <Toolbar room={room} shown={shown} facts={facts} onFilter={choose} acts={acts} />
            <Chips room={room} shown={shown} facts={facts} onFilter={choose} />
            {shown.cells.length === 0 ? (
              <Empty icon="stack" title={nothingFits(filter).title}>
                <p>{nothingFits(filter).text}</p>
                <Button onPress={() => choose(everything)}>Show all</Button>
              </Empty>
            ) : (
              <Grid shown={shown} facts={facts} columns={columns} />
            )}
          </>
        )}
        <ActionBar asset={current} acts={acts} />
        {panel === 'hand-over' ? (
          <HandOver
            ids={targets(selection)}
            onSelect={(ids) => {
              choose(everything)
              ui.getState().set({ mode: 'grid', selection: { current: ids[0] ?? null, anchor: ids[0] ?? null, chosen: new Set(ids) } })
            }}
            onClose={() => ui.getState().set({ panel: null })}
          />
        ) : null}
        {panel === 'product' ? (
          <ProductChooser
            shots={targets(selection).flatMap((id) => {
              const shot = room.byId.get(id)
              return shot?.decision === 'pick' ? [shot] : []
            })}
            assets={room.byId}
            onClose={() => ui.getState().set({ panel: null })}
          />
        ) : null}
        <RemoveDialog
          count={asked.length}
          onAnswer={(yes) => {
            setAsked([])
            if (yes) acts.removeNow(asked)
          }}
        />
      </div>
    </ThumbsContext>
  )
}

const focusPhotos = (cull: HTMLElement | null): void => cull?.querySelector<HTMLElement>('.grid, .loupe')?.focus({ preventScroll: true })
