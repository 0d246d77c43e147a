import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeStage, type Serving } from './processes.ts';

const env: Record<string, string> = {};
const stage = makeStage(env);
let registry: Serving;
let fingerprint = '';
const ref = '@acme/deals@1.0.0';

const publicKey = (user: string, key = 'default') =>
  join(stage.folder, user, 'config/keys', `${key}.pub.json`);

beforeAll(async () => {
  stage.write({
    'deals/SKILL.md':
      '---\nname: deals\ndescription: Counts the deals of a month when somebody asks for them.\n---\n\nRun `scripts/count.ts`.\n',
    'deals/skill.json': JSON.stringify({
      name: '@acme/deals',
      version: '1.0.0',
      commands: { count: 'scripts/count.ts' },
      capabilities: {
        secret: [
          { name: 'CRM_TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'reads deals' },
        ],
        egress: [{ url: 'https://api.crm.example/v2/*', methods: ['GET'], why: 'reads deals' }],
      },
    }),
    'deals/scripts/count.ts':
      "const answer = await fetch('https://api.crm.example/v2/deals', { headers: { authorization: 'Bearer ' + process.env.CRM_TOKEN } });\nconsole.log((await answer.json()).length);\n",
  });
  fingerprint = (
    await stage.skill('operator', 'registry', 'init', 'data', '--origin', 'localhost')
  ).out.trim();
  registry = await stage.serve('operator', 'data');
  env.SKILLGATE_REGISTRY = registry.base;
  for (const user of ['operator', 'author', 'rita', 'ron', 'mallory']) {
    await stage.json(user, 'registry', 'add', registry.base, '--root', fingerprint);
    if (user !== 'operator') await stage.json(user, 'key', 'create');
  }
  await stage.json('author', 'scope', 'claim', 'acme');
  for (const user of ['rita', 'ron'])
    await stage.json(
      'operator',
      'member',
      'add',
      user,
      '--role',
      'reviewer',
      '--public-key',
      publicKey(user),
    );
});

afterAll(async () => {
  await stage.close();
});

describe('the road, command by command', () => {
  it('knows who is who by signed statements', async () => {
    expect(await stage.json('rita', 'whoami')).toMatchObject({
      member: { name: 'rita', roles: ['reviewer'] },
    });
    expect(await stage.json('author', 'whoami')).toMatchObject({ member: null, scopes: ['acme'] });
    expect(await stage.skill('mallory', 'whoami')).toMatchObject({
      exit: 6,
      err: expect.stringContaining('error[key-unknown]'),
    });
    const { members } = await stage.json<{ members: { name: string }[] }>(
      'operator',
      'member',
      'list',
    );
    expect(members.map(({ name }) => name)).toEqual(['administrator', 'scanner', 'rita', 'ron']);
  });

  it('publishes what the author’s key signed, once, whoever sends it at the same time', async () => {
    expect((await stage.skill('author', 'publish', 'deals', '--dry-run')).exit).toBe(0);
    const all = await Promise.all(
      Array.from({ length: 4 }, () => stage.skill('author', 'publish', 'deals')),
    );
    expect(all.filter(({ exit }) => exit === 0).length).toBe(1);
    for (const { err } of all.filter(({ exit }) => exit !== 0))
      expect(err).toContain('error[version-exists]');
    expect(await stage.skill('mallory', 'publish', 'deals')).toMatchObject({
      exit: 6,
      err: expect.stringMatching(/error\[(key-unknown|scope-taken)\]/),
    });
    expect(await stage.skill('mallory', 'scope', 'claim', 'acme')).toMatchObject({
      exit: 6,
      err: expect.stringContaining('error[scope-taken]'),
    });
  });

  it('scans it in the scanner’s own process', async () => {
    const found = await stage.json('author', 'status', ref, '--wait');
    expect(found).toMatchObject({
      status: 'in review',
      verdict: expect.stringMatching(/pass|review/),
      approvalsNeeded: { total: 2, independent: 1 },
    });
  });

  it('shows a reviewer what was fetched and scanned here, equal to what the registry signed', async () => {
    const { out } = await stage.skill('rita', 'review', 'list');
    expect(out).toContain(ref);
    const shown = await stage.json<{ reportDigest: string; scannedHere: { digest: string } }>(
      'rita',
      'review',
      'show',
      ref,
    );
    expect(shown.scannedHere.digest).toBe(shown.reportDigest);
  });

  it('approves by two keys, never the author’s and never one twice', async () => {
    const approve = (user: string) =>
      stage.skill(user, 'review', 'approve', ref, '--reason', 'read all of it', '--yes');
    expect(await approve('author')).toMatchObject({
      exit: 6,
      err: expect.stringContaining('error[forbidden]'),
    });
    const first = await approve('rita');
    expect(first).toMatchObject({
      exit: 0,
      out: expect.stringContaining('in review (approvals 1 of 2, independent 1 (1 needed))'),
    });
    expect(first.err).toContain('3 files fetched here and checked');
    // The same person again would change nothing.
    expect(await approve('rita')).toMatchObject({
      exit: 6,
      err: expect.stringContaining('have already approved @acme/deals@1.0.0'),
    });
    expect(await approve('ron')).toMatchObject({
      exit: 0,
      out: expect.stringContaining('approved (approvals 2 of 2, independent 2 (1 needed))'),
    });
    expect(await stage.json('author', 'status', ref)).toMatchObject({ status: 'approved' });
  });

  it('lists it in the index, with blobs that are what their names say', async () => {
    const line = JSON.parse(await (await fetch(`${registry.base}/index/@acme/deals`)).text());
    expect(line).toMatchObject({
      schema: 'skillgate.index/1',
      name: '@acme/deals',
      version: '1.0.0',
    });
    const bytes = Buffer.from(
      await (await fetch(`${registry.base}/blobs/sha256/${line.bundle.slice(7)}`)).arrayBuffer(),
    );
    expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(line.bundle);
  });

  it('revokes it for ever, by a signed statement', async () => {
    expect((await stage.skill('rita', 'review', 'revoke', ref)).exit).toBe(2);
    expect(
      await stage.json(
        'rita',
        'review',
        'revoke',
        ref,
        '--yes',
        '--reason',
        'a report from a user',
      ),
    ).toMatchObject({
      kind: 'revoked',
    });
    expect(await stage.json('author', 'status', ref)).toMatchObject({ status: 'revoked' });
  });

  it('signs a browser in once, by a link', async () => {
    const { url } = await stage.json<{ url: string }>('rita', 'login', '--browser');
    expect(url).toMatch(new RegExp(`^${registry.base}/review/sign-in\\?link=[\\w-]{40,}$`));
    expect((await stage.skill('author', 'login', '--browser')).exit).toBe(6);
  });

  it('says that the registry is down, stops whole, and leaves no child', async () => {
    const scanners = childrenOf(registry.process.pid ?? 0);
    expect(scanners.length).toBeGreaterThan(0);
    expect(await registry.stop()).toMatchObject({ exit: 0 });
    for (const pid of scanners) expect(() => process.kill(pid, 0)).toThrow();
    expect(await stage.skill('author', 'status', ref)).toMatchObject({
      exit: 4,
      err: expect.stringContaining('error[registry-down]'),
    });
  });
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter(Boolean)
    .map(Number);
}
