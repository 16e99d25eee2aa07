import { useQuery } from '@tanstack/react-query'
import type { ClipExportView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { reads, useLibrary } from '../queries.ts'
import { Bar, Button, IconButton, Window } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'
import { stateWords, underWay } from './clip-words.ts'
import { clipsOf } from './moves.ts'

const icons = { waiting: 'clock', queued: 'clock', making: 'play', done: 'check', refused: 'warning', cancelled: 'cross' } as const
/** What a person waits for or can do something about comes first. */
const order: readonly ClipExportView['state'][] = ['making', 'refused', 'queued', 'waiting', 'cancelled', 'done']
const mostShown = 200

/** How far the exports are, one by one, with the way to stop them and to try again. */
export function ExportProgress({ exports, onMore, onClose }: { exports: ClipExportView[]; onMore: () => void; onClose: () => void }) {
  const library = useLibrary()
  const ui = useUiStore()
  const channels = useQuery(reads.channels(library))
  const takes = useQuery(reads.takes(library))
  const names = new Map(clipsOf(takes.data ?? []).map(({ id, name }) => [id, name]))
  const labels = new Map(channels.data?.map(({ name, label }) => [name, label]))
  const now = underWay(exports)
  const failed = exports.filter(({ state }) => state === 'refused' || state === 'cancelled')
  const shown = exports.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state)).slice(0, mostShown)
  const act = async (run: () => Promise<string | undefined>): Promise<void> => {
    try {
      const said = await run()
      if (said !== undefined) ui.getState().say(said)
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  const cancel = (): Promise<void> =>
    act(async () => {
      // What waits for an approval goes on waiting.
      const open = exports.filter(({ state }) => state === 'queued' || state === 'making').map(({ id }) => id)
      return open.length === 0
        ? undefined
        : `${plural((await ask(library.door, 'clip.cancel', { exportIds: open })).cancelled, 'clip')} stopped`
    })
  const retry = (): Promise<void> =>
    act(async () => `${plural((await ask(library.door, 'clip.retry', { exportIds: null })).retried, 'clip')} on the way again`)
  const show = ({ id }: ClipExportView): Promise<void> =>
    act(async () => {
      await ask(library.door, 'shell.showExport', { exportId: id })
      return undefined
    })
  const done = exports.filter(({ state }) => state === 'done').length
  const footer = (
    <>
      <Button onPress={onMore}>Export more…</Button>
      {failed.length === 0 ? null : <Button onPress={() => void retry()}>{`Try ${plural(failed.length, 'clip')} again`}</Button>}
      {now === null ? null : <Button onPress={() => void cancel()}>Stop</Button>}
      <Button tone="primary" onPress={onClose}>
        Close
      </Button>
    </>
  )
  return (
    <Window title={now === null ? 'Exported' : 'Exporting clips'} isOpen onClose={onClose} footer={footer}>
      <p className="plan-lead" role="status">
        {now === null
          ? `${plural(done, 'clip')} made${failed.length === 0 ? '.' : `, ${failed.length} not.`}`
          : `${now.words}, ${done} done. You can close this; it goes on.`}
      </p>
      {now === null ? null : <Bar name={now.words} done={now.share} total={1} />}
      <ul className="exports">
        {shown.map((one) => (
          <li key={one.id} className={`export-line export-${one.state}`}>
            <Icon name={icons[one.state]} />
            <span className="grow">
              <span>{`${names.get(one.clipId) ?? 'A clip that is gone'} for ${labels.get(one.channel) ?? one.channel}`}</span>
              <span className="muted export-note">{noteOf(one)}</span>
            </span>
            {one.state === 'done' ? (
              <IconButton icon="folder" name={`Show ${one.file ?? 'the clip'} in its folder`} onPress={() => void show(one)} />
            ) : one.state === 'making' ? (
              <span className="num">{`${Math.round(100 * (one.share ?? 0))} %`}</span>
            ) : (
              <span className="muted">{stateWords[one.state]}</span>
            )}
          </li>
        ))}
      </ul>
      {exports.length > mostShown ? <p className="muted">{`and ${exports.length - mostShown} more`}</p> : null}
    </Window>
  )
}

function noteOf(one: ClipExportView): string {
  const words =
    one.state === 'done'
      ? [one.file ?? '', ...one.notes]
      : one.because === null || one.because === stateWords[one.state]
        ? []
        : [one.because]
  return words.filter((word) => word !== '').join('; ')
}
