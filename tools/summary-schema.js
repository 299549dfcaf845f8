// The JSON Schema of `dita summarize --json`, made from the types that the summary has: prints it. docs/schema/summary.json is its
// text, and a test holds that against it.

import ts from 'typescript'
import { openProject } from './program.js'

const SOURCE = 'src/core/report/summary-view.ts'
const ROOT = 'SummaryView'

const { checker, files } = openProject()
const source = files.find(({ path }) => path === SOURCE)?.source
if (source === undefined) throw new Error(`${SOURCE} is not there`)
const root = checker.getExportsOfModule(checker.getSymbolAtLocation(source)).find(({ name }) => name === ROOT)
if (root === undefined) throw new Error(`${SOURCE} has no ${ROOT}`)

const definitions = new Map()
schemaOf(checker.getDeclaredTypeOfSymbol(root), ROOT)
const { [ROOT]: view, ...others } = Object.fromEntries(definitions)
const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'dita summarize --json',
  description:
    'What `dita summarize --json` prints. Money, prices, quantities and rates are decimal strings; null is what is not known; times ending in Us are microseconds. Keys are only ever added.',
  ...view,
  $defs: Object.fromEntries(Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1))),
}
process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`)

function schemaOf(type, place) {
  if (type.isUnion()) return unionOf(type, place)
  if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value }
  if ((type.flags & ts.TypeFlags.String) !== 0) return { type: 'string' }
  if ((type.flags & ts.TypeFlags.Number) !== 0) return { type: 'number' }
  if ((type.flags & ts.TypeFlags.Null) !== 0) return { type: 'null' }
  if (checker.isArrayType(type)) return { type: 'array', items: schemaOf(checker.getTypeArguments(type)[0], place) }
  const name = type.aliasSymbol?.name ?? type.symbol?.name
  const isNamed = type.isClassOrInterface()
  if (!isNamed) return objectOf(type, place)
  if (!definitions.has(name)) {
    definitions.set(name, null)
    const words = wordsOf(type.symbol)
    definitions.set(name, { ...(words !== '' && { description: words }), ...objectOf(type, name) })
  }
  return { $ref: `#/$defs/${name}` }
}

function unionOf(type, place) {
  const isBoolean = (part) => (part.flags & ts.TypeFlags.BooleanLiteral) !== 0
  const parts = type.types.filter((part) => !isBoolean(part)).map((part) => schemaOf(part, place))
  const booleans = type.types.some(isBoolean) ? [{ type: 'boolean' }] : []
  const choices = parts.flatMap((part) => ('const' in part ? [part.const] : []))
  const enumerated = choices.length === 0 ? [] : [{ enum: choices }]
  const all = [...enumerated, ...booleans, ...parts.filter((part) => !('const' in part))]
  if (all.length === 1) return all[0]
  const isPlain = all.every((part) => Object.keys(part).join() === 'type')
  // What may be null says first what it is otherwise.
  const ordered = all.toSorted((a, b) => Number(a.type === 'null') - Number(b.type === 'null'))
  return isPlain ? { type: ordered.map((part) => part.type) } : { anyOf: ordered }
}

function objectOf(type, place) {
  const values = checker.getIndexInfoOfType(type, ts.IndexKind.String)
  if (values !== undefined) return { type: 'object', additionalProperties: schemaOf(values.type, place) }
  const properties = checker.getPropertiesOfType(type)
  if (properties.length === 0) throw new Error(`${place}: ${checker.typeToString(type)} is nothing that JSON holds`)
  const described = properties.map((property) => {
    if ((property.flags & ts.SymbolFlags.Optional) !== 0)
      throw new Error(`${place}.${property.name} is optional: null is what is not known`)
    const words = wordsOf(property)
    return [
      property.name,
      { ...schemaOf(checker.getTypeOfSymbol(property), `${place}.${property.name}`), ...(words !== '' && { description: words }) },
    ]
  })
  return { type: 'object', properties: Object.fromEntries(described), required: properties.map(({ name }) => name) }
}

function wordsOf(symbol) {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, ' ').trim()
}
