import { isUtf8 } from 'node:buffer'
import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, parse } from 'node:path'
import { z } from 'zod'
import { findViolations, type Violation } from './import-rules.ts'
import { listRepository, repositoryRoot } from './repository.ts'
import { findTreeViolations } from './tree-rules.ts'

// The rules about imports and about the tree, on this checkout. `npm run check` calls it with the name of one set.

const packageFile = z.object({
  dependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
})

function importViolations(root: string): Violation[] {
  const files = listRepository(root).map(({ path }) => path)
  const { dependencies, optionalDependencies } = packageFile.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  return findViolations({
    sources: new Map(files.filter((path) => /\.tsx?$/.test(path)).map((path) => [path, readFileSync(join(root, path), 'utf8')])),
    files: new Set(files),
    shipped: new Set(Object.keys({ ...dependencies, ...optionalDependencies })),
    builtin: isBuiltin,
  })
}

function treeViolations(root: string): Violation[] {
  const read = (path: string) => {
    const full = join(root, path)
    if (!existsSync(full)) return null
    const bytes = readFileSync(full)
    return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : null
  }
  return findTreeViolations({ files: listRepository(root), read, privatePlaces: privatePlaces(root) })
}

/** The checkout, the folder it lies in and the home folder, unless they are so general that naming them says nothing. */
function privatePlaces(root: string): string[] {
  const general = new Set([parse(root).root, '/root', '/home', '/Users', '/tmp', '/opt', '/srv', '/builds', '/workspace', tmpdir()])
  return [root, `${dirname(root)}/`, homedir()].filter((place) => !general.has(place.replace(/(.)\/$/, '$1')))
}

const sets: Record<string, (root: string) => Violation[]> = { imports: importViolations, tree: treeViolations }

const wanted = process.argv[2] ?? ''
const find = sets[wanted]
if (!find) {
  console.error(`expected one of ${Object.keys(sets).join(', ')}, got "${wanted}"`)
  process.exit(1)
}
const violations = find(repositoryRoot)
for (const { rule, where, because } of violations) console.error(`${where}  ${rule}: ${because}`)
if (violations.length > 0) console.error(`${violations.length} broken rules`)
process.exitCode = violations.length > 0 ? 1 : 0
