// The note of a capital flow as the journal has it: what somebody typed, and ahead of it when it happened, where they said so. An
// account's own time never runs back. Writes and reads that one form; knows no flows.

/** A time as it is written here, or nothing: that a note is all that was typed, however it begins. */
const LED_BY = /^\[(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)?\](?: |$)/

/** A typed note that looks as if it were stamped is led by empty brackets, so that nothing but a stamp is read as one. */
export function writeFlowNote(typed: string, happenedAtUs: number | null): string {
  if (happenedAtUs !== null) return `[${isoOf(Math.trunc(happenedAtUs / 1_000))}] ${typed}`
  return LED_BY.test(typed) ? `[] ${typed}` : typed
}

export function readFlowNote(note: string): { readonly happenedAtUs: number | null; readonly note: string } {
  const led = LED_BY.exec(note)
  if (led === null) return { happenedAtUs: null, note }
  const [lead, stamp] = led
  const typed = note.slice(lead.length)
  if (stamp === undefined) return { happenedAtUs: null, note: typed }
  const timeMs = Date.parse(stamp)
  // A day that no calendar has was never written here.
  return Number.isNaN(timeMs) || isoOf(timeMs) !== stamp ? { happenedAtUs: null, note } : { happenedAtUs: timeMs * 1_000, note: typed }
}

function isoOf(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
