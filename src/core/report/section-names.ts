// The names of a summary's sections, in their order, and what each is about: for --section, its help, and pages. Data only.

export const SECTIONS = {
  session: 'What ran where, on which market, when',
  result: 'Where the result came from, what it returned, how deep it fell, how much was at stake',
  money: 'Profit as it was booked, fees, funding, equity, what was traded and what is held',
  trades: 'The trades of slots, one by one and together, and their slippage',
  quoting: 'Where our quotes stood, what became of them, and what the market did after their fills',
  operation: 'Orders, doubts, the feed, risk events, denials, what reconcile did',
  limits: 'The limits that were in force',
  journal: 'The facts behind it, and the totals that were computed twice',
} as const

export type SectionName = keyof typeof SECTIONS

export const SECTION_NAMES = Object.keys(SECTIONS) as readonly SectionName[]

export function isSectionName(name: string): name is SectionName {
  return Object.hasOwn(SECTIONS, name)
}
