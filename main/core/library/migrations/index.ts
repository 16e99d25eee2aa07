import { foundation } from './0001-foundation.ts'
import { removal } from './0002-removal.ts'

/** Numbered, append-only. To add one: write `000N-<noun>.ts`, add one line here. The library's `user_version` is the count applied. */
export const migrations: readonly { name: string; sql: string }[] = [
  { name: '0001-foundation', sql: foundation },
  { name: '0002-removal', sql: removal },
]
