import { type KeyAct, type KeyEntry, keyMap, overlaps } from './keys.ts'

/** Keys as another program, or a person, has them: changes on top of the map. Pure. */

const isAct = (name: string): name is KeyAct => keyMap.some(({ act }) => act === name)

/** Another program's keys where they differ from ours, by act; `[]` takes a key away. */
export type KeyChanges = Partial<Record<KeyAct, readonly string[]>>

/** The keys as a person has them: a preset, and what they changed themselves. */
export function changedKeys(base: readonly KeyEntry[], ...changes: readonly KeyChanges[]): KeyEntry[] {
  return base.map((entry) => ({ ...entry, keys: changes.reduce((keys, change) => change[entry.act] ?? keys, entry.keys) }))
}

/** Key changes that were stored; what is no act or no list of presses is left out. */
export function parseKeyChanges(found: unknown): KeyChanges {
  if (typeof found !== 'object' || found === null) return {}
  const changes: KeyChanges = {}
  for (const [name, keys] of Object.entries(found))
    if (isAct(name) && Array.isArray(keys) && keys.length <= 6 && keys.every((press) => typeof press === 'string' && isPress(press)))
      changes[name] = keys
  return changes
}

const isPress = (press: string): boolean => press.length > 0 && press.length <= 40 && !press.includes(' ')

/** What a key event would be called in the map; null while only a modifier is down. */
export function pressOf(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey'>,
  mac: boolean,
): string | null {
  if (['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'Dead', 'Process', 'Unidentified'].includes(event.key)) return null
  const modifiers: string[] = []
  if (mac ? event.metaKey : event.ctrlKey) modifiers.push('$mod')
  if (mac ? event.ctrlKey : event.metaKey) modifiers.push(mac ? 'Control' : 'Meta')
  if (event.altKey) modifiers.push('Alt')
  const isLetter = /^\p{L}$/u.test(event.key)
  // With Alt a key types something else on some systems; where it lies says which one it is.
  const key = event.altKey ? event.code : event.key === ' ' ? 'Space' : isLetter ? event.key.toLowerCase() : event.key
  // A sign that needs Shift on one keyboard does not on another: for signs Shift is part of the sign.
  const isSign = key.length === 1 && !isLetter
  if (event.shiftKey) modifiers.push(isSign ? '[Shift]' : 'Shift')
  return [...modifiers, key].join('+')
}

const bare = (press: string): string => press.replace(/\[Shift\]\+/, '')

/** The other acts that `press` already does in a place where `act` works too. */
export function takenBy(map: readonly KeyEntry[], act: KeyAct, press: string): KeyEntry[] {
  const where = map.find((entry) => entry.act === act)?.where ?? 'anywhere'
  return map.filter((other) => other.act !== act && overlaps(other.where, where) && other.keys.some((key) => bare(key) === bare(press)))
}
