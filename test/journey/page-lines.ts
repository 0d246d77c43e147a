/** Types the `skillgate` lines of a page of docs, in their order, as a reader would. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Ended, Stage } from './processes.ts';

/** The words of each line of a text, without comments. */
export function linesIn(text: string): string[][] {
  return [...text.matchAll(/^skillgate (.*?)(?: +#.*)?$/gm)].map(([, line]) =>
    [...(line ?? '').matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? ''),
  );
}

export function readPage(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

/** The text below a heading of a page, to the next heading. */
export function sectionOf(name: string, heading: string): string {
  const [, below = ''] = readPage(name).split(new RegExp(`^##+ ${heading}$`, 'm'));
  return below.split(/^##+ /m)[0] ?? '';
}

/**
 * Types lines from an empty home, and answers what a person answers at the terminal.
 * @param after called with each line that ended well
 * @returns how the last line ended
 */
export async function typeLines(
  stage: Stage,
  lines: readonly (readonly string[])[],
  after: (line: string, ended: Ended) => void,
): Promise<Ended> {
  let last: Ended = { exit: null, out: '', err: '' };
  for (const line of lines) {
    const argv = line.map((word) =>
      word.replace('~/.config/skillgate', join(stage.folder, 'me/config')),
    );
    const command = argv.slice(0, 2).join(' ');
    if (argv[0] === 'up') {
      await stage.serve('me', ...argv, '--port', '0');
      continue;
    }
    const isAsked = argv[0] === 'manifest' || command === 'review approve';
    do last = await stage.skill('me', ...argv, ...(isAsked ? ['--yes'] : []));
    while (argv[0] === 'status' && /^status +(received|scanning)$/m.test(last.out));
    expect(last, line.join(' ')).toMatchObject({ exit: 0 });
    after(line.join(' '), last);
  }
  return last;
}
