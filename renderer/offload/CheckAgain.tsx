import { useState } from 'react'
import type { OffloadId } from '../../main/contract/ids.ts'
import type { VerifyReport } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useLibrary } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { useUiStore } from '../ui-state.ts'
import { Checking } from './Checking.tsx'
import { checkedInWords, checkTrouble } from './check-words.ts'
import { FileList } from './FileList.tsx'

/** Reads originals again, byte by byte: those of one offload, or all of the library. */
export function CheckAgain({ offloadId, label }: { offloadId: OffloadId | null; label: string }) {
  const { door } = useLibrary()
  const ui = useUiStore()
  const [report, setReport] = useState<VerifyReport | null>(null)
  const [isBusy, setBusy] = useState(false)
  const check = async (): Promise<void> => {
    setBusy(true)
    setReport(null)
    try {
      const told = await ask(door, 'library.verify', { offloadId })
      setReport(told)
      ui.getState().say(checkedInWords(told).line)
    } catch (error) {
      const wire = wireOf(error)
      if (wire.code === 'cancelled') ui.getState().toast('The check was stopped.')
      else ui.getState().fail(wire)
    } finally {
      setBusy(false)
    }
  }
  const words = report === null ? null : checkedInWords(report)
  return (
    <div className="check-again">
      <Button icon="shield" isDisabled={isBusy} onPress={() => void check()}>
        {label}
      </Button>
      {isBusy ? <Checking what="Checking originals" where={null} /> : null}
      {report === null || words === null ? null : (
        <>
          <p className={words.isGood ? 'told told-good' : 'told told-bad'}>
            <Icon name={words.isGood ? 'check' : 'warning'} />
            {words.line}
          </p>
          <FileList title="Damaged or missing" lines={checkTrouble(report)} isOpen />
        </>
      )}
    </div>
  )
}
