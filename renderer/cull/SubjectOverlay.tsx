import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type PointerEvent, useState } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView, Point } from '../../main/contract/views.ts'
import { ask, wireOf } from '../bridge.ts'
import { useHint, useKeys } from '../keyboard.ts'
import { keysOf, reads, useLibrary } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { useUiStore } from '../ui-state.ts'
import './subject.css'

type Rect = { left: number; top: number; width: number; height: number }

/**
 * Shows what the measures were taken on, and lets a person point at something else: a click on the photo asks the engine to measure it there.
 * `fit` is where the whole frame lies on the stage, null while it is not seen whole. Hidden until its key is pressed; stays on from photo to photo.
 */
export function SubjectOverlay({ asset, fit }: { asset: AssetView; fit: Rect | null }) {
  const [isOn, setOn] = useState(false)
  useKeys(['loupe'], { subject: () => setOn(!isOn) })
  return isOn && fit !== null && asset.analysis === 'ready' ? <Region asset={asset} fit={fit} onClose={() => setOn(false)} /> : null
}

function Region({ asset, fit, onClose }: { asset: AssetView; fit: Rect; onClose: () => void }) {
  const ui = useUiStore()
  const hint = useHint()
  const library = useLibrary()
  const queries = useQueryClient()
  const detail = useQuery(reads.detail(library, asset.id))
  const [pointed, setPointed] = useState<{ id: AssetId; at: Point } | null>(null)
  const choose = async (at: Point | null): Promise<void> => {
    setPointed(at === null ? null : { id: asset.id, at })
    try {
      await ask(library.door, 'asset.subject', { assetId: asset.id, at })
      ui.getState().say(at === null ? 'Dropcard finds the subject' : 'Measuring what you pointed at')
      await queries.invalidateQueries({ queryKey: [...keysOf.details, asset.id] })
    } catch (error) {
      setPointed(null)
      ui.getState().fail(wireOf(error), { label: 'Try again', run: () => void choose(at) })
    }
  }
  const onPointerDown = (event: PointerEvent): void => {
    event.stopPropagation()
    if (event.button !== 0) return
    const rect = event.currentTarget.getBoundingClientRect()
    if (rect.width <= 0 || rect.height <= 0) return
    const within = (value: number): number => Math.min(1, Math.max(0, value))
    void choose({ x: within((event.clientX - rect.left) / rect.width), y: within((event.clientY - rect.top) / rect.height) })
  }
  const stop = (event: PointerEvent): void => event.stopPropagation()
  const subject = detail.data?.subject ?? null
  const isPerson = detail.data?.subjectBy === 'person'
  const mark = pointed?.id === asset.id ? pointed.at : null
  const share = (value: number): string => `${(100 * value).toFixed(2)}%`
  return (
    <>
      <div className="subject-frame" style={fit} onPointerDown={onPointerDown} onPointerUp={stop}>
        {subject === null ? null : (
          <div
            className={isPerson ? 'subject-box subject-chosen' : 'subject-box'}
            style={{ left: share(subject.x), top: share(subject.y), width: share(subject.w), height: share(subject.h) }}
          />
        )}
        {mark === null ? null : <div className="subject-point" style={{ left: share(mark.x), top: share(mark.y) }} />}
      </div>
      <section className="subject-bar" aria-label="Subject" onPointerDown={stop} onPointerUp={stop}>
        <p>
          {detail.isError
            ? 'The subject could not be read.'
            : isPerson
              ? 'You pointed at the subject. Click to point elsewhere.'
              : subject === null
                ? 'No subject was found. Click on it.'
                : 'Measured here. Click on another subject to measure that one.'}
        </p>
        {isPerson ? <Button onPress={() => void choose(null)}>Let Dropcard find it</Button> : null}
        <Button tone="quiet" hint={hint('subject')} onPress={onClose}>
          Hide
        </Button>
      </section>
    </>
  )
}
