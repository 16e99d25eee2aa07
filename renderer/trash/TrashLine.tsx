import { useQuery } from '@tanstack/react-query'
import { reads, useLibrary } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { useUiStore } from '../ui-state.ts'
import { inTrashWords } from './trash-words.ts'

/** The trash in one line, with the way to it. */
export function TrashLine() {
  const ui = useUiStore()
  const { data } = useQuery(reads.trash(useLibrary()))
  return (
    <div className="setting">
      <div>
        <p>Trash</p>
        <p className="muted">
          {data === undefined ? 'What you removed on purpose.' : data.trash.length === 0 ? 'It is empty.' : `${inTrashWords(data.trash)}.`}
        </p>
      </div>
      <Button icon="trash" onPress={() => ui.getState().set({ screen: 'trash' })}>
        Open the trash
      </Button>
    </div>
  )
}
