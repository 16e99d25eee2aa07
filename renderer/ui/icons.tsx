import type { ReactNode } from 'react'

/** Our own line icons, drawn on a 16 px grid. Decorative: the control that holds one carries the name. */
const shapes = {
  check: <path d="M3.5 8.5 6.5 11.5 12.5 4.5" />,
  cross: <path d="M4 4 12 12M12 4 4 12" />,
  stack: (
    <>
      <rect x="2.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M5.5 3h6A1.5 1.5 0 0 1 13 4.5v6" />
    </>
  ),
  play: <path d="M5 3.5v9l7-4.5z" />,
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" />,
  warning: (
    <>
      <path d="M8 2.5 14 13H2z" />
      <path d="M8 6.5v3M8 11.2v.1" />
    </>
  ),
  shield: (
    <>
      <path d="M8 1.8 13 3.6v4c0 3.2-2 5.5-5 6.7-3-1.2-5-3.5-5-6.7v-4z" />
      <path d="M5.7 8 7.4 9.7 10.4 6.4" />
    </>
  ),
  card: (
    <>
      <path d="M4 1.8h5.5L12.5 5v8.2a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1V2.3a.5.5 0 0 1 .5-.5z" />
      <path d="M6 4v2M8.2 4v2" />
    </>
  ),
  folder: <path d="M1.8 12.5V4a1 1 0 0 1 1-1h3l1.6 1.8h5.8a1 1 0 0 1 1 1v6.7a1 1 0 0 1-1 1H2.8a1 1 0 0 1-1-1z" />,
  sparkle: <path d="M8 2c.6 3.4 2 5 6 6-4 1-5.4 2.6-6 6-.6-3.4-2-5-6-6 4-1 5.4-2.6 6-6z" />,
  keyboard: (
    <>
      <rect x="1.5" y="4" width="13" height="8" rx="1.5" />
      <path d="M4 6.7h.1M6.6 6.7h.1M9.3 6.7h.1M11.9 6.7h.1M5 9.4h6" />
    </>
  ),
  undo: <path d="M6 3 3 6l3 3M3 6h6a3.5 3.5 0 0 1 0 7H6" />,
  back: <path d="M9.5 3.5 5 8l4.5 4.5" />,
  next: <path d="M6.5 3.5 11 8l-4.5 4.5" />,
  grip: <path d="M6 4v.1M10 4v.1M6 8v.1M10 8v.1M6 12v.1M10 12v.1" />,
  up: <path d="M3.5 10 8 5.5l4.5 4.5" />,
  info: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M8 7.3v3.5M8 5.1v.1" />
    </>
  ),
  page: (
    <>
      <path d="M9.5 2.5h4v4M13.3 2.7 7.5 8.5" />
      <path d="M12 9.5v3a1 1 0 0 1-1 1H3.5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h3" />
    </>
  ),
  trash: (
    <>
      <path d="M3 4.5h10M6.5 4.3V2.8h3v1.5M4.3 4.5l.6 8a1 1 0 0 0 1 .9h4.2a1 1 0 0 0 1-.9l.6-8" />
      <path d="M6.8 7v4M9.2 7v4" />
    </>
  ),
  eject: <path d="M8 3 13 9.5H3zM3 12.5h10" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M8 4.6V8l2.4 1.6" />
    </>
  ),
  layers: (
    <>
      <path d="M8 2.5 14 6 8 9.5 2 6z" />
      <path d="M2 9.5 8 13l6-3.5" />
    </>
  ),
  compare: <path d="M2 3.5h5v9H2zM9 3.5h5v9H9z" />,
  survey: <path d="M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z" />,
  circle: <circle cx="8" cy="8" r="5" />,
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof shapes

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {shapes[name]}
    </svg>
  )
}
