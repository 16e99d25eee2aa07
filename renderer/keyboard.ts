import { useEffect, useMemo, useRef } from 'react'
import { tinykeys } from 'tinykeys'
import { keysFor } from './key-presets.ts'
import { hintFor, type KeyAct, type KeyEntry, type KeyPlace } from './keys.ts'
import { useUi } from './ui-state.ts'

export type Acts = Partial<Record<KeyAct, (event: KeyboardEvent) => void>>

const within = (event: KeyboardEvent, selector: string): boolean =>
  event.target instanceof Element && event.target.closest(selector) !== null
const typing = 'input:not([type=range],[type=checkbox],[type=radio]), textarea, select, [contenteditable=true]'

/** True when the key belongs to the control that has the focus, or to an open dialog. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || within(event, typing)) return true
  if (document.querySelector('[role=dialog], [role=alertdialog]') !== null) return true
  if (event.key === 'Enter' || event.key === ' ') return within(event, 'button, a, summary, label, input, [role=radio], [role=switch]')
  if (event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End')
    return within(event, 'input, [role=radiogroup], [role=toolbar], [role=slider]')
  return false
}

/** The keyboard map as this person has it. */
export function useKeyMap(): readonly KeyEntry[] {
  const keys = useUi((ui) => ui.keys)
  return useMemo(() => keysFor(keys), [keys])
}

/** Names the first key of an act, as this person has it, for hints on buttons. */
export function useHint(): (act: KeyAct) => string {
  const map = useKeyMap()
  return (act) => hintFor(act, isMac(), map)
}

/** Binds the acts of one place to their keys in `keyMap` while the component is shown. */
export function useKeys(places: readonly KeyPlace[], acts: Acts): void {
  const latest = useRef(acts)
  useEffect(() => {
    latest.current = acts
  })
  const placeKey = places.join()
  const map = useKeyMap()
  useEffect(() => {
    const bindings: Record<string, (event: KeyboardEvent) => void> = {}
    for (const entry of map) {
      if (!placeKey.split(',').includes(entry.where)) continue
      for (const press of entry.keys) {
        bindings[press] = (event) => {
          const act = latest.current[entry.act]
          if (act === undefined) return
          event.preventDefault()
          act(event)
        }
      }
    }
    // A way the large view looks has the first word, whoever was there before.
    const capture = placeKey === 'clip' || placeKey === 'compare' || placeKey === 'survey'
    return tinykeys(window, bindings, { ignore: isTaken, capture })
  }, [placeKey, map])
}

export const isMac = (): boolean => /mac/i.test(navigator.platform)
