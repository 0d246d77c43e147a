import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { honest, type Lie, type Monitored, makeMonitored, skillAt } from '../monitor-world.ts';

const withoutFirst: Lie = (path, response) =>
  path === '/log/statements/0' ? new Response('', { status: 404 }) : response;

let monitored: Monitored;
beforeEach(async () => {
  monitored = await makeMonitored();
  await monitored.bring(skillAt(1));
  await monitored.say(skillAt(1), 'revoked');
  expect((await monitored.look()).exit).toBe(0);
});
afterEach(() => monitored.close());

const at = (...path: string[]): string => join(monitored.folder(), ...path);
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const words = (): string => at('statements', readdirSync(at('statements'))[0] ?? '');
const rewrite = (path: string, change: (value: ReturnType<typeof json>) => unknown): void =>
  writeFileSync(path, JSON.stringify(change(json(path))));

describe('a folder of a replay', () => {
  it.each<[string, () => void]>([
    ['lost its words', () => rmSync(words())],
    ['has words that are cut off', () => truncateSync(words(), 100)],
    ['has one word less', () => rewrite(words(), (all) => all.slice(0, -1))],
    [
      'has a word with another bit',
      () =>
        rewrite(words(), (all) =>
          all.map((one: { bundle?: string }, n: number) =>
            n === 0
              ? {
                  ...one,
                  bundle: one.bundle?.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
                }
              : one,
          ),
        ),
    ],
    ['lost its addresses', () => rmSync(at('addresses'))],
    ['has addresses that are cut off', () => truncateSync(at('addresses'), 100)],
    [
      'has addresses without bits',
      () => {
        const bytes = readFileSync(at('addresses'));
        writeFileSync(at('addresses'), bytes.fill(0, 0, bytes.byteLength));
      },
    ],
    ['lost the list of the lines that were shown', () => rmSync(at('offered.json'))],
    [
      'has another list of lines',
      () => rewrite(at('offered.json'), (all) => ({ ...all, lines: ['another'] })),
    ],
    [
      'has another place that the walk came to',
      () =>
        rewrite(at('state.json'), (all) => ({
          ...all,
          walked: { ...all.walked, peaks: [], size: 5 },
        })),
    ],
    [
      'has another head',
      () => rewrite(at('state.json'), (all) => ({ ...all, seen: { ...all.seen, note: 'x' } })),
    ],
  ])('that %s accuses nobody and clears nobody: it says so, and what to do', async (_, damage) => {
    damage();
    for (const lie of [honest, withoutFirst]) {
      monitored.lie = lie;
      const { exit, stdout } = await monitored.look();
      expect([exit, stdout]).toEqual([2, expect.stringMatching(/is damaged[\s\S]*move /)]);
    }
    rmSync(monitored.folder(), { recursive: true });
    expect((await monitored.look()).codes).toContain('statement-withheld');
  });

  it('that was cut off between a late statement and its state is whole', async () => {
    await monitored.bring(skillAt(2));
    const late = await monitored.say(skillAt(2), 'revoked');
    const hidden = `/log/statements/${late}`;
    monitored.lie = (path, response) =>
      path === hidden ? new Response('', { status: 404 }) : response;
    expect((await monitored.look()).codes).toEqual(['statement-withheld', 'stop-unfounded']);
    const before = readFileSync(at('state.json'));
    monitored.lie = honest;
    expect((await monitored.look()).exit).toBe(0);
    writeFileSync(at('state.json'), before);
    expect((await monitored.look()).exit).toBe(0);
    expect((await monitored.look()).exit).toBe(0);
  });
});
