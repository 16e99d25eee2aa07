import { type ReactNode, useMemo } from 'react'
import { Checkbox, CheckboxGroup, Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components'
import { label as labels } from '../../main/contract/views.ts'
import { useOffloads } from '../queries.ts'
import { Button, Segments, Switch } from '../ui/controls.tsx'
import { countsOf, everything, type Facts, type Filter, isEverything } from './filter.ts'
import { cardWords, dayWords, labelFilterWords, productWords } from './filter-words.ts'
import { Dot } from './marks.tsx'
import type { Room, Shown } from './room.ts'

type Line = { key: string; text: string; count: number; mark?: ReactNode }

const shownAtMost = 60

function Choices({
  name,
  lines,
  chosen,
  onChoose,
}: {
  name: string
  lines: readonly Line[]
  chosen: readonly string[]
  onChoose: (chosen: string[]) => void
}) {
  return (
    <CheckboxGroup className="choices" aria-label={name} value={[...chosen]} onChange={onChoose}>
      <h3>{name}</h3>
      <div className="choices-lines">
        {lines.slice(0, shownAtMost).map(({ key, text, count, mark }) => (
          <Checkbox key={key} value={key} className="tick">
            <span className="tick-box" aria-hidden="true" />
            {mark}
            <span className="grow tick-text">{text}</span>
            <span className="muted num">{count.toLocaleString('en')}</span>
          </Checkbox>
        ))}
      </div>
    </CheckboxGroup>
  )
}

/** Every part of the filter with how many photos each choice would show, the other parts as they are. */
export function FilterPanel({
  room,
  shown,
  facts,
  filter,
  onFilter,
  onClose,
}: {
  room: Room
  shown: Shown
  facts: Facts
  filter: Filter
  onFilter: (filter: Filter) => void
  onClose: () => void
}) {
  const { data: offloads = [] } = useOffloads()
  const counts = useMemo(() => {
    const count = (part: keyof Filter): Map<string, number> => countsOf(room.byId.values(), filter, facts, part)
    return {
      kind: count('kind'),
      rating: count('rating'),
      labels: count('labels'),
      products: count('products'),
      offloads: count('offloads'),
      days: count('days'),
      look: count('look'),
    }
  }, [room, filter, facts])
  /** Values that are there or chosen, those there are none of left out. */
  const lines = (part: 'products' | 'offloads' | 'days', words: (key: string) => string): Line[] =>
    [...new Set([...counts[part].keys(), ...filter[part]])]
      .filter((key) => key !== 'all')
      .map((key) => ({ key, text: words(key), count: counts[part].get(key) ?? 0 }))
  const products = lines('products', (id) => productWords(id, facts)).toSorted((a, b) => a.text.localeCompare(b.text))
  const cards = lines('offloads', (id) => cardWords(id, offloads))
  const days = lines('days', dayWords).toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const stars = (key: string): number => counts.rating.get(key) ?? 0
  const [low, high] = filter.score ?? [0, 100]
  return (
    <>
      <div className="filter-body">
        <div className="filter-column">
          <h3>Kind</h3>
          <Segments
            name="Kind"
            choices={[
              { key: 'all', label: 'All' },
              { key: 'photo', label: 'Photos', count: counts.kind.get('photo') ?? 0 },
              { key: 'clip', label: 'Clips', count: counts.kind.get('clip') ?? 0 },
            ]}
            chosen={filter.kind ?? 'all'}
            onChoose={(kind) => onFilter({ ...filter, kind: kind === 'all' ? null : kind })}
          />
          <h3>Stars</h3>
          <Segments
            name="Stars"
            choices={[
              { key: 'all', label: 'Any' },
              { key: '0', label: 'None', count: stars('0') },
              ...(['1', '2', '3', '4', '5'] as const).map((key) => ({ key, label: key === '5' ? '5' : `${key}+`, count: stars(key) })),
            ]}
            chosen={filter.rating === null ? 'all' : String(filter.rating)}
            onChoose={(key) => onFilter({ ...filter, rating: key === 'all' ? null : Number(key) })}
          />
          <Slider
            className="range"
            aria-label="Score"
            minValue={0}
            maxValue={100}
            value={[low, high]}
            onChange={(ends) => {
              const [from = 0, to = 100] = Array.isArray(ends) ? ends : [ends, 100]
              onFilter({ ...filter, score: from === 0 && to === 100 ? null : [from, to] })
            }}
          >
            <div className="row range-head">
              <h3 className="grow">Score</h3>
              <SliderOutput className="muted num">{filter.score === null ? 'any' : `${low}–${high}`}</SliderOutput>
            </div>
            <SliderTrack className="range-track">
              <span className="range-fill" style={{ left: `${low}%`, right: `${100 - high}%` }} />
              <SliderThumb index={0} aria-label="Score at least" className="range-thumb" />
              <SliderThumb index={1} aria-label="Score at most" className="range-thumb" />
            </SliderTrack>
          </Slider>
          <Switch isSelected={filter.look} onChange={(look) => onFilter({ ...filter, look })}>
            {`Needs a look (${(counts.look.get('look') ?? 0).toLocaleString('en')})`}
          </Switch>
          <p className="muted">Cannot be shown, has a warning, is hard to judge, or is a close second.</p>
          <Choices
            name="Label"
            lines={[...labels.options, 'none' as const].map((key) => ({
              key,
              text: labelFilterWords(key),
              count: counts.labels.get(key) ?? 0,
              mark: key === 'none' ? null : <Dot label={key} />,
            }))}
            chosen={filter.labels}
            onChoose={(chosen) =>
              onFilter({ ...filter, labels: [...labels.options, 'none' as const].filter((key) => chosen.includes(key)) })
            }
          />
        </div>
        <div className="filter-column">
          <Choices name="Card" lines={cards} chosen={filter.offloads} onChoose={(chosen) => onFilter({ ...filter, offloads: chosen })} />
          <Choices name="Day" lines={days} chosen={filter.days} onChoose={(chosen) => onFilter({ ...filter, days: chosen })} />
          {products.length === 0 ? null : (
            <Choices
              name="Product"
              lines={products}
              chosen={filter.products}
              onChoose={(chosen) => onFilter({ ...filter, products: chosen })}
            />
          )}
        </div>
      </div>
      <footer className="dialog-foot">
        <span
          className="muted num grow"
          role="status"
        >{`${shown.frames.length.toLocaleString('en')} of ${room.byId.size.toLocaleString('en')} shown`}</span>
        <Button isDisabled={isEverything(filter)} onPress={() => onFilter(everything)}>
          Show everything
        </Button>
        <Button tone="primary" onPress={onClose}>
          Done
        </Button>
      </footer>
    </>
  )
}
