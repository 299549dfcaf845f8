// The words of HTML and SVG: escaping, elements, scripts. Knows nothing of sessions.

import { escapeAs } from '../../text.ts'

/** Markup that is safe to stand in a page: only the functions here make it. */
export type Markup = string & { readonly [markupBrand]: 'Markup' }
declare const markupBrand: unique symbol

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text from anywhere, for contents and for quoted attributes; what would hide or reorder text is written out. */
export function text(from: string): Markup {
  const visible = escapeAs(from, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
  return visible.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '') as Markup
}

type Attributes = Readonly<Record<string, string | number | null>>

/** An element; attributes that are null are left out, numbers are cut to two places. */
export function element(name: string, attributes: Attributes, ...children: readonly Markup[]): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? place(value) : text(value ?? '')}"`)
    .join('')
  const open = `<${name}${written}`
  return (VOID.has(name) ? `${open}>` : `${open}>${children.join('')}</${name}>`) as Markup
}

const VOID: ReadonlySet<string> = new Set(['meta', 'link', 'br'])

export function joined(...parts: readonly Markup[]): Markup {
  return parts.join('') as Markup
}

/** What is written by us as it is: styles, scripts, and parts of pages. Nothing from outside may come here. */
export function trusted(source: string): Markup {
  return source as Markup
}

/** Data for a script: no character in it ends the script or is read as a line's end. */
export function scriptJson(value: unknown): Markup {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ) as Markup
}

/** A coordinate, as short as it can be seen. */
export function place(value: number): string {
  return String(Math.round(value * 100) / 100)
}
