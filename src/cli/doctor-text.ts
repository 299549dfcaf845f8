// How `dita doctor` reads: one row for each question, and under it what to type. Text only.

import { counted, hanging } from './account-text.ts'
import type { DoctorView } from './doctor.ts'
import type { Verdict } from './doctor-finding.ts'

const MARKS: Readonly<Record<Verdict, string>> = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL', skip: '–   ' }

/** `lineWidth` is what a row may take. */
export function renderDoctor({ checks, fit }: DoctorView, lineWidth: number): string {
  const width = Math.max(...checks.map(({ name }) => name.length))
  const rows = checks.flatMap(({ name, verdict, detail, remedy }) => {
    const head = `  ${MARKS[verdict]}  ${name.replaceAll('_', ' ').padEnd(width)}  `
    const under = ' '.repeat(head.length)
    return [...hanging(head, detail, lineWidth), ...(remedy === null ? [] : hanging(`${under}→ `, remedy, lineWidth))]
  })
  const warnings = checks.filter(({ verdict }) => verdict === 'warn').length
  const failures = checks.filter(({ verdict }) => verdict === 'fail').length
  const said = [...(failures === 0 ? [] : [`${failures} failed`]), ...(warnings === 0 ? [] : [counted(warnings, 'warning')])]
  return [
    ...rows,
    '',
    `${fit ? 'A session can run' : 'A session cannot run as it should'}${said.length === 0 ? '' : `: ${said.join(', ')}`}.`,
  ].join('\n')
}
