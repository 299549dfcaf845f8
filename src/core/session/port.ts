// What a session is handed, by whom it is watched and what comes of it; and what it trades in: the market it sees, the venue its orders
// go to, and where its time comes from. Types only.

import type { Config } from '../config/config.ts'
import type { ExitCode } from '../errors.ts'
import type { Halt } from '../halt-reasons.ts'
import type { Decimal } from '../kernel/decimal.ts'
import type { Instrument } from '../kernel/instrument.ts'
import type { StateView } from '../kernel/views.ts'
import type { Feed } from '../market/feed.ts'
import type { MarketState } from '../market/market-state.ts'
import type { Venue } from '../venue/port.ts'
import type { SessionControl } from './control.ts'
import type { WallClock } from './pacer.ts'
import type { CompareBooks } from './shutdown-check.ts'
import type { Step } from './steps.ts'
import type { SessionViewModel } from './view-model.ts'

/** Who looks on while a session runs. `wants` is asked first, since a model costs time to build. */
export interface SessionObserver {
  /** `hasNews`: something happened that the last model did not show. Who has to tell of everything wants it then. `nowUs`: session time. */
  wants(hasNews: boolean, nowUs: number): boolean
  publish(model: SessionViewModel): void
  /** It holds the store, and nothing that was typed is in its way: from here on it takes somebody to end it. Told once. */
  begins?(): void
  /** Before there is a session to be shown: whom it waits for. */
  connecting?(host: string): void
}

/** Takes facts as lines of JSON, in their order. Never throws, and never makes the session wait. */
export interface FactLines {
  take(line: string, seq: number): void
}

export interface RunSessionOptions {
  readonly config: Config
  readonly sessionId: string
  readonly durationUs: number
  readonly speed: number | 'max'
  readonly storePath: string
  /** Which config and store it goes by, in words for whoever looks on; left out where nobody is to be told. */
  readonly place?: string
  /** What becomes of orders that an older session left resting at a venue. */
  readonly onStart: 'adopt' | 'cancel'
  readonly environment: Readonly<Record<string, string | undefined>>
  /** From 0 up to 1: for the spread of pauses, and in the world for the salt of an account's order ids. Never for what a rehearsal journals. */
  readonly random: () => number
  readonly process: { readonly pid: number; readonly host: string; readonly version: string }
  readonly wall: WallClock & { wallUs(): number }
  readonly control: SessionControl
  readonly observer: SessionObserver | null
  /** Who is told every fact once it is durable; left out where nobody is. */
  readonly factLines?: FactLines
  readonly log: SessionLog
  /** Told when it begins to trade, and when it begins to take back its orders. */
  readonly onPhase?: (phase: 'running' | 'stopping') => void
  /** Told once its books are open: how it stands, whenever somebody asks. */
  readonly onOpened?: (standing: () => SessionStanding) => void
  /** Compares the engine's books with the tables at the end; left out where nobody can. */
  readonly compareBooks?: CompareBooks
}

/** Of a session that may be left at any moment. */
export interface SessionStanding {
  /** Whether its end is written. */
  readonly isOver: boolean
  /** As the account's books have them, older sessions' included. */
  readonly liveOrders: number
}

/** Where a session's own story goes, with causes: one line an entry. */
export interface SessionLog {
  info(event: string, fields: Readonly<Record<string, unknown>>): void
  error(event: string, fields: Readonly<Record<string, unknown>>): void
}

export interface SessionOutcome {
  readonly sessionId: string
  readonly halt: Halt
  readonly exitCode: ExitCode
  /** Sessions found dead at the start, now closed as crashed. */
  readonly crashedBefore: readonly string[]
  /** What could not be proved of the store at the start, in whole sentences. */
  readonly warnings: readonly string[]
}

export interface Arena {
  readonly feed: Feed
  readonly venueName: string
  /** Host and port of a venue in the world; null for one in this process. */
  readonly venueAddress: string | null
  /** Whose facts these are: the venue, and a name there. */
  readonly account: string
  /** Once the account's books are known. Called once. */
  enter(view: StateView, instrument: Instrument): Entered
  /** Lets go of everything. Closing twice is fine. */
  close(): Promise<void>
}

export interface Entered {
  readonly venue: Venue
  readonly market: MarketState
  /** What a rehearsed account is given: at once, and with the default money once there is a price. Null where the venue holds the money. */
  readonly money: { readonly now: Readonly<Record<string, Decimal>>; readonly byDefault: boolean } | null
  /** Money that goes in at the rehearsed exchange as it does in our books. */
  deposit(asset: string, amount: Decimal): void
  steps(when: { readonly nextDueUs: () => number; readonly stop: AbortSignal }): AsyncIterable<Step>
}

export interface ArenaOptions {
  readonly config: Config
  readonly sessionId: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly random: () => number
  readonly wall: { wallUs(): number; sleep(ms: number, signal: AbortSignal): Promise<void> }
  readonly log: SessionLog
  /** Told which host is waited for. */
  readonly connecting?: (host: string) => void
}
