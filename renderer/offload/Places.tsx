import type { OffloadPlan, Settings } from '../../main/contract/views.ts'
import { fileName } from '../words.ts'
import { Clocks } from './Clocks.tsx'
import { TemplateField } from './TemplateField.tsx'

const shownAtMost = 4

/** Where files will go, shown on the first real ones; the template opens in place. */
export function Places({ plan, settings }: { plan: OffloadPlan; settings: Settings }) {
  const placed = plan.files.flatMap(({ source, to }) => (to === null ? [] : [{ source, to }]))
  return (
    <section className="block" aria-labelledby="places">
      <h2 id="places">Where files will go</h2>
      {placed.length === 0 ? (
        <p className="muted">Nothing new, so nothing is placed.</p>
      ) : (
        <table className="places">
          <thead className="unseen">
            <tr>
              <th>On the card</th>
              <th>In the library</th>
            </tr>
          </thead>
          <tbody>
            {placed.slice(0, shownAtMost).map(({ source, to }) => (
              <tr key={source}>
                <td className="muted" title={source}>
                  {fileName(source)}
                </td>
                <td className="path">{to}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <details className="fold">
        <summary>Change folders, names and clocks</summary>
        <div className="fold-body">
          <TemplateField settings={settings} />
          <Clocks settings={settings} card={plan.path} />
        </div>
      </details>
    </section>
  )
}
