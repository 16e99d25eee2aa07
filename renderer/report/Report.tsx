import { useQuery } from '@tanstack/react-query'
import type { Receipt } from '../../main/contract/views.ts'
import { ask } from '../bridge.ts'
import { reads, useDrops, useLibrary, useShops } from '../queries.ts'
import { useSaving } from '../saving.ts'
import { Address } from '../shops/OpenPage.tsx'
import { shopName, stateWords, timeOf } from '../shops/shop-words.ts'
import { Button } from '../ui/controls.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { useUi, useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'
import { busiest, fileName, middleMinutes, minutesWords } from './report-words.ts'

const linesShown = 500

/** What was shot, picked and published, how fast, and where each photo runs: of one drop, or of everything. */
export function Report() {
  const library = useLibrary()
  const ui = useUiStore()
  const wanted = useUi((state) => state.reportOf)
  const { data: drops = [] } = useDrops()
  const dropId = drops.find(({ id }) => id === wanted)?.id ?? null
  const receipt = useQuery(reads.receipt(library, dropId))
  const saving = useSaving()
  const isEmpty = receipt.data === undefined || receipt.data.lines.length === 0
  const saveCsv = (): void =>
    void saving.text(fileName(receipt.data?.title, 'csv'), async () => (await ask(library.door, 'report.csv', { dropId })).text)
  const saveJson = (): void => void saving.text(fileName(receipt.data?.title, 'json'), () => `${JSON.stringify(receipt.data, null, 2)}\n`)
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Report</h1>
          <p className="muted">From the card to the buyers: what was shot, picked and published, and when.</p>
        </div>
        <div className="row">
          <label className="field-row">
            <span>About</span>
            <select
              className="choice"
              value={dropId ?? ''}
              onChange={(event) => ui.getState().set({ reportOf: drops.find(({ id }) => id === event.target.value)?.id ?? null })}
            >
              <option value="">Everything</option>
              {drops.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          </label>
          <Button isDisabled={isEmpty} onPress={saveCsv}>
            Save as CSV
          </Button>
          <Button isDisabled={isEmpty} onPress={saveJson}>
            Save as JSON
          </Button>
        </div>
      </header>
      {receipt.isPending ? <Loading what="Adding it up…" /> : null}
      {receipt.isError ? <Problem error={receipt.error} onRetry={() => void receipt.refetch()} /> : null}
      {receipt.data === undefined ? null : <Told receipt={receipt.data} />}
    </div>
  )
}

function Told({ receipt }: { receipt: Receipt }) {
  const ui = useUiStore()
  const { data: shops = [] } = useShops()
  const middle = middleMinutes(receipt)
  const figures = [
    { label: 'shot', value: receipt.shot.toLocaleString('en') },
    { label: 'picked', value: receipt.picked.toLocaleString('en') },
    { label: receipt.published === 1 ? 'product published' : 'products published', value: receipt.published.toLocaleString('en') },
    { label: 'from card to live, in the middle', value: minutesWords(middle) },
  ]
  return (
    <>
      <dl className="figures" aria-label={receipt.title}>
        {figures.map(({ label, value }) => (
          <div key={label} className="figure">
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      <section className="block" aria-labelledby="report-listings">
        <h2 id="report-listings">Listings</h2>
        {receipt.lines.length === 0 ? (
          <>
            <p className="muted">Nothing of it was sent to a shop yet.</p>
            <div className="row">
              <Button onPress={() => ui.getState().set({ screen: 'products' })}>Go to Products</Button>
            </div>
          </>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard
          <section className="table-box" aria-labelledby="report-listings" tabIndex={0}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Product</th>
                  <th scope="col">SKU</th>
                  <th scope="col">Shop</th>
                  <th scope="col">State</th>
                  <th scope="col" className="to-end">
                    Images
                  </th>
                  <th scope="col" className="to-end">
                    Clips
                  </th>
                  <th scope="col">Live</th>
                  <th scope="col" className="to-end">
                    From card
                  </th>
                  <th scope="col">Address</th>
                </tr>
              </thead>
              <tbody>
                {receipt.lines.slice(0, linesShown).map((line) => (
                  <tr key={`${line.catalog}/${line.productId}`}>
                    <th scope="row">{line.title}</th>
                    <td>{line.sku ?? '–'}</td>
                    <td>{shopName(shops, line.catalog)}</td>
                    <td>{stateWords[line.state] ?? line.state}</td>
                    <td className="to-end num">{line.images}</td>
                    <td className="to-end num">{line.clips}</td>
                    <td className="num">{line.liveAt === null ? 'not yet' : timeOf(line.liveAt)}</td>
                    <td className="to-end num">{minutesWords(line.minutesFromCard)}</td>
                    <td>
                      {line.url === null ? (
                        '–'
                      ) : line.url.startsWith('file:') ? (
                        'on this computer'
                      ) : (
                        <Address url={line.url} name={line.title} />
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
        {receipt.lines.length > linesShown ? (
          <p className="muted">{`and ${plural(receipt.lines.length - linesShown, 'more listing', 'more listings')}, all in the CSV`}</p>
        ) : null}
      </section>
      {receipt.reuse.length === 0 ? null : (
        <section className="block" aria-labelledby="report-reuse">
          <div className="block-head">
            <h2 id="report-reuse">Where each photo runs</h2>
            <p className="muted">{`${plural(receipt.reuse.length, 'photo or clip', 'photos and clips')} in use`}</p>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard */}
          <section className="table-box" aria-labelledby="report-reuse" tabIndex={0}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Photo or clip</th>
                  <th scope="col" className="to-end">
                    Listings
                  </th>
                  <th scope="col" className="to-end">
                    Shops
                  </th>
                </tr>
              </thead>
              <tbody>
                {busiest(receipt)
                  .slice(0, linesShown)
                  .map(({ assetId, name, listings, channels }) => (
                    <tr key={assetId}>
                      <th scope="row">{name}</th>
                      <td className="to-end num">{listings}</td>
                      <td className="to-end num">{channels}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </section>
        </section>
      )}
    </>
  )
}
