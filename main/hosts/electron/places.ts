import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Where the parts of the app lie. `built` is the folder of the running main file (`out/main`). */
export type Places = { preload: string; renderer: string; engine: string; node: string }

/**
 * Packaged, the engine's sources and its packages lie unpacked beside the archive (a plain Node cannot read inside of it) and Node itself
 * in the resources; in development both come from the checkout.
 */
export function places(built: string, packaged: boolean, resources: string): Places {
  const binary = process.platform === 'win32' ? 'node.exe' : 'node'
  const root = resolve(built, '../..')
  const code = packaged ? join(resources, 'app.asar.unpacked') : root
  return {
    preload: join(root, 'out/preload/preload.cjs'),
    renderer: join(root, 'out/renderer'),
    engine: join(code, 'main/hosts/engine.ts'),
    node: packaged ? join(resources, binary) : developmentNode(root, binary),
  }
}

function developmentNode(root: string, binary: string): string {
  const candidates = [join(root, 'node_modules/node/bin', binary), join(root, 'node_modules/.bin', binary)]
  return candidates.find((path) => existsSync(path)) ?? join(root, 'node_modules/node/bin', binary)
}
