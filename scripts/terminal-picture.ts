// What a terminal shows, as a picture: text with colour codes in, SVG out. Pure.

/** A cell of the terminal, in pixels: the proportions of the common monospaced fonts. */
const CELL = { width: 8.43, height: 16.3, fontSize: 14, descent: 4 }
const MARGIN = 14

const FOREGROUND = '#d7dae0'
const BACKGROUND = '#15181e'
const FONTS = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"

/** The sixteen colours of a terminal, by the number that selects them as foreground (ECMA-48, 30 to 37, and 90 to 97). */
// biome-ignore format: the dull and the bright, a line each
const COLOURS: Readonly<Record<number, string>> = {
  30: '#15181e', 31: '#e06c75', 32: '#7fc26b', 33: '#e0b050', 34: '#61a5ef', 35: '#cf86e3', 36: '#56b6c2', 37: '#ffffff',
  90: '#5c6370', 91: '#ff8a93', 92: '#9fe08b', 93: '#ffd479', 94: '#8cc4ff', 95: '#e6a6f7', 96: '#7fd9e4', 97: '#ffffff',
}

interface Look {
  readonly bold: boolean
  readonly dim: boolean
  readonly inverse: boolean
  readonly foreground: string | null
  readonly background: string | null
}

const PLAIN: Look = { bold: false, dim: false, inverse: false, foreground: null, background: null }

/** The look after a Select Graphic Rendition parameter. */
function turned(look: Look, parameter: number): Look {
  switch (parameter) {
    case 0:
      return PLAIN
    case 1:
      return { ...look, bold: true }
    case 2:
      return { ...look, dim: true }
    case 22:
      return { ...look, bold: false, dim: false }
    case 7:
      return { ...look, inverse: true }
    case 27:
      return { ...look, inverse: false }
    case 39:
      return { ...look, foreground: null }
    case 49:
      return { ...look, background: null }
  }
  const foreground = COLOURS[parameter]
  if (foreground !== undefined) return { ...look, foreground }
  const background = COLOURS[parameter - 10]
  if (background !== undefined) return { ...look, background }
  throw new RangeError(
    `The terminal was told to look like ${parameter}, which this picture does not know: add it to scripts/terminal-picture.ts.`,
  )
}

interface Run {
  readonly text: string
  readonly column: number
  readonly look: Look
}

/** Pieces of a line that look the same. */
function runsOf(line: string): Run[] {
  const runs: Run[] = []
  let look = PLAIN
  let column = 0
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes are what is looked for
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    if (part.startsWith('\u001b[')) {
      for (const parameter of part.slice(2, -1).split(';')) look = turned(look, Number(parameter))
    } else if (part !== '') {
      runs.push({ text: part, column, look })
      column += [...part].length
    }
  }
  return runs
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const pixels = (value: number): string => String(Math.round(value * 100) / 100)

function drawn({ text, column, look }: Run, row: number): string {
  const top = MARGIN + row * CELL.height
  const left = (offset: number): string => pixels(MARGIN + (column + offset) * CELL.width)
  const wide = (part: string): string => pixels([...part].length * CELL.width)
  const [ink, paper] = look.inverse
    ? [look.background ?? BACKGROUND, look.foreground ?? FOREGROUND]
    : [look.foreground ?? FOREGROUND, look.background]
  const box =
    paper === null ? '' : `<rect x="${left(0)}" y="${pixels(top)}" width="${wide(text)}" height="${pixels(CELL.height)}" fill="${paper}"/>`
  const style = `${ink === FOREGROUND ? '' : ` fill="${ink}"`}${look.bold ? ' font-weight="bold"' : ''}${look.dim ? ' opacity="0.6"' : ''}`
  // Words are placed one group after the other, because a picture drops gaps; of each the width is given, so that the columns stand
  // under each other in any font.
  const words = [...text.matchAll(/\S+(?: \S+)*/g)].map(({ 0: group, index }) => {
    const place = `x="${left([...text.slice(0, index)].length)}" y="${pixels(top + CELL.height - CELL.descent)}"`
    return `<text ${place} textLength="${wide(group)}"${style}>${escaped(group)}</text>`
  })
  return [box, ...words].join('')
}

/** The lines as `tmux capture-pane -e` gives them. Each character takes one column. */
export function terminalPicture(lines: readonly string[], title: string): string {
  const columns = Math.max(...lines.map((line) => runsOf(line).reduce((sum, { text }) => sum + [...text].length, 0)))
  const width = pixels(2 * MARGIN + columns * CELL.width)
  const height = pixels(2 * MARGIN + lines.length * CELL.height)
  const rows = lines.map((line, row) =>
    runsOf(line)
      .map((run) => drawn(run, row))
      .join(''),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>`,
    `<g font-family="${FONTS}" font-size="${CELL.fontSize}" fill="${FOREGROUND}">`,
    ...rows.filter((row) => row !== ''),
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}
