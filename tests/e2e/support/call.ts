import type { Page } from '@playwright/test'
import type { Reply } from '../../../main/contract/reply.ts'

/** What the preload script puts on the page, untyped: suites about the door send what no honest page would. */
export type Door = {
  call(name: unknown, input?: unknown): Promise<Reply<unknown>>
  on(name: string, listener: (event: unknown) => void): () => void
}

/** Calls the door from inside of the page. */
export const call = (page: Page, name: unknown, input?: unknown) =>
  page.evaluate(
    ([name, input]) => {
      const { dropcard } = window as unknown as { dropcard: Door }
      return dropcard.call(name, input)
    },
    [name, input] as const,
  )
