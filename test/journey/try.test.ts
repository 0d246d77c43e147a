import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InstalledHost, makeInstalledHost, type Ran } from './installed-host.ts';

let host: InstalledHost;
let folder = '';
const seen: string[] = [];
const crm = createServer((request, response) => {
  seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`);
  response.end('42 deals');
});

const script = `
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
const say = async (name, act) => {
  try { console.log(name, await act()); } catch (cause) { console.log(name, 'failed'); console.error(String(cause)); }
};
const get = async (url) => (await fetch(url, { headers: { authorization: 'Bearer ' + process.env.CRM_TOKEN } })).text();
await say('deals', async () => { const text = await get('http://api.crm.example/v2/deals'); if (text !== '42 deals') throw new Error('denied'); return text; });
await say('elsewhere', () => get('https://elsewhere.example/'));
await say('file', () => readFileSync('/reports/a.md', 'utf8').trim());
await say('program', () => { const { error, stdout } = spawnSync('git', ['--version']); if (error) throw error; return 'ran'; });
console.log('token', process.env.CRM_TOKEN?.slice(0, 4));
`;

function declare(capabilities: object): void {
  const json = {
    name: '@me/tried',
    version: '1.0.0',
    commands: { report: 'report.ts' },
    capabilities,
  };
  writeFileSync(join(folder, 'skill.json'), JSON.stringify(json));
}

interface Answer {
  readonly stdout: string;
  readonly missing: { kind: string; what: string; entry?: Record<string, unknown> }[];
}

async function tried(...words: string[]): Promise<Ran & { answer: Answer }> {
  const ran = await host.skill('try', '--format', 'json', ...words, folder);
  return { ...ran, answer: ran.out === '' ? { stdout: '', missing: [] } : JSON.parse(ran.out) };
}

beforeAll(async () => {
  host = await makeInstalledHost();
  await new Promise<void>((resolve) => crm.listen(0, '127.0.0.1', resolve));
  folder = join(host.project, 'tried');
  const reports = join(host.project, 'reports');
  for (const path of [folder, reports]) mkdirSync(path);
  writeFileSync(join(reports, 'a.md'), 'a report\n');
  if (process.getuid?.() === 0)
    for (const path of [reports, join(reports, 'a.md')]) chownSync(path, 65_534, 65_534);
  writeFileSync(
    join(folder, 'SKILL.md'),
    '---\nname: tried\ndescription: Tries things.\n---\nRun report.\n',
  );
  writeFileSync(join(folder, 'report.ts'), script);
  const hosts = { 'api.crm.example': `127.0.0.1:${(crm.address() as AddressInfo).port}` };
  writeFileSync(
    join(host.home, 'config/host.json'),
    JSON.stringify({ hosts, workspaces: { reports } }),
    { mode: 0o600 },
  );
  const set = ['secret', 'set', 'CRM_TOKEN', '--host', 'api.crm.example'];
  await host.call('skillgate', set, { stdin: 'token-of-the-crm\n' });
});
afterAll(async () => {
  crm.close();
  await host?.close();
});

const named = (answer: Answer, kind: string) =>
  answer.missing.filter((one) => one.kind === kind).flatMap(({ entry }) => entry ?? []);

describe('skillgate try', () => {
  it('says what a skill lacks, in entries of skill.json that then allow it', async () => {
    declare({});
    const first = await tried();
    expect(first.answer.stdout).toBe(
      'deals failed\nelsewhere failed\nfile failed\nprogram failed\ntoken undefined\n',
    );
    expect(seen).toEqual([]);
    expect(named(first.answer, 'egress')).toEqual([
      { url: 'http://api.crm.example/*', methods: ['GET'], why: 'say why' },
      { url: 'https://elsewhere.example/*', methods: ['GET'], why: 'say why' },
    ]);
    expect(named(first.answer, 'mount')).toMatchObject([
      { source: 'workspace:reports', target: '/reports', mode: 'ro' },
    ]);
    expect(named(first.answer, 'exec')).toMatchObject([{ program: 'git' }]);

    const kinds = ['egress', 'mount', 'exec'];
    declare(Object.fromEntries(kinds.map((kind) => [kind, named(first.answer, kind)])));
    const second = await tried();
    expect(second.answer.stdout).toMatch(
      /^deals 42 deals\nelsewhere [\s\S]*file a report\nprogram ran\n/,
    );
    for (const kind of kinds) expect(named(second.answer, kind)).toEqual([]);
    expect(seen).toEqual(['GET /v2/deals Bearer undefined']);
  });

  it('gives no secret that was not named, and then only a placeholder', async () => {
    const secret = [
      { name: 'CRM_TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'reads deals' },
    ];
    declare({ secret, egress: [{ url: 'http://api.crm.example/v2/*', why: 'reads deals' }] });
    seen.length = 0;
    const without = await tried();
    expect(without.answer.stdout).toContain('token undefined');
    expect(without.err).toContain('the skill runs without secret CRM_TOKEN');
    const having = await tried('--secret', 'CRM_TOKEN');
    expect(having.answer.stdout).not.toContain('token undefined');
    expect(seen).toEqual([
      'GET /v2/deals Bearer undefined',
      'GET /v2/deals Bearer token-of-the-crm',
    ]);
    expect(having.out + having.err).not.toContain('token-of-the-crm');
    expect(await host.skill('try', '--secret', 'OTHER', folder)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('declares no secret'),
    });
  });

  it('is not stopped by what it tries again and again', async () => {
    declare({});
    writeFileSync(
      join(folder, 'again.ts'),
      "for (let i = 0; i < 12; i++) await fetch('http://api-' + i + '.crm.example/').catch(() => 0); console.log('end');",
    );
    const json = { name: '@me/tried', version: '1.0.0', commands: { again: 'again.ts' } };
    writeFileSync(join(folder, 'skill.json'), JSON.stringify(json));
    for (const _ of [1, 2]) {
      const { answer, exit } = await tried();
      expect([exit, answer.stdout]).toEqual([0, 'end\n']);
      expect(named(answer, 'egress')).toHaveLength(12);
    }
  });

  it('is in the audit log as what nobody approved, in an unbroken chain', async () => {
    const lines = readFileSync(join(host.home, 'data/audit/audit.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const entries = lines
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event !== 'checkpoint');
    expect(entries.length).toBeGreaterThan(10);
    expect(new Set(entries.map(({ version }) => version))).toEqual(new Set(['1.0.0+unapproved']));
    const starts = entries.filter(({ event }) => event === 'start');
    expect(new Set(starts.map(({ why }) => why))).toEqual(new Set(['skillgate try: not approved']));
    expect((await host.skill('log', '--verify')).exit).toBe(0);
  });

  it('is not for agents, and not for what is no skill', async () => {
    await host.skill('agent', 'create', 'finance');
    expect((await host.skill('try', '--agent', 'finance', folder)).exit).toBe(2);
    const empty = join(host.project, 'empty');
    mkdirSync(empty);
    writeFileSync(join(empty, 'SKILL.md'), '---\nname: empty\ndescription: Nothing.\n---\n');
    const refused = await host.skill('try', empty);
    expect(refused).toMatchObject({ exit: 3, err: expect.stringContaining('skillgate manifest') });
  });

  it('has a mount that works in the skill.json that is drafted', async () => {
    rmSync(join(folder, 'skill.json'));
    writeFileSync(
      join(folder, 'SKILL.md'),
      '---\nname: tried\ndescription: Writes a report.\n---\nRun `report2.py`.\n',
    );
    writeFileSync(
      join(folder, 'report2.py'),
      "open('/reports/out.md', 'w').write('x')\nprint('done')\n",
    );
    expect((await host.skill('manifest', folder, '--write')).exit).toBe(0);
    const { err, exit, out } = await host.skill('try', folder, 'report2');
    expect([exit, out], err).toEqual([0, 'done\n']);
    expect(err).toContain('in its view of /reports: 1 created');
  });

  it('works on files of the folder in which a person calls it, and its changes wait', async () => {
    const docs = join(host.project, 'docs');
    mkdirSync(docs);
    writeFileSync(join(docs, 'week.md'), 'one two three\n');
    if (process.getuid?.() === 0)
      for (const path of [docs, join(docs, 'week.md')]) chownSync(path, 65_534, 65_534);
    const counter = join(host.project, 'counter');
    mkdirSync(counter);
    writeFileSync(
      join(counter, 'SKILL.md'),
      '---\nname: counter\ndescription: Counts words.\n---\nRun `python3 count.py FILE`.\n',
    );
    writeFileSync(
      join(counter, 'count.py'),
      'import sys\nwords = open(sys.argv[1]).read().split()\nopen(sys.argv[1] + ".count", "w").write(str(len(words)))\n',
    );
    expect(await host.skill('manifest', counter, '--write', '--yes')).toMatchObject({ exit: 0 });
    const call = (...options: string[]) =>
      host.call('skillgate', ['try', ...options, counter, 'count', 'week.md'], { cwd: docs });
    const waiting = await call();
    expect(waiting).toMatchObject({ exit: 0, err: expect.stringContaining(`folder ${docs}`) });
    expect(existsSync(join(docs, 'week.md.count'))).toBe(false);
    const id = /changes show (\S+)/.exec(waiting.err)?.[1] ?? '';
    const { digest } = JSON.parse(
      (await host.skill('changes', 'show', id, '--format', 'json')).out,
    );
    expect(await host.skill('changes', 'accept', id, '--digest', digest)).toMatchObject({
      exit: 0,
    });
    expect(readFileSync(join(docs, 'week.md.count'), 'utf8')).toBe('3');

    // From another folder, the person names the folder.
    rmSync(join(docs, 'week.md.count'));
    const named = ['try', '--accept', '--mount', `work=${docs}`, counter, 'count', 'week.md'];
    expect(await host.skill(...named)).toMatchObject({ exit: 0 });
    expect(readFileSync(join(docs, 'week.md.count'), 'utf8')).toBe('3');
  });
});
