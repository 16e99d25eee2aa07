import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ProductId } from '../../main/contract/ids.ts'
import type { QueueLine } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { keysOf, useLibrary } from '../queries.ts'
import { useUiStore } from '../ui-state.ts'
import { testWords } from './shop-words.ts'

export type ShopActs = {
  isBusy: boolean
  /** What signing in came to. */
  answer: { ok: boolean; text: string } | null
  resume(): Promise<void>
  retry(): Promise<void>
  stop(): Promise<void>
  hide(line: QueueLine): Promise<void>
  show(line: QueueLine): Promise<void>
  /** Takes off a listing, whatever it looks like there. */
  takeOff(productId: ProductId, title: string): Promise<void>
  resolve(productId: ProductId, how: 'ours' | 'theirs'): Promise<void>
}

/** What can be done about a shop and its listings. Each act reads the shop again; a refusal is shown as a message. */
export function useShopActs(catalog: string): ShopActs {
  const { door } = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const [isBusy, setBusy] = useState(false)
  const [answer, setAnswer] = useState<ShopActs['answer']>(null)
  const told = async (act: () => Promise<void>): Promise<void> => {
    setBusy(true)
    setAnswer(null)
    try {
      await act()
      await Promise.all(
        [keysOf.shops, keysOf.products, [...keysOf.publish, catalog], [...keysOf.queue, catalog]].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      )
    } catch (error) {
      ui.getState().fail(wireOf(error))
    } finally {
      setBusy(false)
    }
  }
  const hide = (productId: ProductId, title: string, offer?: Parameters<ReturnType<typeof ui.getState>['toast']>[1]): Promise<void> =>
    told(async () => {
      await ask(door, 'publish.hide', { catalog, productIds: [productId] })
      ui.getState().toast(`${title} is being taken off. Its files stay in the shop, hidden.`, offer)
    })
  return {
    isBusy,
    answer,
    resume: () =>
      told(async () => {
        const tested = await ask(door, 'catalog.resume', { name: catalog })
        setAnswer({ ok: tested.ok, text: [testWords(tested), ...tested.missing].join(' ') })
      }),
    retry: () => told(async () => void (await ask(door, 'publish.retry', { catalog }))),
    stop: () =>
      told(async () => {
        await ask(door, 'publish.stop', { catalog })
        ui.getState().toast('Stopped. What was on its way ended first; the rest can be tried again.')
      }),
    takeOff: (productId, title) => hide(productId, title),
    hide: ({ productId, title }) => {
      const back = async (): Promise<void> => void (await ask(door, 'publish.start', { catalog, productIds: [productId] }))
      const run = (): void => void back().catch((error: unknown) => ui.getState().fail(wireOf(error)))
      return hide(productId, title, { label: 'Show it again', run })
    },
    show: ({ productId, title }) =>
      told(async () => {
        await ask(door, 'publish.start', { catalog, productIds: [productId] })
        ui.getState().say(`${title} is being shown again`)
      }),
    resolve: (productId, how) => told(async () => void (await ask(door, 'publish.resolve', { catalog, productId, how }))),
  }
}
