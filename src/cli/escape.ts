// Makes text from outside safe to show: control and format characters become visible escapes. Knows no layout.

/** C0 and C1 controls, and the format characters (bidirectional overrides, zero-width marks, line separators). */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
/** The same, but the line breaks that a layout of our own is made of. */
const UNSAFE_BUT_NEWLINE = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** One line, whatever it held: for a name, a path, a message of a venue. */
export function escapeLine(text: string): string {
  return text.replace(UNSAFE, asEscape)
}

/** Several lines, laid out by us, in which nothing but the line breaks is taken at its word. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE_BUT_NEWLINE, asEscape)
}

/** JSON that reads back as the same value and holds nothing that a terminal would act on. */
export function safeJson(value: unknown): string {
  // Outside of strings, JSON holds no such character but the line breaks of the indentation.
  return escapeText(JSON.stringify(value, null, 2))
}

function asEscape(character: string): string {
  let escaped = ''
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`
  }
  return escaped
}
