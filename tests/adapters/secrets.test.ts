import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSecrets } from '../../main/adapters/secrets.ts'
import { tempFolder } from '../support/temp.ts'

const name = 'catalog/my-shop/token'
const secret = 'shpat_0123456789-very-secret'

test('a secret is kept encrypted, for this user only, and another key finds nothing', async () => {
  const dir = tempFolder()
  const file = join(dir, 'library', 'secrets.json')
  const keyFile = join(dir, 'config', 'secrets.key')
  const kept = createSecrets({ file, env: {}, keyFile })
  await kept.set(name, secret)
  await kept.set('catalog/other/token', 'x')
  expect(await createSecrets({ file, env: {}, keyFile }).get(name)).toBe(secret)
  expect(readFileSync(file, 'utf8')).not.toContain('shpat')
  expect([statSync(file).mode & 0o777, statSync(keyFile).mode & 0o777]).toEqual([0o600, 0o600])
  // Another computer, a passphrase, a value moved to another name: as if it were not there.
  expect(await createSecrets({ file, env: {}, keyFile: join(dir, 'elsewhere.key') }).get(name)).toBeNull()
  const { values, ...rest } = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...rest, values: { ...values, 'catalog/other/token': values[name] } }))
  expect(await kept.get('catalog/other/token')).toBeNull()
  await kept.set(name, null)
  expect(await kept.get(name)).toBeNull()
  writeFileSync(file, '{"half":')
  await expect(kept.get(name)).rejects.toThrow(/damaged/)
})

test('a passphrase, the app\u2019s own key, and the environment before all', async () => {
  const file = join(tempFolder(), 'secrets.json')
  const phrase = { DROPCARD_PASSPHRASE: 'correct horse' }
  await createSecrets({ file, env: phrase }).set(name, secret)
  expect(await createSecrets({ file, env: phrase }).get(name)).toBe(secret)
  expect(await createSecrets({ file, env: { DROPCARD_PASSPHRASE: 'wrong' } }).get(name)).toBeNull()
  const key = { DROPCARD_KEY: 'ab'.repeat(32) }
  await createSecrets({ file, env: key }).set(name, 'second')
  expect(await createSecrets({ file, env: key }).get(name)).toBe('second')
  expect(await createSecrets({ file, env: { ...key, DROPCARD_SECRET_MY_SHOP_TOKEN: 'given' } }).get(name)).toBe('given')
})
