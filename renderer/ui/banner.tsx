import { useQuery } from '@tanstack/react-query'
import { ask, wireOf } from '../bridge.ts'
import { reads, useLibrary } from '../queries.ts'
import { useUiStore } from '../ui-state.ts'
import { Button } from './controls.tsx'
import { Icon } from './icons.tsx'
import { Late } from './notice.tsx'

/** How the engine is: nothing while it is well, a calm strip while it restarts, a banner with the log when it gave up. */
export function EngineBanner() {
  const library = useLibrary()
  const ui = useUiStore()
  const { data: engine } = useQuery(reads.engine(library))
  if (engine === undefined || engine.state === 'ready') return null
  if (engine.state === 'stopped') {
    return (
      <div className="banner banner-stopped" role="alert">
        <Icon name="warning" />
        <p>
          <strong>The engine stopped and could not be started again.</strong> {engine.because ?? ''} Your originals and decisions are safe
          on disk. Close Dropcard and open it again; if this comes back, the log says why.
        </p>
        <Button onPress={() => void ask(library.door, 'shell.showLog', {}).catch((error: unknown) => ui.getState().fail(wireOf(error)))}>
          Show log
        </Button>
      </div>
    )
  }
  return (
    <Late>
      <div className="banner" role="status">
        <span className="loading-mark" aria-hidden="true" />
        <p>
          {engine.state === 'starting' ? 'Opening the library…' : 'The engine is restarting. Nothing is lost; it goes on where it stopped.'}
        </p>
      </div>
    </Late>
  )
}
