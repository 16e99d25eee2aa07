import { useRef, useState } from 'react'
import type { ImportPlan } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useLibrary, useProducts } from '../queries.ts'
import { Button, Window } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Problem } from '../ui/notice.tsx'
import { useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'
import { columnLine, doesWords, importLead } from './import-words.ts'
import { currencies, usualCurrency } from './money.ts'

const mostBytes = 20_000_000
const linesShown = 200

type Line = ImportPlan['lines'][number]

/** A sheet of products: chosen, looked at line by line, then taken over. Nothing is changed before that. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { door } = useLibrary()
  const ui = useUiStore()
  const { data: products = [] } = useProducts()
  const file = useRef<HTMLInputElement>(null)
  const [sheet, setSheet] = useState<{ name: string; text: string } | null>(null)
  const [currency, setCurrency] = useState(usualCurrency(products.map(({ price }) => price)))
  const [plan, setPlan] = useState<ImportPlan | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)

  const look = async (text: string, inCurrency: string): Promise<void> => {
    setProblem(null)
    try {
      setPlan(await ask(door, 'product.import', { text, currency: inCurrency, apply: false }))
    } catch (error) {
      setPlan(null)
      setProblem(error)
    }
  }
  const choose = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return
    if (chosen.size > mostBytes) {
      setSheet(null)
      setPlan(null)
      setProblem(null)
      ui.getState().toast(`${chosen.name} is larger than 20 MB: export fewer products at a time.`)
      return
    }
    const text = await readSheet(chosen)
    setSheet({ name: chosen.name, text })
    await look(text, currency)
  }
  const apply = async (): Promise<void> => {
    if (sheet === null) return
    setBusy(true)
    try {
      const done = await ask(door, 'product.import', { text: sheet.text, currency, apply: true })
      const count = done.lines.filter(({ does }) => does === 'new' || does === 'change').length
      const said = `${plural(count, 'product')} taken from ${sheet.name}.`
      ui.getState().toast(said)
      ui.getState().say(said)
      onClose()
    } catch (error) {
      ui.getState().fail(wireOf(error))
    } finally {
      setBusy(false)
    }
  }
  const work = plan === null ? 0 : plan.lines.filter(({ does }) => does === 'new' || does === 'change').length
  return (
    <Window
      title="Import a sheet"
      wide
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>Not now</Button>
          <Button tone="primary" isDisabled={work === 0 || isBusy} onPress={() => void apply()}>
            {work === 0 ? 'Take over' : `Take over ${plural(work, 'product')}`}
          </Button>
        </>
      }
    >
      <p className="muted">
        A CSV file as any shop or spreadsheet saves it. Its first line names the columns; SKU, title, description, price and stock are found
        by their names. Products are matched by SKU, else by title. Pictures stay as they are.
      </p>
      <div className="import-choose">
        <input
          ref={file}
          className="unseen"
          type="file"
          accept=".csv,.tsv,.txt,text/csv"
          tabIndex={-1}
          aria-label="Sheet of products"
          onChange={(event) => void choose(event.target.files?.[0])}
        />
        <Button icon="folder" tone={sheet === null ? 'primary' : 'plain'} onPress={() => file.current?.click()}>
          {sheet === null ? 'Choose a file…' : 'Choose another…'}
        </Button>
        {sheet === null ? null : <span className="path">{sheet.name}</span>}
        <label className="field-row">
          <span className="muted">Prices without a currency are in</span>
          <select
            className="choice"
            value={currency}
            onChange={(event) => {
              setCurrency(event.target.value)
              if (sheet !== null) void look(sheet.text, event.target.value)
            }}
          >
            {currencies().map((code) => (
              <option key={code}>{code}</option>
            ))}
          </select>
        </label>
      </div>
      {problem === null ? null : <Problem error={problem} />}
      {plan === null ? null : (
        <>
          <p className="plan-lead" role="status">
            {importLead(plan)}
          </p>
          <p className="muted">{columnLine(plan)}</p>
          <Lines lines={plan.lines} />
        </>
      )}
    </Window>
  )
}

/** What needs a look comes first: refused lines, then changes, then new ones. */
const order: readonly Line['does'][] = ['refused', 'change', 'new', 'same']

function Lines({ lines }: { lines: readonly Line[] }) {
  const sorted = lines.toSorted((a, b) => order.indexOf(a.does) - order.indexOf(b.does) || a.line - b.line)
  if (lines.length === 0) return null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard
    <section className="table-box" aria-label="Lines of the sheet" tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">SKU</th>
            <th scope="col">Title</th>
            <th scope="col">What happens</th>
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, linesShown).map((line) => (
            <tr key={line.line}>
              <td className="num">{line.line}</td>
              <td>{line.sku ?? '–'}</td>
              <td>{line.title}</td>
              <td className={`does does-${line.does}`}>
                {line.does === 'refused' ? (
                  <span className="does-mark">
                    <Icon name="warning" />
                  </span>
                ) : null}
                {line.because === null ? doesWords[line.does] : `${doesWords[line.does]}: ${line.because}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > linesShown ? (
        <p className="muted">{`and ${plural(sorted.length - linesShown, 'more line', 'more lines')}`}</p>
      ) : null}
    </section>
  )
}

/** UTF-8, or what old spreadsheets write where the bytes are not UTF-8. */
async function readSheet(file: File): Promise<string> {
  const data = new Uint8Array(await file.arrayBuffer())
  if (data[0] === 0xff && data[1] === 0xfe) return new TextDecoder('utf-16le').decode(data)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data)
  } catch {
    return new TextDecoder('windows-1252').decode(data)
  }
}
