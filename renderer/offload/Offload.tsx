import { useEffect } from 'react'
import type { OffloadView } from '../../main/contract/views.ts'
import { useOffloads, useStatus } from '../queries.ts'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { Home } from './Home.tsx'
import { Plan } from './Plan.tsx'
import { Progress } from './Progress.tsx'
import { Verdict } from './Verdict.tsx'
import { Welcome } from './Welcome.tsx'

export const isRunning = (offload: OffloadView): boolean => offload.state === 'scanning' || offload.state === 'copying'

/** Which of its faces the offload screen shows: a plan, a running or finished offload, the first welcome, or the list of cards. */
export function Offload() {
  const ui = useUiStore()
  const planFor = useUi((state) => state.planFor)
  const watching = useUi((state) => state.watching)
  const status = useStatus()
  const offloads = useOffloads()
  const running = offloads.data?.find(isRunning)
  const watched = offloads.data?.find(({ id }) => id === watching)
  const runningId = running?.id
  useEffect(() => {
    if (watching === null && runningId !== undefined) ui.getState().set({ watching: runningId })
  }, [watching, runningId, ui])

  if (planFor !== null) return <Plan path={planFor.path} label={planFor.label} />
  if (watched !== undefined) return isRunning(watched) ? <Progress offload={watched} /> : <Verdict offload={watched} />
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
