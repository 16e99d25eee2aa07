import type { TrashedView } from '../../main/contract/views.ts'
import { Button, Window } from '../ui/controls.tsx'
import { bytes } from '../words.ts'
import { namedOrCounted } from './trash-words.ts'

/** The one act that cannot be undone: always asked, and what is lost is said first. */
export function DeleteDialog({ these, onAnswer }: { these: readonly TrashedView[] | null; onAnswer: (yes: boolean) => void }) {
  const all = these ?? []
  const size = all.reduce((total, one) => total + one.bytes, 0)
  const [it, originals] = all.length === 1 ? ['it', 'The original is'] : ['them', 'The originals are']
  return (
    <Window
      title={`Delete ${namedOrCounted(all)} for good?`}
      isOpen={these !== null}
      onClose={() => onAnswer(false)}
      footer={
        <>
          <Button autoFocus onPress={() => onAnswer(false)}>
            Keep {it}
          </Button>
          <Button tone="danger" icon="trash" onPress={() => onAnswer(true)}>
            Delete for good
          </Button>
        </>
      }
    >
      <ul className="trash-loss">
        <li>{`${originals} deleted from the library's trash, with companions and previews: ${bytes(size)}. This cannot be undone.`}</li>
        <li>{`Dropcard remembers ${it} as deleted: inserting the card again does not bring ${it} back.`}</li>
        <li>Second copies on other disks, and what is still on the card, are not touched.</li>
      </ul>
    </Window>
  )
}
