import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { peekUrl } from '../../main/contract/media-url.ts'
import type { PeekView } from '../../main/contract/views.ts'
import { reads, useLibrary } from '../queries.ts'
import { Icon } from '../ui/icons.tsx'

/** Boxes drawn while nothing is known yet, so that the photos only have to appear in them. */
const placeholders = Array.from({ length: 24 }, (_, index) => index)

/** The first photos on a card, from the previews inside of them: there before the plan is, and before anything is copied. */
export function Peek({ path, label, rows }: { path: string; label: string; rows: 1 | 2 }) {
  const peek = useQuery(reads.peek(useLibrary(), path))
  const shots = peek.data?.shots ?? []
  if (peek.isError || (peek.data !== undefined && shots.length === 0)) {
    return (
      <div className={`peek peek-${rows} peek-none`}>
        <p className="muted">
          {peek.isError ? 'The photos cannot be shown before they are copied.' : 'No photos or clips were found here.'}
        </p>
      </div>
    )
  }
  if (peek.data === undefined) {
    return (
      <div className={`peek peek-${rows}`} aria-hidden="true">
        {placeholders.map((index) => (
          <span key={index} className="peek-shot peek-waiting" />
        ))}
      </div>
    )
  }
  return (
    <ul className={`peek peek-${rows}`} aria-label={`First photos on ${label}`}>
      {shots.map((shot, index) => (
        // Two folders of a card may hold the same name.
        <li key={`${index} ${shot.name}`} className="peek-shot" title={shot.name}>
          <Shot shot={shot} />
        </li>
      ))}
    </ul>
  )
}

function Shot({ shot }: { shot: PeekView['shots'][number] }) {
  const [failed, setFailed] = useState(false)
  return (
    <>
      {shot.token === null || failed ? (
        <Icon name={shot.kind === 'clip' ? 'play' : 'card'} size={20} />
      ) : (
        <img src={peekUrl(shot.token)} alt="" decoding="async" draggable={false} onError={() => setFailed(true)} />
      )}
      {shot.kind === 'clip' && shot.token !== null && !failed ? (
        <span className="peek-clip">
          <Icon name="play" size={11} />
        </span>
      ) : null}
      <span className="unseen">{shot.name}</span>
    </>
  )
}
