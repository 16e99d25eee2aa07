import { useMemo, useRef } from 'react'
import { Button as AriaButton, Dialog, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from 'react-aria-components'
import { largestTile, smallestTile } from '../kept.ts'
import { useHint } from '../keyboard.ts'
import { PublishPicks } from '../products/PublishPicks.tsx'
import { Button, Segments } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import type { CullActs } from './cull-keys.ts'
import { FilterPanel } from './FilterPanel.tsx'
import { countsOf, type Facts, type Filter, partsSet } from './filter.ts'
import { sorts } from './order.ts'
import { type Room, type Shown, suggested } from './room.ts'

const shows = [
  { key: 'all', label: 'All' },
  { key: 'undecided', label: 'Undecided' },
  { key: 'pick', label: 'Picks' },
  { key: 'reject', label: 'Rejects' },
] as const

/** What is shown on the left, how it looks in the middle, what to do with it on the right. */
export function Toolbar({
  room,
  shown,
  facts,
  onFilter,
  acts,
}: {
  room: Room
  shown: Shown
  facts: Facts
  onFilter: (filter: Filter) => void
  acts: CullActs
}) {
  const ui = useUiStore()
  const hint = useHint()
  const filter = useUi((state) => state.filter)
  const sort = useUi((state) => state.sort)
  const opened = useUi((state) => state.opened)
  const tileSize = useUi((state) => state.tileSize)
  const panel = useUi((state) => state.panel)
  const suggestions = useUi((state) => state.suggestions)
  const autoAdvance = useUi((state) => state.autoAdvance)
  const filterButton = useRef<HTMLButtonElement>(null)
  const counts = useMemo(() => countsOf(room.byId.values(), filter, facts, 'decision'), [room, filter, facts])
  const open = useMemo(() => (suggestions ? suggested(shown.frames).length : 0), [shown, suggestions])
  const parts = partsSet(filter).filter((part) => part !== 'decision').length
  const sorting = sorts.find(({ by }) => by === sort.by)
  const close = (): void => ui.getState().set({ panel: null })
  return (
    <div className="cull-tools">
      <Segments
        name="Show"
        choices={shows.map(({ key, label }) => ({ key, label, count: counts.get(key) ?? 0 }))}
        chosen={filter.decision ?? 'all'}
        onChoose={(key) => onFilter({ ...filter, decision: key === 'all' ? null : key })}
      />
      <AriaButton
        ref={filterButton}
        className="button"
        aria-expanded={panel === 'filter'}
        onPress={() => ui.getState().set({ panel: 'filter' })}
      >
        <span>{parts === 0 ? 'Filter' : `Filter: ${parts}`}</span>
        <span className="hint" aria-hidden="true">
          {hint('filter')}
        </span>
      </AriaButton>
      <Popover
        className="pop pop-filter"
        triggerRef={filterButton}
        placement="bottom start"
        isOpen={panel === 'filter'}
        onOpenChange={(isOpen) => (isOpen ? undefined : close())}
      >
        <Dialog className="pop-dialog" aria-label="Filter">
          <FilterPanel room={room} shown={shown} facts={facts} filter={filter} onFilter={onFilter} onClose={close} />
        </Dialog>
      </Popover>
      <MenuTrigger>
        <AriaButton className="button" aria-label={`Sort: ${sorting?.label}, ${sort.down ? sorting?.turned : sorting?.usual}`}>
          <span className={sort.down ? undefined : 'turned'}>
            <Icon name="up" size={12} />
          </span>
          <span>{sorting?.label}</span>
        </AriaButton>
        <Popover className="pop" placement="bottom start">
          <Menu className="menu" aria-label="Sort">
            <MenuSection
              className="menu-part"
              aria-label="Sort by"
              selectionMode="single"
              disallowEmptySelection
              selectedKeys={[sort.by]}
              onSelectionChange={(keys) => {
                const next = sorts.find(({ by }) => keys !== 'all' && keys.has(by))
                if (next !== undefined) ui.getState().set({ sort: { by: next.by, down: false } })
              }}
            >
              {sorts.map(({ by, label }) => (
                <MenuItem key={by} id={by} className="menu-line">
                  {label}
                </MenuItem>
              ))}
            </MenuSection>
            <MenuSection
              className="menu-part"
              aria-label="Direction"
              selectionMode="single"
              disallowEmptySelection
              selectedKeys={[sort.down ? 'down' : 'usual']}
              onSelectionChange={(keys) => ui.getState().set({ sort: { by: sort.by, down: keys !== 'all' && keys.has('down') } })}
            >
              <MenuItem id="usual" className="menu-line">
                {sorting?.usual}
              </MenuItem>
              <MenuItem id="down" className="menu-line">
                {sorting?.turned}
              </MenuItem>
            </MenuSection>
          </Menu>
        </Popover>
      </MenuTrigger>
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
      <div className="row cull-tools-end">
        <Button isDisabled={open === 0} hint={hint('accept')} onPress={acts.accept}>
          Accept suggestions
        </Button>
        <MenuTrigger>
          <AriaButton className="button button-icon" aria-label="More about suggestions and decisions">
            <span aria-hidden="true">⋯</span>
          </AriaButton>
          <Popover className="pop" placement="bottom end">
            <Menu
              className="menu"
              aria-label="Suggestions and decisions"
              onAction={(key) => {
                if (key === 'view') acts.accept()
                else if (key === 'stack') acts.acceptStack()
                else if (key === 'product') acts.oneProduct()
                else if (key === 'to-product') acts.toProduct()
                else if (key === 'hand-over') ui.getState().set({ panel: 'hand-over' })
              }}
            >
              <MenuItem id="view" className="menu-line" isDisabled={open === 0}>
                {`Accept all ${open.toLocaleString('en')} in view`}
                <span className="hint">{hint('accept')}</span>
              </MenuItem>
              <MenuItem id="stack" className="menu-line" isDisabled={!suggestions}>
                Accept for this stack
                <span className="hint">{hint('acceptStack')}</span>
              </MenuItem>
              <MenuItem id="product" className="menu-line">
                One product of the chosen picks
                <span className="hint">{hint('oneProduct')}</span>
              </MenuItem>
              <MenuItem id="to-product" className="menu-line">
                Put the chosen picks into a product…
                <span className="hint">{hint('toProduct')}</span>
              </MenuItem>
              <MenuItem id="hand-over" className="menu-line">
                To and from other programs…
                <span className="hint">{hint('handOver')}</span>
              </MenuItem>
              <MenuSection
                className="menu-part"
                aria-label="How to cull"
                selectionMode="multiple"
                selectedKeys={[...(suggestions ? [] : ['ignore']), ...(autoAdvance ? ['advance'] : [])]}
                onSelectionChange={(keys) => {
                  const isOn = (key: string): boolean => keys === 'all' || keys.has(key)
                  ui.getState().set({ suggestions: !isOn('ignore'), autoAdvance: isOn('advance') })
                }}
              >
                <MenuItem id="ignore" className="menu-line">
                  Ignore suggestions
                  <span className="hint">{hint('suggestions')}</span>
                </MenuItem>
                <MenuItem id="advance" className="menu-line">
                  Move on after each decision
                  <span className="hint">{hint('autoAdvance')}</span>
                </MenuItem>
              </MenuSection>
            </Menu>
          </Popover>
        </MenuTrigger>
        <PublishPicks />
      </div>
    </div>
  )
}
