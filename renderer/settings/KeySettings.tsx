import { useEffect, useState } from 'react'
import { changedKeys, pressOf, takenBy } from '../key-changes.ts'
import { keysFor, type PresetName, presets, usualKeys } from '../key-presets.ts'
import { isMac, useKeyMap } from '../keyboard.ts'
import { clashes, type KeyAct, type KeyEntry, type KeyGroup, keyMap, shownKeys } from '../keys.ts'
import { Button, Segments } from '../ui/controls.tsx'
import { useUi, useUiStore } from '../ui-state.ts'

const groups: readonly KeyGroup[] = [...new Set(keyMap.map(({ group }) => group))]
const names = Object.keys(presets) as PresetName[]

function Keys({ keys, mac }: { keys: readonly string[]; mac: boolean }) {
  return keys.length === 0 ? (
    <span className="muted">no key</span>
  ) : (
    keys.map((press, index) => (
      <span key={press} className="keys-press">
        {index > 0 ? <span className="muted"> or </span> : null}
        {shownKeys(press, mac).map((part) => (
          <kbd key={part}>{part}</kbd>
        ))}
      </span>
    ))
  )
}

/** Which key does what: a preset, changed key by key. A key that is taken says by what before it changes hands. */
export function KeySettings() {
  const ui = useUiStore()
  const choice = useUi((state) => state.keys)
  const map = useKeyMap()
  const mac = isMac()
  /** The act whose next key press is taken as its key. */
  const [listening, setListening] = useState<KeyAct | null>(null)
  const [asked, setAsked] = useState<{ act: KeyAct; press: string; taken: readonly KeyEntry[] } | null>(null)
  const isChanged = (act: KeyAct): boolean => choice.changes[act] !== undefined
  const changed = Object.keys(choice.changes).length

  const give = (act: KeyAct, press: string, taken: readonly KeyEntry[]): void => {
    const without = Object.fromEntries(
      taken.map((other) => [
        other.act,
        other.keys.filter((key) => takenBy([{ ...other, keys: [key] }, entryOf(act)], act, press).length === 0),
      ]),
    )
    ui.getState().set({ keys: { ...choice, changes: { ...choice.changes, ...without, [act]: [press] } } })
    ui.getState().say(`${entryOf(act).label}: ${shownKeys(press, mac).join(' ')}`)
    setAsked(null)
    setListening(null)
  }
  useEffect(() => {
    if (listening === null) return undefined
    const hear = (event: KeyboardEvent): void => {
      event.preventDefault()
      event.stopImmediatePropagation()
      const press = pressOf(event, mac)
      if (press === null) return
      if (press === 'Escape') {
        setListening(null)
        return
      }
      const taken = takenBy(keysFor(ui.getState().keys), listening, press)
      setListening(null)
      if (taken.length === 0) give(listening, press, [])
      else setAsked({ act: listening, press, taken })
    }
    window.addEventListener('keydown', hear, { capture: true })
    return () => window.removeEventListener('keydown', hear, { capture: true })
  })
  const reset = (act: KeyAct): void => {
    const { [act]: _old, ...changes } = choice.changes
    // What it had may have been given away since.
    const clash = clashes(changedKeys(keyMap, presets[choice.preset].changes, changes))
    if (clash.length > 0) ui.getState().toast(`Its key is taken now (${clash[0]}). Reset that one first.`)
    else ui.getState().set({ keys: { ...choice, changes } })
  }

  return (
    <section className="block" aria-label="Keys">
      <h2>Keys</h2>
      <div className="setting">
        <div>
          <p>Keys like in</p>
          <p className="muted">{presets[choice.preset].about}</p>
        </div>
        <Segments
          name="Keys like in"
          choices={names.map((key) => ({ key, label: presets[key].label }))}
          chosen={choice.preset}
          onChoose={(preset) => ui.getState().set({ keys: { preset, changes: {} } })}
        />
      </div>
      <details className="keys-all">
        <summary>{changed === 0 ? 'Change keys' : `Change keys (${changed} changed)`}</summary>
        <div className="row keys-reset">
          <Button isDisabled={changed === 0} onPress={() => ui.getState().set({ keys: { ...usualKeys, preset: choice.preset } })}>
            Back to the preset
          </Button>
        </div>
        {groups.map((group) => (
          <div key={group}>
            <h3>{group}</h3>
            <ul>
              {map
                .filter((entry) => entry.group === group)
                .map((entry) => (
                  <li key={entry.act} className="keys-line">
                    <span className="grow">{entry.label}</span>
                    <span className="keys-now">
                      {listening === entry.act ? <em role="status">Press a key, or Esc</em> : <Keys keys={entry.keys} mac={mac} />}
                    </span>
                    <Button aria-label={`Change the key of: ${entry.label}`} onPress={() => setListening(entry.act)}>
                      Change
                    </Button>
                    {isChanged(entry.act) ? (
                      <Button tone="quiet" aria-label={`Reset the key of: ${entry.label}`} onPress={() => reset(entry.act)}>
                        Reset
                      </Button>
                    ) : null}
                    {asked?.act === entry.act ? (
                      <div className="keys-asked" role="alert">
                        <Keys keys={[asked.press]} mac={mac} />
                        <span className="grow">{` is taken: ${asked.taken.map(({ label }) => label).join('; ')}`}</span>
                        <Button onPress={() => give(asked.act, asked.press, asked.taken)}>Use it here</Button>
                        <Button tone="quiet" onPress={() => setAsked(null)}>
                          Leave it
                        </Button>
                      </div>
                    ) : null}
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </details>
    </section>
  )
}

function entryOf(act: KeyAct): KeyEntry {
  const entry = keyMap.find((one) => one.act === act)
  if (entry === undefined) throw new Error(`expected an act of the key map, got ${act}`)
  return entry
}
