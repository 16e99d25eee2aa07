import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { OffloadPlan, Settings } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useSettingsActs } from '../change-settings.ts'
import { keysOf, reads, useLibrary, useSettings } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUiStore } from '../ui-state.ts'
import { below } from '../words.ts'
import { Destinations } from './Destinations.tsx'
import { FileList } from './FileList.tsx'
import { Peek } from './Peek.tsx'
import { Places } from './Places.tsx'
import { figuresOf, whyNot } from './plan-words.ts'
import { VerifyChoice } from './VerifyChoice.tsx'

/** What an offload would do, before anything is done. Choices made here are remembered as the settings. */
export function Plan({ path, label }: { path: string; label: string }) {
  const library = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const [isStarting, setStarting] = useState(false)
  const plan = useQuery({ ...reads.plan(library, path), placeholderData: (before) => before })
  const settings = useSettings()
  const why = plan.data === undefined ? null : whyNot(plan.data)
  const leave = (): void => ui.getState().set({ planFor: null })
  const start = async (): Promise<void> => {
    setStarting(true)
    try {
      const { offloadId } = await ask(library.door, 'offload.start', { path })
      await queries.invalidateQueries({ queryKey: keysOf.offloads })
      ui.getState().set({ planFor: null, watching: offloadId })
      ui.getState().say('Offload started')
    } catch (error) {
      ui.getState().fail(wireOf(error))
    } finally {
      setStarting(false)
    }
  }

  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{plan.data?.label ?? label}</h1>
          <p className="muted path">{path}</p>
        </div>
        <div className="row">
          <Button onPress={leave}>Back</Button>
          <Button
            tone="primary"
            {...(why === null ? {} : { 'aria-describedby': 'why-not' })}
            isDisabled={plan.data === undefined || why !== null || isStarting || plan.isPlaceholderData}
            onPress={() => void start()}
          >
            Start offload
          </Button>
        </div>
      </header>
      <Peek path={path} label={label} rows={2} />
      {plan.isError ? <Problem error={plan.error} onRetry={() => void plan.refetch()} /> : null}
      {settings.isError ? <Problem error={settings.error} onRetry={() => void settings.refetch()} /> : null}
      {plan.isPending ? <Loading what="Reading the card. Nothing is copied yet." /> : null}
      {plan.data === undefined ? null : (
        <>
          <Numbers plan={plan.data} />
          {why === null ? null : (
            <div className="problem" role="alert" id="why-not">
              <Icon name="warning" size={20} />
              <p className="problem-what">{why}</p>
            </div>
          )}
          {settings.data === undefined ? null : (
            <>
              <HowToCopy plan={plan.data} settings={settings.data} />
              <Places plan={plan.data} settings={settings.data} />
            </>
          )}
          <Rest plan={plan.data} />
        </>
      )}
    </div>
  )
}

function HowToCopy({ plan, settings }: { plan: OffloadPlan; settings: Settings }) {
  const { change } = useSettingsActs()
  return (
    <section className="block options" aria-label="How to copy">
      <div>
        <h2>Copies</h2>
        <Destinations plan={plan} settings={settings} />
      </div>
      <VerifyChoice chosen={settings.verify} onChoose={(verify) => void change({ verify })} />
    </section>
  )
}

/** What is not copied, each with its reason. */
function Rest({ plan }: { plan: OffloadPlan }) {
  return (
    <>
      <FileList
        title="Removed on purpose"
        lines={plan.files
          .filter(({ action }) => action === 'removed')
          .map(({ source }) => ({ name: below(plan.path, source), because: 'You removed it on purpose, so it is not copied again.' }))}
        note="What is still in the trash can be brought back from there."
      />
      <FileList
        title="Will be left on the card"
        lines={plan.ignored.map(({ source, because }) => ({ name: below(plan.path, source), because }))}
        note="Each with its reason. Nothing on the card is changed."
      />
    </>
  )
}

function Numbers({ plan }: { plan: OffloadPlan }) {
  const { headline, about, figures } = figuresOf(plan)
  return (
    <section className="numbers" aria-label="What will be copied">
      <div className="number number-lead">
        <p className="number-value">{headline}</p>
        <p className="muted">{about}</p>
      </div>
      {figures.map(({ key, value, about: what }) => (
        <div key={key} className="number">
          <p className="number-value">{value}</p>
          <p className="muted">{what}</p>
        </div>
      ))}
    </section>
  )
}
