import type { ProductId } from '../../main/contract/ids.ts'
import type { PlanLine, PublishPlan, PublishState } from '../../main/contract/views.ts'
import { sentence } from '../shops/shop-words.ts'
import { Icon } from '../ui/icons.tsx'
import { Tick } from '../ui/tick.tsx'
import { approvable, changesOf, contents, planLead } from './plan-words.ts'

/** What would happen, listing by listing; each can be left out. */
export function PlanView({
  plan,
  state,
  shop,
  isLocal,
  left,
  onLeft,
}: {
  plan: PublishPlan
  state: PublishState | undefined
  shop: string
  isLocal: boolean
  left: ReadonlySet<ProductId>
  onLeft: (left: ReadonlySet<ProductId>) => void
}) {
  const all = approvable(plan)
  const isAll = left.size === 0
  const turn = (id: ProductId, on: boolean): void => {
    const next = new Set(left)
    if (on) next.delete(id)
    else next.add(id)
    onLeft(next)
  }
  return (
    <>
      <p className="plan-lead">{planLead(plan, shop, isLocal)}</p>
      {state === undefined || state.paused === null ? null : (
        <p className="limit">
          <Icon name="warning" />
          <span className="grow">{`${shop} is paused: ${sentence(state.paused)} What you approve waits until it goes on.`}</span>
        </p>
      )}
      {all.length < 2 ? null : (
        <Tick isSelected={isAll} isIndeterminate={!isAll && left.size < all.length} onChange={(on) => onLeft(new Set(on ? [] : all))}>
          {isAll ? `All ${all.length.toLocaleString('en')} are approved` : `Approve all ${all.length.toLocaleString('en')}`}
        </Tick>
      )}
      <Part title="New" lines={plan.create} left={left} onTurn={turn} />
      <Part title="Changed" lines={plan.update} left={left} onTurn={turn} />
      <Part title="Taken off" lines={plan.hide} left={left} onTurn={turn} />
      <Lines
        title="Not published"
        isWarning
        lines={plan.refused.map((line, at) => ({ key: line.productId ?? `${at}`, title: line.title, note: line.because }))}
      />
      <Lines title="Unchanged" lines={plan.unchanged.map(({ productId, title }) => ({ key: productId, title, note: '' }))} />
    </>
  )
}

function Part({
  title,
  lines,
  left,
  onTurn,
}: {
  title: string
  lines: readonly PlanLine[]
  left: ReadonlySet<ProductId>
  onTurn: (id: ProductId, on: boolean) => void
}) {
  if (lines.length === 0) return null
  return (
    <section className="plan-part">
      <h3>{`${title} (${lines.length.toLocaleString('en')})`}</h3>
      <ul>
        {lines.map((line) => (
          <li key={line.productId}>
            <Tick isSelected={!left.has(line.productId)} onChange={(on) => onTurn(line.productId, on)}>
              {line.title}
            </Tick>
            <div className="plan-notes muted">
              <p>{contents(line.images, line.clips)}</p>
              {changesOf(line) === '' ? null : <p>{changesOf(line)}</p>}
              {line.left.map((rule) => (
                <p key={rule} className="plan-left">
                  <Icon name="info" />
                  {`Left out: ${rule}`}
                </p>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Lines({
  title,
  lines,
  isWarning = false,
}: {
  title: string
  lines: readonly { key: string; title: string; note: string }[]
  isWarning?: boolean
}) {
  if (lines.length === 0) return null
  return (
    <section className="plan-part">
      <h3>
        {isWarning ? <Icon name="warning" /> : null}
        {`${title} (${lines.length.toLocaleString('en')})`}
      </h3>
      <ul>
        {lines.map((line) => (
          <li key={line.key}>
            <span>{line.title}</span>
            <span className="muted">{line.note}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
