import { ask, wireOf } from '../bridge.ts'
import { useLibrary } from '../queries.ts'
import { Button } from '../ui/controls.tsx'
import { useUiStore } from '../ui-state.ts'

/** Opens a catalog's own page on this disk, in the system's browser. */
export function OpenPage({ catalog, tone = 'plain' }: { catalog: string; tone?: 'plain' | 'primary' }) {
  const { door } = useLibrary()
  const ui = useUiStore()
  return (
    <Button
      tone={tone}
      icon="page"
      onPress={() => void ask(door, 'shell.openCatalog', { catalog }).catch((error: unknown) => ui.getState().fail(wireOf(error)))}
    >
      Open the page
    </Button>
  )
}

/** An address outside of this computer: the window opens none by itself, so it is there to be selected and copied. */
export function Address({ url, name }: { url: string; name: string }) {
  return (
    <input className="address" readOnly value={url} aria-label={`Address of ${name}`} onFocus={(event) => event.currentTarget.select()} />
  )
}
