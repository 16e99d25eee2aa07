import { useQuery } from '@tanstack/react-query'
import type { ActView } from '../../main/contract/views.ts'
import { reads, useLibrary } from '../queries.ts'
import { Loading, Problem } from '../ui/notice.tsx'
import { useDecide } from './decisions.ts'

const clockTime = (at: string): string => new Date(at).toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hour12: false })
const listed = 200

/** What was done, newest first: choosing a line goes back (or forward) to the moment right after it. */
export function History() {
  const { data: acts, error, refetch } = useQuery(reads.history(useLibrary()))
  const decide = useDecide()
  if (error !== null) return <Problem error={error} onRetry={() => void refetch()} />
  if (acts === undefined) return <Loading what="Reading the history…" />
  if (acts.length === 0)
    return <p className="muted history-none">Nothing was decided yet. What you do shows up here, and can be undone to any point.</p>
  const now = acts.findIndex(({ undone }) => !undone)
  const goTo = (act: ActView, index: number): void => {
    if (act.undone) return void decide.redo(act.id)
    // Everything that came after it is taken back.
    const after = acts[index - 1]
    if (after !== undefined && !after.undone) void decide.undo(after.id)
  }
  return (
    <ol className="history" aria-label="History">
      {acts.map((act, index) => (
        <li key={act.id}>
          <button
            type="button"
            className={act.undone ? 'history-act history-undone' : 'history-act'}
            aria-current={index === now ? 'step' : undefined}
            onClick={() => goTo(act, index)}
          >
            <span className="history-mark" aria-hidden="true" />
            <span className="grow">
              {act.what}
              {act.by === 'suggestion' ? <span className="muted"> (suggested)</span> : null}
              {act.undone ? <span className="muted"> (undone)</span> : null}
            </span>
            <time className="muted num" dateTime={act.at}>
              {clockTime(act.at)}
            </time>
          </button>
        </li>
      ))}
      {acts.length < listed ? (
        <li>
          <button
            type="button"
            className="history-act"
            aria-current={now < 0 ? 'step' : undefined}
            onClick={() => {
              const first = acts.at(-1)
              if (first !== undefined && !first.undone) void decide.undo(first.id)
            }}
          >
            <span className="history-mark" aria-hidden="true" />
            <span className="grow">Nothing decided</span>
          </button>
        </li>
      ) : null}
    </ol>
  )
}
