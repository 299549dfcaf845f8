// A terminal in memory for the live screen's tests: understands the few control sequences that the screen writes,
// refuses any other, and can be read like a picture.

import { EventEmitter } from 'node:events'
import { displayWidth } from '../../src/tui/text.ts'

const ESCAPE = '\u001b['
const SEQUENCE = /^(\??)([\d;]*)([A-Za-z])/

export class FakeTerminal extends EventEmitter {
  /** Bytes that wait to be taken. */
  writableLength = 0
  readonly isTTY = true
  readonly writable = true
  columns: number
  rows: number
  /** Every text that was written, as it came. */
  readonly written: string[] = []
  /** How often the terminal was told that a frame begins (synchronized output). */
  frames = 0
  /** How often a colour or another rendition was set. */
  renditions = 0
  /** Lines that were wider than the terminal. */
  wrapped = 0
  scrolled = 0
  alternate = false
  cursorVisible = true
  private cells: string[][] = []
  private x = 0
  private y = 0

  constructor(columns: number, rows: number) {
    super()
    this.columns = columns
    this.rows = rows
    this.blank()
  }

  get stream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream
  }

  write(data: string, done?: () => void): boolean {
    this.written.push(data)
    this.feed(data)
    if (typeof done === 'function') queueMicrotask(done)
    return true
  }

  resize(columns: number, rows: number): void {
    this.columns = columns
    this.rows = rows
    const kept = this.cells.slice(0, rows).map((line) => line.slice(0, columns))
    this.blank()
    kept.forEach((line, row) => {
      line.forEach((cell, column) => {
        const target = this.cells[row]
        if (target !== undefined) target[column] = cell
      })
    })
    this.x = Math.min(this.x, columns - 1)
    this.y = Math.min(this.y, rows - 1)
    this.emit('resize')
  }

  lines(): string[] {
    return this.cells.map((line) => line.join('').trimEnd())
  }

  text(): string {
    return this.lines().join('\n')
  }

  private blank(): void {
    this.cells = Array.from({ length: this.rows }, () => Array.from({ length: this.columns }, () => ' '))
  }

  private feed(data: string): void {
    let rest = data
    while (rest !== '') {
      const sequence = rest.startsWith(ESCAPE) ? SEQUENCE.exec(rest.slice(ESCAPE.length)) : null
      if (sequence !== null) {
        this.control(sequence[1] === '?', sequence[2] ?? '', sequence[3] ?? '')
        rest = rest.slice(ESCAPE.length + sequence[0].length)
        continue
      }
      const character = String.fromCodePoint(rest.codePointAt(0) ?? 0)
      rest = rest.slice(character.length)
      if (character === '\n') this.lineFeed()
      else if (character === '\r') this.x = 0
      else if (character < ' ' || character === '\u007f')
        throw new Error(`the screen wrote a raw control character ${JSON.stringify(character)}`)
      else this.print(character)
    }
  }

  private print(character: string): void {
    const width = displayWidth(character)
    if (this.x + width > this.columns) {
      this.wrapped += 1
      this.lineFeed()
    }
    const line = this.cells[this.y]
    if (line === undefined) throw new Error('the cursor left the screen')
    line[this.x] = character
    if (width === 2) line[this.x + 1] = ''
    this.x += width
  }

  private lineFeed(): void {
    this.x = 0
    if (this.y < this.rows - 1) {
      this.y += 1
      return
    }
    this.scrolled += 1
    this.cells.shift()
    this.cells.push(Array.from({ length: this.columns }, () => ' '))
  }

  private control(isPrivate: boolean, parameters: string, final: string): void {
    const first = Number(parameters.split(';')[0] ?? '') || 0
    if (isPrivate) this.mode(first, final === 'h')
    else if (final === 'm') this.renditions += 1
    else if (final === 'A') this.y = Math.max(0, this.y - Math.max(1, first))
    else if (final === 'B') this.y = Math.min(this.rows - 1, this.y + Math.max(1, first))
    else if (final === 'G') this.x = Math.max(1, first) - 1
    else if (final === 'E') {
      this.y = Math.min(this.rows - 1, this.y + Math.max(1, first))
      this.x = 0
    } else if (final === 'H') {
      const [row = 1, column = 1] = parameters.split(';').map((part) => Number(part) || 1)
      this.y = Math.min(this.rows, row) - 1
      this.x = Math.min(this.columns, column) - 1
    } else if (final === 'K') this.erase(this.y, first === 2 ? 0 : this.x)
    else if (final === 'J') {
      this.erase(this.y, first === 2 ? 0 : this.x)
      for (let row = first === 2 ? 0 : this.y + 1; row < this.rows; row += 1) this.erase(row, 0)
    } else throw new Error(`the screen wrote an unknown sequence ${parameters}${final}`)
  }

  private mode(number: number, on: boolean): void {
    if (number === 1049) {
      this.alternate = on
      this.blank()
      this.x = 0
      this.y = 0
    } else if (number === 25) this.cursorVisible = on
    else if (number === 2026) this.frames += on ? 1 : 0
    else throw new Error(`the screen set an unknown mode ${number}`)
  }

  private erase(row: number, from: number): void {
    const line = this.cells[row]
    if (line === undefined) return
    for (let column = from; column < this.columns; column += 1) line[column] = ' '
  }
}

export class FakeKeyboard extends EventEmitter {
  readonly isTTY: boolean
  raw = false
  private waiting: string | null = null

  constructor(isTTY = true) {
    super()
    this.isTTY = isTTY
  }

  get stream(): NodeJS.ReadStream {
    return this as unknown as NodeJS.ReadStream
  }

  press(keys: string): void {
    this.waiting = keys
    this.emit('readable')
  }

  read(): string | null {
    const keys = this.waiting
    this.waiting = null
    return keys
  }

  setRawMode(raw: boolean): this {
    this.raw = raw
    return this
  }

  setEncoding(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}
