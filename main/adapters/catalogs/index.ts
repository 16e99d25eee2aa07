import { join } from 'node:path'
import type { Catalog, CatalogKind, CatalogKinds, CatalogReply, Connection } from '../../core/catalog.ts'
import type { Clock, Log } from '../../core/ports.ts'
import { filesKind, openFiles } from './files.ts'
import { localKind, openLocal } from './local.ts'
import { medusaKind, openMedusa } from './medusa.ts'
import { openShopify, shopifyKind } from './shopify.ts'
import { openSquare, squareKind } from './square.ts'
import { openVendure, vendureKind } from './vendure.ts'
import { openWoocommerce, woocommerceKind } from './woocommerce.ts'

type Deps = { clock: Clock; log: Log; libraryDir: string | null }
type Adapter = {
  kind: CatalogKind
  open(connection: Connection, secrets: Readonly<Record<string, string>>, deps: Deps): CatalogReply<Catalog>
}

/** Every kind of shop; adding one is one line here. */
const adapters: readonly Adapter[] = [
  {
    kind: localKind,
    open(connection, secrets, { clock, libraryDir }) {
      if (libraryDir === null)
        return { ok: false, problem: { class: 'permanent', code: 'no-library', message: 'A folder needs a library to publish from.' } }
      const folder = join(libraryDir, `catalog-${connection.name}`)
      return openLocal(connection, secrets, { clock, defaultDir: folder, stateDir: `${folder}-state` })
    },
  },
  { kind: shopifyKind, open: (connection, secrets) => openShopify(connection, secrets) },
  { kind: squareKind, open: (connection, secrets) => openSquare(connection, secrets) },
  { kind: vendureKind, open: (connection, secrets) => openVendure(connection, secrets) },
  { kind: woocommerceKind, open: (connection, secrets) => openWoocommerce(connection, secrets) },
  { kind: medusaKind, open: (connection, secrets) => openMedusa(connection, secrets) },
  { kind: filesKind, open: (connection, secrets) => openFiles(connection, secrets) },
]

export function createCatalogKinds(deps: Deps): CatalogKinds {
  return {
    list: () => adapters.map((one) => one.kind),
    open(connection, secrets) {
      const adapter = adapters.find((one) => one.kind.kind === connection.kind)
      if (adapter !== undefined) return adapter.open(connection, secrets, deps)
      const message = `This version of Dropcard does not know shops of the kind ${connection.kind}.`
      return { ok: false, problem: { class: 'permanent', code: 'not-found', message } }
    },
  }
}
