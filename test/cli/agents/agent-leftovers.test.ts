import childProcess from 'node:child_process';
import fs, { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setAside } from '../../../cli/agents/agent-remove.ts';
import { skill } from '../skill-command.ts';

let mayDelete = true;
// As where an entry belongs to another user: tests may run as root, whom nothing stops. The modules
// of a test file are shared with other files, so Node's own function is replaced and not the
// module's import of it.
const { rmSync } = fs;
const { spawnSync } = childProcess;
const isKept = (path: unknown): boolean => !mayDelete && String(path).includes('.removed-');
beforeEach(() => {
  fs.rmSync = (path, options) => {
    if (isKept(path)) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
    rmSync(path, options);
  };
  childProcess.spawnSync = ((program: string, words: string[]) =>
    isKept(words.at(-1)) ? undefined : spawnSync(program, words)) as typeof spawnSync;
  syncBuiltinESMExports();
});
afterEach(() => {
  fs.rmSync = rmSync;
  childProcess.spawnSync = spawnSync;
  syncBuiltinESMExports();
});

let home = '';
beforeEach(() => {
  mayDelete = true;
  home = mkdtempSync(join(tmpdir(), 'skillgate-left-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('a folder of an agent that cannot be deleted whole', () => {
  it('is named with the next step, is not the next agent’s, and is deleted by a later removal', async () => {
    const memory = join(home, 'data/agents/finance/memory');
    await skill({ home }, 'agent', 'create', 'finance');
    writeFileSync(join(memory, 'notes.md'), 'of the agent before');
    mayDelete = false;
    const cut = await skill({ home }, 'agent', 'remove', 'finance', '--yes');
    expect(cut.exit).not.toBe(0);
    expect(cut.err).toMatch(/part of its folder could not be deleted: \S+\/finance\.removed-/);
    expect(cut.err).toContain('skillgate agent remove finance');
    expect((await skill({ home }, 'agent', 'create', 'finance')).exit).toBe(0);
    expect(readdirSync(memory)).toEqual([]);
    mayDelete = true;
    expect((await skill({ home }, 'agent', 'remove', 'finance', '--yes')).exit).toBe(0);
    expect(readdirSync(join(home, 'data/agents'))).toEqual([]);
  });

  it('stays under its name when the identity cannot be deleted', () => {
    const own = join(home, 'finance');
    mkdirSync(own);
    // No file can be deleted there for anybody.
    expect(() => setAside('/proc/self/stat', own)).toThrow();
    expect(existsSync(own)).toBe(true);
  });
});
