/** Markup that is safe to write as it is. Made only by `html` and `jsonLd`. */
export type Html = { readonly markup: string }
type Slot = Html | readonly Html[] | string | number | null

/**
 * Template tag for HTML: every slot is escaped unless it already is `Html`, so text from outside cannot become markup.
 * Slots in attributes must stand in double quotes. null writes nothing.
 */
export function html(parts: TemplateStringsArray, ...slots: Slot[]): Html {
  let markup = parts[0] ?? ''
  for (const [index, slot] of slots.entries()) markup += toMarkup(slot) + (parts[index + 1] ?? '')
  return { markup }
}

/** The same, collecting only when there is something to show. */
export const when = (condition: boolean, markup: () => Html): Html => (condition ? markup() : { markup: '' })

/**
 * A JSON-LD block. `<`, `>`, `&` and the two line separators are written as JSON escapes,
 * so neither `</script>` nor `<!--` can end or swallow it (HTML standard, script data states).
 */
export function jsonLd(graph: unknown): Html {
  const json = JSON.stringify(graph).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return { markup: `<script type="application/ld+json">${json}</script>` }
}

/** Escapes for HTML text, quoted HTML attributes and XML text alike. */
export const escapeText = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function toMarkup(slot: Slot): string {
  if (slot === null) return ''
  if (typeof slot === 'string') return escapeText(slot)
  if (typeof slot === 'number') return String(slot)
  return 'markup' in slot ? slot.markup : slot.map((part) => part.markup).join('')
}

/**
 * Text that every format here can hold: well-formed Unicode without control characters (tab and newline stay)
 * and without the two code points XML forbids (XML 1.0 §2.2).
 */
export const cleanText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\t\n])\p{Cc}|[\uFFFE\uFFFF]/gu, '')
