// An explanation as Markdown (GitHub's tables), with every digit of its money. What comes from outside stays the text that it is.

import { type ComparisonView, comparisonParts, comparisonTitles } from './compare.ts'
import type { Block, Cell, Part, Table } from './document.ts'
import { firstScreen, titleOf } from './first-screen.ts'
import { oneLine } from './format.ts'
import type { SectionName } from './section-names.ts'
import { sectionsOf } from './sections.ts'
import type { SummaryView } from './summary-view.ts'

/** The summary, or with names only those sections of it. */
export function renderMarkdown(view: SummaryView, sections: readonly SectionName[] = []): string {
  const lines = [`# ${escaped(titleOf(view))}`]
  if (sections.length === 0) {
    for (const { question, lines: answers } of firstScreen(view)) {
      lines.push('', `**${question}**`, '', ...answers.map((answer) => `- ${escaped(answer)}`))
    }
  }
  for (const { name, parts } of sectionsOf(view, sections)) {
    lines.push('', `## ${name.charAt(0).toUpperCase()}${name.slice(1)}`, ...parts.flatMap((part) => partLines(part, '###')))
  }
  return lines.join('\n')
}

/** Two sessions side by side. */
export function renderComparisonMarkdown(view: ComparisonView): string {
  const name = ({ sessionId }: SummaryView): string => escaped(oneLine(sessionId))
  const titles = comparisonTitles(view).map((title) => `- ${escaped(title)}`)
  return [
    `# ${name(view.first)} against ${name(view.second)}`,
    '',
    ...titles,
    ...comparisonParts(view).flatMap((part) => partLines(part, '##')),
  ].join('\n')
}

function partLines({ title, blocks }: Part, level: '##' | '###'): string[] {
  return ['', `${level} ${escaped(title)}`, ...blocks.flatMap(blockLines)]
}

function blockLines(block: Block): string[] {
  if ('lines' in block) return block.lines.length === 0 ? [] : ['', ...block.lines.map((line) => `- ${escaped(line.trim())}`)]
  return block.rows.length === 0 ? [] : tableLines(block)
}

function tableLines({ head, rows, right = [], caption }: Table): string[] {
  const columns = Math.max(head?.length ?? 0, ...rows.map((row) => row.length))
  const places = Array.from({ length: columns }, (_, column) => column)
  const row = (cells: readonly string[]): string => `| ${places.map((column) => cells[column] ?? '').join(' | ')} |`
  return [
    ...(caption === undefined ? [] : ['', `${escaped(caption)}:`]),
    '',
    row((head ?? []).map(escaped)),
    `|${places.map((column) => (right.includes(column) ? '---:' : '---')).join('|')}|`,
    ...rows.map((cells) => row(cells.map(cellText))),
  ]
}

function cellText({ text, exact = text }: Cell): string {
  return escaped(exact.trim())
}

/** Nothing in it is a link, a tag, a list or a table any more. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~&]/g, '\\$&').replace(/^([-+]|\d+[.)])(?=\s)/, '\\$1')
}
