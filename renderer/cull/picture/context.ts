import { createContext, useContext, useEffect, useState } from 'react'
import { createPictures, type Limits, type Pictures } from './pictures.ts'

export const PicturesContext = createContext<Pictures | null>(null)

export function usePictures(): Pictures {
  const pictures = useContext(PicturesContext)
  if (pictures === null) throw new Error('expected a PicturesContext above this component')
  return pictures
}

/** Decoded pictures that live as long as the component that calls it. */
export function useOwnPictures(limits?: Limits): Pictures {
  const [pictures] = useState(() => createPictures(limits))
  useEffect(() => {
    // A component that is shown again at once (React's strict mode does that) keeps what it has.
    const kept = { timer: 0 }
    window.clearTimeout(kept.timer)
    return () => {
      kept.timer = window.setTimeout(() => pictures.close(), 0)
    }
  }, [pictures])
  return pictures
}
