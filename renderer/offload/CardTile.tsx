import { useQuery } from '@tanstack/react-query'
import type { CardChoice, CardView, OffloadView } from '../../main/contract/views.ts'
import { useSettingsActs } from '../change-settings.ts'
import { reads, useLibrary, useOffloads } from '../queries.ts'
import { Button, Segments } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { useUiStore } from '../ui-state.ts'
import { isRunning } from './offload-words.ts'
import { Peek } from './Peek.tsx'
import { planInShort } from './plan-words.ts'
import { useWaysIn } from './ways-in.ts'

const choices: readonly { key: CardChoice; label: string }[] = [
  { key: 'ask', label: 'Ask me' },
  { key: 'offload', label: 'Offload at once' },
  { key: 'ignore', label: 'Ignore this card' },
]

/** A card that is here: what is on it at a glance, what would happen, and what to do when it comes back. */
export function CardTile({ card }: { card: CardView }) {
  const ui = useUiStore()
  const ways = useWaysIn()
  const { data: offloads = [] } = useOffloads()
  const running = offloads.find((offload) => offload.path === card.path && isRunning(offload))
  const isIgnored = card.choice === 'ignore'
  return (
    <li className={isIgnored ? 'card-tile card-tile-ignored block' : 'card-tile block'}>
      <div className="card-line">
        <Icon name={card.kind === 'folder' ? 'folder' : 'card'} size={24} />
        <div className="grow">
          <h3>{card.label}</h3>
          <p className="muted path">{card.path}</p>
        </div>
        {running === undefined ? (
          <Button tone={isIgnored ? 'plain' : 'primary'} onPress={() => ways.open(card)}>
            {`Open ${card.label}`}
          </Button>
        ) : (
          <Button tone="primary" onPress={() => ui.getState().set({ watching: running.id })}>
            Show the offload
          </Button>
        )}
      </div>
      {isIgnored ? null : <Peek path={card.path} label={card.label} rows={1} />}
      <div className="card-foot">
        {isIgnored ? <p className="muted">Ignored: Dropcard leaves this card alone.</p> : <InShort card={card} running={running} />}
        <Choice card={card} />
      </div>
    </li>
  )
}

/** What the plan says, in one line; its place is kept while it is worked out. */
function InShort({ card, running }: { card: CardView; running: OffloadView | undefined }) {
  const library = useLibrary()
  const plan = useQuery({ ...reads.plan(library, card.path), enabled: running === undefined })
  return (
    <p className="card-short" role="status">
      {running !== undefined
        ? 'Offload is running.'
        : plan.data !== undefined
          ? planInShort(plan.data)
          : plan.isError
            ? 'This card could not be read. Open it to see why.'
            : 'Looking at what is new…'}
    </p>
  )
}

function Choice({ card }: { card: CardView }) {
  const { choose } = useSettingsActs()
  const { key } = card
  if (key === null) return null
  return (
    <div className="card-choice">
      <span className="muted" aria-hidden="true">
        When it comes back
      </span>
      <Segments
        name={`When ${card.label} comes back`}
        choices={choices}
        chosen={card.choice}
        onChoose={(choice) => void choose(key, choice)}
      />
    </div>
  )
}

/** All cards that are here, the ignored ones last. */
export function Cards({ cards }: { cards: CardView[] }) {
  const seen = cards.filter(({ choice }) => choice !== 'ignore')
  const ignored = cards.filter(({ choice }) => choice === 'ignore')
  return (
    <ul className="cards">
      {[...seen, ...ignored].map((card) => (
        <CardTile key={card.path} card={card} />
      ))}
    </ul>
  )
}
