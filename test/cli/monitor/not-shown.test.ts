import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { honest, type Monitored, makeMonitored, skillAt } from '../monitor-world.ts';
import { base } from '../registry-users.ts';

let monitored: Monitored;
let revokedAt: number;
beforeEach(async () => {
  monitored = await makeMonitored();
  await monitored.bring(skillAt(1));
  revokedAt = await monitored.say(skillAt(1), 'revoked');
});
afterEach(() => monitored.close());

const failing = (status: number, isMeant: (path: string) => boolean, body = ''): void => {
  monitored.lie = (path, response) => (isMeant(path) ? new Response(body, { status }) : response);
};

describe('a registry that has shown the head of its log and not the rest', () => {
  it.each<[string, number, (path: string) => boolean, string]>([
    [
      'an error in place of a statement',
      503,
      (path) => path === `/log/statements/${revokedAt}`,
      '',
    ],
    ['an error in place of the index', 503, (path) => path.startsWith('/index/@acme'), ''],
    ['an index of garbage', 200, (path) => path.startsWith('/index/@acme'), '{"x":1}\n'],
    ['an error in place of entries', 500, (path) => path.startsWith('/log/tile/entries'), ''],
  ])('is borne for an hour, then reported: %s', async (_, status, isMeant, body) => {
    failing(status, isMeant, body);
    expect(await monitored.look()).toMatchObject({ exit: 4, codes: [] });
    monitored.world.wait(59 * 60_000);
    expect(await monitored.look()).toMatchObject({ exit: 4, codes: [] });
    monitored.world.wait(2 * 60_000);
    const { exit, codes, said } = await monitored.look();
    expect([exit, codes]).toEqual([6, ['not-shown']]);
    expect(said.differences[0].message).toContain('has shown the head of its log');
    expect(readdirSync(said.evidence).sort()).toEqual(['differences.json', 'newest-head.txt']);
    monitored.lie = honest;
    expect((await monitored.look()).exit).toBe(0);
    // The next failure begins an hour of its own.
    expect(readFileSync(join(monitored.folder(), 'state.json'), 'utf8')).not.toContain('failing');
  });

  it('that shows no status either is reported by the head that it shows', async () => {
    monitored.lie = (path, response) =>
      path === '/index/status.json' ? new Response('', { status: 404 }) : response;
    expect((await monitored.look()).exit).toBe(3);
    monitored.world.wait(61 * 60_000);
    expect((await monitored.look()).codes).toEqual(['not-shown']);
  });

  it('that is away altogether is not accused, however long', async () => {
    monitored.lie = () => new Response('', { status: 503 });
    for (const minutes of [0, 70, 700]) {
      monitored.world.wait(minutes * 60_000);
      expect(await monitored.look()).toMatchObject({ exit: 4, codes: [] });
    }
  });
});

it('skillgate monitor --follow goes on while something is not shown, and ends with the difference after an hour', async () => {
  let looks = 0;
  monitored.lie = (path, response) => {
    if (path !== `/log/statements/${revokedAt}`) return response;
    looks++;
    monitored.world.wait(31 * 60_000);
    return new Response('', { status: looks === 1 ? 403 : 503 });
  };
  const { exit, stdout, stderr } = await monitored.users.as('stranger', [
    'monitor',
    '--follow',
    '--every',
    '1',
    base,
  ]);
  expect([exit, looks]).toEqual([6, 3]);
  expect(stdout).toMatch(/not-shown/);
  expect(stderr).toMatch(/the monitor will try again/);
});
