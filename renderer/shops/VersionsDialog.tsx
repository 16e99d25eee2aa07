import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { QueueLine } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { contents } from '../products/plan-words.ts'
import { reads, useLibrary } from '../queries.ts'
import { Button, Window } from '../ui/controls.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUiStore } from '../ui-state.ts'
import { timeOf } from './shop-words.ts'

/** What a listing looked like before, newest first, and the way back to it. */
export function VersionsDialog({ line, onClose }: { line: QueueLine; onClose: () => void }) {
  const library = useLibrary()
  const ui = useUiStore()
  const versions = useQuery(reads.versions(library, line.catalog, line.productId))
  const [isBusy, setBusy] = useState(false)
  const back = async (n: number, at: string): Promise<void> => {
    setBusy(true)
    try {
      await ask(library.door, 'publish.rollback', { catalog: line.catalog, productId: line.productId, n })
      ui.getState().toast(`${line.title} goes back to how it was on ${timeOf(at)}.`)
      onClose()
    } catch (error) {
      ui.getState().fail(wireOf(error))
      setBusy(false)
    }
  }
  return (
    <Window title={`Versions of ${line.title}`} isOpen onClose={onClose} footer={<Button onPress={onClose}>Close</Button>}>
      <p className="muted">
        Going back changes the shop only. Your product here stays as it is, so publishing it again brings the new one back.
      </p>
      {versions.isPending ? <Loading what="Reading the versions…" /> : null}
      {versions.isError ? <Problem error={versions.error} onRetry={() => void versions.refetch()} /> : null}
      {versions.data?.length === 0 ? <p>No version was kept yet.</p> : null}
      <ol className="versions">
        {versions.data?.map(({ n, at, title, images, clips, current }) => (
          <li key={n} className="version">
            <div className="grow">
              <p className="queue-title">{timeOf(at)}</p>
              <p className="muted">{`${title}, ${contents(images, clips)}`}</p>
            </div>
            {current ? (
              <span className="state state-published">in the shop now</span>
            ) : (
              <Button isDisabled={isBusy} aria-label={`Go back to this one: ${timeOf(at)}`} onPress={() => void back(n, at)}>
                Go back to this one
              </Button>
            )}
          </li>
        ))}
      </ol>
    </Window>
  )
}
