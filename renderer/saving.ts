import type { DropId, ProductId } from '../main/contract/ids.ts'
import { ask, wireOf } from './bridge.ts'
import { useLibrary } from './queries.ts'
import { useUiStore } from './ui-state.ts'

type Saving = {
  /** Asks where to, in the system's dialog. */
  text(name: string, text: string | (() => Promise<string> | string)): Promise<void>
  poster(of: { catalog: string; productId: ProductId | null; dropId: DropId | null }): Promise<void>
}

const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path

/** Saves to a place that a person chooses; what was saved can be shown in its folder, what went wrong is said with its next step. */
export function useSaving(): Saving {
  const { door } = useLibrary()
  const ui = useUiStore()
  const told = async (save: () => Promise<string | null>): Promise<void> => {
    try {
      const path = await save()
      if (path === null) return
      const show = (): void => void ask(door, 'shell.showSaved', { path }).catch((error: unknown) => ui.getState().fail(wireOf(error)))
      ui.getState().toast(`Saved as ${nameOf(path)}.`, { label: 'Show in its folder', run: show })
      ui.getState().say(`Saved as ${nameOf(path)}`)
    } catch (error) {
      ui.getState().fail(wireOf(error))
    }
  }
  return {
    text: (name, text) =>
      told(async () => (await ask(door, 'shell.saveText', { name, text: typeof text === 'string' ? text : await text() })).path),
    poster: (of) => told(async () => (await ask(door, 'shell.savePoster', of)).path),
  }
}
