import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { GridList, GridListItem, useDragAndDrop } from 'react-aria-components'
import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView, ProductView, SetProposal, ShotRole } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useDecide } from '../cull/decisions.ts'
import { keysOf, useLibrary, useProducts } from '../queries.ts'
import { Button, IconButton, Window } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Thumb } from '../ui/photo.tsx'
import { useUiStore } from '../ui-state.ts'
import { dropped, moved, others, roleOrder, roleWords } from './arranging.ts'

const usualSet = 5

/** The pictures of one listing in order: by drag, by key, or as Dropcard suggests. Every change is saved at once and can be taken back. */
export function ArrangeDialog({
  product,
  assets,
  onClose,
}: {
  product: ProductView
  assets: ReadonlyMap<AssetId, AssetView>
  onClose: () => void
}) {
  const { door } = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const decide = useDecide()
  const [proposal, setProposal] = useState<SetProposal | null>(null)
  const { data: all = [] } = useProducts()
  const [past, setPast] = useState<AssetId[][]>([])
  const order = product.assets
  const because = new Map(proposal?.set.map((one) => [one.assetId, one.because]))

  const keep = (saved: ProductView): void => {
    queries.setQueryData<ProductView[]>(keysOf.products, (all) => all?.map((other) => (other.id === saved.id ? saved : other)))
  }
  const arrange = async (next: AssetId[], what: string): Promise<boolean> => {
    keep({ ...product, assets: next })
    try {
      keep(await ask(door, 'product.arrange', { productId: product.id, assetIds: next }))
      ui.getState().say(what)
      return true
    } catch (error) {
      keep(product)
      ui.getState().fail(wireOf(error))
      return false
    }
  }
  const change = async (next: AssetId[], what: string): Promise<void> => {
    if (next.join() === order.join()) return
    if (await arrange(next, what)) setPast([...past, order])
  }
  const undo = async (): Promise<void> => {
    const before = past.at(-1)
    if (before === undefined) return
    // A picture may have been picked or taken out since.
    const next = [...before.filter((id) => order.includes(id)), ...order.filter((id) => !before.includes(id))]
    if (await arrange(next, 'Order put back')) setPast(past.slice(0, -1))
  }
  const suggest = async (): Promise<void> => {
    try {
      const found = await ask(door, 'product.propose', { productId: product.id, most: usualSet })
      setProposal(found)
      await change(
        [...found.set.map((one) => one.assetId), ...found.rest],
        `Arranged: ${found.set.length} pictures that complete each other`,
      )
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  const name = async (id: AssetId, role: ShotRole | null): Promise<void> => {
    try {
      keep(await ask(door, 'product.role', { productId: product.id, assetId: id, role }))
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  /** The pictures and clips of another listing move in; its own words and place are kept until it is empty. */
  const bringIn = async (id: string): Promise<void> => {
    const from = all.find((one) => one.id === id)
    if (from === undefined) return
    try {
      await ask(door, 'product.assign', { assetIds: from.assets, productId: product.id })
      await queries.invalidateQueries({ queryKey: keysOf.products })
      decide.noted()
      ui.getState().toast(`The pictures of ${from.title} are in ${product.title} now.`, { label: 'Undo', run: () => void decide.undo() })
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) => [...keys].map((key) => ({ 'text/plain': String(key) })),
    onReorder: ({ keys, target }) =>
      void change(dropped(order, keys, target.key, target.dropPosition === 'before' ? 'before' : 'after'), 'Order changed'),
  })
  return (
    <Window
      title={`Pictures of ${product.title}`}
      isOpen
      wide
      onClose={onClose}
      footer={
        <>
          <Button icon="sparkle" isDisabled={order.length === 0} onPress={() => void suggest()}>
            Suggest an order
          </Button>
          {others(all, product).length === 0 ? null : (
            <select
              className="arrange-role"
              aria-label="Bring in the pictures of another listing"
              value=""
              onChange={(event) => void bringIn(event.target.value)}
            >
              <option value="">Bring in another listing…</option>
              {others(all, product).map((one) => (
                <option key={one.id} value={one.id}>
                  {`${one.title} (${one.assets.length})`}
                </option>
              ))}
            </select>
          )}
          <Button icon="undo" isDisabled={past.length === 0} onPress={() => void undo()}>
            Undo
          </Button>
          <Button tone="primary" onPress={onClose}>
            Done
          </Button>
        </>
      }
    >
      <p className="muted">
        The first picture is the main one. Drag to order, or use the arrows. Say what a picture shows, and the suggestion follows it.
      </p>
      {proposal === null || proposal.missing.length === 0 ? null : (
        <ul className="arrange-missing">
          {proposal.missing.map((text) => (
            <li key={text}>
              <Icon name="warning" />
              <span>{text}</span>
            </li>
          ))}
        </ul>
      )}
      <GridList
        aria-label={`Pictures of ${product.title}, in order`}
        className="arrange"
        layout="grid"
        selectionMode="none"
        renderEmptyState={() => <p className="muted">No picture yet. Pick photos of it, then bring in the listing they became.</p>}
        items={order.map((id, index) => ({ id, index }))}
        dragAndDropHooks={dragAndDropHooks}
      >
        {({ id, index }) => {
          const asset = assets.get(id)
          const title = asset?.name ?? 'unknown'
          const what = index === 0 ? 'Main picture' : `Picture ${index + 1}`
          return (
            <GridListItem id={id} textValue={`${what}: ${title}`} className="arrange-one">
              <div className="arrange-picture">
                {asset === undefined ? <Icon name="warning" /> : <Thumb asset={asset} />}
                <span className="arrange-place">{index === 0 ? 'Main' : index + 1}</span>
              </div>
              <p className="arrange-why muted">{because.get(id) ?? (proposal !== null ? 'also picked' : title)}</p>
              <div className="arrange-row">
                <select
                  className="arrange-role"
                  aria-label={`What ${title} shows`}
                  value={product.roles[id] ?? ''}
                  onChange={(event) => void name(id, roleOrder.find((role) => role === event.target.value) ?? null)}
                >
                  <option value="">Shows…</option>
                  {roleOrder.map((role) => (
                    <option key={role} value={role}>
                      {roleWords[role]}
                    </option>
                  ))}
                </select>
                <IconButton
                  icon="back"
                  name={`Move ${title} earlier`}
                  isDisabled={index === 0}
                  onPress={() =>
                    void change(moved(order, index, index - 1), `${title} is now ${index === 1 ? 'the main picture' : `picture ${index}`}`)
                  }
                />
                <IconButton
                  icon="next"
                  name={`Move ${title} later`}
                  isDisabled={index === order.length - 1}
                  onPress={() => void change(moved(order, index, index + 1), `${title} is now picture ${index + 2}`)}
                />
                {/* The handle that the keyboard drags by: Enter, arrows, Enter. */}
                <IconButton slot="drag" icon="grip" name={`Drag ${title}`} />
              </div>
            </GridListItem>
          )
        }}
      </GridList>
    </Window>
  )
}
