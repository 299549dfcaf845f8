// Where the crash sweep stands in docs/RELIABILITY.md: between two markers, with nothing else between them.

export const START = '<!-- crash sweep: made by scripts/crash.ts -->'
export const END = '<!-- end of the crash sweep -->'

const INTRODUCTION = `## Crash sweep

A session that quotes, replaces, enters, exits, cancels and trades at market runs against \`dita exchange\`, and is killed: at every system
call that writes, syncs, truncates, renames, unlinks or sends, one run for each, from the process's first to its last; at random
times; while it recovers, three starts deep; and so is the exchange, alone and together with it. A call of the disk also fails once with
EIO, and once with ENOSPC: where it is the store's the session stops with exit 6 and says so, save that a checkpoint which fails, or the
writing of what the session measures of itself, is told and tried again. Each point begins with an empty store and a new exchange.

Afterwards a session recovers, twice, and the store is compared with the exchange's truth log: no client order id has two orders; every
order, refusal and cancel that the exchange heard of is in the journal, with its terms; every fill is booked exactly once, to the last
digit; orders, position and wallet are what they are there (the wallet as of the order in which the fills were booked: two orders that fill
at once may be heard of the other way round, and what is realised of an open position depends on that); nothing is in doubt, or it is in
quarantine, and then with an alarm of its own; the session that died is closed; the second recovery changes nothing; \`dita verify\` exits 0.

strace strikes, and counts for each thread by itself: the thread that first comes so far is struck, which is nearly always the one that
does all the writing and sending. A point that was not struck is one whose session ended before it made so many calls. The last line says
whether these are all the points. \`npm run crash\` plays them, and with \`--write\` makes this part of the page anew. It sweeps the build
with its modules gathered into a few files, since each point starts five processes; the sample in \`npm test\` sweeps the build as it is.`

/** The page with another sweep; at its end where it had none. */
export function placed(page: string, table: string): string {
  const [from, to] = [page.indexOf(START), page.indexOf(END)]
  const block = `${START}\n\n${INTRODUCTION}\n\n${table}\n\n${END}`
  return from < 0 || to < from ? `${page.trimEnd()}\n\n${block}\n` : page.slice(0, from) + block + page.slice(to + END.length)
}
