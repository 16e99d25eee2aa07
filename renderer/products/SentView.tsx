import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ProductId } from '../../main/contract/ids.ts'
import type { PublishState } from '../../main/contract/views.ts'
import { reads, useLibrary } from '../queries.ts'
import { QueueList } from '../shops/QueueList.tsx'
import { StandingLine } from '../shops/StandingLine.tsx'
import { Bar } from '../ui/controls.tsx'
import { plural } from '../words.ts'
import { countSent } from './plan-words.ts'

/** How far it is: all of it, and listing by listing. It goes on when this is closed. */
export function SentView({ sent, catalog, state }: { sent: readonly ProductId[]; catalog: string; state: PublishState | undefined }) {
  const queue = useQuery(reads.queue(useLibrary(), catalog))
  const [isOpen, setOpen] = useState(false)
  const lines = (queue.data ?? []).filter(({ productId }) => sent.includes(productId))
  const { total, done, share } = countSent(sent, queue.data ?? [])
  const failed = lines.filter(({ state: now }) => now === 'failed' || now === 'conflict').length
  const isOver = state !== undefined && state.waiting === 0
  return (
    <>
      <p className="plan-lead" role="status">
        {isOver
          ? failed === 0
            ? `${plural(total, 'listing')} done. The shop is up to date.`
            : `${plural(total - failed, 'listing')} done, ${failed.toLocaleString('en')} not.`
          : `${done.toLocaleString('en')} of ${plural(total, 'listing')} done. You can close this; it goes on.`}
      </p>
      {isOver ? null : <Bar name="Publishing" done={share} total={total} />}
      {state === undefined ? null : <StandingLine state={state} only={['calm', 'warn']} />}
      {lines.length === 0 ? null : (
        <details className="sent-lines" open={isOpen || failed > 0} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{`Listing by listing (${lines.length.toLocaleString('en')})`}</summary>
          <QueueList lines={lines} />
        </details>
      )}
    </>
  )
}
