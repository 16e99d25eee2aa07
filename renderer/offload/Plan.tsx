import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { CommandIn } from '../../main/contract/ipc.ts'
import type { OffloadPlan } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { keysOf, reads, useLibrary } from '../queries.ts'
import { Button, IconButton } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUiStore } from '../ui-state.ts'
import { bytes, photosAndClips, plural } from '../words.ts'
import { FileList } from './FileList.tsx'
import { VerifyChoice } from './VerifyChoice.tsx'

type Verify = NonNullable<CommandIn<'offload.start'>['verify']>

/** What an offload would do, before anything is done. */
export function Plan({ path, label }: { path: string; label: string }) {
  const library = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const [backups, setBackups] = useState<string[]>([])
  const [verify, setVerify] = useState<Verify>('destination')
  const [isStarting, setStarting] = useState(false)
  const plan = useQuery({ ...reads.plan(library, path, backups), placeholderData: (before) => before })
  const leave = (): void => ui.getState().set({ planFor: null })

  const addBackup = async (): Promise<void> => {
    try {
      const { path: folder } = await ask(library.door, 'shell.chooseFolder', {})
      if (folder !== null && !backups.includes(folder)) setBackups([...backups, folder])
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  const start = async (): Promise<void> => {
    setStarting(true)
    try {
      const { offloadId } = await ask(library.door, 'offload.start', { path, backups, verify })
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
            isDisabled={plan.data === undefined || plan.data.problem !== null || plan.data.files.length === 0 || isStarting}
            onPress={() => void start()}
          >
            Start offload
          </Button>
        </div>
      </header>
      {plan.isError ? <Problem error={plan.error} onRetry={() => void plan.refetch()} /> : null}
      {plan.isPending ? <Loading what="Reading the card. Nothing is copied yet." /> : null}
      {plan.data === undefined ? null : (
        <>
          <Numbers plan={plan.data} />
          {plan.data.problem === null ? null : (
            <div className="problem" role="alert">
              <Icon name="warning" size={20} />
              <p className="problem-what">{plan.data.problem}</p>
            </div>
          )}
          <section className="block options" aria-label="How to copy">
            <div>
              <h2>Copies</h2>
              <p>One copy goes into the library on this computer.</p>
              <ul className="backups">
                {backups.map((folder) => (
                  <li key={folder}>
                    <span className="path">{folder}</span>
                    <IconButton
                      icon="cross"
                      name={`No copy to ${folder}`}
                      onPress={() => setBackups(backups.filter((other) => other !== folder))}
                    />
                  </li>
                ))}
              </ul>
              <Button icon="folder" onPress={() => void addBackup()}>
                Add a second copy
              </Button>
            </div>
            <VerifyChoice chosen={verify} onChoose={setVerify} />
          </section>
          <FileList
            title="Will be left on the card"
            lines={plan.data.ignored.map(({ source, because }) => ({ name: source, because }))}
            note="Each with its reason. Nothing on the card is changed."
          />
        </>
      )}
    </div>
  )
}

function Numbers({ plan }: { plan: OffloadPlan }) {
  const copy = plan.files.filter(({ action }) => action === 'copy')
  const have = plan.files.length - copy.length
  const count = (kind: 'photo' | 'clip'): number => copy.filter((file) => file.kind === kind).length
  const companions = plan.files.reduce((sum, file) => sum + file.companions.length, 0)
  const nothing = plan.files.length === 0
  return (
    <section className="numbers" aria-label="What will be copied">
      <div className="number number-lead">
        <p className="number-value">
          {nothing ? 'Nothing to copy' : copy.length === 0 ? 'Nothing new' : photosAndClips(count('photo'), count('clip'))}
        </p>
        <p className="muted">
          {nothing ? 'No photo or clip was found here.' : copy.length === 0 ? 'All of it is in the library already.' : 'to copy and check'}
        </p>
      </div>
      <div className="number">
        <p className="number-value">{bytes(plan.bytes)}</p>
        <p className="muted">to copy</p>
      </div>
      <div className="number">
        <p className="number-value">{plan.freeBytes === null ? 'Unknown' : bytes(plan.freeBytes)}</p>
        <p className="muted">free on this disk</p>
      </div>
      <div className="number">
        <p className="number-value">{have.toLocaleString('en')}</p>
        <p className="muted">in the library already</p>
      </div>
      <div className="number">
        <p className="number-value">{companions.toLocaleString('en')}</p>
        <p className="muted">{companions === 1 ? 'companion file travels along' : 'companion files travel along'}</p>
      </div>
      <div className="number">
        <p className="number-value">{plan.ignored.length.toLocaleString('en')}</p>
        <p className="muted">{`${plural(plan.ignored.length, 'file').replace(/^\S+ /, '')} left alone`}</p>
      </div>
    </section>
  )
}
