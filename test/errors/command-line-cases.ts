// Errors of the command line itself, and of `dita init`.

import { mkdirSync } from 'node:fs'
import { askQuestions } from '../../src/cli/ask-questions.ts'
import { simulatedMarket } from '../../src/cli/start-workspace.ts'
import { happened, type Provocation, typed } from './provocation.ts'

const DEMO = { mode: 'demo', feed: { source: 'live' }, venue: { rest_url: 'http://127.0.0.1:9', stream_url: 'ws://127.0.0.1:9' } }

export const COMMAND_LINE: readonly Provocation[] = [
  happened('UNKNOWN_COMMAND', '`sumarize`, for a command', (scene) => scene.fails('dita sumarize')),
  typed('UNKNOWN_COMMAND', 'dita capital'),
  typed('UNKNOWN_COMMAND', 'dita --verbose run'),
  happened('UNKNOWN_COMMAND', '`version`, for a command', (scene) => scene.fails('dita version')),
  happened('UNKNOWN_COMMAND', '`dita -v`', (scene) => scene.fails('dita -v')),
  typed('UNKNOWN_FLAG', 'dita run --durration 10m'),
  typed('UNKNOWN_FLAG', 'dita run -d 10m'),
  typed('UNEXPECTED_ARGUMENT', 'dita sessions yesterday'),
  typed('MISSING_ARGUMENT', 'dita capital deposit 250'),
  typed('BAD_VALUE', 'dita sessions --limit many'),
  typed('BAD_VALUE', 'dita sessions --limit'),
  typed('BAD_VALUE', 'dita run --on-start maybe'),
  typed('BAD_VALUE', 'dita halt --clear --file'),
  typed('BAD_DURATION', 'dita run --duration 30'),
  typed('BAD_DURATION', 'dita run --duration soon'),
  typed('BAD_SPEED', 'dita run --speed fast'),
  typed('BAD_SPEED', 'dita run --speed 10', 'with `mode: demo`', (scene) => scene.config(DEMO)),
  typed('BAD_SESSION_ID', 'dita run --session "Morning Shift"'),
  typed('BAD_STORE', 'dita sessions --store ""'),
  typed('FLAG_INVALID', 'dita run --feed live'),
  typed('FLAG_INVALID', 'dita run --feed simulated', 'with `mode: demo`', (scene) => scene.config(DEMO)),
  typed('FLAG_INVALID', 'dita run --feed ""'),
  happened('OUTPUT_FAILED', '`dita --version > version.txt`, where the disk is full', (scene) => scene.saidBy('--version > /dev/full')),
]

export const INIT: readonly Provocation[] = [
  typed('WORKSPACE_EXISTS', 'dita init', 'where a workspace is', (scene) => scene.run('dita init')),
  typed('INIT_FAILED', 'dita init notes.txt', 'which is a file', (scene) => scene.file('notes.txt', '')),
  typed('INIT_FAILED', 'dita init --force', 'where `dita.yaml` is a folder', (scene) => mkdirSync(scene.path('dita.yaml'))),
  typed('INIT_FAILED', 'dita init --force', 'where there are backups enough', (scene) => {
    scene.file('dita.yaml', 'mode: paper\n')
    scene.file('dita.yaml.bak', '')
    for (let count = 2; count <= 100; count += 1) scene.file(`dita.yaml.bak.${count}`, '')
  }),
  typed('BAD_ANSWER', 'dita init --max-loss much'),
  typed('BAD_ANSWER', 'dita init --instrument BTC/USDT:USDT'),
  happened('INIT_CANCELLED', '`dita init`, left with Ctrl-C', async (scene) => {
    const place = { folder: scene.folder, workingFolder: scene.folder, simulated: await simulatedMarket() }
    return scene.failureOf(askQuestions({}, place, { ask: async () => null, say: () => undefined }))
  }),
]
