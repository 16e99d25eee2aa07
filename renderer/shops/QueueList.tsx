import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useRef } from 'react'
import type { QueueLine } from '../../main/contract/views.ts'
import { plural } from '../words.ts'
import { Address } from './OpenPage.tsx'
import { sentence, stateWords } from './shop-words.ts'

/** Above this many lines only those on screen are drawn. */
const drawnWhole = 60

/** Listings of a shop: what each is doing, how many of its files are there, and why it waits. */
export function QueueList({ lines, acts }: { lines: readonly QueueLine[]; acts?: (line: QueueLine) => ReactNode }) {
  return lines.length <= drawnWhole ? (
    <ul className="queue">
      {lines.map((line) => (
        <li key={`${line.catalog}/${line.productId}`} className="queue-line">
          <Line line={line} acts={acts?.(line)} />
        </li>
      ))}
    </ul>
  ) : (
    <Long lines={lines} {...(acts === undefined ? {} : { acts })} />
  )
}

function Long({ lines, acts }: { lines: readonly QueueLine[]; acts?: (line: QueueLine) => ReactNode }) {
  const box = useRef<HTMLUListElement>(null)
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => 64,
    overscan: 8,
    getItemKey: (index) => `${lines[index]?.catalog}/${lines[index]?.productId}`,
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard
    <ul className="queue queue-long" ref={box} tabIndex={0} aria-label="Listings">
      <li aria-hidden="true" style={{ height: rows.getTotalSize() }} />
      {rows.getVirtualItems().map(({ index, start }) => {
        const line = lines[index]
        return line === undefined ? null : (
          <li
            key={`${line.catalog}/${line.productId}`}
            className="queue-line"
            data-index={index}
            ref={rows.measureElement}
            aria-posinset={index + 1}
            aria-setsize={lines.length}
            style={{ transform: `translateY(${start}px)` }}
          >
            <Line line={line} acts={acts?.(line)} />
          </li>
        )
      })}
    </ul>
  )
}

/** What is asked of a listing that is in order needs no files counted. */
const countsFiles = (line: QueueLine): boolean => line.total > 0 && line.state !== 'hiding'

function Line({ line, acts }: { line: QueueLine; acts: ReactNode }) {
  return (
    <>
      <div className="queue-what">
        <p className="queue-title">{line.title}</p>
        {line.because === null ? null : <p className="muted">{sentence(line.because)}</p>}
        {line.url === null || line.url.startsWith('file:') || line.state === 'failed' ? null : <Address url={line.url} name={line.title} />}
      </div>
      <p className="queue-files muted num">{countsFiles(line) ? `${line.done} of ${plural(line.total, 'file')}` : ''}</p>
      <span className={`state state-${line.state}`}>{stateWords[line.state]}</span>
      <div className="queue-acts">{acts}</div>
    </>
  )
}
