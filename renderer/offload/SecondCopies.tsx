import type { Settings } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useSettingsActs } from '../change-settings.ts'
import { useLibrary } from '../queries.ts'
import { Button, IconButton } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { useUiStore } from '../ui-state.ts'

const mostBackups = 8

/** Folders that get a second copy of everything, best on other disks. */
export function SecondCopies({ settings }: { settings: Settings }) {
  const { change } = useSettingsActs()
  const { backups } = settings
  return (
    <div className="folders">
      <ul className="backups">
        {backups.map((folder) => (
          <li key={folder}>
            <Icon name="folder" />
            <span className="path grow">{folder}</span>
            <IconButton
              icon="cross"
              name={`No copy to ${folder}`}
              onPress={() => void change({ backups: backups.filter((other) => other !== folder) })}
            />
          </li>
        ))}
      </ul>
      <AddSecondCopy settings={settings} />
    </div>
  )
}

export function AddSecondCopy({ settings }: { settings: Settings }) {
  const { change } = useSettingsActs()
  const choose = useChooseFolder()
  const { backups } = settings
  return (
    <Button
      icon="folder"
      isDisabled={backups.length >= mostBackups}
      onPress={() => void choose((folder) => (backups.includes(folder) ? undefined : change({ backups: [...backups, folder] })))}
    >
      Add a second copy
    </Button>
  )
}

/** Opens the system's folder dialog and hands on what was chosen; closing it does nothing. */
export function useChooseFolder(): (then: (path: string) => Promise<void> | undefined) => Promise<void> {
  const { door } = useLibrary()
  const ui = useUiStore()
  return async (then) => {
    try {
      const { path } = await ask(door, 'shell.chooseFolder', {})
      if (path !== null) await then(path)
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
}
