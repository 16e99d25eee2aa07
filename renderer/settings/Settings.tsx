import { useState } from 'react'
import { ask, wireOf } from '../bridge.ts'
import { MarksSettings } from '../hand-over/MarksSettings.tsx'
import { CheckAgain } from '../offload/CheckAgain.tsx'
import { CheckDisk } from '../offload/CheckDisk.tsx'
import { useLibrary, useStatus } from '../queries.ts'
import { PublishSettings } from '../shops/PublishSettings.tsx'
import { TrashLine } from '../trash/TrashLine.tsx'
import { Button, Segments, Switch } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Problem } from '../ui/notice.tsx'
import { type Theme, useUi, useUiStore } from '../ui-state.ts'
import { photosAndClips, plural } from '../words.ts'
import { ClipSettings } from './ClipSettings.tsx'
import { Doctor } from './Doctor.tsx'
import { KeySettings } from './KeySettings.tsx'
import { OffloadSettings } from './OffloadSettings.tsx'
import { ScoringSettings } from './ScoringSettings.tsx'

const themes: readonly { key: Theme; label: string }[] = [
  { key: 'system', label: 'Like the system' },
  { key: 'light', label: 'Light' },
  { key: 'dark', label: 'Dark' },
]

/** How it looks, how it offloads, what works in a limited way, and what this computer has. */
export function Settings() {
  const library = useLibrary()
  const ui = useUiStore()
  const theme = useUi((state) => state.theme)
  const autoAdvance = useUi((state) => state.autoAdvance)
  const status = useStatus()
  const [isRetrying, setRetrying] = useState(false)
  const retry = async (): Promise<void> => {
    setRetrying(true)
    try {
      const { retried } = await ask(library.door, 'job.retry', {})
      ui.getState().toast(`${plural(retried, 'task')} started again.`)
      await status.refetch()
    } catch (error) {
      ui.getState().fail(wireOf(error))
    } finally {
      setRetrying(false)
    }
  }
  const failed = status.data?.jobs.failed ?? 0
  const limits = status.data?.degraded ?? []
  return (
    <div className="page page-narrow">
      <header className="page-head">
        <h1>Settings</h1>
      </header>

      <section className="block">
        <h2>Window</h2>
        <div className="setting">
          <div>
            <p>Theme</p>
            <p className="muted">Light, dark, or as the system has it.</p>
          </div>
          <Segments name="Theme" choices={themes} chosen={theme} onChoose={(key) => ui.getState().set({ theme: key })} />
        </div>
        <div className="setting">
          <div>
            <p>Auto-advance</p>
            <p className="muted">Go to the next frame after each decision. Caps Lock does the same while it is on.</p>
          </div>
          <Switch isSelected={autoAdvance} onChange={(on) => ui.getState().set({ autoAdvance: on })}>
            <span className="unseen">Auto-advance</span>
          </Switch>
        </div>
        <div className="setting">
          <div>
            <p>Keyboard</p>
            <p className="muted">Everything the keys can do, on one page.</p>
          </div>
          <Button icon="keyboard" onPress={() => ui.getState().set({ help: true })}>
            Show the keys
          </Button>
        </div>
      </section>

      <KeySettings />

      <OffloadSettings />

      <ScoringSettings />
      <ClipSettings />
      <MarksSettings />
      <PublishSettings />

      <section className="block">
        <h2>Library</h2>
        {status.isError ? <Problem error={status.error} onRetry={() => void status.refetch()} /> : null}
        {status.data === undefined ? null : (
          <>
            <p className="path">{status.data.path}</p>
            <p className="muted">{`${photosAndClips(status.data.photos, status.data.clips)}: ${status.data.picks} picked, ${status.data.rejects} rejected, ${status.data.undecided} undecided.`}</p>
          </>
        )}
        {limits.map((limit) => (
          <p key={limit} className="limit">
            <Icon name="warning" />
            <span className="grow">{limit}</span>
          </p>
        ))}
        {failed === 0 ? null : (
          <div className="limit">
            <Icon name="warning" />
            <span className="grow">{`${plural(failed, 'task')} failed. The photos they belong to say why.`}</span>
            <Button isDisabled={isRetrying} onPress={() => void retry()}>
              Try them again
            </Button>
          </div>
        )}
        <TrashLine />
        <div className="setting-part">
          <p className="muted">
            Reads every original and its companions again and compares them with what was written down when they were copied.
          </p>
          <CheckAgain offloadId={null} label="Check every original" />
        </div>
        <div className="setting-part">
          <p className="muted">
            Compares any disk with the manifests on it: a second copy, a disk from another computer, also one this library does not know.
          </p>
          <CheckDisk />
        </div>
      </section>

      <Doctor />
    </div>
  )
}
