import type { ClipView } from '../../../main/contract/views.ts'
import { useHint } from '../../keyboard.ts'
import { Button, IconButton } from '../../ui/controls.tsx'
import { clock, shownScore } from '../../words.ts'

const from = (clip: ClipView): string => `${clock(clip.inUs, true)} – ${clock(clip.outUs, true)}`

/** A person's own clip and the suggested ones in words: play one, take one, take one's own away. */
export function Bands({
  clips,
  onPlay,
  onAccept,
  onClear,
}: {
  clips: readonly ClipView[]
  onPlay: (clip: ClipView) => void
  onAccept: (clip: ClipView) => void
  onClear: () => void
}) {
  const hint = useHint()
  const own = clips.find((clip) => clip.by === 'person')
  const found = clips.filter((clip) => clip.by === 'machine')
  return (
    <>
      {own === undefined ? null : (
        <section className="band-group" aria-label="Your clip">
          <button type="button" className="band-button band-button-own num" onClick={() => onPlay(own)}>
            <span className="unseen">Play </span>
            <span>Your clip</span>
            {from(own)}
          </button>
          <IconButton icon="cross" name="Take your clip away" onPress={onClear} />
        </section>
      )}
      {found.length === 0 ? null : (
        <section className="band-group" aria-label="Suggested clips">
          <span className="muted">Suggested:</span>
          {found.map((clip, index) => {
            const isTaken = own?.inUs === clip.inUs && own.outUs === clip.outUs
            return (
              <span key={clip.id} className="band-pair">
                <button
                  type="button"
                  className="band-button num"
                  title={clip.reasons.join(' · ') || undefined}
                  onClick={() => onPlay(clip)}
                >
                  <span className="unseen">{`Play suggestion ${index + 1}, `}</span>
                  {from(clip)}
                  <span className="unseen">, score </span>
                  <span className="muted">{shownScore(clip.score)}</span>
                </button>
                <Button
                  tone="quiet"
                  isDisabled={isTaken}
                  {...(index === 0 ? { hint: hint('acceptClip') } : {})}
                  onPress={() => onAccept(clip)}
                >
                  {isTaken ? 'Used' : 'Use'}
                  <span className="unseen">{` suggestion ${index + 1}`}</span>
                </Button>
              </span>
            )
          })}
        </section>
      )}
    </>
  )
}
