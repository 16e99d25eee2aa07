import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { ProductId } from '../../main/contract/ids.ts'
import { ask, wireOf } from '../bridge.ts'
import { keysOf, reads, useLibrary, useShops } from '../queries.ts'
import { OpenPage } from '../shops/OpenPage.tsx'
import { shopName } from '../shops/shop-words.ts'
import { Button, Window } from '../ui/controls.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'
import { PlanView } from './PlanView.tsx'
import { approvable } from './plan-words.ts'
import { SentView } from './SentView.tsx'

/** Shop, plan, approval, progress, page: one dialog, so that nobody loses the thread. */
export function PublishDialog({ onClose }: { onClose: () => void }) {
  const library = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const { data: shops = [] } = useShops()
  const catalog = useUi((state) => state.shop)
  const plan = useQuery(reads.publishPlan(library, catalog))
  const state = useQuery(reads.publishState(library, catalog))
  /** What a person took out of the plan; everything else is approved. */
  const [left, setLeft] = useState<ReadonlySet<ProductId>>(new Set())
  const [sent, setSent] = useState<readonly ProductId[] | null>(null)
  const [isSending, setSending] = useState(false)
  const isLost = shops.length > 0 && shops.every(({ name }) => name !== catalog)
  useEffect(() => {
    if (isLost) ui.getState().set({ shop: 'local' })
  }, [isLost, ui])

  const all = plan.data === undefined ? [] : approvable(plan.data)
  const chosen = all.filter((id) => !left.has(id))
  const publish = async (): Promise<void> => {
    setSending(true)
    try {
      const started = await ask(library.door, 'publish.start', { catalog, productIds: chosen.length === all.length ? null : chosen })
      await Promise.all([keysOf.publish, keysOf.queue].map((key) => queries.refetchQueries({ queryKey: [...key, catalog] })))
      setSent(approvable(started))
      ui.getState().say('Publishing')
    } catch (error) {
      ui.getState().fail(wireOf(error))
    } finally {
      setSending(false)
    }
  }
  const isOver = sent !== null && state.data !== undefined && state.data.waiting === 0
  const hasPage = state.data !== undefined && state.data.page !== null
  const canOpen = hasPage && (isOver || (sent === null && all.length === 0))
  const footer = (
    <>
      <Button onPress={onClose}>{sent === null ? 'Not now' : 'Close'}</Button>
      {sent === null ? null : (
        <Button
          onPress={() => {
            onClose()
            ui.getState().set({ screen: 'shops' })
          }}
        >
          Show the shop
        </Button>
      )}
      {sent === null && !canOpen ? (
        <Button tone="primary" isDisabled={chosen.length === 0 || isSending} onPress={() => void publish()}>
          {chosen.length === all.length ? 'Publish' : `Publish ${chosen.length} of ${all.length}`}
        </Button>
      ) : null}
      {canOpen ? <OpenPage catalog={catalog} tone="primary" /> : null}
    </>
  )
  return (
    <Window title={sent === null ? 'Publish picks' : isOver ? 'Published' : 'Publishing'} wide isOpen onClose={onClose} footer={footer}>
      {sent === null && shops.length > 1 ? (
        <label className="field-row publish-shop">
          <span>Shop</span>
          <select
            className="choice"
            value={catalog}
            onChange={(event) => {
              setLeft(new Set())
              ui.getState().set({ shop: event.target.value })
            }}
          >
            {shops.map(({ name, paused }) => (
              <option key={name} value={name}>
                {paused === null ? shopName(shops, name) : `${shopName(shops, name)} (paused)`}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      {sent !== null ? <SentView sent={sent} catalog={catalog} state={state.data} /> : null}
      {sent === null && plan.isPending ? <Loading what="Working out what would change…" /> : null}
      {sent === null && plan.isError ? <Problem error={plan.error} onRetry={() => void plan.refetch()} /> : null}
      {sent === null && plan.data !== undefined ? (
        <PlanView
          plan={plan.data}
          state={state.data}
          shop={shopName(shops, catalog)}
          isLocal={shops.find(({ name }) => name === catalog)?.embedded !== false}
          left={left}
          onLeft={setLeft}
        />
      ) : null}
      {sent === null && all.length > 1 ? (
        <p className="unseen" role="status">{`${plural(chosen.length, 'listing')} of ${all.length} approved`}</p>
      ) : null}
    </Window>
  )
}
