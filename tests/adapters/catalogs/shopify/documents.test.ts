import { parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { API_VERSION } from '../../../../main/adapters/catalogs/shopify/document.ts'
import * as documents from '../../../../main/adapters/catalogs/shopify/documents.ts'
import * as files from '../../../../main/adapters/catalogs/shopify/file-documents.ts'
import { readSchema, shopifySchemas } from './schema.ts'

const schemas = await shopifySchemas()
const reason = 'reason' in schemas ? schemas.reason : ''

const texts: Record<string, string> = {
  ...Object.fromEntries(
    [...Object.values(documents), ...Object.values(files)].flatMap((one) =>
      typeof one === 'object' && 'text' in one ? [[one.name, one.text] as const] : [],
    ),
  ),
  'flipMany live': documents.flipMany('live', 3).text,
  'flipMany hidden': documents.flipMany('hidden', 3).text,
}

describe.skipIf(reason !== '')(`every document against Shopify's published schema ${reason}`, () => {
  it('is valid in the version that is used, and in the oldest one that could be', async () => {
    const folder = 'folder' in schemas ? schemas.folder : ''
    expect(API_VERSION).toBe('2026-10')
    expect(Object.keys(texts).length).toBeGreaterThan(20)
    for (const version of ['2026-10', '2026-01'] as const) {
      const schema = await readSchema(folder, version)
      const wrong = Object.entries(texts).flatMap(([name, text]) =>
        validate(schema, parse(text)).map((error) => `${name}: ${error.message}`),
      )
      expect(wrong, version).toEqual([])
      // The check can fail.
      expect(validate(schema, parse('{ shop { nmae } }'))).toHaveLength(1)
    }
  })

  it('uses nothing that Shopify has deprecated', async () => {
    const { NoDeprecatedCustomRule } = await import('graphql')
    const schema = await readSchema('folder' in schemas ? schemas.folder : '', '2026-10')
    const old = Object.entries(texts).flatMap(([name, text]) =>
      validate(schema, parse(text), [NoDeprecatedCustomRule]).map((error) => `${name}: ${error.message}`),
    )
    expect(old).toEqual([])
  })
})
