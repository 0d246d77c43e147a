import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeLock, type LockedSkill, readLock } from '../../../cli/install/lock.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const digest = digestOf(Buffer.from('x'));
const locked: LockedSkill = {
  registry: 'localhost',
  version: parseVersion('1.0.0'),
  bundle: digest,
  publisher: digest,
  scopeClaim: 1,
  capabilities: digest,
  logIndex: 2,
};

describe('a lock that several change at once', () => {
  it('has what each of them put in', async () => {
    const path = join(folder, 'agents/skillgate.lock');
    const names = Array.from({ length: 20 }, (_, i) => parseSkillName(`@acme/skill-${i}`));
    await Promise.all(
      names.map((name) => changeLock(path, (lock) => new Map([...lock, [name, locked]]))),
    );
    expect([...(await readLock(path)).keys()].sort()).toEqual([...names].sort());
    expect(readdirSync(join(folder, 'agents'))).toEqual(['skillgate.lock']);
  });

  it('is not written when nothing changes, and free again after a failure', async () => {
    const path = join(folder, 'skillgate.lock');
    await changeLock(path, (lock) => lock);
    expect(readdirSync(folder)).toEqual([]);
    const failing = changeLock(path, () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(readdirSync(folder)).toEqual([]);
  });
});
