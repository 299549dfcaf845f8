// What somebody meant by an amount that is written in another way. Reads words only; whether an amount may be is for who asked for it.

const DIGITS_PARTED = /^\d{1,3}(,\d{3})+(\.\d+)?$/
const DECIMAL_COMMA = /^\d+,\d+$/

/** A sentence, as `Write 1000.`; null where nothing can be told. */
export function amountSlip(text: string): string | null {
  const typed = text.trim()
  if (/%$/.test(typed)) return 'It takes an amount, not a share.'
  if (DIGITS_PARTED.test(typed)) return `Write ${typed.replaceAll(',', '')}.`
  if (DECIMAL_COMMA.test(typed)) return `Write ${typed.replace(',', '.')}.`
  return null
}
