import type { CatalogKindView } from '../../../main/contract/views.ts'

const secret = { type: 'secret', required: true, example: null, choices: null } as const

/** Kinds of shops that the FAKE engine offers: one of each level of testing, every type of field. */
export const fakeKinds: CatalogKindView[] = [
  {
    kind: 'vendure',
    label: 'Vendure',
    about: 'Products, pictures and clips in a Vendure shop, through its Admin API.',
    tested: 'real server',
    fields: [
      {
        name: 'url',
        label: 'Admin API',
        type: 'url',
        required: true,
        hint: 'The address that ends in /admin-api.',
        example: 'https://shop.example/admin-api',
        choices: null,
      },
      { name: 'key', label: 'API key', hint: 'Settings, API keys. It needs the permissions for the catalog and assets.', ...secret },
    ],
  },
  {
    kind: 'shopify',
    label: 'Shopify',
    about: 'Products, pictures, clips and opening times in a Shopify shop, through its Admin API.',
    tested: 'real schema and a stand-in',
    fields: [
      {
        name: 'shop',
        label: 'Shop',
        type: 'text',
        required: true,
        hint: 'The address that ends in .myshopify.com: Shopify admin, Settings, Domains.',
        example: 'my-stall.myshopify.com',
        choices: null,
      },
      { name: 'clientSecret', label: 'Client secret', hint: 'Beside the client ID in the Dev Dashboard.', ...secret },
      {
        name: 'channel',
        label: 'Sales channel',
        type: 'text',
        required: false,
        hint: 'Where products are shown and hidden. Empty: the online store.',
        example: 'Online Store',
        choices: null,
      },
    ],
  },
  {
    kind: 'square',
    label: 'Square',
    about: 'Products and their pictures in Square, for the till and Square Online. Pictures only.',
    tested: 'stand-in',
    fields: [
      { name: 'token', label: 'Access token', hint: 'Square Developer Console, your application, Credentials.', ...secret },
      {
        name: 'environment',
        label: 'Environment',
        type: 'choice',
        required: true,
        hint: 'Sandbox is for trying things out; it needs its own token.',
        example: null,
        choices: [
          { value: 'production', label: 'Production' },
          { value: 'sandbox', label: 'Sandbox' },
        ],
      },
    ],
  },
]
