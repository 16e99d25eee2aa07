import { isMac, useKeyMap } from '../keyboard.ts'
import { type KeyGroup, shownKeys } from '../keys.ts'
import { useUi, useUiStore } from '../ui-state.ts'
import { Window } from './controls.tsx'

const groups: readonly KeyGroup[] = ['Decide', 'Rate', 'Move', 'Look', 'Compare', 'Clips', 'Review of clips', 'Select', 'Anywhere', 'Trash']
const places = {
  anywhere: null,
  cull: null,
  grid: 'grid',
  loupe: 'large view',
  clip: 'clips',
  compare: null,
  survey: null,
  clips: null,
  trash: null,
} as const

/** The keyboard map, read from the same list that binds the keys. */
export function Help() {
  const ui = useUiStore()
  const open = useUi(({ help }) => help)
  const mac = isMac()
  const map = useKeyMap()
  return (
    <Window title="Keyboard" wide isReading isOpen={open} onClose={() => ui.getState().set({ help: false })}>
      <div className="help">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {map
                .filter((entry) => entry.group === group && entry.keys.length > 0)
                .map((entry) => (
                  <div key={entry.act} className="help-line">
                    <dt>
                      {entry.keys.map((press, index) => (
                        <span key={press}>
                          {index > 0 ? <span className="muted"> or </span> : null}
                          {shownKeys(press, mac).map((part) => (
                            <kbd key={part}>{part}</kbd>
                          ))}
                        </span>
                      ))}
                    </dt>
                    <dd>
                      {entry.label}
                      {places[entry.where] === null ? null : <span className="muted"> ({places[entry.where]})</span>}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Window>
  )
}
