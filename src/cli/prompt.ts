// Asks a person at a terminal, one line at a time. It tells an end of the input and Ctrl-C from an answer, and keeps what was typed
// before it was asked for.

import { createInterface } from 'node:readline/promises'
import { escapeText } from '../core/text.ts'
import type { Asker } from './ask-questions.ts'
import { escapeLines } from './escape.ts'

export interface Prompt extends Asker {
  close(): void
}

export function openPrompt(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Prompt {
  const lines = createInterface({ input, output })
  const typed = lines[Symbol.asyncIterator]()
  // Without a listener of its own, Ctrl-C would be a signal that ends the process with no word.
  lines.on('SIGINT', () => lines.close())
  return {
    async ask(prompt) {
      lines.setPrompt(escapeText(prompt))
      lines.prompt()
      const line = await typed.next()
      if (line.done !== true) return line.value
      output.write('\n')
      return null
    },
    say: (text) => void output.write(`${escapeLines(text)}\n`),
    close: () => lines.close(),
  }
}
