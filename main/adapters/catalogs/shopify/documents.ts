import { z } from 'zod'
import { type Document, id, media, userErrors } from './document.ts'

const publicationEntry = z.object({ isPublished: z.boolean(), publishDate: z.string().nullish(), publication: z.object({ id }) })
const product = z.object({
  id,
  handle: z.string(),
  title: z.string(),
  descriptionHtml: z.string(),
  status: z.string(),
  onlineStoreUrl: z.string().nullish(),
  publishedOnPublication: z.boolean(),
  resourcePublicationsV2: z.object({ nodes: z.array(publicationEntry) }),
  media: z.object({ nodes: z.array(media) }),
  variantsCount: z.object({ count: z.number().int() }).nullish(),
  variants: z.object({
    nodes: z.array(
      z.object({
        id,
        sku: z.string().nullish(),
        price: z.string(),
        inventoryItem: z.object({
          id,
          tracked: z.boolean(),
          inventoryLevels: z.object({
            nodes: z.array(
              z.object({ location: z.object({ id }), quantities: z.array(z.object({ name: z.string(), quantity: z.number().int() })) }),
            ),
          }),
        }),
      }),
    ),
  }),
})
export type ShopProduct = z.infer<typeof product>
const PRODUCT = `
fragment product on Product {
  id handle title descriptionHtml status onlineStoreUrl
  publishedOnPublication(publicationId: $publication)
  resourcePublicationsV2(first: 10, onlyPublished: false) { nodes { isPublished publishDate publication { id } } }
  media(first: 250) {
    nodes { __typename id alt mediaContentType status ... on MediaImage { image { url } } ... on Video { filename } }
  }
  variantsCount { count }
  variants(first: 1) {
    nodes {
      id sku price
      inventoryItem {
        id tracked
        inventoryLevels(first: 3) { nodes { location { id } quantities(names: ["available"]) { name quantity } } }
      }
    }
  }
}`

const shop = z.object({ currencyCode: z.string().regex(/^[A-Z]{3}$/) })

export const lookAround: Document<{
  shop: { name: string; url: string; currencyCode: string }
  currentAppInstallation: { accessScopes: { handle: string }[] }
}> = {
  name: 'lookAround',
  changes: false,
  text: 'query lookAround { shop { name url currencyCode } currentAppInstallation { accessScopes { handle } } }',
  data: z.object({
    shop: z.object({ name: z.string(), url: z.string(), currencyCode: z.string() }),
    currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }),
  }),
}

const publications = z.object({
  publications: z.object({
    nodes: z.array(z.object({ id, supportsFuturePublishing: z.boolean(), catalog: z.object({ title: z.string() }).nullish() })),
  }),
})
export const listPublications: Document<z.infer<typeof publications>> = {
  name: 'listPublications',
  changes: false,
  text: 'query listPublications { publications(first: 50) { nodes { id supportsFuturePublishing catalog { title } } } }',
  data: publications,
}

const productById = z.object({ shop, product: product.nullable() })
export const readProduct: Document<z.infer<typeof productById>> = {
  name: 'readProduct',
  changes: false,
  text: `query readProduct($id: ID!, $publication: ID!) { shop { currencyCode } product(id: $id) { ...product } } ${PRODUCT}`,
  data: productById,
}

const productsBySku = z.object({
  productVariants: z.object({ nodes: z.array(z.object({ sku: z.string().nullish(), product: z.object({ id }) })) }),
})
export const findBySku: Document<z.infer<typeof productsBySku>> = {
  name: 'findBySku',
  changes: false,
  text: 'query findBySku($query: String!) { productVariants(first: 10, query: $query) { nodes { sku product { id } } } }',
  data: productsBySku,
}

const productByHandle = z.object({ productByIdentifier: z.object({ id }).nullable() })
export const findByHandle: Document<z.infer<typeof productByHandle>> = {
  name: 'findByHandle',
  changes: false,
  text: 'query findByHandle($handle: String!) { productByIdentifier(identifier: { handle: $handle }) { id } }',
  data: productByHandle,
}

const created = z.object({ productSet: z.object({ product: z.object({ id }).nullish(), userErrors }) })
export const createProduct: Document<z.infer<typeof created>> = {
  name: 'createProduct',
  changes: true,
  text: `mutation createProduct($input: ProductSetInput!) {
    productSet(input: $input, synchronous: true) { product { id } userErrors { code field message } }
  }`,
  data: created,
}

const updated = z.object({ productUpdate: z.object({ userErrors }) })
export const updateProduct: Document<z.infer<typeof updated>> = {
  name: 'updateProduct',
  changes: true,
  text: 'mutation updateProduct($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { field message } } }',
  data: updated,
}

const variantUpdated = z.object({ productVariantsBulkUpdate: z.object({ userErrors }) })
export const updateVariant: Document<z.infer<typeof variantUpdated>> = {
  name: 'updateVariant',
  changes: true,
  text: `mutation updateVariant($id: ID!, $variants: [ProductVariantsBulkInput!]!) {
    productVariantsBulkUpdate(productId: $id, variants: $variants) { userErrors { code field message } }
  }`,
  data: variantUpdated,
}

const stockSet = z.object({ inventorySetQuantities: z.object({ userErrors }) })
/** Since 2026-04 the idempotency key is required here, and the quantity that we think is there. */
export const setStock: Document<z.infer<typeof stockSet>> = {
  name: 'setStock',
  changes: true,
  text: `mutation setStock($input: InventorySetQuantitiesInput!, $key: String!) {
    inventorySetQuantities(input: $input) @idempotent(key: $key) { userErrors { code field message } }
  }`,
  data: stockSet,
}

const reordered = z.object({
  productReorderMedia: z.object({ job: z.object({ id, done: z.boolean() }).nullish(), mediaUserErrors: userErrors }),
})
export const reorderMedia: Document<z.infer<typeof reordered>> = {
  name: 'reorderMedia',
  changes: true,
  text: `mutation reorderMedia($id: ID!, $moves: [MoveInput!]!) {
    productReorderMedia(id: $id, moves: $moves) { job { id done } mediaUserErrors { code field message } }
  }`,
  data: reordered,
}

const job = z.object({ job: z.object({ done: z.boolean() }).nullable() })
export const readJob: Document<z.infer<typeof job>> = {
  name: 'readJob',
  changes: false,
  text: 'query readJob($id: ID!) { job(id: $id) { done } }',
  data: job,
}

const visibilities = z.object({
  nodes: z.array(
    z
      .object({
        __typename: z.string(),
        id,
        status: z.string().optional(),
        publishedOnPublication: z.boolean().optional(),
        resourcePublicationsV2: z.object({ nodes: z.array(publicationEntry) }).optional(),
      })
      .nullable(),
  ),
})
export type Visibility = NonNullable<z.infer<typeof visibilities>['nodes'][number]>
export const readVisibility: Document<z.infer<typeof visibilities>> = {
  name: 'readVisibility',
  changes: false,
  text: `query readVisibility($ids: [ID!]!, $publication: ID!) {
    nodes(ids: $ids) {
      __typename id
      ... on Product {
        status
        publishedOnPublication(publicationId: $publication)
        resourcePublicationsV2(first: 10, onlyPublished: false) { nodes { isPublished publishDate publication { id } } }
      }
    }
  }`,
  data: visibilities,
}

const flipped = z.record(z.string(), z.object({ userErrors }))
/**
 * Shows or hides many products with one request: `id0`, `id1` … A product has to be active to be shown; it is made active only together with being
 * shown, so that no other channel shows it before its time.
 */
export function flipMany(to: 'live' | 'hidden', count: number): Document<z.infer<typeof flipped>> {
  const each = Array.from({ length: count }, (_, n) => n)
  const variables = each.map((n) => `$id${n}: ID!`).join(' ')
  const live = (n: number) => `
    a${n}: productUpdate(product: { id: $id${n}, status: ACTIVE }) { userErrors { field message } }
    p${n}: publishablePublish(id: $id${n}, input: [{ publicationId: $publication, publishDate: $at }]) { userErrors { field message } }`
  const hidden = (n: number) => `
    p${n}: publishableUnpublish(id: $id${n}, input: [{ publicationId: $publication }]) { userErrors { field message } }`
  return {
    name: 'flipMany',
    changes: true,
    text: `mutation flipMany($publication: ID! ${to === 'live' ? '$at: DateTime ' : ''}${variables}) {${each.map(to === 'live' ? live : hidden).join('')}\n}`,
    data: flipped,
  }
}
