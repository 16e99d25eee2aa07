import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { ClipId } from '../../main/contract/ids.ts'
import type { ChannelView, ClipChoice, ClipExportView, ReviewClip, TakeView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { everything } from '../cull/filter.ts'
import { only } from '../cull/selection.ts'
import { useHint, useKeys } from '../keyboard.ts'
import { reads, useLibrary } from '../queries.ts'
import { Bar, Button, Segments } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Empty, Loading, Problem } from '../ui/notice.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'
import type { CardActs } from './ClipCard.tsx'
import { useChoose } from './choosing.ts'
import { underWay } from './clip-words.ts'
import { ExportDialog } from './ExportDialog.tsx'
import { clipsOf, kept, type Move, moved } from './moves.ts'
import { TakeRow } from './TakeRow.tsx'
import './clips.css'

const hoverMs = 180
const noChannels: ReadonlyMap<string, ChannelView> = new Map()

/** The review of clips: what was found in each take, and what becomes of it. */
export function Clips() {
  const library = useLibrary()
  const takes = useQuery(reads.takes(library))
  if (takes.isError) {
    return (
      <div className="page">
        <Problem error={takes.error} onRetry={() => void takes.refetch()} />
      </div>
    )
  }
  if (takes.data === undefined) return <Loading what="Looking for takes…" />
  return takes.data.length === 0 ? <NoTakes /> : <Review takes={takes.data} />
}

function NoTakes() {
  const ui = useUiStore()
  return (
    <Empty icon="play" title="No takes yet">
      <p>Offload a card with video on it. Every take is looked through, and its best seconds show up here.</p>
      <Button tone="primary" onPress={() => ui.getState().set({ screen: 'offload' })}>
        Go to offloading
      </Button>
    </Empty>
  )
}

type Shown = ClipChoice | 'all'

function Review({ takes }: { takes: TakeView[] }) {
  const library = useLibrary()
  const ui = useUiStore()
  const hint = useHint()
  const choose = useChoose()
  const current = useUi((state) => state.clip)
  const exports = useQuery(reads.exports(library))
  const channels = useQuery(reads.channels(library))
  const [filter, setFilter] = useState<Shown>('all')
  const [hovered, setHovered] = useState<ClipId | null>(null)
  const [isPlaying, setPlaying] = useState(false)
  const [asked, setAsked] = useState(false)
  const all = useMemo(() => clipsOf(takes), [takes])
  const shown = useMemo(() => filtered(takes, filter), [takes, filter])
  const byClip = useMemo(() => Map.groupBy(exports.data ?? [], ({ clipId }) => clipId), [exports.data])
  const byName = useMemo(() => new Map(channels.data?.map((one) => [one.name, one]) ?? []), [channels.data])
  const clip = all.find(({ id }) => id === current) ?? null

  useEffect(() => {
    const next = kept(shown, current)
    if (next !== current) ui.getState().set({ clip: next })
  }, [shown, current, ui])

  const to = (move: Move) => (): void => {
    setHovered(null)
    ui.getState().set({ clip: moved(shown, current, move) })
  }
  const decide = (choice: ClipChoice) => (): void => {
    if (clip !== null) void choose([clip.id], choice)
  }
  const open = (one: ReviewClip): void =>
    ui.getState().set({ clip: one.id, screen: 'cull', mode: 'loupe', filter: everything, selection: only(one.assetId) })
  useKeys(['clips'], {
    approveClip: decide('approved'),
    rejectClip: decide('rejected'),
    clearClip: decide('undecided'),
    nextClip: to('next'),
    previousClip: to('previous'),
    nextTake: to('nextTake'),
    previousTake: to('previousTake'),
    firstClip: to('first'),
    lastClip: to('last'),
    playClip: () => setPlaying(!isPlaying),
    openTake: () => {
      if (clip !== null) open(clip)
    },
    exportClips: () => setAsked(true),
  })
  const hover = useHover(setHovered)
  // The cards are drawn again only when what they show changes: their acts stay the same object.
  const acts = useMemo<CardActs>(
    () => ({
      onCurrent: (id) => ui.getState().set({ clip: id }),
      onChoose: (id, choice) => {
        ui.getState().set({ clip: id })
        void choose([id], choice)
      },
      onOpen: open,
      onHover: hover,
    }),
    [ui, hover],
  )
  const playing = hovered ?? (isPlaying ? current : null)
  const count = (choice: ClipChoice): number => all.filter((one) => one.choice === choice).length
  return (
    <div className="clips">
      <header className="clips-head">
        <h1>Clips</h1>
        <Segments<Shown>
          name="Which clips"
          chosen={filter}
          onChoose={setFilter}
          choices={[
            { key: 'all', label: 'All', count: all.length },
            { key: 'undecided', label: 'Undecided', count: count('undecided') },
            { key: 'approved', label: 'Approved', count: count('approved') },
            { key: 'rejected', label: 'Rejected', count: count('rejected') },
          ]}
        />
        <span className="grow" />
        <UnderWay exports={exports.data ?? []} onShow={() => setAsked(true)} />
        <Button tone="primary" icon="page" hint={hint('exportClips')} isDisabled={all.length === 0} onPress={() => setAsked(true)}>
          Export…
        </Button>
      </header>
      {exports.isError ? <Problem error={exports.error} onRetry={() => void exports.refetch()} /> : null}
      <div className="clips-list">
        {shown.length === 0 ? (
          <Empty icon="play" title={nothing[filter].title}>
            <p>{nothing[filter].text}</p>
            <Button onPress={() => setFilter('all')}>Show all clips</Button>
          </Empty>
        ) : (
          shown.map((take) => (
            <TakeRow
              key={take.assetId}
              take={take}
              exports={byClip}
              channels={byName.size === 0 ? noChannels : byName}
              current={take.clips.some(({ id }) => id === current) ? current : null}
              playing={take.clips.some(({ id }) => id === playing) ? playing : null}
              acts={acts}
            />
          ))
        )}
      </div>
      {asked ? <ExportDialog takes={takes} current={clip} onClose={() => setAsked(false)} /> : null}
    </div>
  )
}

const nothing: Readonly<Record<Shown, { title: string; text: string }>> = {
  all: { title: 'No takes', text: 'Offload a card with video on it.' },
  undecided: { title: 'Everything is decided', text: 'Export the approved clips, or look at all of them once more.' },
  approved: { title: 'Nothing approved yet', text: 'Press A on a clip to approve it, X to reject it.' },
  rejected: { title: 'Nothing rejected', text: 'A rejected clip stays where it is; it is only not made.' },
}

/** Takes with the clips that fit, and only those. */
function filtered(takes: TakeView[], filter: Shown): TakeView[] {
  if (filter === 'all') return takes
  return takes.flatMap((take) => {
    const clips = take.clips.filter(({ choice }) => choice === filter)
    return clips.length === 0 ? [] : [clips.length === take.clips.length ? take : { ...take, clips }]
  })
}

/** A clip plays under the pointer, after a moment: moving across the cards starts nothing. Not for people who asked for less motion. */
function useHover(set: (id: ClipId | null) => void): (id: ClipId | null) => void {
  const [timer] = useState<{ now: number | undefined }>({ now: undefined })
  useEffect(() => () => window.clearTimeout(timer.now), [timer])
  return useMemo(
    () => (id) => {
      window.clearTimeout(timer.now)
      if (id === null) set(null)
      else if (!window.matchMedia('(prefers-reduced-motion: reduce)').matches) timer.now = window.setTimeout(() => set(id), hoverMs)
    },
    [set, timer],
  )
}

/** What is being made, with the way to stop it; and what could not be made. */
function UnderWay({ exports, onShow }: { exports: readonly ClipExportView[]; onShow: () => void }) {
  const { door } = useLibrary()
  const ui = useUiStore()
  const now = underWay(exports)
  const refused = exports.filter(({ state }) => state === 'refused').length
  const cancel = async (): Promise<void> => {
    try {
      const { cancelled } = await ask(door, 'clip.cancel', {
        exportIds: exports.filter(({ state }) => state === 'queued' || state === 'making').map(({ id }) => id),
      })
      ui.getState().toast(`${plural(cancelled, 'clip')} stopped. What was made stays.`)
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  return (
    <div className="clips-now">
      {now === null ? null : (
        <>
          <div className="clips-progress">
            <p className="num">{now.words}</p>
            <Bar name={now.words} done={now.share} total={1} />
          </div>
          <Button tone="quiet" onPress={() => void cancel()}>
            Stop
          </Button>
        </>
      )}
      {refused === 0 ? null : (
        <button type="button" className="tab tab-warning" onClick={onShow}>
          <Icon name="warning" />
          {`${refused} not made`}
        </button>
      )}
    </div>
  )
}
