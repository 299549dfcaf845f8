// The keys of the schema as a flat list and as a JSON Schema, for docs, scaffold, editors and "did you mean". Checks nothing.

import { z } from 'zod'
import { configSchema } from './schema.ts'

/** The parts of a JSON Schema node that are read here. */
export interface JsonSchema {
  type?: string | string[]
  description?: string
  default?: unknown
  enum?: readonly string[]
  /** Ours: zod drops the standard `examples` of a value that is transformed. */
  example?: string
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
  multipleOf?: number
  pattern?: string
  properties?: Record<string, JsonSchema>
  required?: readonly string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  additionalProperties?: boolean | JsonSchema
}

export interface ConfigKey {
  readonly path: readonly string[]
  readonly description: string
  /** Whether it only groups other keys. */
  readonly isSection: boolean
  /** A section that may be missing as a whole, and that has keys which must be given once it is there. */
  readonly isOptionalSection: boolean
  readonly isRequired: boolean
  /** As JSON: numbers are text here. Undefined for sections and for keys that must be given. */
  readonly default: unknown
  readonly schema: JsonSchema
}

/** Every key, sections before what they hold, in the order of the schema. */
export function configKeys(): ConfigKey[] {
  const keys: ConfigKey[] = []
  collect(rawJsonSchema(), [], keys)
  return keys
}

/** The JSON Schema for editors: numbers may be written as numbers or as text, and a section may be left empty. */
export function configJsonSchema(): JsonSchema {
  return forEditors(rawJsonSchema())
}

function rawJsonSchema(): JsonSchema {
  return z.toJSONSchema(configSchema(), { io: 'input', target: 'draft-7' }) as JsonSchema
}

function collect(schema: JsonSchema, path: readonly string[], keys: ConfigKey[]): void {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const shape = property.anyOf?.find((option) => option.properties !== undefined) ?? property
    const isSection = shape.properties !== undefined
    const keyPath = [...path, name]
    keys.push({
      path: keyPath,
      description: property.description ?? shape.description ?? '',
      isSection,
      isOptionalSection: isSection && shape !== property,
      isRequired: schema.required?.includes(name) ?? false,
      default: isSection ? undefined : property.default,
      schema: property,
    })
    if (isSection) collect(shape, keyPath, keys)
  }
}

function forEditors(schema: JsonSchema): JsonSchema {
  const { example, ...rest } = schema
  const copy: JsonSchema & { examples?: string[] } = example === undefined ? rest : { ...rest, examples: [example] }
  if (copy.properties !== undefined) {
    copy.properties = Object.fromEntries(Object.entries(copy.properties).map(([name, property]) => [name, forEditors(property)]))
    if (copy.default !== undefined) {
      copy.type = ['object', 'null']
      delete copy.default
    }
  }
  if (copy.items !== undefined) copy.items = forEditors(copy.items)
  if (copy.anyOf !== undefined) copy.anyOf = copy.anyOf.map(forEditors)
  if (typeof copy.default === 'string' && copy.type?.includes('number')) copy.default = Number(copy.default)
  if (Array.isArray(copy.default) && copy.items?.type?.includes('number')) copy.default = copy.default.map(Number)
  return copy
}
