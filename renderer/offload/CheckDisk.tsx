import { useState } from 'react'
import type { ManifestReport } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useLibrary } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { useUiStore } from '../ui-state.ts'
import { Checking } from './Checking.tsx'
import { diskFiles, diskInWords } from './check-words.ts'
import { FileList } from './FileList.tsx'
import { useChooseFolder } from './SecondCopies.tsx'

/** Checks any disk that holds manifests, also one that this library does not know. */
export function CheckDisk() {
  const { door } = useLibrary()
  const ui = useUiStore()
  const choose = useChooseFolder()
  const [report, setReport] = useState<ManifestReport | null>(null)
  const [path, setPath] = useState<string | null>(null)
  const check = async (folder: string): Promise<void> => {
    setPath(folder)
    setReport(null)
    try {
      const told = await ask(door, 'manifest.verify', { path: folder })
      setReport(told)
      ui.getState().say(diskInWords(told).line)
    } catch (error) {
      const wire = wireOf(error)
      if (wire.code === 'cancelled') ui.getState().toast('The check was stopped.')
      else ui.getState().fail(wire)
    } finally {
      setPath(null)
    }
  }
  const words = report === null ? null : diskInWords(report)
  const files = report === null ? null : diskFiles(report)
  return (
    <div className="check-again">
      <Button icon="shield" isDisabled={path !== null} onPress={() => void choose(check)}>
        Check a disk
      </Button>
      {path === null ? null : <Checking what="Checking a disk" where={path} />}
      {report === null || words === null || files === null ? null : (
        <section className="check-told" aria-label="What the check of the disk found">
          <p className={words.isGood ? 'told told-good' : 'told told-bad'}>
            <Icon name={words.isGood ? 'check' : 'warning'} />
            {words.line}
          </p>
          <p className="muted path">{words.about}</p>
          <FileList title="Damaged or missing" lines={files.trouble} isOpen />
          <FileList title="Not compared byte by byte" lines={files.unchecked} isOpen />
          <FileList title="In no manifest" lines={files.extra} note="They came later or from elsewhere; this says nothing against them." />
        </section>
      )}
    </div>
  )
}
