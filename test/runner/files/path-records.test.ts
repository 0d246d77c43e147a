import * as fs from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { openBudgetAccount, readUsed } from '../../../runner/agents/budget.ts';
import { openAudit } from '../../../runner/audit/audit.ts';
import { readEntries, verifyAuditFile } from '../../../runner/audit/audit-file.ts';
import { leakDetector } from '../../../runner/egress/leaks.ts';
import { type OpenMounts, openMounts } from '../../../runner/mounts/mounts.ts';
import { pathSetName } from '../../../skills-index/run/audit/audit-entry.ts';
import { auditRow } from '../../../skills-index/run/audit/audit-row.ts';
import { incidentOf } from '../../../skills-index/run/audit/incident.ts';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

const run = '11111111-2222-4333-8444-555555555555';
const plan = digestOf('plan');
let top: string;
let data: string;
beforeEach(() => {
  top = folderWith();
  data = join(top, 'data');
  for (const name of ['data', 'run', 'reports']) fs.mkdirSync(join(top, name), { mode: 0o700 });
  if (process.getuid?.() === 0) fs.chownSync(join(top, 'reports'), 65_534, 65_534);
});

const file = (): string => join(data, 'audit/audit.jsonl');
const keyFile = (): string => join(top, 'key.json');
const verdict = () => verifyAuditFile(file(), keyFile());

/** What a run leaves in its view of a folder, finished and recorded. */
async function finish(names: readonly string[], { links = false, paths = 1_000 } = {}) {
  fs.rmSync(join(top, 'run'), { recursive: true });
  fs.mkdirSync(join(top, 'run'));
  const descriptor = fs.openSync(join(top, 'reports'), 0o10_200_000);
  const audit = openAudit(file(), () => new Date(), keyFile());
  const purse = openBudgetAccount(
    join(top, 'budget.json'),
    { name: 'finance', budget: { paths } },
    () => new Date(),
  );
  const mount = {
    target: '/reports',
    source: 'workspace:reports',
    path: join(top, 'reports'),
    mode: 'cow',
    id: '1:1',
  } as const;
  const skill = { name: '@acme/a', version: '1.0.0' };
  const held: OpenMounts = await openMounts({
    plan: {
      mounts: [{ ...mount, reason: '' }],
      agent: 'finance',
      skill,
      limits: { changesMiB: 200 },
      uid: 65_534,
      gid: 65_534,
    },
    planDigest: plan,
    subject: { run, agent: 'finance' },
    now: () => new Date(),
    data,
    runFolder: join(top, 'run'),
    folders: new Map([['reports', descriptor]]),
    overlays: false,
    programs: [],
    obeyed: [],
    ownLocks: [],
    spend: purse.spend,
    record: (event) => audit.record({ run, agent: 'finance' }, event),
  });
  const view = `/proc/self/fd/${held.pins.get('/reports')}`;
  for (const name of names) {
    makeFolders(view, name);
    if (links) fs.symlinkSync('/etc/passwd', `${view}/${name}`);
    else fs.writeFileSync(`${view}/${name}`, '');
    if (process.getuid?.() === 0) fs.lchownSync(`${view}/${name}`, 65_534, 65_534);
  }
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const finished = await held.finish(leakDetector([], () => undefined));
  clearInterval(timer);
  purse.close();
  fs.closeSync(descriptor);
  audit.record(
    { run, agent: 'finance' },
    { event: 'exit', reason: 'exit', code: 0, milliseconds: 1 },
  );
  return {
    ...finished,
    turns,
    entries: (await readEntries(file())).filter(({ event }) => event !== 'checkpoint'),
  };
}

// They belong to the folder's owner, as those of a run would.
function makeFolders(view: string, name: string): void {
  let at = view;
  for (const part of name.split('/').slice(0, -1)) {
    at = `${at}/${part}`;
    if (fs.existsSync(at)) continue;
    fs.mkdirSync(at);
    if (process.getuid?.() === 0) fs.chownSync(at, 65_534, 65_534);
  }
}

const namesOf = (number: number): string[] =>
  Array.from({ length: number }, (_, index) => `n${index}`);

describe('the paths that a run changed', () => {
  it('are discarded, with the reason, where their list would be too large to be read again', async () => {
    // A quotation mark is two characters in the list, so fewer bytes of names than the limit make
    // too long a list.
    const deep = Array(14).fill('"'.repeat(250)).join('/');
    const { changes, cleaned } = await finish(
      namesOf(5_000).map((name) => `${deep}/${name}`),
      { paths: 6_000 },
    );
    expect(changes).toBeUndefined();
    expect(cleaned).toEqual([
      {
        path: '/reports',
        why: expect.stringContaining('the list of changed paths takes more than'),
      },
    ]);
  });

  it('have a line each while they are few', async () => {
    const { changes, entries } = await finish(namesOf(100));
    expect(entries.filter(({ event }) => event === 'change')).toHaveLength(100);
    expect(changes?.folders[0]?.changes).toHaveLength(100);
    expect(await verdict()).toMatchObject({ kind: 'whole' });
  });

  it.each([
    ['change', false],
    ['cleanup', true],
  ] as const)(
    'are one line and a file that verifies by its digest above that: %s',
    async (of, links) => {
      const { entries } = await finish(namesOf(101), { links });
      const [line] = entries;
      expect(entries.map(({ event }) => event)).toEqual(
        of === 'change' ? ['paths', 'changes', 'exit'] : ['paths', 'exit'],
      );
      expect(line).toMatchObject({ event: 'paths', of, count: 101, first: '/reports/n0' });
      const digest = line?.event === 'paths' ? line.digest : plan;
      const lines = gunzipSync(fs.readFileSync(join(data, 'audit', pathSetName(digest))));
      expect(digestOf(lines)).toBe(digest);
      expect(lines.toString().trim().split('\n')).toHaveLength(101);
      expect(line === undefined ? [] : auditRow(line)).toContain(`${of} 101`);
      expect(await verdict()).toMatchObject({ kind: 'whole' });
    },
  );

  it.each<[string, (path: string) => void, string]>([
    [
      'changed',
      (path) => fs.writeFileSync(path, gzipSync('{"change":"created","path":"/reports/other"}\n')),
      'was changed',
    ],
    ['cut', (path) => fs.truncateSync(path, 20), 'was changed'],
    ['removed', (path) => fs.rmSync(path), 'is missing'],
  ])('are missed by the log when their file was %s', async (_, act, why) => {
    const { entries } = await finish(namesOf(150));
    const digest: Digest = entries[0]?.event === 'paths' ? entries[0].digest : plan;
    act(join(data, 'audit', pathSetName(digest)));
    expect(await verdict()).toMatchObject({
      kind: 'broken',
      line: 1,
      why: expect.stringContaining(why),
    });
  });

  it('count against the budget of the agent, which throws nothing away without saying so', async () => {
    expect((await finish(namesOf(150), { paths: 200 })).changes).toBeDefined();
    expect(readUsed(join(top, 'budget.json')).used.paths).toBe(150);
    const over = await finish(namesOf(150), { paths: 200 });
    expect(over.changes).toBeUndefined();
    expect(over.cleaned).toEqual([
      { path: '', why: expect.stringContaining('skillgate agent grant finance --budget paths=N') },
    ]);
    expect(over.entries.slice(-2)).toMatchObject([
      { event: 'cleanup', why: expect.stringContaining('150 paths') },
      { event: 'exit' },
    ]);
  });

  it('let timers have their turn while they are gathered, so that a revocation is seen', async () => {
    expect((await finish(namesOf(2_000), { paths: 5_000 })).turns).toBeGreaterThan(5);
  });

  it('are reported as an incident when links that lead out are among many', async () => {
    const { entries } = await finish(namesOf(101), { links: true });
    expect(entries.flatMap((entry) => incidentOf(entry) ?? [])).toEqual([
      { rule: 'escape', place: '/reports/n0' },
    ]);
  });
});
