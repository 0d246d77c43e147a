import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { publish, scan } from '../../registry/road.ts';
import {
  type Installer,
  makeHonest,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
  sayOf,
} from '../installer-world.ts';
import { skill } from '../skill-command.ts';
import { folderOf, honest, stranger, theft, twin } from './folders.ts';

let network: Network;
let host: Installer;
beforeAll(async () => {
  network = await makeNetwork();
  await release(network, honest);
  host = await makeInstaller(network);
});
afterEach(() => makeHonest(network));
afterAll(() => {
  host.close();
  network.close();
});

interface Judged {
  readonly decision: string;
  readonly reason: string;
  readonly findings: readonly { readonly rule: string }[];
}

async function judge(folder: string, ...options: string[]): Promise<Judged & { exit: number }> {
  const { exit, out, err } = await host.run(
    'policy',
    'check',
    folder,
    ...options,
    '--format',
    'json',
  );
  const { judged } = JSON.parse(out || err);
  return { exit, ...judged[0] };
}

/** Judges folders with one scanner, which takes long to load. */
async function judgeAll(folders: string[], ...options: string[]): Promise<[string, string][]> {
  const { out } = await host.run('policy', 'check', ...folders, ...options, '--format', 'json');
  const { judged } = JSON.parse(out) as { judged: Judged[] };
  for (const { decision, reason, findings } of judged)
    expect(findings.length > 0).toBe(
      /The scan found (an attack|what a person)/.test(reason) && decision !== 'allow',
    );
  return judged.map(({ decision, reason }) => [decision, reason]);
}

describe('files that a registry of this host has', () => {
  it('are allowed when they are approved, and the evidence is named', async () => {
    expect(await judge(folderOf(honest))).toMatchObject({
      exit: 0,
      decision: 'allow',
      reason: expect.stringMatching(
        /^@acme\/weekly-report@1\.0\.0 is approved at http:\/\/localhost: 1 signed approval, log index \d+\.$/,
      ),
    });
  });

  it('are allowed when an installer took away their executable bits', async () => {
    expect(await judge(folderOf(honest, false))).toMatchObject({ decision: 'allow' });
  });

  it('are blocked when the name is approved and the bytes are others', async () => {
    const { decision, reason } = await judge(folderOf(twin), '--unknown', 'allow');
    expect(decision).toBe('block');
    expect(reason).toMatch(/says that it is @acme\/weekly-report@1\.0\.0, and it has other files/);
  });

  it.each([
    ['a further file', (folder: string) => writeFileSync(join(folder, 'more.md'), 'more')],
    ['a missing file', (folder: string) => rmSync(join(folder, 'notes/format.md'))],
    ['an executable bit', (folder: string) => chmodSync(join(folder, 'notes/format.md'), 0o755)],
    ['one changed byte', (folder: string) => writeFileSync(join(folder, 'notes/format.md'), 'how')],
  ])('are blocked with %s', async (_, change) => {
    const folder = folderOf(honest);
    change(folder);
    expect(await judge(folder, '--unknown', 'allow')).toMatchObject({ exit: 6, decision: 'block' });
  });

  it('are blocked when they were revoked or suspended', async () => {
    const leaky = await release(network, makeReportSkill('@acme/leaky-report'));
    const folder = folderOf(leaky);
    expect(await judge(folder)).toMatchObject({ decision: 'allow' });
    await sayOf(network, leaky, 'suspended');
    expect(await judge(folder)).toMatchObject({
      decision: 'block',
      reason: expect.stringMatching(/suspended at log index \d+: it leaks/),
    });
    await sayOf(network, leaky, 'revoked');
    expect(await judge(folder, '--unknown', 'allow')).toMatchObject({
      decision: 'block',
      reason: expect.stringMatching(/revoked at log index \d+: it leaks/),
    });
  });

  it('are blocked in quarantine, and not counted as approved while they wait', async () => {
    const { send, author, scanner, tokens } = network.registry;
    const bad = makeReportSkill('@acme/bad-report', { files: { 'scripts/report.ts': theft } });
    await publish(send, bad, author);
    await scan(send, tokens.scanner, scanner, bad, 'block');
    const waiting = makeReportSkill('@acme/new-report');
    await publish(send, waiting, author);
    const taken = makeReportSkill('@acme/bad-report');
    expect(await judgeAll([bad, waiting, taken].map((one) => folderOf(one)))).toEqual([
      ['block', expect.stringMatching(/^@acme\/bad-report@1\.0\.0 is quarantined at/)],
      ['warn', expect.stringMatching(/waits at .* it is (received|scanning)/)],
      ['warn', expect.stringMatching(/has no approved version with these files/)],
    ]);
  });

  it('are judged by kept evidence while the registry is down, and blocked without', async () => {
    const folder = folderOf(honest);
    const knowing = await makeInstaller(network);
    const fresh = await makeInstaller(network);
    const decisionOf = async (who: Installer): Promise<string> =>
      JSON.parse((await who.run('policy', 'check', folder, '--format', 'json')).out).judged[0]
        .decision;
    expect(await decisionOf(knowing)).toBe('allow');
    network.lie = async () => {
      throw new TypeError('fetch failed');
    };
    expect(await decisionOf(knowing)).toBe('allow');
    expect(await decisionOf(fresh)).toBe('block');
    knowing.close();
    fresh.close();
  });

  it('are blocked when the registry forges an approval', async () => {
    const forged = makeReportSkill('@acme/weekly-report', {
      files: { 'scripts/report.ts': theft },
    });
    network.lie = async (path, answer) => {
      const response = await answer();
      if (!path.startsWith('/index/')) return response;
      const text = await response.text();
      return new Response(text.replaceAll(honest.packed.digest, forged.packed.digest), response);
    };
    expect(await judge(folderOf(forged), '--unknown', 'allow')).toMatchObject({
      decision: 'block',
    });
  });
});

describe('files that nobody approved', () => {
  it('are scanned: an attack blocks, the operator decides on the rest', async () => {
    const clean = folderOf(stranger());
    const renamed = folderOf(makeReportSkill('@acme/other-report'));
    const asking = folderOf(stranger({ files: { 'scripts/report.ts': asks } }));
    const hostile = folderOf(stranger({ files: { 'scripts/report.ts': theft } }));
    const linked = folderOf(honest);
    const beside = folderOf(honest);
    const many = folderOf(stranger());
    symlinkSync('/etc/passwd', join(linked, 'notes/more.md'));
    mkdirSync(join(beside, '.git'));
    writeFileSync(join(beside, '.git/config'), '[core]\n\tfsmonitor = sh -c theft\n');
    for (let at = 0; at < 1_100; at++) writeFileSync(join(many, `n${at}.md`), `${at}`);
    const folders = [clean, renamed, asking, hostile, linked, beside, many];
    expect(await judgeAll(folders, '--unknown', 'allow')).toEqual([
      ['allow', expect.stringMatching(/with these files\. The scan found nothing\.$/)],
      // An approval counts under its own name only.
      ['allow', expect.stringMatching(/with these files\. The scan found nothing\.$/)],
      ['warn', expect.stringMatching(/The scan found what a person should look at\.$/)],
      ['block', expect.stringMatching(/The scan found an attack\.$/)],
      [
        'block',
        expect.stringMatching(/not read everything: "notes\/more\.md" is a symbolic link\./),
      ],
      // Nobody scans .git, and git obeys its settings.
      ['warn', expect.stringMatching(/it read nothing in \.git\.$/)],
      ['block', expect.stringMatching(/not read everything: "n\d+\.md" is one of more than 1000/)],
    ]);
  });

  it('are blocked without a SKILL.md', async () => {
    const folder = folderOf(stranger());
    rmSync(join(folder, 'SKILL.md'));
    expect(await judge(folder, '--unknown', 'allow')).toMatchObject({ decision: 'block' });
  });

  it('are blocked where their path leads in a circle, or is too long for any folder', async () => {
    const parent = folderOf(stranger());
    symlinkSync('second', join(parent, 'first'));
    symlinkSync('first', join(parent, 'second'));
    for (const path of [join(parent, 'first'), join(parent, 'n'.repeat(5_000))])
      expect(await judge(path, '--unknown', 'allow')).toMatchObject({ exit: 6, decision: 'block' });
  });

  it('are judged on a host without a registry', async () => {
    const folder = folderOf(stranger());
    const alone = { home: join(folder, '..', 'nobody') };
    const { out } = await skill(alone, 'policy', 'check', folder);
    expect(out).toBe(
      `warn: ${folder}\n  No registry of this host answers for @elsewhere. To trust one, type skillgate registry add URL. The scan found nothing.\n`,
    );
  });
});

const asks = "await fetch('https://api.crm.example/deals');\n";
