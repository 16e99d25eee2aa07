import { useEffect, useState } from 'react'
import type { PublishState } from '../../main/contract/views.ts'
import { Icon, type IconName } from '../ui/icons.tsx'
import { type Standing, standing } from './shop-words.ts'

const icons: Readonly<Record<Standing['tone'], IconName>> = { fine: 'check', work: 'up', calm: 'clock', warn: 'warning' }

/** Now, read again when `until` has passed. */
function useNow(until: string | null): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const ms = until === null ? 0 : Date.parse(until) - Date.now()
    if (ms <= 0) return undefined
    const timer = setTimeout(() => setNow(Date.now()), ms + 500)
    return () => clearTimeout(timer)
  }, [until])
  return now
}

/** How a shop is doing. `only`: silent unless it is one of these. */
export function StandingLine({ state, only }: { state: PublishState; only?: readonly Standing['tone'][] }) {
  const now = useNow(state.resting?.until ?? null)
  const { tone, title, more } = standing(state, now)
  if (only !== undefined && !only.includes(tone)) return null
  return (
    <p className={`standing standing-${tone}`}>
      <Icon name={icons[tone]} />
      <span>
        <strong>{title}</strong>
        {more === null ? null : <span>{` · ${more}`}</span>}
      </span>
    </p>
  )
}
