import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { LearningView, Strictness } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useSettingsActs } from '../change-settings.ts'
import { useLibrary, useSettings } from '../queries.ts'
import { useSaving } from '../saving.ts'
import { Button, Segments, Switch } from '../ui/controls.tsx'
import { Problem } from '../ui/notice.tsx'
import { useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'

const feels: readonly { key: Strictness; label: string }[] = [
  { key: 'strict', label: 'Strict' },
  { key: 'balanced', label: 'Balanced' },
  { key: 'generous', label: 'Generous' },
]

const learningKey = ['learning'] as const

/** How readily photos are suggested, and what was learned from this seller's own picks. */
export function ScoringSettings() {
  const settings = useSettings()
  const { change } = useSettingsActs()
  return (
    <section className="block" aria-labelledby="scoring-settings">
      <h2 id="scoring-settings">Suggestions</h2>
      {settings.data === undefined ? null : (
        <div className="setting">
          <div>
            <p>How strict</p>
            <p className="muted">
              Strict suggests fewer picks and more rejects. The only photo of a thing is never suggested for rejection.
            </p>
          </div>
          <Segments
            name="How strict"
            choices={feels}
            chosen={settings.data.strictness}
            onChoose={(strictness) => void change({ strictness })}
          />
        </div>
      )}
      <Learned />
    </section>
  )
}

function Learned() {
  const { door } = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const learning = useQuery({ queryKey: learningKey, queryFn: () => ask(door, 'learning.get', {}), staleTime: 0 })
  const [isAsking, setAsking] = useState(false)
  const act = async (run: () => Promise<LearningView>): Promise<void> => {
    try {
      queries.setQueryData(learningKey, await run())
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  const saving = useSaving()
  const save = (): void =>
    void saving.text('dropcard-learning.json', async () => `${JSON.stringify(await ask(door, 'learning.export', {}), null, 2)}\n`)
  if (learning.isError) return <Problem error={learning.error} onRetry={() => void learning.refetch()} />
  if (learning.data === undefined) return null
  const found = learning.data
  return (
    <div className="setting-part">
      <div className="setting">
        <div>
          <p>Learn from my picks</p>
          <p className="muted">
            On this computer only, from picks and from photos you compared. It changes what is suggested from now on, never a decision you
            made.
          </p>
        </div>
        <Switch isSelected={found.on} onChange={(on) => void act(() => ask(door, 'learning.set', { on }))}>
          <span className="unseen">Learn from my picks</span>
        </Switch>
      </div>
      {found.on ? <State found={found} /> : null}
      {found.picks + found.comparisons === 0 ? null : (
        <div className="setting">
          <Button onPress={save}>Save what was learned (JSON)</Button>
          {isAsking ? (
            <>
              <span>Forget what these taught? Your decisions stay.</span>
              <Button
                onPress={() => {
                  setAsking(false)
                  void act(() => ask(door, 'learning.reset', {}))
                }}
              >
                Forget
              </Button>
              <Button onPress={() => setAsking(false)}>Keep</Button>
            </>
          ) : (
            <Button onPress={() => setAsking(true)}>Forget it…</Button>
          )}
        </div>
      )}
    </div>
  )
}

/** "214 picks and 12 comparisons". */
const taught = ({ picks, comparisons }: LearningView): string =>
  comparisons === 0 ? plural(picks, 'pick') : `${plural(picks, 'pick')} and ${plural(comparisons, 'comparison')}`

const share = (value: number): string => `${Math.round(100 * value)} %`

function State({ found }: { found: LearningView }) {
  if (found.picks < found.needed)
    return (
      <p className="muted">
        {found.picks + found.comparisons === 0 ? 'Nothing learned yet.' : `${taught(found)} so far.`} From {found.needed} picks on, what you
        like is learned.
      </p>
    )
  return (
    <>
      <p>
        {found.active
          ? `Learned from ${taught(found)}: you like`
          : `Looked at ${taught(found)}: the usual score already orders photos as you do, so it is left as it is.`}
      </p>
      {found.active ? (
        <ul>
          {(found.words.length === 0 ? ['a little of everything'] : found.words).map((word) => (
            <li key={word}>{word}</li>
          ))}
        </ul>
      ) : null}
      {found.agreement === null ? null : (
        <p className="muted">{`It orders ${share(found.agreement.learned)} of your own choices as you did; the usual score alone ${share(found.agreement.shipped)}.`}</p>
      )}
    </>
  )
}
