import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Installer,
  lastAudited,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
  sayOf,
} from '../cli/installer-world.ts';
import type { Skill } from '../registry/road.ts';
import { type Attack, attacks } from './attacks.ts';

let network: Network;
let user: Installer;
let report: Skill;
beforeEach(async () => {
  network = await makeNetwork();
  user = await makeInstaller(network);
  report = await release(network, makeReportSkill('@acme/weekly-report'));
});
afterEach(() => {
  user.close();
  network.close();
});

const named = attacks.map((attack): [string, Attack] => [attack.name, attack]);

describe.each(named)('%s', (_, attack) => {
  it('is not installed, nothing is written, and the audit log says why', async () => {
    await attack.arrange(user, report);
    const name = attack.asks ?? '@acme/weekly-report';
    const said = await user.run('install', name);
    expect(said.err).toMatch(attack.says);
    expect(said).toMatchObject({ exit: attack.exit, out: '' });
    expect(readdirSync(user.project)).toEqual([]);
    expect(lastAudited(user)).toMatchObject({ event: 'refused', agent: 'operator', skill: name });
  });

  it('does not start, also where it was installed before', async () => {
    expect((await user.run('install', '@acme/weekly-report')).exit).toBe(0);
    await attack.arrange(user, report);
    const name = attack.asks ?? '@acme/weekly-report';
    const said = await user.run('run', '--plan', name, 'report');
    if (attack.startsFromCache === true) {
      expect(said).toMatchObject({ exit: 0 });
      return;
    }
    expect(said.err).toMatch(attack.says);
    expect(said).toMatchObject({ exit: attack.exit, out: '' });
    expect(lastAudited(user)).toMatchObject({
      event: 'refused',
      agent: 'operator',
      skill: name,
    });
  });
});

describe('a registry that is down', () => {
  it.each([
    ['verify'],
    ['install', '@acme/weekly-report'],
    ['run', '@acme/weekly-report', 'report'],
  ])(
    'is not what an interruption looks like: skill %s ends with 130, and records no refusal',
    async (...words) => {
      await user.run('install', '@acme/weekly-report');
      const stop = new AbortController();
      const fetch: typeof globalThis.fetch = async () => {
        stop.abort();
        throw stop.signal.reason;
      };
      const said = await user.runWith({ fetch, signal: stop.signal }, ...words);
      expect(said).toMatchObject({ exit: 130, out: '' });
      expect(said.err).toContain('error[interrupted]');
      expect(said.err).not.toContain('does not answer');
      expect(existsSync(join(user.home, 'data/audit/audit.jsonl'))).toBe(false);
    },
  );
});

describe('a version that was revoked', () => {
  it('is refused, and the approved version is installed', async () => {
    await release(
      network,
      makeReportSkill('@acme/weekly-report', { version: '1.1.0', files: { 'new.md': 'new' } }),
    );
    await sayOf(network, report, 'revoked');
    const refused = await user.run('install', '@acme/weekly-report@1.0.0');
    expect(refused).toMatchObject({ exit: 6, out: '' });
    expect(refused.err).toContain('revoked');
    expect((await user.run('install', '@acme/weekly-report')).exit).toBe(0);
  });
});

describe('a version with a hyphen', () => {
  it('is taken when it is named, and the refusal without says so', async () => {
    await release(network, makeReportSkill('@acme/imported', { version: '0.0.0-be45f8ec' }));
    const missed = await user.run('install', '@acme/imported');
    expect(missed.exit).toBe(3);
    expect(missed.err).toContain('to get the prerelease, name it: @acme/imported@0.0.0-be45f8ec');
    expect((await user.run('install', '@acme/imported@0.0.0-be45f8ec')).exit).toBe(0);
  });
});

describe('a lock', () => {
  it('holds its bundle: the same version with other bytes does not start', async () => {
    await user.run('install', '@acme/weekly-report');
    const path = join(user.project, 'skillgate.lock');
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(report.packed.digest, `sha256:${'0'.repeat(64)}`),
    );
    const said = await user.run('run', '--plan', '@acme/weekly-report', 'report');
    expect(said).toMatchObject({ exit: 6, out: '' });
    expect(said.err).toContain('bundle-mismatch');
  });

  it('holds its publisher: an update by somebody else is refused until a person takes the line out', async () => {
    await user.run('install', '@acme/weekly-report');
    const path = join(user.project, 'skillgate.lock');
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(network.registry.author.keyId, `sha256:${'0'.repeat(64)}`),
    );
    const said = await user.run('install', '@acme/weekly-report');
    expect(said.exit).toBe(6);
    expect(said.err).toContain('publisher-changed');
  });

  it.each<[string, unknown]>([
    ['registry', 'corp.example'],
    ['capabilities', `sha256:${'0'.repeat(64)}`],
    ['logIndex', 0],
  ])('holds its %s: with another one it is neither verified nor started', async (key, value) => {
    await user.run('install', '@acme/weekly-report');
    const path = join(user.project, 'skillgate.lock');
    const lock = JSON.parse(readFileSync(path, 'utf8'));
    lock.skills['@acme/weekly-report'][key] = value;
    writeFileSync(path, JSON.stringify(lock));
    for (const argv of [['verify'], ['run', '--plan', '@acme/weekly-report', 'report']]) {
      const said = await user.run(...argv);
      expect(said.exit).toBe(6);
      expect(said.err).toContain('lock-mismatch');
    }
  });

  it('holds the claim of its scope for every other skill of that scope', async () => {
    await user.run('install', '@acme/weekly-report');
    await release(network, makeReportSkill('@acme/other'));
    const path = join(user.project, 'skillgate.lock');
    const honest = readFileSync(path, 'utf8');
    writeFileSync(path, honest.replace(/"scopeClaim": \d+/, '"scopeClaim": 0'));
    const said = await user.run('install', '@acme/other');
    expect(said.exit).toBe(6);
    expect(said.err).toContain('publisher-changed');
    writeFileSync(path, honest);
    expect((await user.run('install', '@acme/other')).exit).toBe(0);
  });
});
