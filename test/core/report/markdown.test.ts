import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareSummaries } from '../../../src/core/report/compare.ts'
import { renderComparisonMarkdown, renderMarkdown } from '../../../src/core/report/markdown.ts'
import { summarizeFromStore } from '../../../src/core/report/open-report.ts'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import { makeMarket, ScriptedSession, temporaryFolder, writeStore } from './recorded-store.ts'

const folder = temporaryFolder()
let view: SummaryView

beforeAll(async () => {
  const path = join(folder.path, 'dita.db')
  await writeStore(path, (journal) => {
    const session = new ScriptedSession(journal, 'run', { capital: { XRP: '500', RLUSD: '20000' } })
    makeMarket(session, { seed: 4, ticks: 40 })
    session.halt('engine_requested_halt', '| a | b |\n# not a title [x](http://evil) <script>alert(1)</script>')
  })
  view = await summarizeFromStore(path, 'run')
})
afterAll(() => folder.remove())

describe('a summary as Markdown', () => {
  test('has the answers, then every section with its parts', () => {
    const text = renderMarkdown(view)
    expect(text).toMatch(/^# Session run: market\\_maker on XRP\/RLUSD, paper\n/)
    expect(text).toContain('**Did it work**')
    const sections = [...text.matchAll(/^## (.*)$/gm)].map((match) => match[1])
    expect(sections).toEqual(['Session', 'Result', 'Money', 'Quoting', 'Operation', 'Limits', 'Journal'])
  })

  test('holds every digit of its money', () => {
    const { fees } = view.attribution
    expect(fees).toMatch(/\.\d{9,}$/)
    expect(renderMarkdown(view)).toContain(fees?.split('.')[1])
  })

  test('all rows of a table have as many cells as its head', () => {
    const rows = renderMarkdown(view).split('\n')
    let columns = 0
    let tables = 0
    for (const row of rows) {
      const cells = row.startsWith('|') ? row.replaceAll('\\|', '').split('|').length : 0
      if (cells > 0 && columns > 0) expect({ row, cells }).toEqual({ row, cells: columns })
      if (cells > 0 && columns === 0) tables += 1
      columns = cells
    }
    expect(tables).toBeGreaterThan(6)
  })

  test('V07 what came from outside is no title, no table, no link and no tag', () => {
    const text = renderMarkdown(view)
    expect(text).toContain('\\| a \\| b \\| \\# not a title \\[x\\](http://evil) \\<script\\>alert(1)\\</script\\>')
    expect(text).not.toMatch(/[^\\]<script/)
    expect(text.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1)
  })

  test('only the sections that were asked for', () => {
    const text = renderMarkdown(view, ['journal'])
    expect(text).not.toContain('**Did it work**')
    expect([...text.matchAll(/^## (.*)$/gm)].map((match) => match[1])).toEqual(['Journal'])
    expect(text).toContain(view.journal.hash)
  })

  test('two sessions stand side by side', () => {
    const text = renderComparisonMarkdown(compareSummaries(view, { ...view, sessionId: 'other' }))
    expect(text.split('\n').filter((line) => line.startsWith('# '))).toEqual([`# ${view.sessionId} against other`])
    expect(text).toMatch(/^- Session other: /m)
    expect(text).toContain('\n## Result\n')
    expect(text).toContain(`| fills | ${view.fills.count} | ${view.fills.count} | 0 |`)
  })
})
