/** Everything a key can do. One line in `keyMap` = one key, and one line of the help screen. */
export type KeyAct =
  | 'pick'
  | 'reject'
  | 'clear'
  | 'keepOnly'
  | 'accept'
  | 'undo'
  | 'remove'
  | 'nextFrame'
  | 'previousFrame'
  | 'down'
  | 'up'
  | 'nextStack'
  | 'previousStack'
  | 'first'
  | 'last'
  | 'pageDown'
  | 'pageUp'
  | 'openLoupe'
  | 'closeLoupe'
  | 'grid'
  | 'zoom'
  | 'peek'
  | 'why'
  | 'expand'
  | 'extendNext'
  | 'extendPrevious'
  | 'selectAll'
  | 'escape'
  | 'autoAdvance'
  | 'help'
  | 'goOffload'
  | 'goCull'
  | 'goProducts'
  | 'goSettings'

export type KeyPlace = 'anywhere' | 'cull' | 'grid' | 'loupe'
export type KeyGroup = 'Decide' | 'Move' | 'Look' | 'Select' | 'Anywhere'

export type KeyEntry = {
  act: KeyAct
  /** tinykeys syntax; `$mod` is Command on a Mac and Control elsewhere. */
  keys: readonly string[]
  label: string
  group: KeyGroup
  where: KeyPlace
}

/** The keyboard map. Letters follow the Lightroom family; up, down and Shift+P follow burst cullers. */
export const keyMap: readonly KeyEntry[] = [
  { act: 'pick', keys: ['p'], label: 'Pick', group: 'Decide', where: 'cull' },
  { act: 'reject', keys: ['x'], label: 'Reject', group: 'Decide', where: 'cull' },
  { act: 'clear', keys: ['u'], label: 'Back to undecided', group: 'Decide', where: 'cull' },
  { act: 'keepOnly', keys: ['Shift+p'], label: 'Keep this one, reject the rest of the stack, next stack', group: 'Decide', where: 'cull' },
  { act: 'accept', keys: ['a'], label: 'Accept the suggestions in view', group: 'Decide', where: 'cull' },
  {
    act: 'undo',
    keys: ['$mod+z'],
    label: 'Undo the last decision or removal, however many photos it touched',
    group: 'Decide',
    where: 'anywhere',
  },
  { act: 'remove', keys: ['Delete', 'Backspace'], label: "Move to the library's trash", group: 'Decide', where: 'cull' },
  { act: 'autoAdvance', keys: ['Shift+a'], label: 'Move on after each decision: on or off', group: 'Decide', where: 'cull' },

  { act: 'nextFrame', keys: ['ArrowRight'], label: 'Next frame', group: 'Move', where: 'cull' },
  { act: 'previousFrame', keys: ['ArrowLeft'], label: 'Previous frame', group: 'Move', where: 'cull' },
  { act: 'down', keys: ['ArrowDown'], label: 'Grid: row below. Large view: next stack, on its best frame', group: 'Move', where: 'cull' },
  { act: 'up', keys: ['ArrowUp'], label: 'Grid: row above. Large view: previous stack, on its best frame', group: 'Move', where: 'cull' },
  { act: 'nextStack', keys: [']'], label: 'Next stack', group: 'Move', where: 'cull' },
  { act: 'previousStack', keys: ['['], label: 'Previous stack', group: 'Move', where: 'cull' },
  { act: 'first', keys: ['Home'], label: 'First', group: 'Move', where: 'cull' },
  { act: 'last', keys: ['End'], label: 'Last', group: 'Move', where: 'cull' },
  { act: 'pageDown', keys: ['PageDown'], label: 'Page down', group: 'Move', where: 'grid' },
  { act: 'pageUp', keys: ['PageUp'], label: 'Page up', group: 'Move', where: 'grid' },

  { act: 'openLoupe', keys: ['Enter', 'e', 'Space'], label: 'Open large', group: 'Look', where: 'grid' },
  { act: 'closeLoupe', keys: ['Enter', 'e'], label: 'Back to the grid', group: 'Look', where: 'loupe' },
  { act: 'grid', keys: ['g'], label: 'Grid', group: 'Look', where: 'cull' },
  { act: 'zoom', keys: ['z'], label: 'True size (100 %), and back', group: 'Look', where: 'loupe' },
  { act: 'peek', keys: ['Space'], label: 'True size: tap to switch, hold to peek. Clips: play or pause', group: 'Look', where: 'loupe' },
  { act: 'why', keys: ['i'], label: 'Why this score', group: 'Look', where: 'cull' },
  { act: 'expand', keys: ['s'], label: 'Open or close the stack', group: 'Look', where: 'grid' },

  { act: 'extendNext', keys: ['Shift+ArrowRight'], label: 'Select one more', group: 'Select', where: 'grid' },
  { act: 'extendPrevious', keys: ['Shift+ArrowLeft'], label: 'Select one more, backwards', group: 'Select', where: 'grid' },
  { act: 'selectAll', keys: ['$mod+a'], label: 'Select everything in view', group: 'Select', where: 'grid' },
  {
    act: 'escape',
    keys: ['Escape'],
    label: 'Drop the selection, leave true size, or close the large view',
    group: 'Select',
    where: 'cull',
  },

  { act: 'help', keys: ['[Shift]+?'], label: 'This list', group: 'Anywhere', where: 'anywhere' },
  { act: 'goOffload', keys: ['$mod+1'], label: 'Offload', group: 'Anywhere', where: 'anywhere' },
  { act: 'goCull', keys: ['$mod+2'], label: 'Cull', group: 'Anywhere', where: 'anywhere' },
  { act: 'goProducts', keys: ['$mod+3'], label: 'Products', group: 'Anywhere', where: 'anywhere' },
  { act: 'goSettings', keys: ['$mod+4'], label: 'Settings', group: 'Anywhere', where: 'anywhere' },
]

const shownNames: Readonly<Record<string, string>> = {
  ArrowRight: '→',
  ArrowLeft: '←',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Delete: 'Del',
  PageDown: 'Page Down',
  PageUp: 'Page Up',
}

/** One press as the parts people read on their keys: `$mod+z` -> ['Ctrl', 'Z'] or ['⌘', 'Z']. */
export function shownKeys(press: string, mac: boolean): string[] {
  return press
    .split('+')
    .filter((part) => !part.startsWith('[S'))
    .map((part) => (part === '$mod' ? (mac ? '⌘' : 'Ctrl') : (shownNames[part] ?? (part.length === 1 ? part.toUpperCase() : part))))
}

/** The first key of an act, for hints on buttons. */
export function hintFor(act: KeyAct, mac: boolean): string {
  const press = keyMap.find((entry) => entry.act === act)?.keys[0]
  return press === undefined ? '' : shownKeys(press, mac).join(mac ? '' : '+')
}

const overlaps = (a: KeyPlace, b: KeyPlace): boolean =>
  a === b || a === 'anywhere' || b === 'anywhere' || (a === 'cull' && b !== 'cull') || (b === 'cull' && a !== 'cull')

/** Presses that would do two things in one place. Empty in a sound map. */
export function clashes(map: readonly KeyEntry[]): string[] {
  return map.flatMap((entry, index) =>
    entry.keys.flatMap((press) =>
      map
        .slice(index + 1)
        .flatMap((other) =>
          other.keys.includes(press) && overlaps(entry.where, other.where) ? [`${press}: ${entry.act} and ${other.act}`] : [],
        ),
    ),
  )
}
