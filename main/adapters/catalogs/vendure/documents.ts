import { z } from 'zod'

/** One GraphQL operation and what its data must look like. */
export type Document<T> = { name: string; text: string; changes: boolean; data: z.ZodType<T> }

const read = <T>(name: string, text: string, data: z.ZodType<T>): Document<T> => ({ name, text, changes: false, data })
const change = <T>(name: string, text: string, data: z.ZodType<T>): Document<T> => ({ name, text, changes: true, data })

const id = z.string().min(1).max(200)
const count = z.number().int()

const ASSET = 'id type fileSize mimeType width height source tags { value }'
const asset = z.object({
  id,
  type: z.string(),
  fileSize: count,
  mimeType: z.string(),
  width: count,
  height: count,
  source: z.string(),
  tags: z.array(z.object({ value: z.string() })).max(1000),
})
export type VendureAsset = z.infer<typeof asset>

const PRODUCT = `id name slug description enabled featuredAsset { id } assets { ${ASSET} }
  variants { id sku enabled trackInventory prices { price currencyCode } stockLevels { stockOnHand } }`
const product = z.object({
  id,
  name: z.string(),
  slug: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  featuredAsset: z.object({ id }).nullable(),
  assets: z.array(asset).max(5000),
  variants: z
    .array(
      z.object({
        id,
        sku: z.string(),
        enabled: z.boolean(),
        trackInventory: z.string(),
        prices: z.array(z.object({ price: count, currencyCode: z.string() })),
        stockLevels: z.array(z.object({ stockOnHand: count })),
      }),
    )
    .max(5000),
})
export type VendureProduct = z.infer<typeof product>

/** Makes nothing that another one would be a second of: as often as one likes. */
export const login = read(
  'login',
  'mutation login($user: String!, $password: String!) { login(username: $user, password: $password, rememberMe: true) { __typename ... on ErrorResult { errorCode } } }',
  z.object({ login: z.object({ __typename: z.string().max(100), errorCode: z.string().optional() }) }),
)

export const readChannel = read(
  'readChannel',
  `query readChannel {
    activeChannel { code token defaultLanguageCode defaultCurrencyCode seller { name } }
    globalSettings { serverConfig { moneyStrategyPrecision permittedAssetTypes } }
    fields: __type(name: "CreateAssetCustomFieldsInput") { inputFields { name } }
  }`,
  z.object({
    activeChannel: z.object({
      code: z.string(),
      token: z.string(),
      defaultLanguageCode: z.string().max(20),
      defaultCurrencyCode: z.string().regex(/^[A-Z]{3}$/),
      seller: z.object({ name: z.string() }).nullable(),
    }),
    globalSettings: z.object({
      serverConfig: z.object({ moneyStrategyPrecision: z.number().int().min(0).max(6), permittedAssetTypes: z.array(z.string()) }),
    }),
    fields: z.object({ inputFields: z.array(z.object({ name: z.string() })).nullable() }).nullish(),
  }),
)

/** The same for servers that do not show their schema. */
export const readPlainChannel: typeof readChannel = {
  ...readChannel,
  name: 'readPlainChannel',
  text: readChannel.text.replace('query readChannel', 'query readPlainChannel').replace(/fields: __type.*\n/, '\n'),
}

/**
 * Each does nothing, and is refused to whoever lacks the permission: the only way to ask, since `me` knows administrators and not API keys.
 */
export const permissionProbes: { needs: string; of: string; document: Document<unknown> }[] = [
  {
    needs: 'ReadCatalog',
    of: 'see products and assets',
    document: read(
      'mayRead',
      'query mayRead { products(options: { take: 1 }) { totalItems } assets(options: { take: 1 }) { totalItems } }',
      z.unknown(),
    ),
  },
  {
    needs: 'UpdateCatalog',
    of: 'change, show and hide products',
    document: read('mayUpdate', 'mutation mayUpdate { updateProducts(input: []) { id } }', z.unknown()),
  },
  {
    needs: 'CreateCatalog',
    of: 'add pictures and clips',
    document: read('mayCreateAssets', 'mutation mayCreateAssets { createAssets(input: []) { __typename } }', z.unknown()),
  },
  {
    needs: 'CreateCatalog',
    of: 'add products',
    document: read('mayCreateProducts', 'mutation mayCreateProducts { createProductVariants(input: []) { id } }', z.unknown()),
  },
]

export const readProduct = read(
  'readProduct',
  `query readProduct($id: ID!) { product(id: $id) { ${PRODUCT} } }`,
  z.object({ product: product.nullable() }),
)

/** By either name a product can have here, in one request. */
export const findNamed = read(
  'findNamed',
  `query findNamed($sku: String!, $slug: String!, $bySku: Boolean!, $bySlug: Boolean!) {
    productVariants(options: { filter: { sku: { eq: $sku } }, take: 50 }) @include(if: $bySku) { items { sku productId product { id } } }
    product(slug: $slug) @include(if: $bySlug) { ${PRODUCT} }
  }`,
  z.object({
    productVariants: z.object({ items: z.array(z.object({ sku: z.string(), productId: id })).max(50) }).optional(),
    product: product.nullish(),
  }),
)

export const createProduct = change(
  'createProduct',
  `mutation createProduct($input: CreateProductInput!) { createProduct(input: $input) { ${PRODUCT} } }`,
  z.object({ createProduct: product }),
)

export const createVariant = change(
  'createVariant',
  'mutation createVariant($input: CreateProductVariantInput!) { createProductVariants(input: [$input]) { id } }',
  z.object({ createProductVariants: z.array(z.object({ id }).nullable()) }),
)

export const updateVariant = change(
  'updateVariant',
  'mutation updateVariant($input: UpdateProductVariantInput!) { updateProductVariants(input: [$input]) { id } }',
  z.object({ updateProductVariants: z.array(z.object({ id }).nullable()) }),
)

export const updateProduct = change(
  'updateProduct',
  'mutation updateProduct($input: UpdateProductInput!) { updateProduct(input: $input) { id } }',
  z.object({ updateProduct: z.object({ id }) }),
)

export const updateProducts = change(
  'updateProducts',
  'mutation updateProducts($input: [UpdateProductInput!]!) { updateProducts(input: $input) { id } }',
  z.object({ updateProducts: z.array(z.object({ id })) }),
)

export const readVisibility = read(
  'readVisibility',
  'query readVisibility($ids: [String!]!, $take: Int!) { products(options: { filter: { id: { in: $ids } }, take: $take }) { items { id enabled } } }',
  z.object({ products: z.object({ items: z.array(z.object({ id, enabled: z.boolean() })).max(1000) }) }),
)

const found = z.object({ assets: z.object({ items: z.array(asset).max(1000) }) })
/** Assets by their file's name, and by our own field where the server has it. */
export const findAssets = read(
  'findAssets',
  `query findAssets($any: [AssetFilterParameter!]!) { assets(options: { filter: { _or: $any }, sort: { createdAt: ASC }, take: 200 }) { items { ${ASSET} } } }`,
  found,
)
export const findTagged = read(
  'findTagged',
  `query findTagged($tags: [String!]!) { assets(options: { tags: $tags, tagsOperator: OR, sort: { createdAt: ASC }, take: 200 }) { items { ${ASSET} } } }`,
  found,
)
export const readGallery = read(
  'readGallery',
  'query readGallery($id: ID!) { product(id: $id) { assets { id } } }',
  z.object({ product: z.object({ assets: z.array(z.object({ id })) }).nullable() }),
)

export const createAsset = change(
  'createAsset',
  `mutation createAsset($input: [CreateAssetInput!]!) {
    createAssets(input: $input) { __typename ... on Asset { ${ASSET} } ... on MimeTypeError { errorCode message } }
  }`,
  z.object({
    createAssets: z.array(
      z.union([
        asset.extend({ __typename: z.literal('Asset') }),
        z.object({ __typename: z.literal('MimeTypeError'), errorCode: z.string(), message: z.string() }),
      ]),
    ),
  }),
)

export const readAsset = read(
  'readAsset',
  `query readAsset($id: ID!) { asset(id: $id) { ${ASSET} } }`,
  z.object({ asset: asset.nullable() }),
)

/** Products that show an asset, a page of all products at a time: Vendure keeps no list of them. */
export const readGalleries = read(
  'readGalleries',
  'query readGalleries($skip: Int!) { products(options: { skip: $skip, take: 100, sort: { id: ASC } }) { totalItems items { id featuredAsset { id } assets { id } variants { assets { id } } } } }',
  z.object({
    products: z.object({
      totalItems: count,
      items: z.array(
        z.object({
          id,
          featuredAsset: z.object({ id }).nullable(),
          assets: z.array(z.object({ id })),
          variants: z.array(z.object({ assets: z.array(z.object({ id })) })),
        }),
      ),
    }),
  }),
)

export const deleteAsset = change(
  'deleteAsset',
  'mutation deleteAsset($id: ID!) { deleteAsset(input: { assetId: $id, force: false }) { result message } }',
  z.object({ deleteAsset: z.object({ result: z.string(), message: z.string().nullish() }) }),
)
