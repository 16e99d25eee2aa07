import { existsSync } from 'node:fs'
import { mkdir, realpath } from 'node:fs/promises'
import { sep } from 'node:path'
import { stop } from './folder.ts'
import { leaseHolder } from './lease.ts'
import { adoptMedia, moveOlder } from './older.ts'
import { claim, refuseOthers } from './served.ts'
import type { CatalogState, Store } from './state.ts'
import type { Vault } from './vault.ts'

export type FolderAccess = {
  /** Looking leaves no traces. */
  look(): Promise<{ root: string; state: CatalogState }>
  /** One act after the other. */
  inTurn<T>(act: () => Promise<T>): Promise<T>
  /** Runs an act with both folders ours and in order. Nothing is written before it is certain that nobody else's things are there. */
  enter<T>(act: (root: string, state: CatalogState) => Promise<T>): Promise<T>
  isReady(): boolean
}

/** The way into the folders of a catalog: whose they are, who works in them now, and what has to be put in order first. */
export function folderAccess(at: { dir: string; stateDir: string; store: Store; vault: Vault }): FolderAccess {
  const { dir, stateDir, store, vault } = at
  const hold = leaseHolder()
  let last: Promise<unknown> = Promise.resolve()
  let root: string | null = null
  let ready = false
  let swept = false

  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = last.then(act)
    last = turn.catch(() => undefined)
    return turn
  }

  const look = async (): Promise<{ root: string; state: CatalogState }> => {
    const { state } = await store.load()
    return { root: existsSync(dir) ? await realpath(dir) : dir, state }
  }

  const enter = async <T>(act: (root: string, state: CatalogState) => Promise<T>): Promise<T> => {
    try {
      if (root === null) {
        await mkdir(dir, { recursive: true })
        const [real, { state, from }] = [await realpath(dir), await store.load()]
        await refuseOthers(real, from === 'state' ? state.id : null)
        root = real
        ready = false
      }
      const at = root
      return await hold(at, async (taken) => {
        if (!ready || taken) await putInOrder(at)
        ready = true
        return act(at, (await store.load()).state)
      })
    } catch (cause) {
      // Somebody may have taken the folder away: the next act looks again.
      root = null
      throw cause
    }
  }

  const putInOrder = async (at: string): Promise<void> => {
    await mkdir(stateDir, { recursive: true })
    const inside = await realpath(stateDir)
    if (`${inside}${sep}`.startsWith(`${at}${sep}`)) {
      throw stop(
        'permanent',
        'state-served',
        `${inside} lies inside ${at}, which is served: hidden listings would be public. Choose another folder.`,
      )
    }
    const { state, from } = await store.load()
    const whose = await refuseOthers(at, from === 'state' ? state.id : null)
    if (!swept) await vault.sweepParts()
    swept = true
    if (from === 'older') await adoptMedia(state.listings, at, vault)
    if (from !== 'state') await store.save(state)
    await moveOlder(at, inside)
    if (whose === 'free') await claim(at, state.id)
  }

  return { look, inTurn, enter, isReady: () => ready }
}
