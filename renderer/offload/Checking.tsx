import { ask, wireOf } from '../bridge.ts'
import { useLibrary } from '../queries.ts'
import { Bar, Button } from '../ui/controls.tsx'
import { useUi, useUiStore } from '../ui-state.ts'

/** How far a check is, and the way to end it: a full disk takes hours. `what` is what the engine calls it. */
export function Checking({ what, where }: { what: string; where: string | null }) {
  const { door } = useLibrary()
  const ui = useUiStore()
  const progress = useUi((state) => state.progress[what])
  return (
    <div className="check-going">
      <Bar name={what} done={progress?.done ?? 0} total={progress?.total ?? 0} />
      <div className="row">
        <p className="muted num grow path">
          {progress === undefined
            ? `Reading ${where ?? 'the originals again'}…`
            : `${progress.done.toLocaleString('en')} of ${progress.total.toLocaleString('en')} checked`}
        </p>
        <Button tone="quiet" onPress={() => void ask(door, 'verify.stop', {}).catch((error: unknown) => ui.getState().fail(wireOf(error)))}>
          Stop
        </Button>
      </div>
    </div>
  )
}
