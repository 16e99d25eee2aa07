import { describe, expect, it } from 'vitest'
import { clashes, hintFor, keyMap, shownKeys } from '../../renderer/keys.ts'

describe('the keyboard map', () => {
  it('has no press with two meanings in one place, and every act once', () => {
    expect(clashes(keyMap)).toEqual([])
    expect(new Set(keyMap.map(({ act }) => act)).size).toBe(keyMap.length)
    expect(clashes([...keyMap, { act: 'help', keys: ['p'], label: 'Again', group: 'Look', where: 'loupe' }])).toEqual(['p: pick and help'])
  })

  it('keeps the keys people know', () => {
    const pressed = Object.fromEntries(keyMap.map(({ act, keys }) => [act, keys]))
    expect(pressed).toMatchObject({
      pick: ['p'],
      reject: ['x'],
      clear: ['u'],
      keepOnly: ['Shift+p'],
      undo: ['$mod+z'],
      zoom: ['z'],
      nextFrame: ['ArrowRight'],
      down: ['ArrowDown'],
      openLoupe: ['Enter', 'e', 'Space'],
      grid: ['g'],
    })
  })

  it('writes keys as they stand on the keyboard', () => {
    expect([
      shownKeys('$mod+z', false),
      shownKeys('$mod+z', true),
      shownKeys('[Shift]+?', false),
      shownKeys('Shift+ArrowLeft', false),
    ]).toEqual([['Ctrl', 'Z'], ['⌘', 'Z'], ['?'], ['Shift', '←']])
    expect([hintFor('undo', false), hintFor('undo', true), hintFor('pick', false)]).toEqual(['Ctrl+Z', '⌘Z', 'P'])
  })
})
