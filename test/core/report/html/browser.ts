// A headless Chromium, spoken to over a pipe in the DevTools protocol. Opens files of this machine only.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

const { DITA_CHROMIUM } = process.env

/** Where Chromium is; undefined where there is none. */
export const CHROMIUM = [DITA_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
)

type Params = Readonly<Record<string, unknown>>
type Message = {
  readonly id?: number
  readonly method?: string
  readonly params?: Params
  readonly result?: Params
  readonly error?: { message: string }
}

const MOST_WAIT_MS = 60_000

export class Browser {
  /** What was wrong: exceptions, errors of the console, what the security policy refused. */
  readonly complaints: string[] = []
  /** Every address that was asked for. */
  readonly requests: string[] = []
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #waiting = new Map<number, { resolve(result: Params): void; reject(error: Error): void }>()
  readonly #onEvent = new Set<(message: Message) => void>()
  #lastId = 0
  #session: unknown
  #rest = ''

  private constructor(path: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'dita-chromium-'))
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--remote-debugging-pipe',
    ]
    this.#process = spawn(path, [...flags, `--user-data-dir=${this.#folder}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    })
    const output = this.#process.stdio[4] as Readable
    output.setEncoding('utf8').on('data', (chunk: string) => this.#read(chunk))
    ;(this.#process.stdio[3] as Writable).on('error', (error) => this.#fail(error))
    this.#process.on('exit', () => this.#fail(new Error('Chromium is gone')))
  }

  static async open(path: string): Promise<Browser> {
    const browser = new Browser(path)
    try {
      await browser.#attach()
    } catch (error) {
      await browser.close()
      throw error
    }
    return browser
  }

  async #attach(): Promise<void> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true })
    this.#session = sessionId
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await this.send(`${domain}.enable`)
  }

  async send(method: string, params: Params = {}): Promise<Params> {
    this.#lastId += 1
    const id = this.#lastId
    const answer = new Promise<Params>((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
    const session = this.#session === undefined ? {} : { sessionId: this.#session }
    ;(this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`)
    return within(answer, method)
  }

  /** Opens a file and waits until it is loaded. */
  async goTo(path: string): Promise<void> {
    const loaded = within(
      new Promise<void>((resolve) => {
        const listener = ({ method }: Message): void => {
          if (method !== 'Page.loadEventFired') return
          this.#onEvent.delete(listener)
          resolve()
        }
        this.#onEvent.add(listener)
      }),
      'the page to load',
    )
    await this.send('Page.navigate', { url: `file://${path}` })
    await loaded
  }

  /** What an expression comes to in the page, once all that it promised is there. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
    return (result as { readonly value?: unknown }).value
  }

  async close(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#process.once('exit', () => resolve()))
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL')
      await gone
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  #read(chunk: string): void {
    const messages = (this.#rest + chunk).split('\0')
    this.#rest = messages.pop() ?? ''
    for (const text of messages) this.#take(JSON.parse(text) as Message)
  }

  #take(message: Message): void {
    const { id, method, params = {}, result, error } = message
    if (id !== undefined) {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error === undefined) waiting?.resolve(result ?? {})
      else waiting?.reject(new Error(error.message))
      return
    }
    const { request, entry, type } = params as { request?: { url: string }; entry?: { level: string; text: string }; type?: string }
    if (method === 'Network.requestWillBeSent' && request !== undefined) this.requests.push(request.url)
    if (method === 'Runtime.exceptionThrown') this.complaints.push(JSON.stringify(params))
    if (method === 'Runtime.consoleAPICalled' && (type === 'error' || type === 'warning')) this.complaints.push(JSON.stringify(params))
    if (method === 'Log.entryAdded' && entry !== undefined && entry.level !== 'verbose' && entry.level !== 'info')
      this.complaints.push(entry.text)
    for (const listener of [...this.#onEvent]) listener(message)
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Chromium did not answer in time: ${what}`)), MOST_WAIT_MS)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
