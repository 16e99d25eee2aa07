import { type ReactNode, useEffect, useState } from 'react'
import { wireOf } from '../bridge.ts'
import { Button } from './controls.tsx'
import { Icon, type IconName } from './icons.tsx'

/** Shows its children only after 150 ms: what loads faster than that never flashes. */
export function Late({ children }: { children: ReactNode }) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150)
    return () => clearTimeout(timer)
  }, [])
  return late ? children : null
}

export function Loading({ what }: { what: string }) {
  return (
    <Late>
      <p className="loading" role="status">
        <span className="loading-mark" aria-hidden="true" />
        {what}
      </p>
    </Late>
  )
}

/** What went wrong, in the engine's words, and what to do next. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { message, next } = wireOf(error)
  return (
    <div className="problem" role="alert">
      <Icon name="warning" size={20} />
      <div>
        <p className="problem-what">{message}</p>
        {next === null ? null : <p className="problem-next">{next}</p>}
        {onRetry === undefined ? null : <Button onPress={onRetry}>Try again</Button>}
      </div>
    </div>
  )
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children: ReactNode }) {
  return (
    <div className="empty">
      <Icon name={icon} size={40} />
      <h2>{title}</h2>
      {children}
    </div>
  )
}
