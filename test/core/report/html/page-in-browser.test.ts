import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pageFromStore } from '../../../../src/core/report/open-report.ts'
import type { SummaryView } from '../../../../src/core/report/summary-view.ts'
import { makeMarket, ScriptedSession, temporaryFolder, writeStore } from '../recorded-store.ts'
import { Browser, CHROMIUM } from './browser.ts'

if (CHROMIUM === undefined)
  console.warn('LEFT OUT: the page of a session in a real browser, because there is no Chromium here (DITA_CHROMIUM)')

/** Each chart: how many canvases it has, and whether anything is drawn on one of them. */
const CHARTS = `[...document.querySelectorAll('[data-panel]')].map((chart) => {
  const canvases = [...chart.querySelectorAll('canvas')]
  const isDrawn = canvases.some((canvas) => {
    if (canvas.width === 0 || canvas.height === 0) return false
    return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value !== 0)
  })
  return { canvases: canvases.length > 0, isDrawn, width: chart.clientWidth > 100 }
})`

const NEXT_FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))'

const WHEN = `[...document.querySelectorAll('.when')].map((one) => one.textContent)`

function numberIn(text: string | undefined): number {
  return Number(text?.replaceAll(',', ''))
}

async function firstChart(browser: Browser): Promise<Record<'x' | 'y' | 'width' | 'height', number>> {
  const box = `(() => { const chart = document.querySelector('.chart'); chart.scrollIntoView({ block: 'center' })
    const { x, y, width, height } = chart.getBoundingClientRect(); return { x, y, width, height } })()`
  return (await browser.evaluate(box)) as Record<'x' | 'y' | 'width' | 'height', number>
}

/** Moves the mouse to a place within the first chart. */
async function pointAt(browser: Browser, { share }: { readonly share: number }): Promise<void> {
  const { x, y, width, height } = await firstChart(browser)
  for (const nearer of [0.9, 1]) {
    await browser.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: x + width * share * nearer, y: y + height / 2 })
  }
  await browser.evaluate(NEXT_FRAMES)
}

describe.skipIf(CHROMIUM === undefined)('the page of a session in a browser', () => {
  const folder = temporaryFolder()
  const file = join(folder.path, 'page.html')
  let browser: Browser
  let view: SummaryView

  beforeAll(async () => {
    const path = join(folder.path, 'dita.db')
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'run', { capital: { XRP: '500', RLUSD: '20000' } })
      makeMarket(session, { seed: 4, ticks: 60 })
      session.halt('engine_requested_halt', '</script><script>window.evil = true</script>')
    })
    const made = await pageFromStore(path, 'run')
    view = made.view
    writeFileSync(file, made.page)
    browser = await Browser.open(CHROMIUM ?? '')
    await browser.goTo(file)
    await browser.evaluate(NEXT_FRAMES)
  })
  afterAll(async () => {
    await browser?.close()
    folder.remove()
  })

  test('every chart is drawn, and the drawings for paper give way to them', async () => {
    const charts = await browser.evaluate(CHARTS)
    expect(charts).toEqual(Array.from({ length: 4 }, () => ({ canvases: true, isDrawn: true, width: true })))
    expect(await browser.evaluate(`[...document.querySelectorAll('.still')].every((still) => still.offsetHeight === 0)`)).toBe(true)
  })

  test('says beside each chart what the session ended with', async () => {
    const said = `[...document.querySelectorAll('.said')].map((one) => [one.dataset.line, one.textContent])`
    const ends = new Map((await browser.evaluate(said)) as [string, string][])
    expect([...ends.keys()]).toEqual(['mid', 'equity', 'drawdown', 'inventory'])
    expect(numberIn(ends.get('inventory'))).toBe(Number(view.position.end))
    expect(numberIn(ends.get('equity'))).toBeCloseTo(Number(view.equity.end), 1)
    expect(await browser.evaluate(WHEN)).toEqual(Array.from({ length: 4 }, () => 'at the end'))
  })

  test('pointing at one chart points at the same moment in all, and no longer', async () => {
    await pointAt(browser, { share: 0.5 })
    const pointed = (await browser.evaluate(WHEN)) as string[]
    expect(pointed).toEqual(Array.from({ length: 4 }, () => expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/)))
    expect(new Set(pointed).size).toBe(1)
    await browser.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: 1, y: 1 })
    await browser.evaluate(NEXT_FRAMES)
    expect(await browser.evaluate(WHEN)).toEqual(Array.from({ length: 4 }, () => 'at the end'))
  })

  test('zooming one chart zooms all, and a double click shows all of it again', async () => {
    const drawn = () =>
      browser.evaluate(`[...document.querySelectorAll('.chart')].map((chart) => chart.querySelector('canvas').toDataURL())`)
    const before = (await drawn()) as string[]
    const { x, y, width, height } = await firstChart(browser)
    const mouse = async (type: string, atX: number, atY: number, more: object = {}) =>
      browser.send('Input.dispatchMouseEvent', { type, x: atX, y: atY, button: 'left', clickCount: 1, ...more })
    const timesY = y + height - 12
    await mouse('mousePressed', x + width * 0.7, timesY)
    for (const share of [0.6, 0.5, 0.4, 0.3]) await mouse('mouseMoved', x + width * share, timesY, { buttons: 1 })
    await mouse('mouseReleased', x + width * 0.3, timesY)
    await browser.evaluate(NEXT_FRAMES)
    const zoomed = (await drawn()) as string[]
    for (const [index, chart] of zoomed.entries()) expect(chart === before[index]).toBe(false)
    for (const clickCount of [1, 2]) {
      await mouse('mousePressed', x + width / 2, y + height / 2, { clickCount })
      await mouse('mouseReleased', x + width / 2, y + height / 2, { clickCount })
    }
    await mouse('mouseMoved', 1, 1, { button: 'none' })
    await browser.evaluate(NEXT_FRAMES)
    expect((await drawn()) as string[]).toEqual(before)
  })

  test('charts begin and end at the same places', async () => {
    const widths = `[...document.querySelectorAll('.chart')].map((chart) => chart.querySelector('td:nth-child(2)').clientWidth)`
    expect(new Set((await browser.evaluate(widths)) as number[]).size).toBe(1)
  })

  test('nobody complains, nothing but the file is asked for, and no text became a script', async () => {
    expect(browser.complaints).toEqual([])
    expect(browser.requests.filter((url) => !url.startsWith('file://'))).toEqual([])
    expect(new Set(browser.requests)).toEqual(new Set([`file://${file}`]))
    expect(await browser.evaluate('window.evil === undefined')).toBe(true)
  })

  test('the charts follow when it gets dark', async () => {
    const paper = `getComputedStyle(document.body).backgroundColor`
    const light = await browser.evaluate(paper)
    await browser.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'dark' }] })
    await browser.evaluate(NEXT_FRAMES)
    expect(await browser.evaluate(paper)).not.toBe(light)
    expect(await browser.evaluate(CHARTS)).toMatchObject([{ isDrawn: true }, { isDrawn: true }, { isDrawn: true }, { isDrawn: true }])
    await browser.send('Emulation.setEmulatedMedia', { features: [] })
  })

  test('on a phone nothing is wider than the screen', async () => {
    await browser.send('Emulation.setDeviceMetricsOverride', { width: 400, height: 800, deviceScaleFactor: 2, mobile: true })
    await browser.evaluate(NEXT_FRAMES)
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400)
    await browser.send('Emulation.clearDeviceMetricsOverride')
  })

  test('on paper the drawings take the place of the charts', async () => {
    await browser.send('Emulation.setEmulatedMedia', { media: 'print' })
    expect(await browser.evaluate(`[...document.querySelectorAll('.still')].every((still) => still.offsetHeight > 50)`)).toBe(true)
    expect(await browser.evaluate(`[...document.querySelectorAll('.chart')].every((chart) => chart.offsetHeight === 0)`)).toBe(true)
    await browser.send('Emulation.setEmulatedMedia', { media: '' })
    const { data } = await browser.send('Page.printToPDF')
    expect(Buffer.from(String(data), 'base64').toString('latin1', 0, 5)).toBe('%PDF-')
  })

  test('without scripts the drawings are all there', async () => {
    await browser.send('Emulation.setScriptExecutionDisabled', { value: true })
    await browser.goTo(file)
    const { root } = await browser.send('DOM.getDocument', { depth: 0 })
    const { nodeIds } = await browser.send('DOM.querySelectorAll', {
      nodeId: (root as { nodeId: number }).nodeId,
      selector: '.still svg.course',
    })
    expect(nodeIds).toHaveLength(4)
    await browser.send('Emulation.setScriptExecutionDisabled', { value: false })
  })
})
