import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../runner/files/lines.ts';

async function read(chunks: readonly string[], bytesMax = 100): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(chunks.map((one) => Buffer.from(one))), bytesMax))
    lines.push(line.toString());
  return lines;
}

describe('lines that a stranger writes', () => {
  it.each<[readonly string[], readonly string[]]>([
    [['a\nb\n'], ['a', 'b']],
    [
      ['a', 'b\n', 'c', 'd', '\n'],
      ['ab', 'cd'],
    ],
    [['\n\n'], ['', '']],
    [['a\nrest'], ['a']],
    [['wört', 'er\n'], ['wörter']],
    [[], []],
  ])('%j are %j', async (chunks, lines) => {
    expect(await read(chunks)).toEqual(lines);
  });

  it.each([
    [['x'.repeat(101)]],
    [['x'.repeat(60), 'x'.repeat(60)]],
    [['a\n', `${'x'.repeat(101)}\n`]],
  ])('are refused when they are longer than they may be', async (chunks) => {
    await expect(read(chunks)).rejects.toMatchObject({ code: 'run-limit' });
  });

  it('are the same byte by byte', async () => {
    const line = 'x'.repeat(50_000);
    expect(await read([...line, '\n'], 100_000)).toEqual([line]);
  });

  it('leave room for timers, and the stream open', async () => {
    const stream = new PassThrough();
    stream.write('a\n'.repeat(1_000));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    let seen = 0;
    for await (const _ of linesOf(stream, 10)) if (++seen === 1_000) break;
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    expect(stream.destroyed).toBe(false);
  });
});
