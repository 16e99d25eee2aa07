import { appendFileSync } from 'node:fs'
import { type BrowserWindow, Notification } from 'electron'
import { events } from '../../contract/ipc.ts'
import type { Log } from '../../core/ports.ts'
import type { TestSwitches } from './switches.ts'

/** Shows what the engine has to say on the desktop, while nobody looks at the window. In front, the window shows it itself. */
export function createNotices(parts: {
  window: () => BrowserWindow | null
  show: () => void
  log: Log
  testing: TestSwitches
}): (event: unknown) => void {
  /** A notification that nothing refers to may be collected before it is clicked. */
  const shown = new Set<Notification>()
  return (event) => {
    const parsed = events.notice.safeParse(event)
    if (!parsed.success) return
    const window = parts.window()
    if (window !== null && !window.isDestroyed() && window.isVisible() && window.isFocused()) return
    const { title, body } = parsed.data
    if (parts.testing.noticed !== null) {
      appendFileSync(parts.testing.noticed, `${JSON.stringify({ title, body })}\n`)
      return
    }
    if (!Notification.isSupported()) return
    // the window makes the sound, if one is wanted
    const notification = new Notification({ title, body, silent: true })
    shown.add(notification)
    const forget = () => shown.delete(notification)
    notification.on('click', () => {
      forget()
      parts.show()
    })
    notification.on('close', forget)
    notification.on('failed', (_event, error) => {
      forget()
      parts.log.warn('a notification could not be shown', { error })
    })
    notification.show()
  }
}
