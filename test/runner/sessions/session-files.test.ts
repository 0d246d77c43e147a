import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { renewToken, tokenRenewSeconds } from '../../../runner/sessions/session.ts';

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'skillgate-test-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(top, { recursive: true });
});

it('a token that cannot be written stays in use until the next renewal, and ends no runner', () => {
  vi.useFakeTimers();
  let tokens = 0;
  let isBroken = false;
  const renew = (): string => {
    if (isBroken) throw new Error('no space left');
    return `token ${++tokens}`;
  };
  const ids = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const stop = renewToken(join(top, 'token'), { renew }, ids);
  const written = (): string => readFileSync(join(top, 'token', 'token'), 'utf8');
  isBroken = true;
  vi.advanceTimersByTime(tokenRenewSeconds * 1_000);
  expect(written()).toBe('token 1');
  isBroken = false;
  vi.advanceTimersByTime(tokenRenewSeconds * 1_000);
  expect(written()).toBe('token 2');
  stop();
  expect(vi.getTimerCount()).toBe(0);
});

it.skipIf(process.getuid?.() !== 0)(
  'the session’s user reads each token, and turns no renewal on a file of the host',
  () => {
    vi.useFakeTimers();
    let tokens = 0;
    const victim = join(top, 'victim');
    writeFileSync(victim, 'of root', { mode: 0o600 });
    chmodSync(top, 0o711);
    const user = { uid: 4321, gid: 4321 };
    const stop = renewToken(join(top, 'token'), { renew: () => `token ${++tokens}` }, user);
    const asUser = (script: string): string =>
      spawnSync('/bin/sh', ['-c', script, 'sh', victim], {
        cwd: join(top, 'token'),
        ...user,
      }).stdout.toString();
    for (const name of ['new', 'token']) asUser(`rm -f ${name}; ln -s "$1" ${name}`);
    vi.advanceTimersByTime(tokenRenewSeconds * 1_000);
    stop();
    expect(readFileSync(victim, 'utf8')).toBe('of root');
    expect(statSync(victim).uid).toBe(0);
    expect(asUser('cat token')).toBe('token 2');
  },
);
