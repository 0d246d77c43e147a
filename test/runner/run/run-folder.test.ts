import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { withRunFolder } from '../../../runner/run/run-folder.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

let above: string;
beforeEach(() => {
  above = folderWith();
});

const leave = (holder: string): string => {
  const folder = mkdtempSync(join(above, 'skillgate-'));
  writeFileSync(join(folder, 'runner'), holder);
  return folder;
};

describe('the folder of a run', () => {
  it('is gone when it ends, with those that killed runners left, and nothing else is', async () => {
    const dead = leave(`${process.pid} 1\n`);
    const others = mkdtempSync(join(above, 'skillgate-test-'));
    const inside = await withRunFolder(async (path) => existsSync(path), above);
    expect([inside, existsSync(dead), existsSync(others)]).toEqual([true, false, true]);
    expect(readdirSync(above)).toHaveLength(1);
  });

  it('is gone also where a run left what cannot be entered, or lies deeper than a path is long', async () => {
    const dead = leave(`${process.pid} 1\n`);
    const deep =
      'mkdir v && chmod 0 v && for i in $(seq 40); do mkdir -p aaaaaaaaaa && cd aaaaaaaaaa; done'.replaceAll(
        'a'.repeat(10),
        'a'.repeat(200),
      );
    const make = (path: string): unknown => execFileSync('bash', ['-c', deep], { cwd: path });
    make(dead);
    await withRunFolder(async (path) => make(path), above);
    expect(readdirSync(above)).toEqual([]);
  });

  it('is neither counted nor taken away where somebody else could have made it: a link, or a folder that others write to or own', async () => {
    const linked = mkdtempSync(join(above, 'skillgate-'));
    symlinkSync('/proc/version', join(linked, 'runner'));
    const open = leave(`${process.pid} 1\n`);
    chmodSync(open, 0o777);
    symlinkSync(linked, join(above, 'skillgate-AAAAA1'));
    // Only root can make a folder of another user.
    const foreign = process.getuid?.() === 0 ? [leave(`${process.pid} 1\n`)] : [];
    for (const folder of foreign)
      for (const path of [folder, join(folder, 'runner')]) chownSync(path, 65_534, 65_534);
    await withRunFolder(async () => undefined, above, 1);
    expect(readdirSync(above)).toHaveLength(3 + foreign.length);
  });

  it('is refused where one user has too many runs', async () => {
    const [, stat = ''] = /\) (.*)/.exec(readFileSync('/proc/self/stat', 'utf8')) ?? [];
    for (let i = 0; i < 32; i++) leave(`${process.pid} ${stat.split(' ')[19]}\n`);
    await expect(withRunFolder(async () => 'started', above, 32)).rejects.toMatchObject({
      code: 'plan-refused',
    });
    expect(readdirSync(above)).toHaveLength(32);
  });
});
