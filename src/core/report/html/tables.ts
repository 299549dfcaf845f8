// The parts of an explanation as HTML: tables with every digit of their money, and sentences. Decides on no words.

import type { Block, Cell, Part, Table } from '../document.ts'
import { element, joined, type Markup, text } from './markup.ts'

/** A part that bears the name of its section goes without a heading of its own. */
export function partMarkup({ title, blocks }: Part, section: string): Markup {
  const heading = title.toLowerCase() === section ? [] : [element('h3', {}, text(title))]
  return element('div', { class: 'block' }, ...heading, ...blocks.map((block) => blockMarkup(block, title)))
}

function blockMarkup(block: Block, title: string): Markup {
  if ('lines' in block) return joined(...block.lines.map((line) => element('p', {}, text(line.trim()))))
  return block.rows.length === 0 ? joined() : tableMarkup(block, title)
}

/** A table of more columns than these may be wider than a screen. */
const FEW_COLUMNS = 5

/** Wide ones scroll on their own, also by keyboard; others are no stop on its way. */
function tableMarkup(table: Table, title: string): Markup {
  const { head, rows, caption } = table
  const right = new Set(table.right)
  const columns =
    head === undefined ? [] : [element('thead', {}, element('tr', {}, ...head.map((name, column) => headMarkup(name, right.has(column)))))]
  const body = rows.map((row) => element('tr', {}, ...row.map((cell, column) => cellMarkup(cell, column, right.has(column)))))
  const name = caption === undefined ? [] : [element('caption', {}, text(caption))]
  const markup = element(
    'table',
    { 'aria-label': caption === undefined ? title : null },
    ...name,
    ...columns,
    element('tbody', {}, ...body),
  )
  const isWide = rows.some((row) => row.length > FEW_COLUMNS)
  return element(
    'div',
    isWide ? { class: 'scroll wide', tabindex: 0, role: 'group', 'aria-label': caption ?? title } : { class: 'scroll' },
    markup,
  )
}

function headMarkup(name: string, isRight: boolean): Markup {
  const kind = isRight ? 'figure' : null
  return name === '' ? element('td', { class: kind }) : element('th', { scope: 'col', class: kind }, text(name))
}

function cellMarkup({ text: rounded, exact = rounded, full }: Cell, column: number, isRight: boolean): Markup {
  const attributes = { class: isRight ? 'figure' : exact.startsWith('  ') ? 'part' : null, title: full ?? null }
  if (column === 0) return element('th', { scope: 'row', ...attributes }, text(exact.trim()))
  return element('td', attributes, text(exact))
}
