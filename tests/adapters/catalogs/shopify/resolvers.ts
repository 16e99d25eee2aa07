import { addFile, type FileRow, lookAt, need, type ProductRow, publicationId, type State, searchFiles, toFile, userError } from './state.ts'

type Args = Record<string, unknown>
const posId = 'gid://shopify/Publication/2'

/** The part of Shopify's Admin API that publishing needs, as root fields for graphql-js; types and arguments are checked by the real schema. */
export function resolvers(state: State) {
  const { files, products, staged, orders } = state
  const fileOf = (id: unknown) => files.get(String(id))
  const productOf = (id: unknown) => products.get(String(id))
  const nodes = <T>(list: T[]) => ({ nodes: list })

  const toProduct = (row: ProductRow) => ({
    __typename: 'Product',
    id: row.id,
    handle: row.handle,
    title: row.title,
    descriptionHtml: row.descriptionHtml,
    status: row.status,
    onlineStoreUrl: isPublished(row, publicationId) && row.status === 'ACTIVE' ? `https://stand-in.example/products/${row.handle}` : null,
    publishedOnPublication: ({ publicationId: id }: Args) => isPublished(row, String(id)),
    resourcePublicationsV2: () =>
      nodes(
        [...row.published].map(([id, at]) => ({
          isPublished: at <= state.now,
          publishDate: new Date(at).toISOString(),
          publication: { id },
        })),
      ),
    media: () => nodes(row.media.flatMap((id) => files.get(id) ?? []).map(toFile)),
    variantsCount: { count: 1 },
    variants: () =>
      nodes([
        {
          ...row.variant,
          inventoryItem: {
            id: row.variant.id.replace('ProductVariant', 'InventoryItem'),
            tracked: row.variant.tracked,
            inventoryLevels: nodes([
              { location: { id: 'gid://shopify/Location/1' }, quantities: [{ name: 'available', quantity: row.variant.available }] },
            ]),
          },
        },
      ]),
  })
  const isPublished = (row: ProductRow, id: string) => (row.published.get(id) ?? Number.POSITIVE_INFINITY) <= state.now

  const listFiles = ({ query, first, reverse, sortKey }: Args) => {
    const found = searchFiles(state, query as string | undefined)
    const sorted = sortKey === 'CREATED_AT' ? found.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)) : found
    return nodes((reverse === true ? sorted.toReversed() : sorted).slice(0, Number(first)).map(lookAt).map(toFile))
  }

  return {
    shop: { name: 'Stand-in stall', url: 'https://stand-in.example', currencyCode: 'EUR' },
    currentAppInstallation: () => ({ accessScopes: [...state.scopes].map((handle) => ({ handle })) }),
    publications() {
      need(state, 'read_publications')
      return nodes([
        { id: posId, supportsFuturePublishing: false, catalog: { __typename: 'AppCatalog', title: 'Point of Sale' } },
        { id: publicationId, supportsFuturePublishing: true, catalog: { __typename: 'AppCatalog', title: 'Online Store' } },
      ])
    },
    product: ({ id }: Args) => {
      const row = productOf(id)
      return row === undefined ? null : toProduct(row)
    },
    productByIdentifier({ identifier }: { identifier: { handle: string } }) {
      const row = [...products.values()].find((one) => one.handle === identifier.handle)
      return row === undefined ? null : toProduct(row)
    },
    productVariants({ query }: Args) {
      // Like the real one, it also finds what only begins alike.
      const sku = /^sku:"(.*)"$/.exec(String(query))?.[1]
      const rows = [...products.values()].filter((row) => sku !== undefined && row.variant.sku?.startsWith(sku) === true)
      return nodes(rows.map((row) => ({ sku: row.variant.sku, product: toProduct(row) })))
    },
    files: listFiles,
    nodes: ({ ids }: { ids: string[] }) =>
      ids.map((id) => {
        const row = productOf(id)
        const file = fileOf(id)
        return row !== undefined ? toProduct(row) : file === undefined ? null : toFile(lookAt(file))
      }),
    job: ({ id }: Args) => ({ id, done: true }),

    productSet({
      input,
    }: {
      input: Args & { handle: string; variants: { price?: string; inventoryItem?: { sku?: string; tracked?: boolean } }[] }
    }) {
      need(state, 'write_products')
      if ([...products.values()].some((row) => row.handle === input.handle)) {
        return { product: null, userErrors: [userError('HANDLE_NOT_UNIQUE', 'Handle already in use. Please provide a new handle.')] }
      }
      const [variant] = input.variants
      const n = state.next++
      const row: ProductRow = {
        id: `gid://shopify/Product/${n}`,
        handle: input.handle,
        title: String(input['title']),
        descriptionHtml: String(input['descriptionHtml'] ?? ''),
        status: String(input['status'] ?? 'ACTIVE'),
        media: [],
        variant: {
          id: `gid://shopify/ProductVariant/${n}`,
          sku: variant?.inventoryItem?.sku ?? null,
          price: variant?.price ?? '0.00',
          tracked: variant?.inventoryItem?.tracked ?? false,
          available: 0,
        },
        published: new Map(),
      }
      products.set(row.id, row)
      return { product: toProduct(row), userErrors: [] }
    },
    productUpdate({ product }: { product: { id: string; title?: string; descriptionHtml?: string; status?: string } }) {
      need(state, 'write_products')
      const row = productOf(product.id)
      if (row === undefined) return { userErrors: [{ field: ['id'], message: 'Product does not exist' }] }
      const { title, descriptionHtml, status } = product
      Object.assign(row, { ...(title && { title }), ...(descriptionHtml !== undefined && { descriptionHtml }), ...(status && { status }) })
      return { userErrors: [] }
    },
    productVariantsBulkUpdate({
      productId,
      variants,
    }: {
      productId: string
      variants: { price?: string; inventoryItem?: { sku?: string; tracked?: boolean } }[]
    }) {
      need(state, 'write_products')
      const row = productOf(productId)
      const [change] = variants
      if (row === undefined) return { userErrors: [userError('PRODUCT_DOES_NOT_EXIST', 'Product does not exist')] }
      row.variant.price = change?.price ?? row.variant.price
      row.variant.sku = change?.inventoryItem?.sku ?? row.variant.sku
      row.variant.tracked = change?.inventoryItem?.tracked ?? row.variant.tracked
      return { userErrors: [] }
    },
    inventorySetQuantities({
      input,
    }: {
      input: { quantities: { inventoryItemId: string; quantity: number; changeFromQuantity: number }[] }
    }) {
      need(state, 'write_inventory')
      for (const one of input.quantities) {
        const row = [...products.values()].find((product) => product.variant.id.endsWith(`/${one.inventoryItemId.split('/').at(-1)}`))
        if (row === undefined) return { userErrors: [userError('INVALID_INVENTORY_ITEM', 'Not found')] }
        if (row.variant.available !== one.changeFromQuantity) {
          return { userErrors: [userError('CHANGE_FROM_QUANTITY_STALE', 'The changeFromQuantity value does not match')] }
        }
        row.variant.available = one.quantity
      }
      return { userErrors: [] }
    },

    fileCreate({
      files: inputs,
    }: {
      files: { originalSource: string; filename: string; alt?: string; contentType: string; duplicateResolutionMode: string }[]
    }) {
      need(state, 'write_files')
      const made: FileRow[] = []
      for (const input of inputs) {
        const video = input.contentType === 'VIDEO'
        const bytes = staged.get(input.originalSource.split('/').at(-1) ?? '')?.bytes ?? null
        if (bytes === null) return { files: null, userErrors: [userError('INVALID_IMAGE_SOURCE_URL', 'Nothing was uploaded there')] }
        if ((input.alt?.length ?? 0) > 512)
          return { files: null, userErrors: [userError('ALT_VALUE_LIMIT_EXCEEDED', 'The alt value is too long')] }
        if (video && input.duplicateResolutionMode !== 'APPEND_UUID') {
          return { files: null, userErrors: [userError('INVALID_DUPLICATE_MODE_FOR_TYPE', 'Not for this type')] }
        }
        const taken = [...files.values()].some((row) => row.filename === input.filename && row.status !== 'FAILED')
        if (taken && input.duplicateResolutionMode === 'RAISE_ERROR' && orders.duplicates === 'at once') {
          return { files: null, userErrors: [userError('FILENAME_ALREADY_EXISTS', 'The provided filename already exists.')] }
        }
        const name = taken && input.duplicateResolutionMode === 'APPEND_UUID' ? withUuid(input.filename) : input.filename
        const row = addFile(state, name, input.alt ?? '', video ? 'Video' : 'MediaImage', bytes)
        if (taken && orders.duplicates === 'later') row.error = 'DUPLICATE_FILENAME_ERROR'
        made.push(row)
      }
      return { files: made.map(toFile), userErrors: [] }
    },
    fileUpdate({ files: inputs }: { files: { id: string; alt?: string; referencesToAdd?: string[]; referencesToRemove?: string[] }[] }) {
      need(state, 'write_files')
      if (orders.lieNext > 0) {
        orders.lieNext--
        return { userErrors: [] }
      }
      for (const input of inputs) {
        const row = fileOf(input.id)
        if (row === undefined) return { userErrors: [userError('FILE_DOES_NOT_EXIST', 'File does not exist.')] }
        if (row.status !== 'READY') return { userErrors: [userError('NON_READY_STATE', 'The file is not in the READY state.')] }
        row.alt = input.alt ?? row.alt
        for (const id of input.referencesToAdd ?? []) {
          const product = productOf(id)
          if (product === undefined) return { userErrors: [userError('REFERENCE_TARGET_DOES_NOT_EXIST', 'Gone')] }
          if (!product.media.includes(row.id)) product.media.push(row.id)
        }
        for (const id of input.referencesToRemove ?? []) {
          const product = productOf(id)
          if (product !== undefined) product.media = product.media.filter((one) => one !== row.id)
        }
      }
      return { userErrors: [] }
    },
    fileDelete({ fileIds }: { fileIds: string[] }) {
      need(state, 'write_files')
      const deleted = fileIds.filter((id) => files.delete(id))
      for (const product of products.values()) product.media = product.media.filter((id) => files.has(id))
      return { deletedFileIds: deleted, userErrors: [] }
    },
    productReorderMedia({ id, moves }: { id: string; moves: { id: string; newPosition: string }[] }) {
      need(state, 'write_products')
      const row = productOf(id)
      if (row === undefined) return { job: null, mediaUserErrors: [userError('PRODUCT_DOES_NOT_EXIST', 'Product does not exist')] }
      for (const move of moves) {
        if (!row.media.includes(move.id)) return { job: null, mediaUserErrors: [userError('MEDIA_DOES_NOT_EXIST_ON_PRODUCT', 'Gone')] }
        row.media = row.media.filter((one) => one !== move.id).toSpliced(Number(move.newPosition), 0, move.id)
      }
      return { job: { id: 'gid://shopify/Job/1', done: false }, mediaUserErrors: [] }
    },
    publishablePublish({ id, input }: { id: string; input: { publicationId: string; publishDate?: string | null }[] }) {
      need(state, 'write_publications')
      const row = productOf(id)
      if (row === undefined) return { userErrors: [{ field: ['id'], message: 'Product does not exist' }] }
      for (const { publicationId: where, publishDate } of input) row.published.set(where, publishDate ? Date.parse(publishDate) : state.now)
      return { userErrors: [] }
    },
    publishableUnpublish({ id, input }: { id: string; input: { publicationId: string }[] }) {
      need(state, 'write_publications')
      for (const one of input) productOf(id)?.published.delete(one.publicationId)
      return { userErrors: [] }
    },
  }
}

const withUuid = (name: string) => name.replace(/(\.[a-z0-9]+)$/, `_${crypto.randomUUID()}$1`)
