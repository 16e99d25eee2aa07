import { useEffect } from 'react'
import { useOffloads, useStatus } from '../queries.ts'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { Home } from './Home.tsx'
import { isRunning } from './offload-words.ts'
import { Plan } from './Plan.tsx'
import { Progress } from './Progress.tsx'
import { Verdict } from './Verdict.tsx'
import { Welcome } from './Welcome.tsx'

/** Which of its faces the offload screen shows: a plan, a running or finished offload, the first welcome, or the list of cards. */
export function Offload() {
  const ui = useUiStore()
  const planFor = useUi((state) => state.planFor)
  const watching = useUi((state) => state.watching)
  const status = useStatus()
  const offloads = useOffloads()
  const runningId = offloads.data?.find(isRunning)?.id
  const watched = offloads.data?.find(({ id }) => id === watching)
  useEffect(() => {
    // Once for each that starts: "All cards" must be able to leave it.
    if (runningId !== undefined && ui.getState().watching === null) ui.getState().set({ watching: runningId })
  }, [runningId, ui])

  if (planFor !== null) return <Plan key={planFor.path} path={planFor.path} label={planFor.label} />
  if (watched !== undefined)
    return isRunning(watched) ? <Progress key={watched.id} offload={watched} /> : <Verdict key={watched.id} offload={watched} />
  if (status.isError || offloads.isError) {
    return (
      <div className="page">
        <Problem
          error={status.error ?? offloads.error}
          onRetry={() => {
            void status.refetch()
            void offloads.refetch()
          }}
        />
      </div>
    )
  }
  if (status.data === undefined || offloads.data === undefined) return <Loading what="Opening the library…" />
  const isEmpty = status.data.photos + status.data.clips === 0 && offloads.data.length === 0
  return isEmpty ? <Welcome /> : <Home offloads={offloads.data} />
}
