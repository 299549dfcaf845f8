// Asks a person what `dita init` has to know, until each answer will do. Knows no terminal, and writes nothing.

import { DitaError, EXIT } from '../core/errors.ts'
import { paragraph } from './account-text.ts'
import { type Answers, defaultOf, type InitPlace, isPaper, problemsOf, QUESTIONS, type Question, usualOf } from './init-questions.ts'

export interface Asker {
  /** Null where the person is gone. */
  ask(prompt: string): Promise<string | null>
  say(text: string): void
}

/** Of the column that the choices of a question stand in. */
const LEAST_WIDTH = 14

/** Bad answers to one question before it is given up: somebody who is no person would go on for ever. */
const MOST_TRIES = 20

/** Asks what no flag has answered; each answer is checked at once, with all before it. @throws DitaError INIT_CANCELLED (exit 130) */
export async function askQuestions(given: Answers, place: InitPlace, asker: Asker): Promise<Answers> {
  let answers = given
  let quote: string | null = null
  for (const question of QUESTIONS) {
    if (answers[question.flag] !== undefined || !question.applies(answers)) continue
    // By then it is known which market it is, and a recording is read once.
    if (question.counts === 'amount') quote ??= await quoteOf(answers, place)
    answers = { ...answers, [question.flag]: await askOne(question, { answers, place, asker, quote: quote ?? '' }) }
  }
  return answers
}

async function askOne(
  question: Question,
  { answers, place, asker, quote }: { readonly answers: Answers; readonly place: InitPlace; readonly asker: Asker; readonly quote: string },
): Promise<string> {
  const standard = defaultOf(question, answers)
  const later = laterKeys(question, answers)
  const choices = question.choices ?? []
  const width = Math.max(LEAST_WIDTH, ...choices.map(({ value }) => value.length + 2))
  for (const [index, { value, means }] of choices.entries()) {
    if (index === 0) asker.say('')
    asker.say(`  ${index + 1}  ${value.padEnd(width)}${means}`)
  }
  if (question.hint !== undefined) asker.say(`  ${question.hint}`)
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const typed = await asker.ask(`${question.text(answers, quote)}${standard === '' ? '' : ` [${standard}]`}: `)
    if (typed === null) break
    const answer = answerOf(question, typed.trim(), standard)
    // What hangs on a question that is still to come is for its answer to mend.
    const problems = problemsOf({ ...answers, [question.flag]: answer }, place).filter(({ keys }) => !keys.some((key) => later.has(key)))
    if (problems.length === 0) return answer
    for (const { text } of problems) asker.say(paragraph(text, '  ').join('\n'))
  }
  throw new DitaError('INIT_CANCELLED', {
    fault: 'user',
    exitCode: EXIT.interruptedSigint,
    message: 'The questions were not answered to their end. Nothing was written.',
    next: 'Begin again with `dita init`, or take what is usual with `dita init --yes`.',
  })
}

/** The keys that will be asked about after a question, as far as can be told by then. */
function laterKeys(question: Question, answers: Answers): ReadonlySet<string> {
  const later = QUESTIONS.slice(QUESTIONS.indexOf(question) + 1).filter(
    ({ flag, applies }) => answers[flag] === undefined && applies(answers),
  )
  return new Set(later.map(({ path }) => path(answers).join('.')))
}

/** A number stands for a choice, nothing for the default. */
function answerOf({ choices }: Question, typed: string, standard: string): string {
  if (typed === '') return standard
  return choices?.[Number(typed) - 1]?.value ?? typed
}

const isRecording = (answers: Answers): boolean => isPaper(answers) && answers.feed !== undefined && answers.feed !== 'simulated'

/** What amounts are counted in, as far as it can be told. */
async function quoteOf(answers: Answers, place: InitPlace): Promise<string> {
  if (!isPaper(answers)) return /\/([^:]+)/.exec(answers.instrument ?? usualOf(['venue', 'instrument']))?.[1] ?? 'quote'
  const quote = isRecording(answers) ? await place.quoteOfRecording?.(answers.feed ?? '') : place.simulated?.instrument?.quote
  return quote ?? 'the quote asset'
}
