import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { ConnectionView, QueueLine } from '../../main/contract/views.ts'
import { PublishPicks } from '../products/PublishPicks.tsx'
import { reads, useDrops, useLibrary } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { plural } from '../words.ts'
import { Conflicts } from './Conflicts.tsx'
import { ConnectDialog } from './ConnectDialog.tsx'
import { DisconnectDialog } from './DisconnectDialog.tsx'
import { OpenPage } from './OpenPage.tsx'
import { QueueList } from './QueueList.tsx'
import { StandingLine } from './StandingLine.tsx'
import { useShopActs } from './shop-acts.ts'
import { counts, shopName, timeOf } from './shop-words.ts'
import { VersionsDialog } from './VersionsDialog.tsx'

/** Needs a look first, then what moves, then what is in order. */
const order: readonly QueueLine['state'][] = ['conflict', 'failed', 'sending', 'rendering', 'hiding', 'published', 'hidden']

/** One shop: how it is doing, what is in it and on its way, and what can be done about it. */
export function ShopPanel({ shop, all }: { shop: ConnectionView; all: readonly ConnectionView[] }) {
  const library = useLibrary()
  const state = useQuery(reads.publishState(library, shop.name))
  const queue = useQuery(reads.queue(library, shop.name))
  const acts = useShopActs(shop.name)
  const [open, setOpen] = useState<'connect' | 'disconnect' | null>(null)
  const [versions, setVersions] = useState<QueueLine | null>(null)
  const { data: kinds = [] } = useQuery(reads.shopKinds(library))
  const labelOf = (field: string): string =>
    kinds.find(({ kind }) => kind === shop.kind)?.fields.find((one) => one.name === field)?.label ?? field
  const head = useRef<HTMLHeadingElement>(null)
  /** The button that was pressed goes away with the state it was for: the focus stays near it. */
  const kept = (act: Promise<void>): void => {
    head.current?.focus()
    void act
  }
  const name = shopName(all, shop.name)
  const { data: drops = [] } = useDrops()
  const staged = new Map(
    drops
      .filter(({ state: now, catalogs }) => now === 'planned' && catalogs.some(({ catalog }) => catalog === shop.name))
      .flatMap(({ title, products }) => products.map(({ productId }) => [productId, title] as const)),
  )
  const lines = (queue.data ?? []).toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
  return (
    <section className="block shop-panel" aria-labelledby="shop-name">
      <div className="block-head">
        <h2 id="shop-name">{name}</h2>
        <div className="row">
          {state.data === undefined || state.data.page === null ? null : <OpenPage catalog={shop.name} />}
          <PublishPicks label={`Publish to ${shop.embedded ? 'it' : name}`} />
        </div>
      </div>
      {state.isError ? <Problem error={state.error} onRetry={() => void state.refetch()} /> : null}
      {state.data === undefined ? null : (
        <>
          <StandingLine state={state.data} />
          <p className="muted">
            {counts(state.data)}
            {shop.checkedAt === null ? '' : ` Last signed in ${timeOf(shop.checkedAt)}.`}
          </p>
          <div className="row">
            {state.data.paused === null ? null : (
              <>
                <Button tone="primary" isDisabled={acts.isBusy} onPress={() => void acts.resume()}>
                  Sign in again and go on
                </Button>
                <Button onPress={() => setOpen('connect')}>Change its access</Button>
              </>
            )}
            {state.data.failed.length === 0 ? null : (
              <Button isDisabled={acts.isBusy} onPress={() => void acts.retry()}>
                {`Try ${plural(state.data.failed.length, 'failed listing')} again`}
              </Button>
            )}
            {state.data.waiting === 0 ? null : (
              <Button isDisabled={acts.isBusy} onPress={() => void acts.stop()}>
                Stop what waits
              </Button>
            )}
          </div>
          {acts.answer === null ? null : (
            <p className={acts.answer.ok ? 'standing standing-fine' : 'standing standing-warn'} role="status">
              <Icon name={acts.answer.ok ? 'check' : 'warning'} />
              <span>{acts.answer.text}</span>
            </p>
          )}
          <Conflicts catalog={shop.name} shop={name} conflicts={state.data.conflicts} acts={acts} />
        </>
      )}
      <section className="setting-part" aria-labelledby="shop-listings">
        <h3 id="shop-listings" ref={head} tabIndex={-1}>
          Listings
        </h3>
        {queue.isPending ? <Loading what="Reading the queue…" /> : null}
        {queue.isError ? <Problem error={queue.error} onRetry={() => void queue.refetch()} /> : null}
        {queue.data !== undefined && lines.length === 0 ? (
          <p className="muted">Nothing was sent here yet. Publish shows you the plan before anything is sent.</p>
        ) : (
          <QueueList
            lines={lines}
            acts={(line) => (
              <>
                {line.state === 'published' || line.state === 'hidden' ? (
                  <Button tone="quiet" aria-label={`Versions of ${line.title}`} onPress={() => setVersions(line)}>
                    Versions
                  </Button>
                ) : null}
                {line.state === 'published' ? (
                  <Button
                    tone="quiet"
                    aria-label={`Take off: ${line.title}`}
                    isDisabled={acts.isBusy}
                    onPress={() => kept(acts.hide(line))}
                  >
                    Take off
                  </Button>
                ) : null}
                {line.state !== 'hidden' ? null : staged.has(line.productId) ? (
                  <span className="muted">{`waits for ${staged.get(line.productId)}`}</span>
                ) : (
                  <Button
                    tone="quiet"
                    aria-label={`Show again: ${line.title}`}
                    isDisabled={acts.isBusy}
                    onPress={() => kept(acts.show(line))}
                  >
                    Show again
                  </Button>
                )}
              </>
            )}
          />
        )}
      </section>
      {shop.embedded ? null : (
        <section className="setting-part" aria-labelledby="shop-connection">
          <h3 id="shop-connection">Connection</h3>
          <dl className="shop-facts">
            {Object.entries(shop.config).map(([field, value]) => (
              <div key={field}>
                <dt>{labelOf(field)}</dt>
                <dd className="path">{value}</dd>
              </div>
            ))}
          </dl>
          <div className="row">
            <Button onPress={() => setOpen('connect')}>Change or test</Button>
            <Button tone="danger" onPress={() => setOpen('disconnect')}>
              Disconnect…
            </Button>
          </div>
        </section>
      )}
      {open === 'connect' ? <ConnectDialog shop={shop} onClose={() => setOpen(null)} /> : null}
      {open === 'disconnect' ? (
        <DisconnectDialog shop={shop} name={name} waiting={state.data?.waiting ?? 0} onClose={() => setOpen(null)} />
      ) : null}
      {versions === null ? null : <VersionsDialog line={versions} onClose={() => setVersions(null)} />}
    </section>
  )
}
