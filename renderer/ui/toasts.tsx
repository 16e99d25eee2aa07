import { useEffect } from 'react'
import { type Toast, useUi, useUiStore } from '../ui-state.ts'
import { Button, IconButton } from './controls.tsx'
import { Icon } from './icons.tsx'

const staysMs = 6000
/** Long enough to read it, change one's mind and reach the button. */
const staysWithActionMs = 12_000

function One({ toast }: { toast: Toast }) {
  const ui = useUiStore()
  const { id, kind, message, next, action } = toast
  useEffect(() => {
    if (kind === 'error') return undefined
    const timer = setTimeout(() => ui.getState().dismiss(id), action === null ? staysMs : staysWithActionMs)
    return () => clearTimeout(timer)
  }, [id, kind, action, ui])
  return (
    <div className={`toast toast-${kind}`} role={kind === 'error' ? 'alert' : undefined}>
      {kind === 'error' ? <Icon name="warning" /> : null}
      <div className="toast-text">
        <p>{message}</p>
        {next === null ? null : <p className="muted">{next}</p>}
      </div>
      {action === null ? null : (
        <Button
          tone="quiet"
          onPress={() => {
            ui.getState().dismiss(id)
            action.run()
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton icon="cross" name="Close this message" onPress={() => ui.getState().dismiss(id)} />
    </div>
  )
}

export function Toasts() {
  const toasts = useUi((ui) => ui.toasts)
  return (
    <section className="toasts" aria-label="Messages">
      {toasts.map((toast) => (
        <One key={toast.id} toast={toast} />
      ))}
    </section>
  )
}

/** Speaks to screen readers what the eye sees happen. */
export function Spoken() {
  const { text, n } = useUi((ui) => ui.said)
  return (
    <div className="unseen" role="status" aria-live="polite">
      {/* A fresh node each time, so that the same words are heard again. */}
      <span key={n}>{text}</span>
    </div>
  )
}
