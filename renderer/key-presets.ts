import { changedKeys, type KeyChanges } from './key-changes.ts'
import { type KeyEntry, keyMap } from './keys.ts'

export type PresetName = 'dropcard' | 'lightroom' | 'photo-mechanic' | 'darktable'

/** Keys of programs people come from, where they differ from `keyMap`. Acts without a line keep our key. */
export const presets: Readonly<Record<PresetName, { label: string; about: string; changes: KeyChanges }>> = {
  dropcard: { label: 'Dropcard', about: 'The Lightroom letters, with up, down and Shift+P for bursts.', changes: {} },
  lightroom: {
    label: 'Lightroom',
    about: 'Backslash opens the filter, Ctrl+L shows everything again.',
    changes: { filter: ['\\'], clearFilter: ['$mod+l'], history: [], autoAdvance: [], suggestions: [] },
  },
  'photo-mechanic': {
    label: 'Photo Mechanic',
    about: 'T tags, digits give a colour class, Alt and a digit give stars.',
    changes: {
      pick: ['t'],
      clear: ['Shift+t'],
      stars0: ['Alt+Digit0'],
      stars1: ['Alt+Digit1'],
      stars2: ['Alt+Digit2'],
      stars3: ['Alt+Digit3'],
      stars4: ['Alt+Digit4'],
      stars5: ['Alt+Digit5'],
      labelRed: ['1'],
      labelYellow: ['2'],
      labelGreen: ['3'],
      labelBlue: ['4'],
      labelPurple: ['5'],
    },
  },
  darktable: {
    label: 'darktable',
    about: 'R rejects, F1 to F5 are the colour labels, hold W to look close.',
    changes: {
      reject: ['r'],
      labelRed: ['F1'],
      labelYellow: ['F2'],
      labelGreen: ['F3'],
      labelBlue: ['F4'],
      labelPurple: ['F5'],
      peek: ['w', 'Space'],
    },
  },
}

/** A preset, and what a person changed on top of it. */
export type KeyChoice = { preset: PresetName; changes: KeyChanges }

export const usualKeys: KeyChoice = { preset: 'dropcard', changes: {} }

export const isPreset = (name: unknown): name is PresetName => typeof name === 'string' && Object.hasOwn(presets, name)

/** The map that holds for this choice. */
export const keysFor = ({ preset, changes }: KeyChoice): KeyEntry[] => changedKeys(keyMap, presets[preset].changes, changes)
