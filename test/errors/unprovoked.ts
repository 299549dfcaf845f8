// Errors that no person brings about by what is typed or there: each with the reason. Who can provoke one takes it off.

export const UNPROVOKED: Readonly<Record<string, string>> = {
  CAPITAL_DENIED: 'the command line refuses the same amounts before, as BAD_AMOUNT; a denial of the kernel would be the second line',
  DEFECT: 'whatever nobody thought of: the words are those of test/cli/failure.test.ts',
  PAPER_OPTIONS_INVALID: 'the config allows no such options; only a program that builds the venue by itself can',
  VENUE_CLOSED: 'a defect: nothing is sent after a venue was closed',
  VENUE_QUEUE_FULL: 'a defect: thousands of events wait, and nobody takes them',
  VERIFY_FAILED: 'the disk of temporary files fills up while a store is replayed',
}
