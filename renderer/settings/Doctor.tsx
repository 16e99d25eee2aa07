import { useQuery } from '@tanstack/react-query'
import { ask, wireOf } from '../bridge.ts'
import { reads, useLibrary } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUiStore } from '../ui-state.ts'

const marks = { ok: 'check', warning: 'warning', missing: 'cross' } as const
const words = { ok: 'Fine', warning: 'Limited', missing: 'Missing' } as const

/** What this computer has, and what to do about what it lacks. */
export function Doctor() {
  const library = useLibrary()
  const ui = useUiStore()
  const report = useQuery(reads.doctor(library))
  return (
    <section className="block" aria-labelledby="doctor">
      <div className="block-head">
        <h2 id="doctor">This computer</h2>
        <div className="row">
          <Button
            tone="quiet"
            onPress={() => void ask(library.door, 'shell.showLog', {}).catch((error: unknown) => ui.getState().fail(wireOf(error)))}
          >
            Show log
          </Button>
          <Button isDisabled={report.isFetching} onPress={() => void report.refetch()}>
            Check again
          </Button>
        </div>
      </div>
      {report.isError ? <Problem error={report.error} onRetry={() => void report.refetch()} /> : null}
      {report.isPending ? <Loading what="Looking at this computer…" /> : null}
      <ul className="checks">
        {report.data?.checks.map((check) => (
          <li key={check.name} className={`check check-${check.state}`}>
            <Icon name={marks[check.state]} />
            <span className="check-name">{check.name}</span>
            <span className="check-found">
              {check.found}
              {check.next === null ? null : <span className="muted check-next">{check.next}</span>}
            </span>
            <span className="check-state">{words[check.state]}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
