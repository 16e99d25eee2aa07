import type { ProductId } from '../../main/contract/ids.ts'
import type { PublishState } from '../../main/contract/views.ts'
import { Button } from '../ui/controls.tsx'
import { sentence } from './shop-words.ts'

/** Listings that somebody else changed in the shop: what is different, and whose version stays. Nothing is overwritten before. */
export function Conflicts({
  shop,
  conflicts,
  onResolve,
}: {
  shop: string
  conflicts: PublishState['conflicts']
  onResolve: (productId: ProductId, how: 'ours' | 'theirs') => Promise<void>
}) {
  if (conflicts.length === 0) return null
  return (
    <section className="setting-part" aria-labelledby="shop-conflicts">
      <h3 id="shop-conflicts">Changed in the shop by somebody else</h3>
      <ul className="conflicts">
        {conflicts.map(({ productId, title, differences }) => (
          <li key={productId} className="conflict">
            <p className="queue-title">{title}</p>
            <ul className="conflict-differences">
              {differences.length === 0 ? <li>Its gallery is not the one that was published.</li> : null}
              {differences.map((difference) => (
                <li key={difference}>{sentence(difference)}</li>
              ))}
            </ul>
            <p className="muted">
              {`Ours: ${shop} gets what is here; pictures that others added stay, behind ours. Leave theirs: the shop stays as it is.`}
            </p>
            <div className="row">
              <Button aria-label={`Ours for ${title}`} onPress={() => void onResolve(productId, 'ours')}>
                Ours
              </Button>
              <Button aria-label={`Leave theirs for ${title}`} onPress={() => void onResolve(productId, 'theirs')}>
                Leave theirs
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
