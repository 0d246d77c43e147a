import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scanOnce } from '../../cli/scan/watched-scan.ts';
import {
  type Installer,
  makeHonest,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
} from '../cli/installer-world.ts';
import { type Said, skill } from '../cli/skill-command.ts';
import { approve, call, publish, signReport } from '../registry/road.ts';
import { deadFetch } from '../skills-index/story-server.ts';

const name = '@acme/weekly-report';
const fiveYears = 5 * 365 * 24 * 3_600_000;

let network: Network;
let user: Installer;
let folder: string;
let trust: string;
/** Somebody who has the folder and its digest, and no registry at all. */
let stranger: string;

beforeAll(async () => {
  network = await makeNetwork();
  user = await makeInstaller(network);
  stranger = mkdtempSync(join(tmpdir(), 'skillgate-stranger-'));
  folder = join(user.project, 'evidence');
  await release(network, makeReportSkill(name));
  const exported = await user.run('verify', name, '--export', 'evidence');
  expect(exported.exit).toBe(0);
  trust = /--trust (sha256:[0-9a-f]{64})/.exec(exported.err)?.[1] ?? '';
});
beforeEach(() => makeHonest(network));
afterAll(() => {
  rmSync(stranger, { recursive: true, force: true });
  user.close();
  network.close();
});

const years = (from: string, ...more: string[]): Promise<Said> => {
  const now = () => new Date(network.registry.registry.now().getTime() + fiveYears);
  return skill(
    { home: stranger, cwd: stranger, fetch: deadFetch, now },
    'verify',
    '--from',
    from,
    ...more,
  );
};

describe('exported evidence', () => {
  it('is verified five years later from its files alone, as of when it was written', async () => {
    const said = await years(folder, '--trust', trust);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toMatch(
      /^verified @acme\/weekly-report@1\.0\.0 as of 2026-[^ ]*Z, from files alone\n[\s\S]*judged as of 2026-[^;]*; later statements are not known/,
    );
  });

  it('is verified by the registry that is pinned here, when no digest is named', async () => {
    expect((await user.runWith({ fetch: deadFetch }, 'verify', '--from', folder)).exit).toBe(0);
    const unpinned = await years(folder);
    expect(unpinned).toMatchObject({ exit: 6, out: '' });
    expect(unpinned.err).toContain('root-not-pinned');
    expect(unpinned.err).toContain(`skillgate verify --from ${folder} --trust sha256:`);
    expect(unpinned.err).not.toContain('http');
  });

  it('is worth nothing under another digest', async () => {
    const said = await years(folder, '--trust', `sha256:${'ab'.repeat(32)}`);
    expect(said.err).toMatch(/error\[evidence-invalid\].*trusted\.json: its digest is sha256:/);
    expect(said.exit).toBe(6);
  });

  it('goes into a new folder only', async () => {
    const said = await user.run('verify', name, '--export', 'evidence');
    expect(said).toMatchObject({ exit: 2, err: expect.stringContaining('it is not empty') });
  });

  it('can be served by any web server: the paths are those of a registry', () => {
    expect(readdirSync(folder).sort()).toEqual([
      'blobs',
      'evidence.json',
      'index',
      'log',
      'trusted.json',
    ]);
  });

  it('of which any file is missing or changed is refused, whatever file it is', async () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
      statSync(join(folder, path)).isFile(),
    );
    expect(files.length).toBeGreaterThan(15);
    for (const path of files) {
      const kept = readFileSync(join(folder, path));
      const damaged = Buffer.from(kept);
      damaged[kept.length >> 1] = (damaged[kept.length >> 1] ?? 0) ^ 1;
      for (const change of [
        () => rmSync(join(folder, path)),
        () => writeFileSync(join(folder, path), damaged),
      ]) {
        change();
        const said = await years(folder, '--trust', trust);
        expect({ path, refused: said.exit !== 0 && !said.out.startsWith('verified') }).toEqual({
          path,
          refused: true,
        });
        // Nobody was asked, so nobody is to blame: the folder is named, and the file.
        expect(said.err).not.toMatch(
          /registry (sent|has|answered)|alarms\/|tell the operator|Check the address/,
        );
        if (!/^(trusted|evidence)\.json$/.test(path))
          expect(said.err).toContain(
            `error[evidence-invalid]: The folder was changed after its export: ${path} `,
          );
        writeFileSync(join(folder, path), kept);
      }
    }
    expect((await years(folder, '--trust', trust)).exit).toBe(0);
  });

  it('is refused as a folder too when who changed it changed what it says of its files', async () => {
    const note = join(folder, 'evidence.json');
    const kept = readFileSync(note, 'utf8');
    const { files, ...rest } = JSON.parse(kept);
    writeFileSync(note, JSON.stringify(rest));
    try {
      expect((await years(folder, '--trust', trust)).exit).toBe(0);
      for (const path of Object.keys(files)) {
        const bytes = readFileSync(join(folder, path));
        const damaged = Buffer.from(bytes);
        damaged[bytes.length >> 1] = (damaged[bytes.length >> 1] ?? 0) ^ 1;
        writeFileSync(join(folder, path), damaged);
        const said = await years(folder, '--trust', trust);
        writeFileSync(join(folder, path), bytes);
        expect({ path, exit: said.exit }).toEqual({ path, exit: 6 });
        expect(said.err).toMatch(/use another copy/);
        expect(said.err).not.toMatch(
          /registry (sent|has|answered)|alarms\/|tell the operator|Check the address/,
        );
        expect(said.err.split('log-forked').length).toBeLessThanOrEqual(2);
      }
    } finally {
      writeFileSync(note, kept);
    }
  });
});

describe('skillgate verify --rescan', () => {
  it('gets byte for byte the report that was signed, online and from a folder five years later', async () => {
    const { send, author, scanner, rita, tokens } = network.registry;
    const scanned = makeReportSkill('@acme/scanned');
    await publish(send, scanned, author);
    const { body } = await call(send, '/api/v1/jobs/lease', { token: tokens.scanner, json: {} });
    const report = await scanOnce(scanned.files);
    const envelope = await signReport(send, scanned, report, scanner);
    await call(send, `/api/v1/jobs/${body.job.id}/report`, {
      token: tokens.scanner,
      json: { lease: body.job.lease, envelope, report },
    });
    expect((await approve(send, tokens.rita, rita, scanned)).status).toBe(201);
    const scannedAgain = await user.run('verify', '@acme/scanned', '--rescan');
    expect(scannedAgain.out).toContain(
      '✓ scanned again here: the report is identical to the signed report',
    );
    const exported = await user.run(
      'verify',
      '@acme/scanned',
      '--export',
      'scanned',
      '--format',
      'json',
    );
    const digest = JSON.parse(exported.out).verified[0].exported.trust;
    const later = await years(
      join(user.project, 'scanned'),
      '--trust',
      digest,
      '--rescan',
      '--format',
      'json',
    );
    expect(JSON.parse(later.out)).toMatchObject({
      verified: [{ name: '@acme/scanned', rescan: { same: true, sameRuleSet: true } }],
    });
  });

  it('says that other rules cannot give the same bytes, and what they give', async () => {
    const said = await user.run('verify', name, '--rescan');
    expect(said.exit).toBe(0);
    expect(said.out).toMatch(
      /\? scanned again here with another rule set \(sha256:[\s\S]*the verdict/,
    );
  });
});

describe('skillgate verify', () => {
  it('says how old its root of trust is, and puts no tick where nothing was demanded', async () => {
    const { out } = await user.run('verify', name);
    expect(out).toContain('by the pinned root file alone');
    expect(out).toMatch(/[─ ]· witnessed: 0\/0 \(none demanded\)/);
  });

  it('shows of a refused version which part of the chain fails, to people and to programs', async () => {
    network.ahead = 2 * 24 * 3_600_000;
    const offline = ['verify', name, '--offline'];
    const said = await user.run(...offline);
    expect(said.exit).toBe(6);
    expect(said.out).toMatch(
      /^refused @acme\/weekly-report\n[\s\S]*✓ published by[\s\S]*✗ status: there is no valid status\n.*status-stale: /,
    );
    const json = JSON.parse((await user.run(...offline, '--format', 'json')).out);
    const [failed] = json.failed;
    expect(failed).toMatchObject({
      name,
      code: 'status-stale',
      chain: { part: 'root', holds: true },
    });
    const broken = failed.chain.of
      .filter((one: { holds: boolean }) => !one.holds)
      .map((one: { part: string }) => one.part);
    expect(broken).toEqual(['status']);
  });

  it.each([
    [['--trust', 'sha256:ab'], '--trust needs --from'],
    [['--from', 'x', name], '--from takes no skill'],
    [['--from', 'x', '--offline'], '--from takes no skill'],
  ])('refuses options that do not go together: %j', async (options, says) => {
    const said = await user.run('verify', ...options);
    expect(said).toMatchObject({ exit: 2, err: expect.stringContaining(says) });
  });
});
