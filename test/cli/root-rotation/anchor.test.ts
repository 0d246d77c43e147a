import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepTrust } from '../../../cli/registries/stored-trust.ts';
import { createKeyFile, type KeyFile, publicKeyOf } from '../../../cli/signing/key-file.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { missingSignatures, signRepository } from '../../../skills-index/trust/root/ceremony.ts';
import { tufTime } from '../../../skills-index/trust/root/metadata.ts';
import {
  nextRepository,
  parseTufRepository,
  type TufRepository,
} from '../../../skills-index/trust/root/repository.ts';
import {
  parseRoot,
  type RootFile,
  rootFingerprint,
} from '../../../skills-index/trust/root/root.ts';
import type { TestKey } from '../../registry/people.ts';
import { holdCeremony } from '../../registry/tuf-maker.ts';
import { skill } from '../command-line.ts';
import { folderWith } from '../temporary-folder.ts';
import { keys, rootFile } from '../trust-server.ts';

const { ben, cleo, dora, thief } = keys;
const now = Date.parse('2026-11-01T12:00:00Z');

/** Ada, who is asked to sign on a machine of her own. */
let home = '';
let ada: TestKey;
let root: RootFile;
let real: TufRepository;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'skillgate-ada-'));
  const file: KeyFile = await createKeyFile(
    join(home, 'config/keys/administrator.json'),
    undefined,
    'administrator',
  );
  ada = { ...file, open: publicKeyOf(file), pem: '' };
  root = rootFile({ administrators: [ada, ben, cleo] });
  real = await holdCeremony({ root, signers: [ada, ben], now });
});
afterAll(() => rmSync(home, { recursive: true }));

/**
 * What lies beside the proposal in the folder that Ada was sent; by default the registry's own
 * files.
 */
async function asked(
  step: string,
  proposal: TufRepository,
  {
    beside = { root, tuf: real },
    pinned = root,
    more = [],
  }: { beside?: { root?: RootFile; tuf?: TufRepository }; pinned?: RootFile; more?: string[] } = {},
) {
  const folder = folderWith({ 'tuf-proposal.json': JSON.stringify(proposal) });
  for (const [name, content] of Object.entries(beside))
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(content));
  const file = join(folder, 'tuf-proposal.json');
  const argv = ['registry', 'rotate', step, file, '--root', rootFingerprint(pinned), ...more];
  const ran = await skill(argv, {
    env: { SKILLGATE_HOME: home },
    cwd: folder,
    now: () => new Date(now),
  });
  return { ...ran, file, signed: () => parseTufRepository(readFileSync(file)) };
}

const nextWith = (
  changed: RootFile,
  files: Record<string, string> = {},
  before = real,
): TufRepository =>
  nextRepository({
    before,
    root: changed,
    files: { 'policy.json': canonicalJson(defaultPolicy), ...files },
    expires: now + 300 * 86_400_000,
    timeOf: tufTime,
  });

const json = async (proposal: TufRepository) => {
  const ran = await asked('show', proposal, { more: ['--format', 'json'] });
  expect(ran.exit, ran.stdout + ran.stderr).toBe(0);
  return JSON.parse(ran.stdout);
};

describe('a proposal held against the root of trust in force', () => {
  it('shows who comes, who leaves and the lower threshold, with a mark on each', async () => {
    const { stdout, exit } = await asked(
      'show',
      nextWith(rootFile({ administrators: [ada, ben, dora, thief], threshold: 1 })),
    );
    expect(exit).toBe(0);
    const lines = stdout.split('\n');
    expect(lines).toContain('~ administrators who must agree: 2 → 1');
    for (const [mark, { keyId }] of [
      [' ', ada],
      ['+', dora],
      ['+', thief],
      ['-', cleo],
    ] as const)
      expect(lines).toContain(`${mark}   ${keyId}`);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('is not shown, and not signed, behind an invented root that has the thief’s key and threshold already', async () => {
    const evil = rootFile({ administrators: [ada, ben, cleo, thief], threshold: 1 });
    const honest = nextWith(evil);
    const [invented] = (await holdCeremony({ root: evil, signers: [thief], now })).roots;
    const forged = {
      ...honest,
      roots: [...(invented === undefined ? [] : [invented]), ...honest.roots.slice(1)],
    };
    for (const beside of [{ root, tuf: real }, { root, tuf: forged }, { root }]) {
      const shown = await asked('show', forged, { beside });
      expect(shown).toMatchObject({
        exit: 6,
        stderr: expect.stringContaining('differ from those that this host knows'),
      });
      const signed = await asked('sign', forged, {
        beside,
        more: ['--yes', '--digest', `sha256:${'0'.repeat(64)}`],
      });
      expect(signed.stderr).toContain('differ from those that this host knows');
      expect(missingSignatures(signed.signed())).toEqual(
        missingSignatures(parseTufRepository(JSON.stringify(forged))),
      );
    }
    const named = await asked('show', forged, { beside: { root: evil, tuf: forged } });
    expect(named).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('not the fingerprint you named'),
    });
  });

  it('is refused where the chain between is not signed, or where what it replaces is not known', async () => {
    const unsigned = nextWith(rootFile({ administrators: [ada, ben, thief] }));
    const third = nextWith(
      rootFile({ administrators: [ada, ben, thief], threshold: 1 }),
      {},
      unsigned,
    );
    expect((await asked('show', third)).stderr).toContain('not signed by enough');
    let second = nextWith(root);
    for (const one of [ada, ben]) second = await signRepository(second, one);
    const follows = nextWith(rootFile({ administrators: [ada, ben, thief] }), {}, second);
    expect((await asked('show', follows)).stderr).toContain(
      'this host does not know version 2 of the root of trust',
    );
    expect(await asked('show', follows, { beside: { root, tuf: second } })).toMatchObject({
      exit: 0,
    });
  });

  it('is refused without a pin and without --root, in words that say so', async () => {
    const folder = folderWith({ 'tuf-proposal.json': JSON.stringify(nextWith(root)) });
    const env = { SKILLGATE_HOME: home };
    const ran = await skill(['registry', 'rotate', 'show', join(folder, 'tuf-proposal.json')], {
      env,
      cwd: folder,
    });
    expect(ran).toMatchObject({
      stderr: expect.stringMatching(/error\[root-not-pinned\][\s\S]*--root sha256:/),
    });
  });

  it('is held against what is pinned and kept here, where something is', async () => {
    const home = folderWith();
    const fingerprint = rootFingerprint(root);
    mkdirSync(join(home, 'config/roots'), { recursive: true });
    writeFileSync(join(home, 'config/roots', `${fingerprint.slice(7)}.json`), JSON.stringify(root));
    const registries = [{ base: 'http://localhost:1', root: fingerprint, scopes: [] }];
    const pins = { schema: 'skillgate.registries/1', default: 'http://localhost:1', registries };
    writeFileSync(join(home, 'config/registries.json'), JSON.stringify(pins));
    const show = async (proposal: TufRepository) => {
      const folder = folderWith({ 'tuf-proposal.json': JSON.stringify(proposal) });
      return skill(['registry', 'rotate', 'show', join(folder, 'tuf-proposal.json')], {
        env: { SKILLGATE_HOME: home },
        cwd: folder,
      });
    };
    const first = await show(await holdCeremony({ root, signers: [], now }));
    expect(first).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('against the root file, before any TUF root'),
    });
    expect((await show(nextWith(root))).stderr).toContain(
      'this host does not know version 1 of the root of trust',
    );
    const [one] = real.roots;
    const signed = JSON.stringify({ signed: { version: 1, expires: tufTime(now) } });
    await keepTrust(
      { config: join(home, 'config') },
      {
        schema: 'skillgate.trust/1',
        pinned: fingerprint,
        refreshed: new Date(now).toISOString(),
        freshUntil: new Date(now).toISOString(),
        metadata: {
          root: JSON.stringify(one),
          targets: JSON.stringify(real.targets),
          timestamp: signed,
          snapshot: signed,
          online: signed,
        },
        files: real.files,
      },
    );
    const shown = await show(
      nextWith(root, { 'policy.json': canonicalJson({ ...defaultPolicy, scanners: 2 }) }),
    );
    expect(shown.stdout).toContain('against version 1: what is kept here of http://localhost:1');
    expect(shown.stdout).toContain('~ scanners that have to sign the same report: 1 → 2');
    // One made over an older state than is kept here.
    expect((await show(await holdCeremony({ root, signers: [], now }))).stderr).toContain(
      'this host knows version 1 of the root of trust',
    );
  });

  it('gives no role to a key that never had it', async () => {
    const retired = [
      { role: 'administrator', key: thief.open.spki, validUpTo: Number.MAX_SAFE_INTEGER },
    ];
    const evil = nextWith(parseRoot(JSON.stringify({ ...root, retired })));
    const ran = await asked('sign', evil);
    expect(ran.exit).toBe(6);
    expect(ran.stderr).toContain(
      `administrator key ${thief.keyId} counts up to log index 9007199254740991`,
    );
    expect(ran.signed().targets.signatures).toEqual([]);
  });
});

describe('what a proposal changes', () => {
  it('is shown before anybody signs, who signs without a question only with the digest that they were told', async () => {
    const proposal = nextWith(rootFile({ administrators: [ada, ben, cleo, thief], threshold: 1 }));
    expect((await asked('sign', proposal, { more: ['--yes'] })).stderr).toContain(
      '--yes needs the digest of the proposal',
    );
    const { proposal: digest } = await json(proposal);
    expect((await asked('sign', proposal, { more: ['--digest', digest] })).stderr).toContain(
      'error[not-confirmed]',
    );
    const signed = await asked('sign', proposal, { more: ['--digest', digest, '--yes'] });
    expect(signed).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining(`+   ${thief.keyId}`),
    });
    expect(signed.signed().targets.signatures).toHaveLength(1);
  });
});
