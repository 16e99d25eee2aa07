import { largestTile, smallestTile } from '../kept.ts'
import { isMac } from '../keyboard.ts'
import { hintFor } from '../keys.ts'
import { PublishPicks } from '../products/PublishPicks.tsx'
import { Button, Segments, Switch } from '../ui/controls.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { countByFilter, type Filter, filters, type Room, type Shown, suggested } from './room.ts'

const labels: Record<Filter, string> = { all: 'All', undecided: 'Undecided', picks: 'Picks', rejects: 'Rejects', clips: 'Clips' }

/** Filters on the left, how it looks in the middle, what to do with it on the right. */
export function Toolbar({
  room,
  shown,
  onFilter,
  onAccept,
}: {
  room: Room
  shown: Shown
  onFilter: (filter: Filter) => void
  onAccept: () => void
}) {
  const ui = useUiStore()
  const filter = useUi((state) => state.filter)
  const opened = useUi((state) => state.opened)
  const tileSize = useUi((state) => state.tileSize)
  const autoAdvance = useUi((state) => state.autoAdvance)
  const counts = countByFilter(room)
  const open = suggested(shown.frames).length
  return (
    <div className="cull-tools">
      <Segments
        name="Show"
        choices={filters.map((key) => ({ key, label: labels[key], count: counts[key] }))}
        chosen={filter}
        onChoose={onFilter}
      />
      <Segments
        name="Stacks"
        choices={[
          { key: 'closed', label: 'Stacks' },
          { key: 'open', label: 'Frames' },
        ]}
        chosen={opened === 'all' ? 'open' : 'closed'}
        onChoose={(key) => ui.getState().set({ opened: key === 'open' ? 'all' : new Set() })}
      />
      <input
        className="size"
        type="range"
        aria-label="Tile size"
        min={smallestTile}
        max={largestTile}
        step={20}
        value={tileSize}
        onChange={(event) => ui.getState().set({ tileSize: Number(event.target.value) })}
      />
      <Switch isSelected={autoAdvance} onChange={(on) => ui.getState().set({ autoAdvance: on })}>
        Auto-advance
      </Switch>
      <div className="row cull-tools-end">
        <Button isDisabled={open === 0} hint={hintFor('accept', isMac())} onPress={onAccept}>
          Accept suggestions
        </Button>
        <PublishPicks />
      </div>
    </div>
  )
}
