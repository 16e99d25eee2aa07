import { Button, Window } from '../ui/controls.tsx'
import { plural } from '../words.ts'

/** Asked only when many go at once; a few can be brought back more quickly than a question is read. */
export function RemoveDialog({ count, onAnswer }: { count: number; onAnswer: (yes: boolean) => void }) {
  return (
    <Window
      title={`Move ${plural(count, 'photo or clip', 'photos and clips')} to the trash?`}
      isOpen={count > 0}
      onClose={() => onAnswer(false)}
      footer={
        <>
          <Button onPress={() => onAnswer(false)}>Keep them</Button>
          <Button tone="danger" onPress={() => onAnswer(true)}>
            Move to the trash
          </Button>
        </>
      }
    >
      <p>
        They go to the trash folder inside the library, with their companions, and can be brought back with Undo, or later from the trash.
        When their card is inserted again they are not copied a second time.
      </p>
    </Window>
  )
}
