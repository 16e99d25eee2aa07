import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { PublishPlan, PublishState } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { catalog, keysOf, reads, useLibrary } from '../queries.ts'
import { Bar, Button, Window } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'

/** Plan, publish, watch, open: one dialog, so that nobody loses the thread. */
export function PublishDialog({ onClose }: { onClose: () => void }) {
  const library = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const plan = useQuery(reads.publishPlan(library, catalog))
  const state = useQuery(reads.publishState(library, catalog))
  const [sent, setSent] = useState<PublishPlan | null>(null)
  const [isSending, setSending] = useState(false)

  const publish = async (): Promise<void> => {
    setSending(true)
    try {
      const started = await ask(library.door, 'publish.start', { catalog })
      await queries.refetchQueries({ queryKey: [...keysOf.publish, catalog] })
      setSent(started)
      ui.getState().say('Publishing')
    } catch (error) {
      ui.getState().fail(wireOf(error))
    } finally {
      setSending(false)
    }
  }
  const open = async (): Promise<void> => {
    try {
      await ask(library.door, 'shell.openCatalog', { catalog })
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  const work = plan.data === undefined ? 0 : plan.data.create.length + plan.data.update.length
  const isOver = sent !== null && state.data !== undefined && state.data.waiting === 0
  const canOpen = state.data !== undefined && state.data.page !== null && (isOver || (sent === null && work === 0))
  const footer = (
    <>
      <Button onPress={onClose}>{sent === null ? 'Not now' : 'Close'}</Button>
      {sent === null && (work > 0 || !canOpen) ? (
        <Button tone="primary" isDisabled={work === 0 || isSending} onPress={() => void publish()}>
          Publish
        </Button>
      ) : null}
      {canOpen ? (
        <Button tone="primary" icon="page" onPress={() => void open()}>
          Open the page
        </Button>
      ) : null}
    </>
  )
  return (
    <Window title={sent === null ? 'Publish picks' : isOver ? 'Published' : 'Publishing'} isOpen onClose={onClose} footer={footer}>
      {sent !== null ? <Sent plan={sent} state={state.data} /> : null}
      {sent === null && plan.isPending ? <Loading what="Working out what would change…" /> : null}
      {sent === null && plan.isError ? <Problem error={plan.error} onRetry={() => void plan.refetch()} /> : null}
      {sent === null && plan.data !== undefined ? <Planned plan={plan.data} /> : null}
    </Window>
  )
}

function Planned({ plan }: { plan: PublishPlan }) {
  const total = plan.create.length + plan.update.length
  const isNone = total + plan.unchanged.length + plan.refused.length === 0
  return (
    <>
      <p className="plan-lead">
        {isNone
          ? 'Nothing is picked yet. Pick at least one photo, then publish.'
          : total === 0
            ? 'The page already shows your picks. Nothing has to change.'
            : `${plural(total, 'listing')} will change on your local shop page. Nothing leaves this computer.`}
      </p>
      <Lines
        title="New"
        lines={plan.create.map(({ productId, title, images, clips }) => ({ key: productId, title, note: contents(images, clips) }))}
      />
      <Lines
        title="Changed"
        lines={plan.update.map(({ productId, title, images, clips }) => ({ key: productId, title, note: contents(images, clips) }))}
      />
      <Lines
        title="Not published"
        isWarning
        lines={plan.refused.map(({ productId, title, because }) => ({ key: productId ?? title, title, note: because }))}
      />
      <Lines title="Unchanged" lines={plan.unchanged.map(({ productId, title }) => ({ key: productId, title, note: '' }))} />
    </>
  )
}

const contents = (images: number, clips: number): string =>
  clips === 0 ? plural(images, 'image') : `${plural(images, 'image')}, ${plural(clips, 'clip')}`

function Lines({
  title,
  lines,
  isWarning = false,
}: {
  title: string
  lines: { key: string; title: string; note: string }[]
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

function Sent({ plan, state }: { plan: PublishPlan; state: PublishState | undefined }) {
  const total = plan.create.length + plan.update.length
  const waiting = Math.min(state?.waiting ?? total, total)
  const failed = state?.failed ?? []
  const isOver = state !== undefined && state.waiting === 0
  const done = Math.max(0, total - failed.length)
  return (
    <>
      <p className="plan-lead" role="status">
        {isOver
          ? failed.length === 0
            ? `${plural(done, 'listing')} published. The page is ready.`
            : `${plural(done, 'listing')} published, ${failed.length.toLocaleString('en')} not.`
          : `${(total - waiting).toLocaleString('en')} of ${plural(total, 'listing')} done. You can close this; it goes on.`}
      </p>
      {isOver ? null : <Bar name="Publishing" done={total - waiting} total={total} />}
      <Lines title="Failed" isWarning lines={failed.map(({ productId, title, because }) => ({ key: productId, title, note: because }))} />
      <Lines
        title="Not published"
        isWarning
        lines={plan.refused.map(({ productId, title, because }) => ({ key: productId ?? title, title, note: because }))}
      />
    </>
  )
}
