import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { comparedEntriesMax } from '../../../runner/observe/limits.ts';
import { changesOf, readState } from '../../../runner/observe/written-paths.ts';

it('no heap of files hides a change, a startup file, or itself', () => {
  const home = mkdtempSync(join(tmpdir(), 'skillgate-written-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, 'zz'));
  writeFileSync(join(home, 'zz/key'), 'before');
  const before = readState(home);
  expect(before.overflowed).toBe(false);
  mkdirSync(join(home, 'heap'));
  for (let at = 0; at <= comparedEntriesMax; at++) writeFileSync(join(home, `heap/${at}`), '');
  writeFileSync(join(home, 'zz/key'), 'after it');
  writeFileSync(join(home, '.bashrc'), 'start');
  const after = readState(home, before);
  expect(after.overflowed).toBe(true);
  const changes = changesOf(before, after).map(({ how, path }) => `${how} ${path}`);
  expect(changes).toContain('changed zz/key');
  expect(changes).toContain('new .bashrc');
});
