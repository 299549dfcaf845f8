// What `dita summarize` does with its flags: which sections, which other session, and which files are written.

import { join } from 'node:path'
import { DitaError, EXIT } from '../core/errors.ts'
import type { ComparisonView } from '../core/report/compare.ts'
import type { CsvName } from '../core/report/csv.ts'
import { isSectionName, SECTION_NAMES, type SectionName } from '../core/report/section-names.ts'
import type { SummaryView } from '../core/report/summary-view.ts'
import { nearestWord } from '../core/text.ts'
import { keepHeapSmall } from './heap.ts'
import { assertTablesOf, makeFolder, ReportFile } from './report-files.ts'

export interface SummaryRequest {
  readonly storePath: string
  readonly session: string
  /** Names parted by commas. */
  readonly section?: string | undefined
  readonly compare?: string | undefined
  readonly json: boolean
  readonly md: boolean
  readonly csv?: string | undefined
  readonly html?: string | undefined
  readonly width: number | undefined
}

/** What --json prints. */
export type SummaryResult = SummaryView | ComparisonView

export interface SummaryOutcome {
  readonly result: SummaryResult
  /** For people, or the Markdown. */
  readonly text: string
  readonly drift: boolean
}

/** @throws DitaError where a flag, the store, the session or a file is not as it has to be */
export async function runSummarizeCommand(request: SummaryRequest): Promise<SummaryOutcome> {
  refuseConflicts(request)
  keepHeapSmall()
  const sections = sectionsAsked(request.section)
  if (request.compare !== undefined) return compared(request, request.compare)
  if (request.csv !== undefined || request.html !== undefined) return written(request)
  const { summarizeFromStore } = await import('../core/report/open-report.ts')
  const view = await summarizeFromStore(request.storePath, request.session)
  return { result: view, text: await textOf(view, request, sections), drift: view.checks.drift }
}

async function textOf(view: SummaryView, { md, width }: SummaryRequest, sections: readonly SectionName[]): Promise<string> {
  if (md) return (await import('../core/report/markdown.ts')).renderMarkdown(view, sections)
  return (await import('../core/report/summary-text.ts')).renderSummary(view, { width, sections })
}

async function compared({ storePath, session, md, width }: SummaryRequest, other: string): Promise<SummaryOutcome> {
  const { compareFromStore } = await import('../core/report/open-report.ts')
  const view = await compareFromStore(storePath, session, other)
  const drift = view.first.checks.drift || view.second.checks.drift
  if (md) return { result: view, text: (await import('../core/report/markdown.ts')).renderComparisonMarkdown(view), drift }
  return { result: view, text: (await import('../core/report/summary-text.ts')).renderComparison(view, { width }), drift }
}

/** The files are written under other names first: where one cannot be, none of that kind is changed. */
async function written(request: SummaryRequest): Promise<SummaryOutcome> {
  const { pageFromStore, exportFromStore } = await import('../core/report/open-report.ts')
  const { storePath, session, csv, html } = request
  const files: ReportFile[] = []
  const views: SummaryView[] = []
  try {
    if (html !== undefined) {
      const file = new ReportFile(html, (beginning) => beginning.includes(PAGE_MARK))
      files.push(file)
      const { view, page } = await pageFromStore(storePath, session)
      file.write(page)
      views.push(view)
    }
    if (csv !== undefined) {
      const folder = makeFolder(csv)
      const tables = await openTables(folder)
      files.push(...tables.values())
      const view = await exportFromStore(storePath, session, (name, text) => tables.get(name)?.write(text))
      assertTablesOf(view.sessionId, folder, [...tables.keys()])
      views.push(view)
    }
    // The figures are last in the list and are put in place first: wherever this breaks off, they say whose tables these are.
    for (const file of files.toReversed()) file.keep()
  } finally {
    for (const file of files) file.drop()
  }
  const [view] = views
  if (view === undefined) throw new Error('no file was asked for')
  const drift = views.some(({ checks }) => checks.drift)
  const lines = files.map(({ path, bytes }) => `${path}  ${sizeText(bytes)}`)
  if (drift) lines.push('DRIFT: totals that were computed in two ways differ; see `dita summarize --section journal`.')
  return { result: view, text: lines.join('\n'), drift }
}

/** Stands near the top of every page of ours. */
const PAGE_MARK = '<meta name="generator" content="dita">'

async function openTables(folder: string): Promise<Map<CsvName, ReportFile>> {
  const { CSV_COLUMNS, CSV_NAMES } = await import('../core/report/csv.ts')
  const tables = new Map<CsvName, ReportFile>()
  try {
    for (const name of CSV_NAMES) {
      // Columns are only ever added, so that a table of an older dita begins with some of these.
      const ours = CSV_COLUMNS[name].slice(0, 2).join(',')
      tables.set(name, new ReportFile(join(folder, name), (beginning) => beginning === '' || beginning.startsWith(ours)))
    }
    return tables
  } catch (error) {
    for (const file of tables.values()) file.drop()
    throw error
  }
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** What would leave one of two flags without an effect. */
const CONFLICTS = [
  ['section', 'compare'],
  ['section', 'csv'],
  ['section', 'html'],
  ['section', 'json'],
  ['compare', 'csv'],
  ['compare', 'html'],
  ['md', 'csv'],
  ['md', 'html'],
  ['md', 'json'],
] as const satisfies readonly (readonly (keyof SummaryRequest)[])[]

function refuseConflicts(request: SummaryRequest): void {
  const isGiven = (flag: keyof SummaryRequest): boolean => request[flag] !== undefined && request[flag] !== false
  const conflict = CONFLICTS.find((flags) => flags.every(isGiven))
  if (conflict === undefined) return
  const [one, other] = conflict
  throw new DitaError('FLAGS_CONFLICT', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `--${one} and --${other} do not go together: ${REASONS[one]}.`,
    next: 'Leave one of them out, or run it twice.',
  })
}

const REASONS = {
  section: 'sections are parts of the text and of the Markdown of one session',
  compare: 'two sessions side by side are text, Markdown or JSON',
  md: 'Markdown is what is printed',
} as const

/** None without the flag. */
function sectionsAsked(text: string | undefined): SectionName[] {
  if (text === undefined) return []
  const names = text.split(',').map((name) => name.trim())
  return names.map((name) => {
    if (isSectionName(name)) return name
    const nearest = nearestWord(name, SECTION_NAMES)
    throw new DitaError('UNKNOWN_SECTION', {
      fault: 'user',
      exitCode: EXIT.usage,
      message: `There is no section ${JSON.stringify(name)}.`,
      next: `${nearest === null ? '' : `Did you mean ${nearest}? `}There are ${SECTION_NAMES.join(', ')}; several are parted by commas.`,
    })
  })
}
