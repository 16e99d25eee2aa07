import { describe, expect, it } from 'vitest'
import { parseIgnores } from './repository.ts'
import { findTreeViolations, treeRuleNames } from './tree-rules.ts'

const sound: Record<string, string | number> = {
  'README.md': 'long\n'.repeat(200),
  'package.json': '{"dependencies":{"zod":"4.6.7"},"devDependencies":{"vite":"8.0.0-beta.1"}}',
  'package-lock.json':
    '{"packages":{"node_modules/zod":{"version":"4.6.7"},"node_modules/zod/node_modules/a":{"optionalDependencies":{"b":"1.0.0","c":"1.0.0"}},"node_modules/b":{},"node_modules/zod/node_modules/a/node_modules/c":{}}}',
  '.npmrc': 'save-exact=true\n',
  'main/README.md': 'x\n'.repeat(30),
  'main/core/README.md': '',
  'main/core/engine.ts': 'x\n'.repeat(300),
  'models/README.md': '',
  'models/head.onnx': 14 * 1024 * 1024,
  'renderer/README.md': '',
  'tests/README.md': 'The corpus lies in ../shared/media.',
  'tests/core/engine.test.ts': '',
  'workers/README.md': '',
}

/** The rules broken by the sound tree above with these changes; a number is the size of a file that is not text, undefined removes. */
function broken(changes: Record<string, string | number | undefined>): string[] {
  const all = Object.entries({ ...sound, ...changes }).filter((entry): entry is [string, string | number] => entry[1] !== undefined)
  const texts = new Map(all)
  const read = (path: string) => {
    const content = texts.get(path)
    return typeof content === 'string' ? content : null
  }
  const files = all.map(([path, content]) => ({ path, bytes: typeof content === 'number' ? content : content.length }))
  return findTreeViolations({ files, read, privatePlaces: ['/home/mira/dropcard'] }).map(({ rule, where }) => `${rule} ${where}`)
}

const cases: [string, Record<string, string | number | undefined>][] = [
  ['top-level scripts', { 'scripts/a.js': '' }],
  ['readme workers', { 'workers/README.md': undefined }],
  ['readme main/core', { 'main/core/README.md': undefined }],
  ['readme renderer/cull', { 'renderer/cull/grid.css': '' }],
  ['readme-length main/README.md', { 'main/README.md': 'x\n'.repeat(31) }],
  ['source-length main/core/engine.ts', { 'main/core/engine.ts': 'x\n'.repeat(331) }],
  ['name main/core/file-utils.ts', { 'main/core/file-utils.ts': '' }],
  ['file-size models/head.onnx', { 'models/head.onnx': 16 * 1024 * 1024 }],
  ['total-size .', Object.fromEntries([1, 2, 3, 4].map((n) => [`tests/fixtures/${n}.mp4`, 14 * 1024 * 1024]))],
  ['leak main/core/engine.ts:2', { 'main/core/engine.ts': "// why\nopen('/home/mira/dropcard/card')" }],
  ['leak tests/README.md:1', { 'tests/README.md': `see ${['..', 'shared', 'notes.md'].join('/')}` }],
  ['leak .npmrc:1', { '.npmrc': 'registry=https://npm.example.com/' }],
  [
    'lockfile package-lock.json',
    { 'package-lock.json': '{"packages":{"node_modules/zod":{"resolved": "https://npm.example.com/zod.tgz"}}}' },
  ],
  ['lockfile package-lock.json', { 'package-lock.json': undefined }],
  [
    'lockfile package-lock.json',
    {
      'package-lock.json':
        '{"packages":{"node_modules/a":{"optionalDependencies":{"a-linux":"1.0.0","a-win32":"1.0.0"}},"node_modules/a-linux":{}}}',
    },
  ],
  ['pinned package.json', { 'package.json': '{"devDependencies":{"zod":"^4.6.7"}}' }],
]

describe('tree rules', () => {
  it('accept a sound tree', () => expect(broken({})).toEqual([]))

  it.each(cases)('name %s', (says, changes) => expect(broken(changes)).toEqual([says]))

  it('are each broken above', () => {
    const fired = new Set(cases.map(([says]) => says.split(' ')[0]))
    expect(treeRuleNames.filter((rule) => !fired.has(rule))).toEqual([])
  })

  it('leave out what .gitignore names, and refuse patterns they would misread', () => {
    const ignored = parseIgnores('# made\nout/\n/demo-library/\n*.log\ntests/reports/now\n')
    expect([
      ignored('out', 'renderer/out'),
      ignored('demo-library', 'demo-library'),
      ignored('a.log', 'x/a.log'),
      ignored('now', 'tests/reports/now'),
      ignored('now', 'now'),
      ignored('about', 'about'),
    ]).toEqual([true, true, true, true, false, false])
    expect(() => parseIgnores('!keep.log')).toThrow(/expected plain names/)
  })
})
