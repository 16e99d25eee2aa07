import { useEffect, useRef } from 'react'
import { tinykeys } from 'tinykeys'
import { type KeyAct, type KeyPlace, keyMap } from './keys.ts'

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

/** Binds the acts of one place to their keys in `keyMap` while the component is shown. */
export function useKeys(places: readonly KeyPlace[], acts: Acts): void {
  const latest = useRef(acts)
  useEffect(() => {
    latest.current = acts
  })
  const placeKey = places.join()
  useEffect(() => {
    const bindings: Record<string, (event: KeyboardEvent) => void> = {}
    for (const entry of keyMap) {
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
    return tinykeys(window, bindings, { ignore: isTaken })
  }, [placeKey])
}

export const isMac = (): boolean => /mac/i.test(navigator.platform)
