import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Claim } from '../../../cli/evidence/claims-text.ts';
import { computeFacts } from '../../../cli/evidence/compute-facts.ts';
import { derOf } from '../../../cli/evidence/gather-audit.ts';
import {
  type EvidenceReport,
  openReport,
  type Parts,
  sealReport,
} from '../../../cli/evidence/write-report.ts';
import { openAuditKey } from '../../../runner/audit/audit.ts';
import type { Digest } from '../../../skills-index/skill/digest.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import type { Skill } from '../../registry/road.ts';
import { deadFetch } from '../../skills-index/story-server.ts';
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
  sayOf,
} from '../installer-world.ts';
import { type Said, skill } from '../skill-command.ts';
import { exit, HostFolder, start } from './fleet.ts';

let network: Network;
let user: Installer;
let report: Skill;
let leaky: Skill;
let host: HostFolder;
let auditor: string;
let file: string;

const verify = (path: string, ...more: string[]): Promise<Said> =>
  skill({ home: auditor, cwd: auditor, fetch: deadFetch }, 'evidence', '--verify', path, ...more);

async function claims(path: string, ...more: string[]): Promise<Claim[]> {
  const { out } = await verify(path, ...more, '--format', 'json');
  return JSON.parse(out).claims;
}

type Draft = { -readonly [Key in keyof EvidenceReport]: EvidenceReport[Key] };

/** Somebody with the signing key changes a report and signs it again. */
async function resealed(
  path: string,
  change: (report: Draft, parts: Parts) => void | Promise<void>,
): Promise<string> {
  const { report, parts } = openReport(readFileSync(path), path);
  const draft: Draft = structuredClone(report);
  await change(draft, parts);
  draft.evidence = { count: parts.count, digest: parts.digest() };
  const { keyId, publicKey, sign } = openAuditKey(host.keyFile);
  const key = {
    keyId,
    publicKey: derOf(publicKey),
    sign: async (bytes: Uint8Array) => sign(bytes),
  };
  const changed = join(auditor, `changed-${Math.random()}.json`);
  writeFileSync(changed, await sealReport(draft, parts, key));
  return changed;
}

/** The lines of the first host's log, as the report holds them. */
function linesOf({ hosts }: EvidenceReport, parts: Parts): string[] {
  const [{ audit } = { audit: null }] = hosts;
  return (audit?.pieces ?? []).flatMap((piece) =>
    Buffer.from(parts.read(piece)).toString('utf8').split('\n'),
  );
}

function withLines(draft: Draft, parts: Parts, lines: readonly string[]): void {
  draft.hosts = draft.hosts.map((one, at) =>
    at > 0 || one.audit === null
      ? one
      : { ...one, audit: { ...one.audit, pieces: [parts.add(lines.join('\n'))] } },
  );
}

beforeAll(async () => {
  network = await makeNetwork();
  user = await makeInstaller(network);
  auditor = mkdtempSync(join(tmpdir(), 'skillgate-auditor-'));
  report = await release(network, makeReportSkill('@acme/weekly-report'));
  leaky = await release(network, makeReportSkill('@acme/leaky', { version: '2.0.0' }));
  expect((await user.run('install', '@acme/weekly-report')).exit).toBe(0);
  await sayOf(network, leaky, 'revoked');
  host = new HostFolder(user.home, network.now());
  host.run('finance', report, start, exit);
  host.run('finance', leaky, start);
  host.incident('finance', leaky, rootFingerprint(network.registry.trust.root));
  host.run('finance', leaky, { event: 'exit', reason: 'revoked', code: null, milliseconds: 9 });
  host.run('sales', leaky, { event: 'refused', code: 'not-admitted', why: 'revoked' });
  const hold = {
    event: 'hold',
    hold: 'a1b2c3d4e5f6',
    rule: 'send',
    what: 'POST to a bank',
  } as const;
  host.run(
    'finance',
    report,
    { ...hold, state: 'asked', why: 'until later' },
    { ...hold, state: 'allowed', why: 'rita by key' },
    exit,
  );
  const made = await user.run('evidence', '--out', 'report.json');
  expect(made).toMatchObject({ exit: 0 });
  file = join(user.project, 'report.json');
});
afterAll(() => {
  rmSync(auditor, { recursive: true, force: true });
  user.close();
  network.close();
});

describe('skillgate evidence', () => {
  it('is verified by somebody who has the file alone, and says how each claim was checked', async () => {
    const said = await verify(file);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toMatch(
      /✓ .*: audit lines 1 to 15 are whole.*\n {4}verified by the hash chain/,
    );
    expect(said.out).toContain(
      '@acme/weekly-report@1.0.0: published, scanned and approved by rita (policy demands 1)',
    );
    expect(said.out).toContain('@acme/leaky@2.0.0: the version is refused now: revoked');
    expect(said.out).toMatch(/refused it 4 seconds later, after 1 start\n {4}stated by two clocks/);
    expect(said.out).toMatch(/1 answer to holds\n {4}stated by the host only/);
    expect(said.out).toMatch(/, 0 could not be verified\n$/);
  });

  it('takes the keys that the auditor knows from elsewhere', async () => {
    const { keyId } = openAuditKey(host.keyFile);
    const root = rootFingerprint(network.registry.trust.root);
    const known = await claims(file, '--signer', keyId, '--root', root);
    const standing = (text: string) => known.find(({ says }) => says.includes(text))?.standing;
    expect(standing('is the expected key')).toBe('verified');
    expect(standing('is the root of trust')).toBe('verified');
    const other = await verify(file, '--signer', root);
    expect(other).toMatchObject({ exit: 6, out: '' });
    expect(other.err).toContain('report: contradicted: the report is signed with the expected key');
  });

  it('has no private key, no value of a variable and no name of a workspace', async () => {
    const { report: made, parts } = openReport(readFileSync(file), file);
    const all = [
      JSON.stringify(made),
      ...parts.entries().map(([digest]) => readPart(parts, digest)),
    ];
    for (const text of all) expect(text).not.toMatch(/PRIVATE KEY|privateKey/);
  });

  it('begins at --since, and names the lines before by their digest', async () => {
    const later = new Date(host.at.getTime() - 1_500).toISOString();
    expect((await user.run('evidence', '--since', later, '--out', 'late.json')).exit).toBe(0);
    const late = await claims(join(user.project, 'late.json'));
    expect(late.find(({ says }) => says.startsWith('lines 1 to'))?.standing).toBe('stated');
    expect(late.find(({ says }) => says.includes('are whole'))?.standing).toBe('verified');
  });

  it('says what it could not ask, and what a damaged host folder lacks', async () => {
    const copy = join(auditor, 'broken-host');
    cpSync(user.home, copy, { recursive: true });
    writeFileSync(join(copy, 'config/host.json'), '{');
    writeFileSync(join(copy, 'config/audit-key.json'), 'no key');
    const fleet = ['evidence', '--from', copy, '--from', user.home, '--out', 'fleet.json'];
    const made = await user.runWith({ fetch: deadFetch }, ...fleet);
    expect(made.exit).toBe(0);
    expect(made.err).toContain('warning: the report has no audit log of the host broken-host: ');
    expect(made.err).toMatch(
      /warning: the report has no evidence of 2 of 2 versions:\n {2}@acme\/leaky@2\.0\.0: .*\n/,
    );
    expect(made.err).toContain('sign in (skillgate login), or keep the token of a reader');
    const said = await verify(join(user.project, 'fleet.json'));
    expect(said.exit).toBe(7);
    expect(said.out).toMatch(
      /\? host broken-host: not verified: the report has audit log\n.*because .*no key/,
    );
    expect(said.out).toMatch(/\? host broken-host: not verified: the report has host\.json\n/);
    expect(said.out).toMatch(
      /\? @acme\/leaky@2\.0\.0: not verified: the version is approved\n.*does not answer: connect ECONNREFUSED/,
    );
    expect(said.out).toMatch(/✓ host home: audit lines 1 to/);
  });

  it('merges the hosts of a fleet by agent and skill', async () => {
    const copy = join(auditor, 'second');
    cpSync(user.home, copy, { recursive: true });
    await user.run('evidence', '--from', user.home, '--from', copy, '--out', 'fleet.json');
    const path = join(user.project, 'fleet.json');
    expect((await verify(path)).exit).toBe(0);
    const { uses } = openReport(readFileSync(path), path).report.facts;
    const row = uses.find(
      ({ agent, skill: used }) => agent === 'finance' && used?.includes('weekly'),
    );
    expect(row).toMatchObject({ hosts: ['home', 'second'], starts: 2 });
  });
});

function readPart(parts: Parts, digest: string): string {
  return Buffer.from(parts.read(digest as Parameters<Parts['read']>[0])).toString('utf8');
}

describe('a report that was changed', () => {
  it('is refused after the change of any byte', async () => {
    const bytes = readFileSync(file);
    const text = bytes.toString('utf8');
    const { evidence } = JSON.parse(text) as { evidence: Record<string, string> };
    const places = [
      ...Object.entries(evidence).flatMap(([digest, packed]) => {
        const at = text.indexOf(digest);
        return [at + 20, at + digest.length + 3 + (packed.length >> 1), at + digest.length + 8];
      }),
      text.indexOf('"payload"') + 400,
      text.indexOf('"sig"') + 30,
      text.indexOf('"schema"') + 12,
      text.indexOf('"payloadType"') + 25,
    ];
    for (const place of places) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      const path = join(auditor, 'byte.json');
      writeFileSync(path, changed);
      const { exit: code, out } = await verify(path);
      expect({ place, refused: code === 6 && out === '' }).toEqual({ place, refused: true });
    }
  });

  it('is refused when a part is packed in another way, although its bytes are the same', async () => {
    const read = JSON.parse(readFileSync(file, 'utf8')) as { evidence: Record<string, string> };
    const [[digest, packed] = ['', '']] = Object.entries(read.evidence);
    const gzip = Buffer.from(packed, 'base64');
    gzip.writeUInt32LE(1, 4);
    const path = join(auditor, 'packed.json');
    read.evidence[digest] = gzip.toString('base64');
    writeFileSync(path, JSON.stringify(read));
    expect(await verify(path)).toMatchObject({ exit: 6, out: '' });
  });

  it('is contradicted when its maker drops an incident from the figures', async () => {
    const said = await verify(
      await resealed(file, (draft) => {
        draft.facts = { ...draft.facts, incidents: [] };
      }),
    );
    expect(said).toMatchObject({ exit: 6, out: '' });
    expect(said.err).toContain('0 rows of this list, and its parts give 1 row of this list');
  });

  it.each([
    ['at the end', (lines: string[]) => lines.slice(0, -4), 'are missing: '],
    [
      'and renamed',
      (lines: string[]) => lines.map((line) => line.replace('"rule":"canary"', '"rule":"escape"')),
      'changed after it was written',
    ],
  ])('names the lines that its maker cut %s', async (_, cut, why) => {
    const changed = await resealed(file, async (draft, parts) => {
      withLines(draft, parts, cut(linesOf(draft, parts)));
      draft.facts = (await computeFacts(draft, parts)).facts;
    });
    const whole = (await claims(changed)).find(({ says }) => says.includes('are whole'));
    expect(whole).toMatchObject({ standing: 'open', why: expect.stringContaining(why) });
    expect((await verify(changed)).exit).toBe(7);
  });

  it.each([true])(
    'proves no approval of one version by that of another, figures computed again: %s',
    async (isComputed) => {
      const changed = await resealed(file, async (draft, parts) => {
        const [one, other] = draft.versions;
        const packOf = (files: Readonly<Record<string, Digest>> = {}) =>
          Object.entries(files).find(([path]) => path.startsWith('/packs/'));
        const [, pack] = packOf(one?.files) ?? [];
        const [path] = packOf(other?.files) ?? [];
        if (one === undefined || other === undefined || pack === undefined || path === undefined)
          throw new Error('two versions with packs');
        draft.versions = [one, { ...other, files: { ...other.files, [path]: pack } }];
        if (isComputed) draft.facts = (await computeFacts(draft, parts)).facts;
      });
      const { exit: code, out } = await verify(changed);
      expect(code).toBe(isComputed ? 7 : 6);
      expect(out).not.toContain('@acme/weekly-report@1.0.0: published, scanned and approved');
    },
  );

  it('does not hide an incident behind text that looks like a credential', async () => {
    const copy = join(auditor, 'with-token');
    cpSync(user.home, copy, { recursive: true });
    const token = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
    const other = new HostFolder(copy, host.at);
    other.run('finance', leaky, {
      event: 'incident',
      rule: 'escape',
      place: `/w/${token}`,
      report: leaky.packed.digest,
    });
    other.run('finance', leaky, exit);
    await user.run('evidence', '--from', copy, '--out', 'token.json');
    const path = join(user.project, 'token.json');
    const { report: made, parts } = openReport(readFileSync(path), path);
    expect(linesOf(made, parts).join()).not.toContain(token);
    expect(made.facts.incidents.at(-1)?.place).toBe('/w/(a GitHub token, left out)');
    const said = await verify(path);
    expect(said.out).toMatch(
      /1 audit line had a credential, which is left out\n {4}stated by the maker/,
    );
    expect(said.out).toMatch(/are whole: none is missing, changed or moved\n {4}verified/);
    expect(said.exit).toBe(0);
  });
});

describe('the page of a report', () => {
  let page: string;
  let path: string;
  beforeAll(async () => {
    const copy = join(auditor, 'fleet-host');
    cpSync(user.home, copy, { recursive: true });
    const hostile = new HostFolder(copy, host.at);
    hostile.run('<script>alert(1)</script>\u202eevil', leaky, start, exit);
    hostile.run('x', leaky, { event: 'refused', code: 'x', why: '"><img src=//evil.example>' });
    expect((await user.run('evidence', '--from', copy, '--out', 'fleet.json')).exit).toBe(0);
    path = join(user.project, 'fleet.json');
    expect((await verify(path, '--page', 'page.html')).exit).toBe(0);
    page = readFileSync(join(auditor, 'page.html'), 'utf8');
  });

  it('has no script, no address elsewhere and no invisible character, and a strict policy', () => {
    const shown = page;
    expect(shown).toContain("content=\"default-src 'none'; style-src 'sha256-");
    expect(shown).toContain('&lt;script&gt;alert(1)');
    expect(shown).not.toMatch(/<script|<img|<iframe|<form|<object|javascript:|\son\w+=|style="/i);
    expect(shown).not.toMatch(/(?:src|href|url\()\s*=?\s*["'(]?(?:https?:|\/\/)/i);
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u200b-\u200f\u202a-\u202e]/u);
  });

  it('is not written of a report that was changed', async () => {
    const changed = join(auditor, 'changed.json');
    writeFileSync(changed, readFileSync(path, 'utf8').replace('"payload":"ey', '"payload":"fy'));
    expect((await verify(changed, '--page', 'no.html')).exit).toBe(6);
    expect(existsSync(join(auditor, 'no.html'))).toBe(false);
  });
});
