import { describe, expect, it } from 'vitest'
import { parseKept } from '../../renderer/kept.ts'
import { parseKeyChanges, pressOf, takenBy } from '../../renderer/key-changes.ts'
import { keysFor, type PresetName, presets, usualKeys } from '../../renderer/key-presets.ts'
import { clashes } from '../../renderer/keys.ts'

const names = Object.keys(presets) as PresetName[]
const event = (key: string, code: string, modifiers: Partial<Record<'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey', boolean>> = {}) => ({
  key,
  code,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...modifiers,
})

describe('presets', () => {
  it.each(names)('%s gives no press two meanings in one place', (preset) => {
    expect(clashes(keysFor({ preset, changes: {} }))).toEqual([])
  })

  it('lie under what a person changed, and all of it is remembered', () => {
    const keys = { preset: 'darktable', changes: { pick: ['Shift+r'], history: [] } } as const
    const of = (act: string) => keysFor(keys).find((entry) => entry.act === act)?.keys
    expect([of('pick'), of('reject'), of('history'), of('undo')]).toEqual([['Shift+r'], ['r'], [], ['$mod+z']])
    expect(parseKept(JSON.stringify({ keys })).keys).toEqual(keys)
    expect(parseKept(JSON.stringify({ keys: { preset: 'vi', changes: { pick: 'p', nothing: ['x'], reject: ['x y'] } } })).keys).toEqual(
      usualKeys,
    )
    expect(parseKeyChanges([1])).toEqual({})
  })
})

describe('a press', () => {
  it('is written as the map writes it, on any keyboard', () => {
    expect([
      pressOf(event('p', 'KeyP'), false),
      pressOf(event('P', 'KeyP', { shiftKey: true }), false),
      pressOf(event('z', 'KeyZ', { ctrlKey: true }), false),
      pressOf(event('z', 'KeyZ', { metaKey: true }), true),
      pressOf(event('?', 'Slash', { shiftKey: true }), false),
      pressOf(event('å', 'KeyA', { altKey: true }), true),
      pressOf(event(' ', 'Space'), false),
      pressOf(event('ArrowLeft', 'ArrowLeft', { shiftKey: true }), false),
      pressOf(event('Shift', 'ShiftLeft', { shiftKey: true }), false),
    ]).toEqual(['p', 'Shift+p', '$mod+z', '$mod+z', '[Shift]+?', 'Alt+KeyA', 'Space', 'Shift+ArrowLeft', null])
  })

  it('says who has it already, only where both would hear it', () => {
    const map = keysFor(usualKeys)
    const acts = (act: 'pick' | 'zoom', press: string): string[] => takenBy(map, act, press).map((entry) => entry.act)
    expect([acts('pick', 'x'), acts('pick', 'p'), acts('zoom', 'f'), acts('pick', '?')]).toEqual([['reject'], [], [], ['help']])
  })
})
