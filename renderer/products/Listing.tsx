import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Input, Label, TextField } from 'react-aria-components'
import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView, ProductView } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { everything } from '../cull/filter.ts'
import { only } from '../cull/selection.ts'
import { keysOf, useLibrary } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { Icon } from '../ui/icons.tsx'
import { Thumb } from '../ui/photo.tsx'
import { useUiStore } from '../ui-state.ts'
import { plural } from '../words.ts'
import { ArrangeDialog } from './ArrangeDialog.tsx'

const imagesShown = 8
const longestTitle = 200

/** One draft listing: its title, editable in place, its images in order, and where it is published. */
export function Listing({ product, assets }: { product: ProductView; assets: ReadonlyMap<AssetId, AssetView> }) {
  const { door } = useLibrary()
  const queries = useQueryClient()
  const ui = useUiStore()
  const [title, setTitle] = useState(product.title)
  const [isArranging, setArranging] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => setTitle(product.title), [product.title])

  const save = async (): Promise<void> => {
    const wanted = title.trim()
    if (wanted === product.title) {
      setTitle(wanted)
      setProblem(null)
      return
    }
    if (wanted.length === 0) {
      setProblem('A listing needs a title.')
      return
    }
    try {
      const saved = await ask(door, 'product.rename', { productId: product.id, title: wanted })
      setProblem(null)
      queries.setQueryData<ProductView[]>(keysOf.products, (all) => all?.map((other) => (other.id === saved.id ? saved : other)))
      ui.getState().say(`Renamed to ${saved.title}`)
    } catch (error) {
      const { message, next } = wireOf(error)
      setProblem([message, next].filter((part) => part !== null).join(' '))
    }
  }
  const openAt = (id: AssetId): void => ui.getState().set({ screen: 'cull', mode: 'loupe', filter: everything, selection: only(id) })
  const shown = product.assets.slice(0, imagesShown)
  return (
    <li className="listing">
      <div className="listing-head">
        <TextField className="field" value={title} onChange={setTitle} maxLength={longestTitle} isInvalid={problem !== null}>
          <Label className="unseen">Title</Label>
          <Input
            className="field-input"
            onBlur={() => void save()}
            onKeyDown={(event) => {
              if (event.key === 'Enter') event.currentTarget.blur()
              if (event.key === 'Escape') setTitle(product.title)
            }}
          />
          {problem === null ? null : (
            <p className="field-problem" role="alert">
              {problem}
            </p>
          )}
        </TextField>
        <p className="muted">
          {plural(product.assets.length, 'image')}
          {product.clips.length > 0 ? `, ${plural(product.clips.length, 'clip')}` : ''}
        </p>
        {product.publications.length === 0 ? (
          <span className="state">Draft</span>
        ) : (
          product.publications.map((publication) => (
            <span key={publication.catalog} className={`state state-${publication.state}`}>
              {publication.state}
            </span>
          ))
        )}
      </div>
      <ol className="listing-images" aria-label={`Images of ${product.title}`}>
        {shown.map((id, index) => {
          const asset = assets.get(id)
          return (
            <li key={id}>
              <button
                type="button"
                className="listing-image"
                aria-label={`${index === 0 ? 'Main image' : `Image ${index + 1}`}: ${asset?.name ?? 'unknown'}`}
                onClick={() => openAt(id)}
              >
                {asset === undefined ? <Icon name="warning" /> : <Thumb asset={asset} />}
              </button>
            </li>
          )
        })}
        {product.assets.length > imagesShown ? <li className="listing-more muted">{`+${product.assets.length - imagesShown}`}</li> : null}
      </ol>
      <div className="listing-acts">
        <Button onPress={() => setArranging(true)}>Arrange pictures</Button>
      </div>
      {isArranging ? <ArrangeDialog product={product} assets={assets} onClose={() => setArranging(false)} /> : null}
    </li>
  )
}
