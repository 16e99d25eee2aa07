/** Everything a key can do. One line in `keyMap` = one key, and one line of the help screen. */
export type KeyAct =
  | 'pick'
  | 'reject'
  | 'clear'
  | 'keepOnly'
  | 'accept'
  | 'acceptStack'
  | 'suggestions'
  | 'undo'
  | 'redo'
  | 'history'
  | 'oneProduct'
  | 'toProduct'
  | 'handOver'
  | 'stars0'
  | 'stars1'
  | 'stars2'
  | 'stars3'
  | 'stars4'
  | 'stars5'
  | 'labelRed'
  | 'labelYellow'
  | 'labelGreen'
  | 'labelBlue'
  | 'labelPurple'
  | 'filter'
  | 'clearFilter'
  | 'bigger'
  | 'smaller'
  | 'extendDown'
  | 'extendUp'
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
  | 'subject'
  | 'overlay'
  | 'overlaysOff'
  | 'histogram'
  | 'compare'
  | 'champion'
  | 'held'
  | 'otherPane'
  | 'nextChallenger'
  | 'previousChallenger'
  | 'survey'
  | 'leaveCompare'
  | 'leaveSurvey'
  | 'nextInSurvey'
  | 'previousInSurvey'
  | 'dropFromSurvey'
  | 'shuttleBack'
  | 'shuttleStop'
  | 'shuttleOn'
  | 'frameBack'
  | 'frameOn'
  | 'markIn'
  | 'markOut'
  | 'acceptClip'
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
  | 'goShops'
  | 'goDrops'
  | 'goReport'
  | 'goSettings'
  | 'goTrash'
  | 'goClips'
  | 'approveClip'
  | 'rejectClip'
  | 'clearClip'
  | 'nextClip'
  | 'previousClip'
  | 'nextTake'
  | 'previousTake'
  | 'firstClip'
  | 'lastClip'
  | 'playClip'
  | 'openTake'
  | 'exportClips'
  | 'restore'
  | 'deleteForGood'

/** `clip`, `compare` and `survey` are ways the large view looks: what a key does there wins over what it does in the rest of the culling room. */
export type KeyPlace = 'anywhere' | 'cull' | 'grid' | 'loupe' | 'clip' | 'compare' | 'survey' | 'clips' | 'trash'
export type KeyGroup = 'Decide' | 'Rate' | 'Move' | 'Look' | 'Compare' | 'Clips' | 'Review of clips' | 'Select' | 'Anywhere' | 'Trash'

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
  { act: 'acceptStack', keys: ['Shift+Enter'], label: 'Accept the suggestions of this stack', group: 'Decide', where: 'cull' },
  { act: 'suggestions', keys: ['Shift+s'], label: 'Show or ignore suggestions', group: 'Decide', where: 'cull' },
  {
    act: 'undo',
    keys: ['$mod+z'],
    label: 'Undo the last decision, stars, label or removal, however many photos it touched',
    group: 'Decide',
    where: 'anywhere',
  },
  { act: 'redo', keys: ['$mod+Shift+z', '$mod+y'], label: 'Do again what was undone', group: 'Decide', where: 'anywhere' },
  { act: 'oneProduct', keys: ['m'], label: 'Put the chosen picks into one product', group: 'Decide', where: 'cull' },
  {
    act: 'toProduct',
    keys: ['d'],
    label: 'Put the chosen picks into a product that is there: by SKU or title',
    group: 'Decide',
    where: 'cull',
  },
  {
    act: 'handOver',
    keys: ['$mod+e'],
    label: 'To and from other programs: copies with ratings, lists of names',
    group: 'Decide',
    where: 'cull',
  },
  { act: 'history', keys: ['Shift+u'], label: 'History: undo or redo to any point', group: 'Decide', where: 'cull' },
  { act: 'remove', keys: ['Delete', 'Backspace'], label: "Move to the library's trash", group: 'Decide', where: 'cull' },
  { act: 'autoAdvance', keys: ['Shift+a'], label: 'Move on after each decision: on or off', group: 'Decide', where: 'cull' },

  { act: 'stars0', keys: ['0'], label: 'No stars', group: 'Rate', where: 'cull' },
  { act: 'stars1', keys: ['1'], label: '1 star', group: 'Rate', where: 'cull' },
  { act: 'stars2', keys: ['2'], label: '2 stars', group: 'Rate', where: 'cull' },
  { act: 'stars3', keys: ['3'], label: '3 stars', group: 'Rate', where: 'cull' },
  { act: 'stars4', keys: ['4'], label: '4 stars', group: 'Rate', where: 'cull' },
  { act: 'stars5', keys: ['5'], label: '5 stars', group: 'Rate', where: 'cull' },
  { act: 'labelRed', keys: ['6'], label: 'Red label, and off again', group: 'Rate', where: 'cull' },
  { act: 'labelYellow', keys: ['7'], label: 'Yellow label', group: 'Rate', where: 'cull' },
  { act: 'labelGreen', keys: ['8'], label: 'Green label', group: 'Rate', where: 'cull' },
  { act: 'labelBlue', keys: ['9'], label: 'Blue label', group: 'Rate', where: 'cull' },
  { act: 'labelPurple', keys: [], label: 'Purple label', group: 'Rate', where: 'cull' },

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
  { act: 'subject', keys: ['b'], label: 'Show the subject; click to point at another', group: 'Look', where: 'loupe' },
  { act: 'overlay', keys: ['o'], label: 'Next overlay: focus map, clipping, crop guides, close-ups, none', group: 'Look', where: 'loupe' },
  { act: 'overlaysOff', keys: ['Shift+o'], label: 'All overlays off', group: 'Look', where: 'loupe' },
  { act: 'histogram', keys: ['h'], label: 'Histogram and facts', group: 'Look', where: 'loupe' },

  { act: 'compare', keys: ['c'], label: 'Compare two: the one you are on stays, the next challenges it', group: 'Compare', where: 'cull' },
  { act: 'nextChallenger', keys: ['ArrowRight'], label: 'Comparing: next challenger', group: 'Compare', where: 'compare' },
  { act: 'previousChallenger', keys: ['ArrowLeft'], label: 'Comparing: previous challenger', group: 'Compare', where: 'compare' },
  { act: 'champion', keys: ['ArrowUp'], label: 'Comparing: the challenger becomes the champion', group: 'Compare', where: 'compare' },
  { act: 'held', keys: ['Enter'], label: 'Comparing: the champion stays, next challenger', group: 'Compare', where: 'compare' },
  { act: 'otherPane', keys: ['ArrowDown'], label: 'Comparing: decide on the other one', group: 'Compare', where: 'compare' },
  { act: 'leaveCompare', keys: ['Escape'], label: 'Comparing: leave true size, then done', group: 'Compare', where: 'compare' },
  { act: 'survey', keys: ['n'], label: 'Survey the stack or the selection, up to nine', group: 'Compare', where: 'cull' },
  { act: 'nextInSurvey', keys: ['ArrowRight', 'ArrowDown'], label: 'Survey: next', group: 'Compare', where: 'survey' },
  { act: 'previousInSurvey', keys: ['ArrowLeft', 'ArrowUp'], label: 'Survey: previous', group: 'Compare', where: 'survey' },
  { act: 'leaveSurvey', keys: ['Escape'], label: 'Survey: leave true size, then done', group: 'Compare', where: 'survey' },
  { act: 'dropFromSurvey', keys: ['/'], label: 'Survey: take this one out of it', group: 'Compare', where: 'survey' },

  { act: 'shuttleBack', keys: ['j'], label: 'Play backwards, faster with each press', group: 'Clips', where: 'clip' },
  { act: 'shuttleStop', keys: ['k'], label: 'Stop', group: 'Clips', where: 'clip' },
  { act: 'shuttleOn', keys: ['l'], label: 'Play, faster with each press', group: 'Clips', where: 'clip' },
  { act: 'frameBack', keys: [','], label: 'One frame back', group: 'Clips', where: 'clip' },
  { act: 'frameOn', keys: ['.'], label: 'One frame on', group: 'Clips', where: 'clip' },
  { act: 'markIn', keys: ['i'], label: 'The clip begins here', group: 'Clips', where: 'clip' },
  { act: 'markOut', keys: ['o'], label: 'The clip ends here', group: 'Clips', where: 'clip' },
  { act: 'acceptClip', keys: ['a'], label: 'Take the suggested clip under the play head', group: 'Clips', where: 'clip' },
  { act: 'filter', keys: ['f', '\\'], label: 'Filter', group: 'Look', where: 'grid' },
  { act: 'clearFilter', keys: ['Shift+f'], label: 'Show everything again', group: 'Look', where: 'cull' },
  { act: 'bigger', keys: ['=', '[Shift]++'], label: 'Bigger tiles', group: 'Look', where: 'grid' },
  { act: 'smaller', keys: ['-'], label: 'Smaller tiles', group: 'Look', where: 'grid' },
  { act: 'expand', keys: ['s'], label: 'Open or close the stack', group: 'Look', where: 'grid' },

  { act: 'extendNext', keys: ['Shift+ArrowRight'], label: 'Select one more', group: 'Select', where: 'grid' },
  { act: 'extendPrevious', keys: ['Shift+ArrowLeft'], label: 'Select one more, backwards', group: 'Select', where: 'grid' },
  { act: 'extendDown', keys: ['Shift+ArrowDown'], label: 'Select down to the row below', group: 'Select', where: 'grid' },
  { act: 'extendUp', keys: ['Shift+ArrowUp'], label: 'Select up to the row above', group: 'Select', where: 'grid' },
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
  { act: 'goShops', keys: ['$mod+7'], label: 'Shops', group: 'Anywhere', where: 'anywhere' },
  { act: 'goDrops', keys: ['$mod+8'], label: 'Drops', group: 'Anywhere', where: 'anywhere' },
  { act: 'goReport', keys: ['$mod+9'], label: 'Report', group: 'Anywhere', where: 'anywhere' },
  { act: 'goTrash', keys: ['$mod+5'], label: 'Trash', group: 'Anywhere', where: 'anywhere' },

  { act: 'goClips', keys: ['$mod+6'], label: 'Clips', group: 'Anywhere', where: 'anywhere' },

  { act: 'approveClip', keys: ['a', 'p'], label: 'Approve the clip', group: 'Review of clips', where: 'clips' },
  { act: 'rejectClip', keys: ['x'], label: 'Reject the clip', group: 'Review of clips', where: 'clips' },
  { act: 'clearClip', keys: ['u'], label: 'Back to undecided', group: 'Review of clips', where: 'clips' },
  { act: 'nextClip', keys: ['ArrowRight'], label: 'Next clip', group: 'Review of clips', where: 'clips' },
  { act: 'previousClip', keys: ['ArrowLeft'], label: 'Previous clip', group: 'Review of clips', where: 'clips' },
  { act: 'nextTake', keys: ['ArrowDown'], label: 'Next take', group: 'Review of clips', where: 'clips' },
  { act: 'previousTake', keys: ['ArrowUp'], label: 'Previous take', group: 'Review of clips', where: 'clips' },
  { act: 'firstClip', keys: ['Home'], label: 'First clip', group: 'Review of clips', where: 'clips' },
  { act: 'lastClip', keys: ['End'], label: 'Last clip', group: 'Review of clips', where: 'clips' },
  { act: 'playClip', keys: ['Space'], label: 'Play the clips you are on, or stop', group: 'Review of clips', where: 'clips' },
  { act: 'openTake', keys: ['Enter'], label: 'Open the take in the culling room', group: 'Review of clips', where: 'clips' },
  { act: 'exportClips', keys: ['e'], label: 'Export clips', group: 'Review of clips', where: 'clips' },

  { act: 'restore', keys: ['Enter'], label: 'Restore the selected photos', group: 'Trash', where: 'trash' },
  { act: 'deleteForGood', keys: ['Delete', 'Backspace'], label: 'Delete the selected photos for good', group: 'Trash', where: 'trash' },
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

/** The parts of one press: a plus that follows a name parts, a plus alone is a key. */
const partsOf = (press: string): string[] => press.split(/(?<=\w|\])\+/)

/** One press as the parts people read on their keys: `$mod+z` -> ['Ctrl', 'Z'] or ['⌘', 'Z']. */
export function shownKeys(press: string, mac: boolean): string[] {
  return partsOf(press)
    .filter((part) => !part.startsWith('[S'))
    .map((part) =>
      part === '$mod'
        ? mac
          ? '⌘'
          : 'Ctrl'
        : (shownNames[part] ?? (part.length === 1 ? part.toUpperCase() : part.replace(/^(Key|Digit)(?=.$)/, ''))),
    )
}

/** The first key of an act, for hints on buttons; empty when it has none. */
export function hintFor(act: KeyAct, mac: boolean, map: readonly KeyEntry[] = keyMap): string {
  const press = map.find((entry) => entry.act === act)?.keys[0]
  return press === undefined ? '' : shownKeys(press, mac).join(mac ? '' : '+')
}

/** Ways the large view looks. Their keys win over the same keys of the places they are part of. */
const views: readonly KeyPlace[] = ['clip', 'compare', 'survey']

/** Screens of their own: no key of another screen is heard there. */
const alone: readonly KeyPlace[] = ['clips', 'trash']

/** Whether keys of both places are heard at the same time. */
export const overlaps = (a: KeyPlace, b: KeyPlace): boolean => {
  if (a === b || a === 'anywhere' || b === 'anywhere') return true
  if (views.includes(a) || views.includes(b) || alone.includes(a) || alone.includes(b)) return false
  return a === 'cull' || b === 'cull'
}

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
