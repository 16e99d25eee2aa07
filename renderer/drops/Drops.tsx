import { useState } from 'react'
import type { DropView } from '../../main/contract/views.ts'
import { useDrops, useProducts } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Empty, Loading, Problem } from '../ui/notice.tsx'
import { useUiStore } from '../ui-state.ts'
import { DropCard } from './DropCard.tsx'
import { DropDialog } from './DropDialog.tsx'
import { nextHour } from './drop-words.ts'
import { useNow } from './use-now.ts'

/** What comes next first; what is over below, newest first. */
const inOrder = (drops: readonly DropView[]): DropView[] =>
  drops.toSorted((a, b) => {
    const [x, y] = [nextHour(a), nextHour(b)]
    const live = (drop: DropView): number => (drop.state === 'open' ? 0 : drop.state === 'planned' ? 1 : 2)
    if (live(a) !== live(b)) return live(a) - live(b)
    return x !== null && y !== null ? x.at - y.at : b.opensAt.localeCompare(a.opensAt)
  })

/** Named sets of products that buyers see from one hour to another. */
export function Drops() {
  const ui = useUiStore()
  const drops = useDrops()
  const { data: products } = useProducts()
  /** `new`, a drop to change, or closed. */
  const [open, setOpen] = useState<DropView | 'new' | null>(null)
  const isTicking = drops.data?.some((drop) => nextHour(drop) !== null) === true
  const now = useNow(isTicking)
  if (drops.isError) {
    return (
      <div className="page">
        <Problem error={drops.error} onRetry={() => void drops.refetch()} />
      </div>
    )
  }
  if (drops.data === undefined) return <Loading what="Opening your drops…" />
  const dialog = open === null ? null : <DropDialog drop={open === 'new' ? null : open} onClose={() => setOpen(null)} />
  if (drops.data.length === 0) {
    const isNone = products !== undefined && products.length === 0
    return (
      <Empty icon="clock" title="No drops yet">
        <p className="empty-text">
          A drop is a set of products that buyers see from one hour on. Everything goes to the shops early and hidden; at the hour it only
          has to be shown.
        </p>
        {isNone ? (
          <Button tone="primary" onPress={() => ui.getState().set({ screen: 'products' })}>
            Go to Products first
          </Button>
        ) : (
          <Button tone="primary" onPress={() => setOpen('new')}>
            Plan a drop
          </Button>
        )}
        {dialog}
      </Empty>
    )
  }
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Drops</h1>
          <p className="muted">Everything is in the shops before its hour, hidden. At the hour it is shown, and looked at again.</p>
        </div>
        <Button tone="primary" onPress={() => setOpen('new')}>
          Plan a drop
        </Button>
      </header>
      <ul className="drops">
        {inOrder(drops.data).map((drop) => (
          <DropCard key={drop.id} drop={drop} now={now} onEdit={() => setOpen(drop)} />
        ))}
      </ul>
      {dialog}
    </div>
  )
}
