import { type MouseEvent, useEffect, useRef, useState } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import { Button } from '../ui/controls.tsx'
import { Empty, Loading, Problem } from '../ui/notice.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { ActionBar } from './ActionBar.tsx'
import { useCullKeys } from './cull-keys.ts'
import { Grid } from './Grid.tsx'
import { Loupe } from './Loupe.tsx'
import { RemoveDialog } from './RemoveDialog.tsx'
import { type Filter, placeAfterFilter } from './room.ts'
import { only, prune } from './selection.ts'
import { Toolbar } from './Toolbar.tsx'
import { useRoom } from './use-room.ts'

const nothingShown: Record<Filter, { title: string; text: string }> = {
  all: { title: 'No photos yet', text: 'Offload a card or a folder, and they show up here while it still runs.' },
  undecided: { title: 'Everything is decided', text: 'Publish your picks, or look at them once more.' },
  picks: { title: 'No picks yet', text: 'Press P on a photo to pick it, or accept the suggestions.' },
  rejects: { title: 'No rejects', text: 'Press X on a photo to reject it. A rejected photo stays where it is.' },
  clips: { title: 'No clips', text: 'Clips from the card show up here.' },
}

/** The culling room: grid or large view, and the keys that decide. */
export function Cull() {
  const ui = useUiStore()
  const { room, shown, isPending, error, retry } = useRoom()
  const mode = useUi((state) => state.mode)
  const filter = useUi((state) => state.filter)
  const selection = useUi((state) => state.selection)
  /** Where you were last; survives a filter that shows nothing. */
  const place = useRef(selection.current)
  const columns = useRef(1)
  const video = useRef<HTMLVideoElement>(null)
  const cull = useRef<HTMLDivElement>(null)
  const [asked, setAsked] = useState<AssetId[]>([])
  const hasPhotos = room.byId.size > 0
  if (selection.current !== null) place.current = selection.current

  useEffect(() => {
    if (room.byId.size === 0) return
    const pruned = prune(selection, (id) => room.byId.has(id))
    if (pruned.chosen.size !== selection.chosen.size) ui.getState().set({ selection: pruned })
    else if (pruned.current === null) {
      const id = placeAfterFilter(room, place.current, filter)
      if (id !== null) ui.getState().set({ selection: only(id) })
    }
  }, [room, selection, filter, ui])

  const acts = useCullKeys({ room, shown, columns, video, onManyToRemove: setAsked })
  const choose = (next: Filter): void => {
    const id = placeAfterFilter(room, selection.current ?? place.current, next)
    ui.getState().set({ filter: next, selection: only(id), ...(id === null ? { mode: 'grid' as const } : {}) })
  }
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

  if (room.byId.size === 0) {
    if (error !== null) return <div className="page">{<Problem error={error} onRetry={retry} />}</div>
    if (isPending) return <Loading what="Opening your photos…" />
    return (
      <Empty icon="stack" title={nothingShown.all.title}>
        <p>{nothingShown.all.text}</p>
        <Button tone="primary" onPress={() => ui.getState().set({ screen: 'offload' })}>
          Go to Offload
        </Button>
      </Empty>
    )
  }
  return (
    <div ref={cull} className="cull" onClickCapture={refocus}>
      {mode === 'loupe' && current !== undefined ? (
        <Loupe asset={current} shown={shown} acts={acts} video={video} />
      ) : (
        <>
          <Toolbar room={room} shown={shown} onFilter={choose} onAccept={acts.accept} />
          {shown.cells.length === 0 ? (
            <Empty icon="stack" title={nothingShown[filter].title}>
              <p>{nothingShown[filter].text}</p>
              <Button onPress={() => choose('all')}>Show all</Button>
            </Empty>
          ) : (
            <Grid shown={shown} columns={columns} />
          )}
        </>
      )}
      <ActionBar asset={current} acts={acts} />
      <RemoveDialog
        count={asked.length}
        onAnswer={(yes) => {
          setAsked([])
          if (yes) acts.removeNow(asked)
        }}
      />
    </div>
  )
}

const focusPhotos = (cull: HTMLElement | null): void => cull?.querySelector<HTMLElement>('.grid, .loupe')?.focus({ preventScroll: true })
