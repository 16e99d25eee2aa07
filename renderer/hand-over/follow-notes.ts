import { ask, type Door } from '../bridge.ts'

/** People change ratings in another program and come back: then is the moment to look. Returns the function that ends it. */
export function followNotes(door: Door, page: Window): () => void {
  const look = (): void => {
    // What goes wrong with it is the engine's to tell; nobody asked for this look.
    void ask(door, 'marks.sync', {}).catch(() => undefined)
  }
  page.addEventListener('focus', look)
  return () => page.removeEventListener('focus', look)
}
