import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ClipExportPlan, ClipExportView, ClipLook, ReviewClip, TakeView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useChooseFolder } from '../offload/SecondCopies.tsx'
import { keysOf, reads, useLibrary, useSettings } from '../queries.ts'
import { Button, Segments, Window } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'
import { ChannelList } from './ChannelList.tsx'
import { planWords } from './clip-words.ts'
import { ExportProgress } from './ExportProgress.tsx'
import { LookFields } from './LookFields.tsx'
import { clipsOf } from './moves.ts'
import './export.css'

type Which = 'approved' | 'current' | 'undecided'
const refusedShown = 6

/** Which clips, for which channels, how they look; what would come of it, and then how far it is. */
export function ExportDialog({ takes, current, onClose }: { takes: readonly TakeView[]; current: ReviewClip | null; onClose: () => void }) {
  const library = useLibrary()
  const exports = useQuery(reads.exports(library))
  const settings = useSettings()
  const open = (exports.data ?? []).filter(({ state }) => state !== 'done' && state !== 'cancelled' && state !== 'waiting')
  const [isMaking, setMaking] = useState<boolean | null>(null)
  if (settings.data === undefined || exports.data === undefined)
    return (
      <Window title="Export clips" isOpen onClose={onClose}>
        <Loading what="Reading the settings…" />
      </Window>
    )
  if (isMaking ?? open.length > 0) return <ExportProgress exports={exports.data} onMore={() => setMaking(false)} onClose={onClose} />
  return (
    <Choose
      takes={takes}
      current={current}
      look={settings.data.clips.look}
      usual={Object.entries(settings.data.clips.auto)
        .filter(([, rule]) => rule.on)
        .map(([name]) => name)}
      onStarted={() => setMaking(true)}
      onClose={onClose}
    />
  )
}

function Choose({
  takes,
  current,
  look: usualLook,
  usual,
  onStarted,
  onClose,
}: {
  takes: readonly TakeView[]
  current: ReviewClip | null
  look: ClipLook
  usual: readonly string[]
  onStarted: () => void
  onClose: () => void
}) {
  const library = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const pick = useChooseFolder()
  const channels = useQuery(reads.channels(library))
  const all = clipsOf(takes)
  const approved = all.filter(({ choice }) => choice === 'approved')
  const [which, setWhich] = useState<Which>(approved.length > 0 ? 'approved' : current === null ? 'undecided' : 'current')
  const [wanted, setWanted] = useState<readonly string[]>(usual.length > 0 ? usual : ['plain'])
  const [look, setLook] = useState(usualLook)
  const [folder, setFolder] = useState<string | null>(null)
  const [isSending, setSending] = useState(false)
  const undecided = all.filter(({ choice }) => choice === 'undecided')
  const clips = which === 'approved' ? approved : which === 'undecided' ? undecided : current === null ? [] : [current]
  const input = { clipIds: clips.map(({ id }) => id), channels: [...wanted], look, folder }
  const plan = useQuery({
    queryKey: [...keysOf.exportPlan, input],
    queryFn: () => ask(library.door, 'clip.exportPlan', input),
    enabled: clips.length > 0 && wanted.length > 0,
    placeholderData: (old: ClipExportPlan | undefined) => old,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })
  const make = plan.data?.make.length ?? 0
  const start = async (): Promise<void> => {
    setSending(true)
    try {
      const { exports } = await ask(library.door, 'clip.export', input)
      // Shown at once: the list is read again a moment later.
      const fresh = new Set(exports.map(({ id }) => id))
      queries.setQueryData<ClipExportView[]>(keysOf.exports, (all = []) => [...exports, ...all.filter(({ id }) => !fresh.has(id))])
      ui.getState().say(`${plural(make, 'clip')} on the way`)
      onStarted()
    } catch (error) {
      ui.getState().fail(wireOf(error))
    } finally {
      setSending(false)
    }
  }
  const footer = (
    <>
      <p className="export-lead" role="status">
        {plan.data === undefined || plan.isError || clips.length === 0 || wanted.length === 0 ? '' : planWords(plan.data)}
      </p>
      <Button onPress={onClose}>Not now</Button>
      <Button tone="primary" isDisabled={make === 0 || isSending || plan.isError || plan.isPlaceholderData} onPress={() => void start()}>
        {make === 0 ? 'Export' : `Export ${plural(make, 'file')}`}
      </Button>
    </>
  )
  return (
    <Window title="Export clips" wide isOpen onClose={onClose} footer={footer}>
      {plan.isError ? <Problem error={plan.error} onRetry={() => void plan.refetch()} /> : null}
      <div className="export">
        <div className="export-side">
          <section>
            <h3>Which clips</h3>
            <Segments<Which>
              name="Which clips to export"
              chosen={which}
              onChoose={setWhich}
              choices={[
                { key: 'approved', label: 'Approved', count: approved.length },
                ...(current === null ? [] : [{ key: 'current' as const, label: 'This one' }]),
                { key: 'undecided', label: 'Undecided', count: undecided.length },
              ]}
            />
          </section>
          <section>
            <h3>How they look</h3>
            <LookFields look={look} onChange={setLook} />
          </section>
          <section>
            <h3>Where to</h3>
            <p className="export-folder">
              <Icon name="folder" />
              <span className="path grow">{folder ?? whereTo(plan.data)}</span>
            </p>
            <div className="row">
              <Button icon="folder" onPress={() => void pick(async (path) => setFolder(path))}>
                Choose a folder
              </Button>
              {folder === null ? null : (
                <Button tone="quiet" onPress={() => setFolder(null)}>
                  As in the settings
                </Button>
              )}
            </div>
          </section>
        </div>
        <div className="export-side">
          <section>
            <h3>For</h3>
            {channels.isError ? <Problem error={channels.error} onRetry={() => void channels.refetch()} /> : null}
            {channels.isPending ? <Loading what="Reading what each channel takes…" /> : null}
            <ChannelList channels={channels.data ?? []} chosen={wanted} onChoose={setWanted} />
          </section>
        </div>
        <section className="export-plan" aria-label="What will be made">
          {clips.length === 0 ? (
            <p className="muted">{which === 'approved' ? 'No clip is approved yet.' : 'There is no clip here.'}</p>
          ) : null}
          {wanted.length === 0 ? <p className="muted">Choose at least one channel.</p> : null}
          {plan.isLoading ? <Loading what="Working out what can be made…" /> : null}
          {plan.data === undefined || plan.isError || clips.length === 0 || wanted.length === 0 ? null : <Planned plan={plan.data} />}
        </section>
      </div>
    </Window>
  )
}

/** Folders in words: one, or the folder above several. */
function whereTo(plan: ClipExportPlan | undefined): string {
  const [first, ...rest] = plan?.folders ?? []
  if (first === undefined) return 'exports/<channel> in the library'
  if (rest.length === 0) return first.folder
  const parents = new Set(plan?.folders.map(({ folder }) => folder.replace(/[\\/][^\\/]+$/, '')))
  const [parent] = parents
  return parents.size === 1 && parent !== undefined
    ? `${parent}, a folder for each channel`
    : 'a folder for each channel, as in the settings'
}

function Planned({ plan }: { plan: ClipExportPlan }) {
  const [all, setAll] = useState(false)
  const notes = [...new Set(plan.make.flatMap((line) => line.notes))]
  const refused = all ? plan.refused : plan.refused.slice(0, refusedShown)
  return (
    <>
      {notes.map((note) => (
        <p key={note} className="muted">{`${note.charAt(0).toUpperCase()}${note.slice(1)}.`}</p>
      ))}
      {plan.refused.length === 0 ? null : (
        <ul className="export-refused">
          {refused.map((line) => (
            <li key={`${line.clipId}:${line.channel}:${line.rule}`}>
              <Icon name="warning" />
              <span>
                {`${line.name}: ${line.because}.`}
                {line.next === null ? null : <span className="muted">{` ${line.next}`}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
      {plan.refused.length > refusedShown && !all ? (
        <Button tone="quiet" onPress={() => setAll(true)}>
          {`Show all ${plan.refused.length}`}
        </Button>
      ) : null}
    </>
  )
}
