import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { mediaUrl, peekUrl } from '../../main/contract/media-url.ts'
import type { ConflictPicture, ConflictView, PublishState } from '../../main/contract/views.ts'
import { reads, useLibrary } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Loading, Problem } from '../ui/notice.tsx'
import { changeWords, pictureWords, wordRows } from './conflict-words.ts'
import type { ShopActs } from './shop-acts.ts'
import { sentence } from './shop-words.ts'
import './conflicts.css'

type Conflict = PublishState['conflicts'][number]

/** Listings that somebody else changed in the shop: what is different, and whose version stays. Nothing is overwritten before. */
export function Conflicts({
  catalog,
  shop,
  conflicts,
  acts,
}: {
  catalog: string
  shop: string
  conflicts: readonly Conflict[]
  acts: Pick<ShopActs, 'isBusy' | 'resolve' | 'takeOff'>
}) {
  if (conflicts.length === 0) return null
  return (
    <section className="setting-part" aria-labelledby="shop-conflicts">
      <h3 id="shop-conflicts">Changed in the shop by somebody else</h3>
      <p className="muted">{`Nothing is written over before you say so. Ours: ${shop} gets what is here, and pictures that others added stay, behind ours.`}</p>
      <ul className="conflicts">
        {conflicts.map((conflict) => (
          <OneConflict key={conflict.productId} catalog={catalog} shop={shop} conflict={conflict} acts={acts} />
        ))}
      </ul>
    </section>
  )
}

function OneConflict({
  catalog,
  shop,
  conflict,
  acts,
}: {
  catalog: string
  shop: string
  conflict: Conflict
  acts: Pick<ShopActs, 'isBusy' | 'resolve' | 'takeOff'>
}) {
  const { productId, title, differences } = conflict
  const view = useQuery(reads.conflict(useLibrary(), catalog, productId))
  return (
    <li className="conflict" aria-label={title}>
      <p className="queue-title">{title}</p>
      <ul className="conflict-differences">
        {differences.length === 0 ? <li>Its gallery is not the one that was published.</li> : null}
        {differences.map((difference) => (
          <li key={difference}>{sentence(difference)}</li>
        ))}
      </ul>
      {view.isPending ? <Loading what={`Looking at it in ${shop}…`} /> : null}
      {view.isError ? <Problem error={view.error} onRetry={() => void view.refetch()} /> : null}
      {view.data === undefined ? null : <Beside view={view.data} title={title} shop={shop} />}
      <div className="row">
        <Button isDisabled={acts.isBusy} aria-label={`Ours for ${title}`} onPress={() => void acts.resolve(productId, 'ours')}>
          Ours
        </Button>
        <Button isDisabled={acts.isBusy} aria-label={`Leave theirs for ${title}`} onPress={() => void acts.resolve(productId, 'theirs')}>
          Leave theirs
        </Button>
        <Button tone="quiet" isDisabled={acts.isBusy} aria-label={`Take off: ${title}`} onPress={() => void acts.takeOff(productId, title)}>
          Take it off
        </Button>
        <Button tone="quiet" isDisabled={view.isFetching} aria-label={`Look again: ${title}`} onPress={() => void view.refetch()}>
          Look again
        </Button>
      </div>
    </li>
  )
}

/** Both galleries in order, and the words that differ. */
function Beside({ view, title, shop }: { view: ConflictView; title: string; shop: string }) {
  const rows = wordRows(view)
  return (
    <>
      <div className="conflict-sides">
        <Gallery name="Here" of={title} pictures={view.ours.pictures} />
        {view.theirs === null ? (
          <p>
            <strong>{shop}</strong> has no such product any more.
          </p>
        ) : (
          <Gallery
            name={view.theirs.visible ? `In ${shop}` : `In ${shop}, hidden from buyers`}
            of={title}
            pictures={view.theirs.pictures}
          />
        )}
      </div>
      {rows.length === 0 ? null : (
        <table className="conflict-words">
          <thead>
            <tr>
              <th scope="col">
                <span className="unseen">What</span>
              </th>
              <th scope="col">Here</th>
              <th scope="col">{`In ${shop}`}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ what, here, there }) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td>{here}</td>
                <td>{there}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {view.words ? null : (
        <p className="muted">This product was in the shop before: its words there are yours to change, only pictures go there from here.</p>
      )}
    </>
  )
}

function Gallery({ name, of, pictures }: { name: string; of: string; pictures: readonly ConflictPicture[] }) {
  return (
    <section className="conflict-side" aria-label={`${name}: ${of}`}>
      <h4>{name}</h4>
      {pictures.length === 0 ? <p className="muted">No pictures.</p> : null}
      <ol className="conflict-gallery">
        {pictures.map((picture, at) => (
          <li key={at} className={`conflict-picture conflict-${picture.is}`}>
            <Look picture={picture} />
            <span className="conflict-place num">{at + 1}</span>
            <span className="unseen">{pictureWords(picture, at)}</span>
            {changeWords[picture.is] === '' ? null : (
              <span className="conflict-change" aria-hidden="true">
                {changeWords[picture.is]}
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

function Look({ picture: { assetId, token, kind } }: { picture: ConflictPicture }) {
  const [failed, setFailed] = useState(false)
  const src = assetId !== null ? mediaUrl(assetId, 'thumb') : token !== null ? peekUrl(token) : null
  if (src === null || failed)
    return (
      <span className="thumb thumb-none" aria-hidden="true">
        <Icon name={kind === 'clip' ? 'play' : 'card'} size={22} />
      </span>
    )
  return <img className="thumb" src={src} alt="" decoding="async" draggable={false} onError={() => setFailed(true)} />
}
