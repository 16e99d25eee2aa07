import { useQuery } from '@tanstack/react-query'
import type { OffloadReport, OffloadView } from '../../main/contract/views.ts'
import { reads, useLibrary } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUiStore } from '../ui-state.ts'
import { below } from '../words.ts'
import { CheckAgain } from './CheckAgain.tsx'
import { Eject } from './Eject.tsx'
import { FileList } from './FileList.tsx'
import { countsInWords, leftOf, troubleOf, verdictOf } from './verdict-words.ts'
import { useWaysIn } from './ways-in.ts'

/** How an offload ended: may the card be erased, and if not, why and what now. */
export function Verdict({ offload }: { offload: OffloadView }) {
  const library = useLibrary()
  const ui = useUiStore()
  const ways = useWaysIn()
  const report = useQuery(reads.report(library, offload.id))
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{offload.label}</h1>
          <p className="muted path">{offload.path}</p>
        </div>
        <div className="row">
          <Button onPress={() => ui.getState().set({ watching: null })}>All offloads</Button>
          <Button tone="primary" onPress={() => ui.getState().set({ screen: 'cull', watching: null })}>
            Start culling
          </Button>
        </div>
      </header>
      {report.isError ? <Problem error={report.error} onRetry={() => void report.refetch()} /> : null}
      {report.isPending ? <Loading what="Writing the verdict…" /> : null}
      {report.data === undefined ? null : <Told report={report.data} onAgain={() => ways.open(offload)} />}
    </div>
  )
}

function Told({ report, onAgain }: { report: OffloadReport; onAgain: () => void }) {
  const { isSafe, headline, because, next } = verdictOf(report)
  const trouble = troubleOf(report)
  return (
    <>
      <section className={isSafe ? 'verdict verdict-safe' : 'verdict verdict-not'} role="status" aria-label="Verdict">
        <Icon name={isSafe ? 'shield' : 'warning'} size={40} />
        <div>
          <p className="verdict-line">{headline}</p>
          {because.length === 0 ? null : (
            <ul>
              {because.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          )}
          <p>{next}</p>
          <div className="verdict-acts">
            {isSafe ? null : (
              <Button tone="primary" onPress={onAgain}>
                Offload it again
              </Button>
            )}
            <Eject offload={report.offload} />
          </div>
        </div>
      </section>
      <p className="counts">{countsInWords(report)}</p>
      <FileList title="Not copied safely" lines={trouble} isOpen />
      <FileList
        title="Notes on copied files"
        lines={report.assets.flatMap(({ source, outcome, because: note }) =>
          note !== undefined && (outcome === 'copied' || outcome === 'skipped' || outcome === 'conflict')
            ? [{ name: below(report.offload.path, source), because: note }]
            : [],
        )}
      />
      <FileList
        title="Left on the card"
        lines={leftOf(report)}
        note={isSafe ? 'Nothing here is a photo or a clip.' : 'Look through these before you erase the card: they are nowhere else.'}
        isOpen={!isSafe && trouble.length === 0}
      />
      <section className="block" aria-label="Check again">
        <p className="muted">Is everything still there, bit for bit? The originals of this offload are read again from every disk.</p>
        <CheckAgain offloadId={report.offload.id} label="Check again" />
      </section>
      {report.manifest === null ? null : (
        <p className="muted">
          Manifest with every checksum: <span className="path">{report.manifest}</span>
        </p>
      )}
    </>
  )
}
