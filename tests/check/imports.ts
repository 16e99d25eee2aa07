import { parseSync } from 'oxc-parser'

/** One import as written. `typeOnly` ones vanish before the code runs. `computed` = the name is not a literal. */
export type Import = { to: string; typeOnly: boolean; computed: boolean; line: number }

type Node = { type: string; start: number; [key: string]: unknown }
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

function* walk(node: Node): Generator<Node> {
  yield node
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child)
  }
}

const literal = (node: unknown): string | null =>
  isNode(node) && node.type === 'Literal' && typeof node['value'] === 'string' ? node['value'] : null

/** True when every name the statement brings in is marked `type`; `import './a.ts'` and `import {} from` run the file. */
const allTypes = (node: Node): boolean => {
  const kind = node['importKind'] ?? node['exportKind']
  if (kind === 'type') return true
  const names = node['specifiers']
  if (!Array.isArray(names) || names.length === 0) return false
  return names.every((name) => isNode(name) && (name['importKind'] === 'type' || name['exportKind'] === 'type'))
}

const calleeName = (node: unknown): string => {
  if (!isNode(node)) return ''
  if (node.type === 'Identifier' && typeof node['name'] === 'string') return node['name']
  if (node.type === 'MemberExpression') return `${calleeName(node['object'])}.${calleeName(node['property'])}`
  if (node.type === 'MetaProperty') return `${calleeName(node['meta'])}.${calleeName(node['property'])}`
  return ''
}
const loaders = new Set(['require', 'require.resolve', 'import.meta.resolve', 'process.getBuiltinModule'])

/**
 * Every way a TypeScript file reaches another one: import, export from, import(), import type, import(…).Type, import = require(),
 * require(), require.resolve(), import.meta.resolve() and process.getBuiltinModule().
 */
export function importsOf(path: string, source: string): Import[] {
  const { program, errors } = parseSync(path, source)
  if (errors[0]) throw new Error(`${path}: expected TypeScript that parses, got: ${errors[0].message}`)
  const root: unknown = program
  if (!isNode(root)) throw new Error(`${path}: the parser returned no program`)
  const lineOf = (offset: number) => source.slice(0, offset).split('\n').length
  const found: Import[] = []
  const add = (node: Node, target: unknown, typeOnly: boolean) => {
    const to = literal(target)
    found.push({ to: to ?? '', typeOnly, computed: to === null, line: lineOf(node.start) })
  }
  for (const node of walk(root)) {
    if (node.type === 'ImportDeclaration') add(node, node['source'], allTypes(node))
    else if (node.type === 'ExportAllDeclaration') add(node, node['source'], node['exportKind'] === 'type')
    else if (node.type === 'ExportNamedDeclaration' && isNode(node['source'])) add(node, node['source'], allTypes(node))
    else if (node.type === 'ImportExpression') add(node, node['source'], false)
    else if (node.type === 'TSImportType') add(node, node['source'] ?? node['argument'], true)
    else if (node.type === 'TSExternalModuleReference') add(node, node['expression'], false)
    else if (node.type === 'CallExpression' && loaders.has(calleeName(node['callee'])) && Array.isArray(node['arguments']))
      add(node, node['arguments'][0], false)
  }
  return found
}
