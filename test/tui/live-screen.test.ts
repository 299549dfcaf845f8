// The live screen with its keys, on a terminal that is none.

import { describe, expect, test } from 'vitest'
import { closeScreens, fakeStderr, sampleAt, start, until } from './live-rig.ts'
import { newestFirst, sampleMessage, sampleModel } from './sample-model.ts'

closeScreens()

describe('drawing', () => {
  test('it takes the alternate screen and draws what was published, without wrapping or scrolling', async () => {
    const { terminal, screen } = start()
    expect(terminal.alternate).toBe(true)
    expect(terminal.cursorVisible).toBe(false)
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('session-1') && text.includes('q stop'))
    expect(terminal.lines()).toHaveLength(24)
    expect(terminal.wrapped).toBe(0)
    expect(terminal.scrolled).toBe(0)
  })

  test('a hundred models at once are few frames, and the last one is drawn', async () => {
    const { terminal, screen } = start()
    await until(terminal, (text) => text.includes('starting'))
    const before = terminal.frames
    for (let index = 1; index <= 100; index += 1) screen.publish(sampleAt(index))
    await until(terminal, (text) => text.includes('session-100'))
    expect(terminal.frames - before).toBeLessThanOrEqual(3)
  })

  test('the same model again costs the terminal nothing', async () => {
    const { terminal, screen } = start()
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('session-1'))
    const before = terminal.written.length
    screen.publish(sampleAt(1))
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(terminal.written.length).toBe(before)
  })

  test('what somebody prints meanwhile does not tear the picture', async () => {
    const { terminal, screen } = start()
    screen.publish(sampleAt(1))
    const picture = await until(terminal, (text) => text.includes('session-1'))
    console.log('a line from a strategy')
    expect(await until(terminal, (text) => text === picture)).toBe(picture)
  })

  test('without colour no rendition is ever sent', async () => {
    const { terminal, screen } = start({ colour: false })
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('session-1'))
    await screen.close()
    expect(terminal.renditions).toBe(0)
  })
})

describe('resizing', () => {
  const SIZES = [
    [120, 40],
    [60, 16],
    [200, 60],
    [40, 10],
    [80, 24],
    [79, 23],
  ] as const

  test('the picture follows at once, in every direction, and leaves nothing behind', async () => {
    const { terminal, screen } = start()
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('session-1'))
    for (const [columns, rows] of SIZES) {
      terminal.resize(columns, rows)
      const fresh = start({ columns, rows })
      fresh.screen.publish(sampleAt(1))
      const expected = await until(fresh.terminal, (text) => text.includes('running') || text.includes('too small'))
      await fresh.screen.close()
      expect(await until(terminal, (text) => text === expected)).toBe(expected)
    }
  })
})

describe('keys', () => {
  test('q asks the session to stop, once, and the screen says so', async () => {
    const { terminal, keyboard, screen, stops } = start()
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('running'))
    keyboard.press('q')
    keyboard.press('q')
    await until(terminal, (text) => text.includes('stopping…'))
    expect(stops).toEqual(['quit'])
  })

  test('K is the kill switch, once; the small letter is none', async () => {
    const { terminal, keyboard, screen, stops } = start()
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('running'))
    keyboard.press('k')
    keyboard.press('K')
    keyboard.press('K')
    await until(terminal, (text) => text.includes('stopping…'))
    expect(stops).toEqual(['kill'])
  })

  test('L02 every Ctrl-C reaches the session', async () => {
    const { terminal, keyboard, stops } = start()
    await until(terminal, (text) => text.includes('starting'))
    keyboard.press('\u0003')
    await until(terminal, (text) => text.includes('stopping…'))
    keyboard.press('\u0003')
    expect(stops).toEqual(['interrupt', 'interrupt'])
    expect(terminal.alternate).toBe(true)
  })

  test('? shows the keys, and takes them away again', async () => {
    const { terminal, keyboard, screen } = start()
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('? help'))
    keyboard.press('?')
    await until(terminal, (text) => /K +kill switch, at once/.test(text) && text.includes('again: leave'))
    keyboard.press('?')
    await until(terminal, (text) => !text.includes('again: leave'))
  })

  test('Esc takes the keys away, and does nothing where they are not shown', async () => {
    const { terminal, keyboard, screen, stops } = start()
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('? help'))
    keyboard.press('?')
    await until(terminal, (text) => /\?\/Esc +back/.test(text))
    keyboard.press('\u001b')
    const picture = await until(terminal, (text) => !text.includes('Esc  '))
    keyboard.press('\u001b')
    screen.publish(sampleAt(2))
    expect(await until(terminal, (text) => text.includes('session-2'))).toBe(
      picture.replace('session-1', 'session-2').replace('0:01', '0:02'),
    )
    expect(stops).toEqual([])
  })

  test('numbers, Tab and Shift-Tab lead through the pages', async () => {
    const { terminal, keyboard, screen } = start()
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('[1 overview]'))
    for (const [key, page] of [
      ['2', '[2 orders]'],
      ['3', '[3 strategy]'],
      ['4', '[4 journal]'],
      ['5', '[5 log]'],
      ['\t', '[1 overview]'],
      ['\t', '[2 orders]'],
      ['\u001b[Z', '[1 overview]'],
      ['\u001b[Z', '[5 log]'],
    ] as const) {
      keyboard.press(key)
      await until(terminal, (text) => text.includes(page))
    }
  })

  test('p asks to pause while trading is active, and to resume while it is not', async () => {
    const { terminal, keyboard, screen, trades } = start()
    keyboard.press('p')
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('● running'))
    keyboard.press('p')
    await until(terminal, () => trades.length > 0)
    screen.publish(sampleModel({ trading: 'halted' }))
    await until(terminal, (text) => text.includes('trading paused'))
    keyboard.press('p')
    await until(terminal, () => trades.length > 1)
    expect(trades).toEqual(['pause', 'resume'])
  })

  test('p pauses a session that only reduces as well; r lets only exits pass, and again everything', async () => {
    const { terminal, keyboard, screen, trades } = start()
    screen.publish(sampleModel({ trading: 'reducing' }))
    await until(terminal, (text) => text.includes('● running'))
    keyboard.press('p')
    keyboard.press('r')
    await until(terminal, () => trades.length > 1)
    screen.publish(sampleModel({ trading: 'active', sessionId: 'again' }))
    await until(terminal, (text) => text.includes('again'))
    keyboard.press('r')
    await until(terminal, () => trades.length > 2)
    expect(trades).toEqual(['pause', 'resume', 'reduce_only'])
  })

  test.each([
    ['KKKKKKKK', ['kill']],
    ['hy', ['kill']],
    ['2q', ['quit']],
    ['hn', []],
    ['Keep an eye on it', []],
  ])('keys that come in one piece are keys, and a text that is pasted is none: %s', async (keys, expected) => {
    const { terminal, keyboard, screen, stops } = start()
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('● running'))
    keyboard.press(keys)
    keyboard.press('?')
    await until(terminal, (text) => text.includes('Ctrl-L') || text.includes('stopping…'))
    expect(stops).toEqual(expected)
  })

  test('a filter may be pasted', async () => {
    const { terminal, keyboard, screen } = start()
    screen.publish(sampleModel({ messages: newestFirst(120, sampleMessage) }))
    keyboard.press('5')
    await until(terminal, (text) => text.includes('messages'))
    keyboard.press('/message 77')
    await until(terminal, (text) => text.includes('/message 77') && !text.includes('message 78 '))
  })

  test('before there is anything to see h asks as well, and nobody halts unseen', async () => {
    const { terminal, keyboard, stops } = start()
    await until(terminal, (text) => text.includes('dita is starting…'))
    keyboard.press('h')
    await until(terminal, (text) => text.includes('halt? y halts, any other key does not'))
    keyboard.press('n')
    await until(terminal, (text) => text.includes('dita is starting…'))
    expect(stops).toEqual([])
  })

  test('nothing is drawn on a terminal that takes nothing; once it does, it shows the newest', async () => {
    const { terminal, screen } = start()
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('session-1'))
    terminal.writableLength = 5_000
    const before = terminal.frames
    for (let index = 2; index < 40; index += 1) {
      screen.publish(sampleAt(index))
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(terminal.frames).toBe(before)
    terminal.writableLength = 0
    await until(terminal, (text) => text.includes('session-39'))
  })

  test('h asks first: y halts, any other key does not', async () => {
    const { terminal, keyboard, screen, stops } = start()
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('● running'))
    keyboard.press('h')
    await until(terminal, (text) => text.includes('Halt this session by the kill switch?'))
    keyboard.press('q')
    await until(terminal, (text) => !text.includes('Halt this session'))
    expect(stops).toEqual([])
    keyboard.press('h')
    await until(terminal, (text) => text.includes('Halt this session'))
    keyboard.press('y')
    await until(terminal, (text) => text.includes('stopping…'))
    expect(stops).toEqual(['kill'])
  })

  test('/ narrows the fills to what holds the words, and Esc shows all of them again', async () => {
    const { terminal, keyboard, screen } = start()
    screen.publish(sampleAt(1))
    keyboard.press('2')
    const sells = (text: string) => text.match(/03:44:\d\d +sell/g)?.length ?? 0
    await until(terminal, (text) => sells(text) > 3)
    for (const key of ['/', 'b', 'u', 'y']) keyboard.press(key)
    await until(terminal, (text) => text.includes('/buy') && sells(text) === 0)
    // A key that means something elsewhere is a letter here.
    keyboard.press('q')
    await until(terminal, (text) => text.includes('nothing here holds these words'))
    keyboard.press('\u001b')
    await until(terminal, (text) => sells(text) > 3)
  })

  test('arrows and PgDn move through the log', async () => {
    const { terminal, keyboard, screen } = start()
    screen.publish(sampleModel({ messages: newestFirst(120, sampleMessage) }))
    keyboard.press('5')
    await until(terminal, (text) => text.includes('messages: 1–19 of 120'))
    keyboard.press('\u001b[B')
    await until(terminal, (text) => text.includes('messages: 2–20 of 120'))
    keyboard.press('\u001b[6~')
    await until(terminal, (text) => text.includes('messages: 20–38 of 120') && text.includes('message 100 '))
    keyboard.press('\u001b[F')
    await until(terminal, (text) => text.includes('messages: 102–120 of 120'))
    keyboard.press('\u001b[A')
    await until(terminal, (text) => text.includes('messages: 101–119 of 120'))
    keyboard.press('\u001b[H')
    await until(terminal, (text) => text.includes('messages: 1–19 of 120'))
  })

  test('while it connects it says to whom', async () => {
    const { terminal, screen } = start()
    await until(terminal, (text) => text.includes('dita is starting…'))
    screen.connecting('open-api.example.com')
    await until(terminal, (text) => text.includes('connecting to open-api.example.com …  q gives up'))
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('session-1'))
  })

  test('Ctrl-L draws a torn screen afresh', async () => {
    const { terminal, keyboard, screen } = start()
    screen.publish(sampleAt(1))
    const picture = await until(terminal, (text) => text.includes('session-1'))
    terminal.write('\u001b[5;10Hnoise from elsewhere\u001b[24;80H')
    keyboard.press('\u000c')
    expect(await until(terminal, (text) => text === picture)).toBe(picture)
  })

  test('other keys do nothing', async () => {
    const { terminal, keyboard, stops } = start()
    await until(terminal, (text) => text.includes('starting'))
    for (const key of ['x', 'Q', '\u001b[A', '\r', '\u0011', '日']) keyboard.press(key)
    expect(stops).toEqual([])
  })

  test('without a keyboard it draws all the same', async () => {
    const { terminal, keyboard, screen } = start({ isTTY: false })
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('Ctrl-C stop'))
    expect(keyboard.raw).toBe(false)
  })
})

describe('closing', () => {
  test('L03 it leaves the terminal at once where the process is about to end, before anything else is written', async () => {
    const { terminal, screen } = start()
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('session-1'))
    screen.restore()
    expect([terminal.alternate, terminal.cursorVisible]).toEqual([false, true])
    screen.publish(sampleAt(2))
    await screen.close()
    expect(terminal.alternate).toBe(false)
  })

  test('L03 it draws the last model, restores the terminal, and may be called again', async () => {
    const { terminal, keyboard, screen } = start()
    await until(terminal, (text) => text.includes('starting'))
    expect(keyboard.raw).toBe(true)
    for (let index = 1; index <= 50; index += 1) screen.publish(sampleAt(index))
    const closing = screen.close()
    expect(screen.close()).toBe(closing)
    await closing
    await screen.close()
    expect(terminal.written.join('')).toContain('session-50')
    expect(terminal.alternate).toBe(false)
    expect(terminal.cursorVisible).toBe(true)
    expect(keyboard.raw).toBe(false)
    expect(terminal.listenerCount('error') + terminal.listenerCount('resize') + keyboard.listenerCount('readable')).toBe(0)
  })

  test('after close nothing more is written', async () => {
    const { terminal, screen } = start()
    screen.publish(sampleAt(1))
    await screen.close()
    const before = terminal.written.length
    screen.publish(sampleAt(2))
    terminal.resize(100, 30)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(terminal.written.length).toBe(before)
  })
})

describe('standard error', () => {
  test('what shows the cursor goes to the screen, once, also after the end; all else stays', async () => {
    const { stderr, written } = fakeStderr()
    const first = start({ stderr })
    await first.screen.close()
    const { terminal, screen } = start({ stderr })
    await screen.close()
    terminal.cursorVisible = false
    first.terminal.cursorVisible = false
    stderr.write('\u001b[?25h')
    stderr.write('a warning\n')
    expect([first.terminal.cursorVisible, terminal.cursorVisible]).toEqual([true, false])
    expect(written).toEqual(['a warning\n'])
  })
})

describe('failures of the screen', () => {
  test('a terminal that goes away is reported once, and the session can go on publishing', async () => {
    const { terminal, screen, failures } = start()
    screen.publish(sampleAt(1))
    await until(terminal, (text) => text.includes('session-1'))
    const gone = new Error('write EIO')
    terminal.emit('error', gone)
    terminal.emit('error', gone)
    screen.publish(sampleAt(2))
    await screen.close()
    expect(failures).toEqual([gone])
  })

  test('a model that cannot be drawn ends the screen and restores the terminal, not the session', async () => {
    const { terminal, screen, failures } = start()
    const broken = { ...sampleAt(1), market: null } as unknown as ReturnType<typeof sampleModel>
    screen.publish(broken)
    for (let attempt = 0; attempt < 100 && failures.length === 0; attempt += 1) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(failures).toHaveLength(1)
    expect(terminal.alternate).toBe(false)
    screen.publish(sampleAt(2))
    await screen.close()
  })
})
