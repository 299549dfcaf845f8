// Makes text from outside safe to show, however many lines it has. Knows no layout.

import { escapeAs, escapeText } from '../core/text.ts'

/** Lines laid out by us, in which nothing but the line breaks is taken at its word. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeText).join('\n')
}

/** JSON that reads back as the same value and holds nothing that a terminal would act on. */
export function safeJson(value: unknown): string {
  // Outside of strings, JSON holds no such character but the line breaks of the indentation.
  const lines = JSON.stringify(value, null, 2).split('\n')
  return lines.map((line) => escapeAs(line, asJson)).join('\n')
}

/** The same of JSON that is one line already. */
export function safeLine(json: string): string {
  return escapeAs(json, asJson)
}

/** JSON has a notation of its own, which counts in halves of the characters beyond the first 65,536. */
function asJson(character: string): string {
  let escaped = ''
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`
  }
  return escaped
}
