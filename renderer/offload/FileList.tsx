import { plural } from '../words.ts'

/** `next`: what to do about it. */
export type FileLine = { name: string; because: string; next?: string }

const shownAtMost = 200

/** Files with their reasons, gathered by reason, folded up. Renders nothing when there are none. */
export function FileList({ title, lines, note, isOpen = false }: { title: string; lines: FileLine[]; note?: string; isOpen?: boolean }) {
  if (lines.length === 0) return null
  const byReason = Map.groupBy(lines, ({ because }) => because)
  return (
    <details className="files block" open={isOpen}>
      <summary>
        <span className="files-title">{title}</span>
        <span className="muted">{plural(lines.length, 'file')}</span>
      </summary>
      {note === undefined ? null : <p className="muted">{note}</p>}
      {[...byReason].map(([because, files]) => (
        <section key={because} className="files-reason">
          <h3>{because}</h3>
          {files[0]?.next === undefined ? null : <p>{files[0].next}</p>}
          <ul>
            {files.slice(0, shownAtMost).map(({ name }) => (
              <li key={name} className="path">
                {name}
              </li>
            ))}
          </ul>
          {files.length > shownAtMost ? (
            <p className="muted">{`and ${(files.length - shownAtMost).toLocaleString('en')} more; all of them are in the manifest`}</p>
          ) : null}
        </section>
      ))}
    </details>
  )
}
