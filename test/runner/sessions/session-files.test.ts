import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { tokenRenewSeconds } from '../../../runner/limits.ts';
import { renewToken } from '../../../runner/sessions/session-files.ts';

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
