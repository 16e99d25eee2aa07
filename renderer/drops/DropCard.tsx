import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { DropView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { shownPrice } from '../products/money.ts'
import { keysOf, useLibrary, useShops } from '../queries.ts'
import { PosterButton } from '../shops/PosterButton.tsx'
import { sentence, shopName } from '../shops/shop-words.ts'
import { Bar, Button, Window } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'
import { countdown, dropStateWords, shownWall, stagedWords } from './drop-words.ts'

/** One drop: when, what, how far it is in each shop, and when this computer has to be on. */
export function DropCard({ drop, now, onEdit }: { drop: DropView; now: number; onEdit: () => void }) {
  const ui = useUiStore()
  const { data: shops = [] } = useShops()
  const [isEnding, setEnding] = useState(false)
  const until = countdown(drop, now)
  const total = drop.products.length
  const begun = drop.catalogs.some(({ state }) => state !== 'planned')
  return (
    <li className={`block drop drop-${drop.state}`} aria-label={drop.title}>
      <div className="block-head">
        <h2>{drop.title}</h2>
        <span className={`state state-drop-${drop.state}`}>{dropStateWords[drop.state]}</span>
      </div>
      {until === null ? null : (
        <p className="drop-until num" role="timer">
          {until}
        </p>
      )}
      <p>
        {`${shownWall(drop.opensWall)} to ${drop.closesWall === null ? 'whenever you end it' : shownWall(drop.closesWall)}`}
        <span className="muted">{` · ${drop.zone}`}</span>
      </p>
      {drop.mustBeOn.length === 0 ? null : (
        <div className="must-be-on">
          <Icon name="clock" size={20} />
          <ul>
            {drop.mustBeOn.map((line) => (
              <li key={line}>{sentence(line)}</li>
            ))}
          </ul>
        </div>
      )}
      <ul className="drop-shops" aria-label={`Shops of ${drop.title}`}>
        {drop.catalogs.map((shop) => (
          <li key={shop.catalog}>
            <p>
              <strong>{shopName(shops, shop.catalog)}</strong>
              <span className="muted">{`: ${stagedWords(shop, total)}`}</span>
            </p>
            {shop.because === null ? null : (
              <p className="drop-because">
                <Icon name="warning" />
                {sentence(shop.because)}
              </p>
            )}
            {shop.state === 'planned' && drop.state === 'planned' && shop.staged < total ? (
              <Bar name={`${drop.title} in ${shopName(shops, shop.catalog)}`} done={shop.staged} total={total} />
            ) : null}
          </li>
        ))}
      </ul>
      <details>
        <summary>{plural(total, 'product')}</summary>
        <ul className="drop-products">
          {drop.products.map(({ productId, title, price, stock }) => (
            <li key={productId}>
              <span>{title}</span>
              <span className="muted">
                {[
                  price === null ? 'price as usual' : shownPrice(price),
                  stock === null ? 'stock as usual' : `${stock.toLocaleString('en')} in stock`,
                ].join(', ')}
              </span>
            </li>
          ))}
        </ul>
      </details>
      <div className="row">
        {begun || drop.state === 'cancelled' ? null : (
          <Button aria-label={`Change ${drop.title}`} onPress={onEdit}>
            Change…
          </Button>
        )}
        <PosterButton
          of={{ productId: null, dropId: drop.id }}
          title={drop.title}
          catalogs={drop.state === 'cancelled' ? [] : drop.catalogs.map(({ catalog }) => catalog)}
        />
        <Button aria-label={`Report of ${drop.title}`} onPress={() => ui.getState().set({ screen: 'report', reportOf: drop.id })}>
          Report
        </Button>
        {drop.state === 'open' || drop.state === 'planned' ? (
          <Button
            tone="danger"
            aria-label={drop.state === 'open' ? `End it now: ${drop.title}` : `Cancel it: ${drop.title}`}
            onPress={() => setEnding(true)}
          >
            {drop.state === 'open' ? 'End it now…' : 'Cancel it…'}
          </Button>
        ) : null}
      </div>
      {isEnding ? <EndDialog drop={drop} onClose={() => setEnding(false)} /> : null}
    </li>
  )
}

function EndDialog({ drop, onClose }: { drop: DropView; onClose: () => void }) {
  const { door } = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const [isBusy, setBusy] = useState(false)
  const isOpen = drop.state === 'open'
  const end = async (): Promise<void> => {
    setBusy(true)
    try {
      await ask(door, 'drop.end', { dropId: drop.id })
      await queries.invalidateQueries({ queryKey: keysOf.drops })
      ui.getState().toast(isOpen ? `${drop.title} is being closed.` : `${drop.title} is cancelled.`)
      onClose()
    } catch (error) {
      ui.getState().fail(wireOf(error))
      setBusy(false)
    }
  }
  return (
    <Window
      title={isOpen ? `End ${drop.title} now?` : `Cancel ${drop.title}?`}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button autoFocus onPress={onClose}>
            {isOpen ? 'Leave it open' : 'Keep it'}
          </Button>
          <Button tone="danger" isDisabled={isBusy} onPress={() => void end()}>
            {isOpen ? 'End it now' : 'Cancel the drop'}
          </Button>
        </>
      }
    >
      <p>
        {isOpen
          ? 'Buyers no longer see its products from now on. What was sold stays sold.'
          : 'It will not open. Its products stay in the shops, hidden, and here as they are; you can plan another drop with them.'}
      </p>
    </Window>
  )
}
