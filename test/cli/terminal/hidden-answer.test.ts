import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askHidden, isQuietTerminal } from '../../../cli/terminal/hidden-answer.ts';
import { safe } from '../../../cli/terminal/output.ts';

function ask() {
  const raw: boolean[] = [];
  const terminal = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => raw.push(on),
  });
  const stderr = new PassThrough();
  const stop = new AbortController();
  const value = askHidden({ stderr, signal: stop.signal }, terminal, safe`Value: `);
  return { terminal, stop, value, raw, shown: () => String(stderr.read()) };
}

describe('a value typed at a terminal', () => {
  it.each([
    ['one line', ['hunter2\r'], 'hunter2'],
    ['key by key', ['h', 'u', 'x', '\u007f', 'n\n'], 'hun'],
    ['a line that was begun anew', ['wrong\u0015right\n'], 'right'],
    ['a letter in two chunks', [Buffer.from([0xc3]), Buffer.from([0xbc, 0x0d])], 'ü'],
    ['up to Ctrl-D', ['abc\u0004'], 'abc'],
  ])('is read: %s', async (_, chunks, value) => {
    const asked = ask();
    for (const chunk of chunks) asked.terminal.write(chunk);
    expect(await asked.value).toBe(value);
    expect(asked.shown()).toBe('Value: \n');
    expect(asked.raw).toEqual([true, false]);
    expect(asked.terminal.isPaused()).toBe(true);
  });

  it('is asked for twice in one process', async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    const context = { stderr: new PassThrough(), signal: new AbortController().signal };
    const first = askHidden(context, terminal, safe`New: `);
    terminal.write('hunter2\r');
    expect(await first).toBe('hunter2');
    const second = askHidden(context, terminal, safe`Again: `);
    terminal.write('hunter3\r');
    expect(await second).toBe('hunter3');
  });

  it('is given up by Ctrl-C and by a signal, and the terminal is as before', async () => {
    const typed = ask();
    typed.terminal.write('hunter2\u0003');
    await expect(typed.value).rejects.toMatchObject({ code: 'interrupted' });
    const stopped = ask();
    stopped.stop.abort();
    await expect(stopped.value).rejects.toMatchObject({ code: 'interrupted' });
    for (const { raw } of [typed, stopped]) expect(raw).toEqual([true, false]);
  });

  it('has an end', async () => {
    const asked = ask();
    asked.terminal.write('x'.repeat(70_000));
    await expect(asked.value).rejects.toMatchObject({ code: 'secret-refused' });
  });

  it('is asked for only where nothing of it is shown', () => {
    expect(isQuietTerminal(Object.assign(new PassThrough(), { isTTY: true }))).toBe(false);
    expect(isQuietTerminal(Object.assign(new PassThrough(), { setRawMode: () => undefined }))).toBe(
      false,
    );
  });
});
