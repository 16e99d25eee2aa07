import { mark, mediaName, slug } from './record.ts'

/**
 * Where things are, seen from one page. Pages link relatively, so the folder works from a disk and from any static host.
 * `absolute` is for what other machines read (feeds, structured data, Open Graph): full addresses when the shop's own
 * address is known, relative ones otherwise.
 */
export type Links = {
  home: string
  product(handle: string): string
  media(file: Parameters<typeof mediaName>[0]): string
  at(path: string): string
  absolute(path: string): string
}

export const productPath = (handle: string): string => `products/${handle}/index.html`
export const mediaPath = (file: Parameters<typeof mediaName>[0]): string => `media/${mediaName(file)}`

/** Path of the page of a drop: follows from its id alone, so that a printed code leads there before, during and after. */
export function dropPath(id: string): string {
  const safe = slug(id, id)
  return `drops/${safe === id ? safe : `${safe}-${mark(id)}`}/index.html`
}

/** `depth` = folders between the page and the catalog's root. */
export function linksFrom(depth: number, baseUrl: string | null): Links {
  const up = '../'.repeat(depth)
  return {
    home: `${up}index.html`,
    product: (handle) => up + productPath(handle),
    media: (file) => up + mediaPath(file),
    at: (path) => up + path,
    absolute: (path) => (baseUrl === null ? up + path : new URL(path, baseUrl).href),
  }
}
