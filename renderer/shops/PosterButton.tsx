import { useState } from 'react'
import type { DropId, ProductId } from '../../main/contract/ids.ts'
import { useShops } from '../queries.ts'
import { useSaving } from '../saving.ts'
import { Button, Window } from '../ui/controls.tsx'
import { useUiStore } from '../ui-state.ts'
import { shopName } from './shop-words.ts'

/** A poster for the stall, as a PDF: its code leads to the listing or the drop in one shop. With several shops it asks for which. */
export function PosterButton({
  of,
  title,
  catalogs,
}: {
  of: { productId: ProductId | null; dropId: DropId | null }
  title: string
  catalogs: readonly string[]
}) {
  const { data: shops = [] } = useShops()
  const ui = useUiStore()
  const saving = useSaving()
  const [isBusy, setBusy] = useState(false)
  const [isAsking, setAsking] = useState(false)
  const [only] = catalogs
  if (only === undefined) return null
  const make = async (catalog: string): Promise<void> => {
    setAsking(false)
    setBusy(true)
    ui.getState().say(`Making the poster of ${title}`)
    await saving.poster({ catalog, ...of })
    setBusy(false)
  }
  return (
    <>
      <Button
        icon="page"
        isDisabled={isBusy}
        aria-label={`Poster with code (PDF): ${title}`}
        onPress={() => (catalogs.length === 1 ? void make(only) : setAsking(true))}
      >
        {isBusy ? 'Making the poster…' : 'Poster with code (PDF)'}
      </Button>
      {isAsking ? (
        <Window
          title={`Poster of ${title}`}
          isOpen
          onClose={() => setAsking(false)}
          footer={<Button onPress={() => setAsking(false)}>Not now</Button>}
        >
          <p className="muted">Which shop shall its code lead to?</p>
          <ul className="poster-shops">
            {catalogs.map((catalog) => (
              <li key={catalog}>
                <Button onPress={() => void make(catalog)}>{shopName(shops, catalog)}</Button>
              </li>
            ))}
          </ul>
        </Window>
      ) : null}
    </>
  )
}
