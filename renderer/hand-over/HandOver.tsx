import { useRef, useState } from 'react'
import { Label, TextArea, TextField } from 'react-aria-components'
import type { AssetId } from '../../main/contract/ids.ts'
import type { MarksExport } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { isMac } from '../keyboard.ts'
import { useLibrary } from '../queries.ts'
import { useSaving } from '../saving.ts'
import { Bar, Button, Window } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { bytes, plural } from '../words.ts'

const refusedShown = 5

/** Hands the chosen shots to other programs, as copies or as names, and takes a list of names back as a selection. */
export function HandOver({ ids, onSelect, onClose }: { ids: readonly AssetId[]; onSelect: (ids: AssetId[]) => void; onClose: () => void }) {
  const { door } = useLibrary()
  const ui = useUiStore()
  const saving = useSaving()
  const progress = useUi((state) => state.progress['Exporting'])
  const [isRunning, setRunning] = useState(false)
  const [report, setReport] = useState<MarksExport | null>(null)
  const [text, setText] = useState('')
  const names = useRef<HTMLTextAreaElement>(null)
  const [unknown, setUnknown] = useState<string[]>([])

  const told = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act()
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  const copy = (): Promise<void> =>
    told(async () => {
      const { path } = await ask(door, 'shell.chooseFolder', {})
      if (path === null) return
      setRunning(true)
      setReport(null)
      try {
        const done = await ask(door, 'marks.export', { assetIds: [...ids], path })
        setReport(done)
        ui.getState().say(summary(done))
      } finally {
        setRunning(false)
      }
    })
  /** The page may not write to the clipboard by itself; a person who sees the text selected can. */
  const showNames = (): Promise<void> =>
    told(async () => {
      const list = await ask(door, 'list.write', { assetIds: [...ids] })
      setText(list.text)
      setUnknown([])
      ui.getState().say(`${plural(ids.length, 'name')}, selected: copy them with ${isMac() ? 'Command' : 'Control'} C`)
      requestAnimationFrame(() => names.current?.select())
    })
  const select = (): Promise<void> =>
    told(async () => {
      const found = await ask(door, 'list.read', { text })
      setUnknown(found.unknown)
      if (found.assetIds.length === 0) return
      onSelect(found.assetIds)
      ui.getState().say(`${found.assetIds.length} selected`)
      if (found.unknown.length === 0) onClose()
    })
  return (
    <Window title="To and from other programs" isOpen onClose={onClose}>
      <section className="hand-part" aria-labelledby="hand-copies">
        <h3 id="hand-copies">Copies with ratings</h3>
        <p className="muted">
          {ids.length === 0
            ? 'Nothing is chosen. Choose shots in the grid first.'
            : `${plural(ids.length, 'shot')}, with what belongs to ${ids.length === 1 ? 'it' : 'them'}. Stars, labels and picks go into the copies; your originals stay as they are.`}
        </p>
        {isRunning ? (
          <div className="hand-running">
            <Bar name="Exporting" done={progress?.done ?? 0} total={progress?.total ?? 0} />
            <Button onPress={() => void told(async () => void (await ask(door, 'marks.stop', {})))}>Stop</Button>
          </div>
        ) : (
          <Button icon="folder" isDisabled={ids.length === 0} onPress={() => void copy()}>
            Copy to a folder…
          </Button>
        )}
        {report === null ? null : <Outcome report={report} />}
      </section>
      <section className="hand-part" aria-labelledby="hand-names">
        <h3 id="hand-names">A list of names</h3>
        <p className="muted">One name a line, with or without folder and ending: what a client sends, or what another program takes.</p>
        <TextField className="field" value={text} onChange={setText}>
          <Label className="unseen">Names</Label>
          <TextArea
            ref={names}
            className="field-input hand-list"
            rows={5}
            spellCheck="false"
            placeholder="Paste names here, then select them"
          />
        </TextField>
        {unknown.length === 0 ? null : (
          <p className="field-problem" role="alert">
            {`Not in the library: ${unknown.slice(0, refusedShown).join(', ')}${unknown.length > refusedShown ? ` and ${unknown.length - refusedShown} more` : ''}`}
          </p>
        )}
        <div className="row">
          <Button isDisabled={text.trim() === ''} onPress={() => void select()}>
            Select these
          </Button>
          <Button isDisabled={ids.length === 0} onPress={() => void showNames()}>
            Show the names of the chosen
          </Button>
          <Button isDisabled={text.trim() === ''} onPress={() => void saving.text('names.txt', text)}>
            Save the list…
          </Button>
        </div>
      </section>
    </Window>
  )
}

const summary = ({ written, bytes: size, refused, stopped }: MarksExport): string =>
  `${plural(written, 'copy', 'copies')} written and read back, ${bytes(size)}${refused.length > 0 ? `; ${refused.length} not copied` : ''}${stopped ? '; stopped' : ''}.`

function Outcome({ report }: { report: MarksExport }) {
  return (
    <div className="hand-outcome">
      <p>
        <Icon name={report.refused.length > 0 || report.stopped ? 'warning' : 'check'} /> {summary(report)}
      </p>
      <p className="muted">{report.path}</p>
      <ul>
        {report.refused.slice(0, refusedShown).map((one) => (
          <li key={one.assetId}>{`${one.name}: ${one.because}`}</li>
        ))}
      </ul>
    </div>
  )
}
