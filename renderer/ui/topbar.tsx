import { useHint } from '../keyboard.ts'
import type { KeyAct } from '../keys.ts'
import { useStatus } from '../queries.ts'
import { type Screen, useUi, useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'
import { IconButton } from './controls.tsx'
import { Icon } from './icons.tsx'

const tabs: readonly { screen: Screen; label: string; act: KeyAct & `go${string}` }[] = [
  { screen: 'offload', label: 'Offload', act: 'goOffload' },
  { screen: 'cull', label: 'Cull', act: 'goCull' },
  { screen: 'clips', label: 'Clips', act: 'goClips' },
  { screen: 'products', label: 'Products', act: 'goProducts' },
  { screen: 'shops', label: 'Shops', act: 'goShops' },
  { screen: 'drops', label: 'Drops', act: 'goDrops' },
  { screen: 'report', label: 'Report', act: 'goReport' },
  { screen: 'settings', label: 'Settings', act: 'goSettings' },
]

/** What the engine is busy with, in a few words; empty when it rests. */
function Busy() {
  const { data: status } = useStatus()
  const progress = useUi((ui) => ui.progress)
  const named = Object.entries(progress)[0]
  const waiting = status === undefined ? 0 : status.jobs.queued + status.jobs.running
  if (named !== undefined) {
    const [what, { done, total }] = named
    return <span className="busy">{`${what}: ${Math.min(100, Math.floor((100 * done) / Math.max(1, total)))} %`}</span>
  }
  return waiting > 0 ? <span className="busy">{plural(waiting, 'task')} to go</span> : null
}

export function TopBar() {
  const ui = useUiStore()
  const shown = useUi((state) => state.screen)
  const { data: status } = useStatus()
  const hint = useHint()
  const limits = status?.degraded.length ?? 0
  const failed = status?.jobs.failed ?? 0
  return (
    <header className="topbar">
      <p className="brand">
        <Icon name="card" size={18} />
        <span>Dropcard</span>
      </p>
      <nav aria-label="Screens">
        {tabs.map(({ screen, label, act }) => (
          <button
            key={screen}
            type="button"
            className="tab"
            title={hint(act)}
            aria-current={screen === shown ? 'page' : undefined}
            onClick={() => ui.getState().set({ screen })}
          >
            {label}
          </button>
        ))}
      </nav>
      <div className="topbar-end">
        <Busy />
        {limits + failed > 0 ? (
          <button type="button" className="tab tab-warning" onClick={() => ui.getState().set({ screen: 'settings' })}>
            <Icon name="warning" />
            {failed > 0 ? `${plural(failed, 'task')} failed` : plural(limits, 'limit')}
          </button>
        ) : null}
        <button
          type="button"
          className="tab"
          title={hint('goTrash')}
          aria-current={shown === 'trash' ? 'page' : undefined}
          onClick={() => ui.getState().set({ screen: 'trash' })}
        >
          <Icon name="trash" />
          Trash
        </button>
        <IconButton icon="keyboard" name="Keyboard help" onPress={() => ui.getState().set({ help: true })} />
      </div>
    </header>
  )
}
