import type { AssetView } from '../../main/contract/views.ts'
import { useHint } from '../keyboard.ts'
import { useOffloads } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { useUi } from '../ui-state.ts'
import { everything, type Facts, type Filter, isEverything } from './filter.ts'
import { cardWords, dayWords, decisionFilterWords, labelFilterWords, productWords, ratingWords } from './filter-words.ts'
import type { Room, Shown } from './room.ts'

type Chip = { key: string; text: string; without: Filter }

/** What the filter lets through, part by part, each of which can be taken away. Nothing while everything is shown. */
export function Chips({ room, shown, facts, onFilter }: { room: Room; shown: Shown; facts: Facts; onFilter: (filter: Filter) => void }) {
  const filter = useUi((state) => state.filter)
  const hint = useHint()
  const { data: offloads = [] } = useOffloads()
  if (isEverything(filter)) return null
  const chips: Chip[] = []
  if (filter.decision !== null)
    chips.push({ key: 'decision', text: decisionFilterWords[filter.decision], without: { ...filter, decision: null } })
  if (filter.kind !== null)
    chips.push({ key: 'kind', text: filter.kind === 'clip' ? 'Clips' : 'Photos', without: { ...filter, kind: null } })
  if (filter.rating !== null) chips.push({ key: 'rating', text: ratingWords(filter.rating), without: { ...filter, rating: null } })
  if (filter.score !== null)
    chips.push({ key: 'score', text: `Score ${filter.score[0]}–${filter.score[1]}`, without: { ...filter, score: null } })
  if (filter.look) chips.push({ key: 'look', text: 'Needs a look', without: { ...filter, look: false } })
  for (const one of filter.labels)
    chips.push({
      key: `label ${one}`,
      text: labelFilterWords(one),
      without: { ...filter, labels: filter.labels.filter((other) => other !== one) },
    })
  const lists = [
    ['products', (id: string) => productWords(id, facts)],
    ['offloads', (id: string) => cardWords(id, offloads)],
    ['days', dayWords],
  ] as const
  for (const [part, words] of lists)
    for (const one of filter[part])
      chips.push({ key: `${part} ${one}`, text: words(one), without: { ...filter, [part]: filter[part].filter((other) => other !== one) } })
  const count = (assets: readonly AssetView[] | number): string =>
    (typeof assets === 'number' ? assets : assets.length).toLocaleString('en')
  return (
    <section className="chips" aria-label="Filter">
      {chips.map(({ key, text, without }) => (
        <button key={key} type="button" className="chip" aria-label={`Remove from the filter: ${text}`} onClick={() => onFilter(without)}>
          {text}
          <Icon name="cross" size={12} />
        </button>
      ))}
      <Button tone="quiet" hint={hint('clearFilter')} onPress={() => onFilter(everything)}>
        Show everything
      </Button>
      <span className="muted num">{`${count(shown.frames)} of ${count(room.byId.size)}`}</span>
    </section>
  )
}
