import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run as changesCommand } from '../../cli/changes/changes.ts';
import type { CommandContext } from '../../cli/command.ts';
import { leftBehindLines } from '../../cli/run/left-behind.ts';
import { bubblewrap } from '../../runner/bubblewrap/bubblewrap.ts';
import { listWaiting } from '../../runner/changes/waiting.ts';
import type { RunRequest } from '../../runner/run/run-request.ts';
import { type ChangeSet, changesFolderOf, kindOf } from '../../skills-index/run/changes/changes.ts';
import {
  giveTo,
  makeTestHost,
  reportsMount,
  runTest,
  type TestHost,
  type TestRun,
} from './sandbox-fixture.ts';

let host: TestHost;
beforeEach(() => {
  host = makeTestHost();
  writeFileSync(`${host.reports}/old.txt`, 'one\ntwo\n');
  giveTo(host.reports);
  writeFileSync(
    `${host.paths.config}/host.json`,
    JSON.stringify({ workspaces: { reports: host.reports } }),
    { mode: 0o600 },
  );
});
afterEach(() => host.remove());

const see = (
  python: string,
  more: Partial<RunRequest> = {},
  limits?: { seconds: number; memoryMiB: number },
): Promise<TestRun> => {
  const skill = {
    files: { 'probe.py': `import os, sys, time\n${python}` },
    capabilities: { mount: reportsMount('cow') },
  };
  return runTest(host, { ...skill, ...(limits === undefined ? {} : { limits }) }, more);
};
const words = (set: ChangeSet | undefined): string[] =>
  (set?.folders ?? []).flatMap(({ changes }) => changes.map((one) => `${kindOf(one)} ${one.path}`));
const events = (): string[] => host.audit().map((entry) => entry.event);
const edit = `open('/reports/old.txt', 'a').write('three\\n'); open('/reports/new.txt', 'w').write('\\x1b[2Jnew\\n')`;

async function skill(
  command: string,
  args: readonly string[],
  options: CommandContext['options'] = {},
): Promise<string> {
  const out: string[] = [];
  const sink = (): Writable =>
    new Writable({ write: (chunk, _, done) => done(void out.push(String(chunk))) });
  const context = {
    command,
    args,
    options,
    env: {},
    cwd: '/',
    stdout: sink(),
    stderr: sink(),
    stdin: process.stdin,
    fetch,
  };
  const rest = {
    now: () => new Date(),
    format: 'text',
    paths: host.paths,
    registryBase: '',
    signal: new AbortController().signal,
  };
  await changesCommand({ ...context, ...rest } as CommandContext);
  return out.join('');
}

describe.each([
  [
    process.getuid?.() === 0 ? 'an overlay' : 'a copy of a small folder, not being root',
    bubblewrap,
  ],
  ['a copy', () => ({ ...bubblewrap(), entersNamespaces: false })],
])('a run in %s of its workspace', (name, sandbox) => {
  it('sees what it writes, while the folder stays as it is', async () => {
    const { ctimeMs } = statSync(host.reports);
    const run = await see(
      `${edit}\nprint(open('/reports/old.txt').read(), sorted(os.listdir('/reports'))[-2:])`,
      {
        sandbox: sandbox(),
      },
    );
    expect(run.stdout).toBe("one\ntwo\nthree\n ['new.txt', 'old.txt']\n");
    expect(words(run.changes)).toEqual(
      expect.arrayContaining(['changed old.txt', 'created new.txt']),
    );
    expect(readdirSync(host.reports)).toEqual(['old.txt']);
    expect(statSync(host.reports).ctimeMs).toBe(ctimeMs);
    expect(events()).toEqual(['start', 'change', 'change', 'changes', 'exit']);
  });

  it('may write what agents obey, and move it away: the change waits to be named', async () => {
    mkdirSync(`${host.reports}/.claude`);
    writeFileSync(`${host.reports}/.claude/settings.json`, '{}');
    giveTo(host.reports);
    const python = [
      "open('/reports/.claude/settings.json', 'w').write('evil')",
      "os.rename('/reports/.claude', '/reports/x')",
      "open('/reports/AGENTS.md', 'w').write('obey me')",
      "open('/reports/new.txt', 'w').write('x')",
    ].join('\n');
    const run = await see(python, { sandbox: sandbox() });
    expect(run.stderr).toBe('');
    const digest = listWaiting(host.paths.data)[0]?.digest;
    const out = await skill('changes accept', [run.run], { digest });
    expect(out).toContain('3 changes in files that hosts or agents obey still wait');
    expect(readdirSync(host.reports).sort()).toEqual(['.claude', 'new.txt', 'old.txt', 'x']);
    expect(readFileSync(`${host.reports}/.claude/settings.json`, 'utf8')).toBe('{}');
    const rest = { digest: listWaiting(host.paths.data)[0]?.digest };
    await expect(skill('changes accept', [run.run], rest)).rejects.toThrow('has to be named');
    const alone = { ...rest, include: ['.claude'] };
    await expect(skill('changes accept', [run.run], alone)).rejects.toThrow(
      'it needs ".claude/settings.json"',
    );
    await skill('changes accept', [run.run], {
      ...rest,
      include: ['/reports/.claude', '.claude/settings.json'],
    });
    expect(readdirSync(host.reports).sort()).toEqual(['new.txt', 'old.txt', 'x']);
    expect(words(listWaiting(host.paths.data)[0]?.set)).toEqual(['created AGENTS.md']);
  });

  it.each([
    ['killed', { signal: AbortSignal.timeout(1_500) }, {}],
    ['limit:seconds', {}, { seconds: 1, memoryMiB: 128 }],
  ])('that ends by %s leaves nothing', async (reason, more, limits) => {
    const run = await see(
      `${edit}\ntime.sleep(60)`,
      { ...more, sandbox: sandbox() },
      'seconds' in limits ? limits : undefined,
    );
    expect([run.reason, run.changes]).toEqual([reason, undefined]);
    expect(readdirSync(host.reports)).toEqual(['old.txt']);
    expect(existsSync(changesFolderOf(host.paths.data, run.run))).toBe(false);
  });

  it(`that fills it ${name === 'an overlay' ? 'meets a full disk' : 'loses that file'} above 200 MiB`, async () => {
    const python = `
try:
    with open('/reports/big', 'wb') as f:
        for i in range(230): f.write(b'x' * 1048576)
    print('written')
except OSError as e: print(e.errno)`;
    const run = await see(python, { sandbox: sandbox() }, { seconds: 60, memoryMiB: 600 });
    if (name === 'an overlay') expect(run.stdout).toBe('28\n');
    else
      expect(run.cleaned).toEqual([
        { path: '/reports/big', why: expect.stringContaining('at most 200 MiB') },
      ]);
    expect(readdirSync(host.reports)).toEqual(['old.txt']);
  });
});

describe('two folders', () => {
  it('are two views, of which the one that was allowed before the start is applied at once', async () => {
    const inbox = `${host.folder}/inbox`;
    mkdirSync(inbox);
    giveTo(inbox);
    const mount = [
      ...reportsMount('cow'),
      { source: 'workspace:inbox', target: '/inbox', mode: 'rw', why: 'test' },
    ];
    const files = { 'probe.py': `${edit}\nopen('/inbox/new', 'w').write('x')` };
    const workspaces = { reports: host.reports, inbox };
    const run = await runTest(
      host,
      { files, capabilities: { mount } },
      {},
      { workspaces, writable: ['inbox'] },
    );
    expect(readdirSync(inbox)).toEqual(['new']);
    expect(readdirSync(host.reports)).toEqual(['old.txt']);
    expect(run.changes?.folders.map((one) => one.target)).toEqual(['/reports']);
    await skill('changes accept', [run.run], { digest: listWaiting(host.paths.data)[0]?.digest });
    expect(readdirSync(host.reports)).toEqual(['new.txt', 'old.txt']);
  });
});

describe('changes that wait', () => {
  it('are listed, shown without acting on a terminal, and applied exactly as shown', async () => {
    const { changes, run } = await see(edit);
    expect(changes).toBeDefined();
    expect(await skill('changes show', [])).toContain('1 created, 1 changed');
    const shown = await skill('changes show', [run.slice(0, 8)]);
    expect(shown).toContain('@@ -1,2 +1,3 @@');
    expect(shown).toContain('+three');
    expect(shown).not.toContain('\u001b');
    await expect(skill('changes accept', [run])).rejects.toMatchObject({ code: 'not-confirmed' });
    const digest = /changes (sha256:\S+)/.exec(shown)?.[1];
    await expect(
      skill('changes accept', [run], {
        digest: digest?.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      }),
    ).rejects.toMatchObject({
      code: 'changes-invalid',
    });
    expect(readdirSync(host.reports)).toEqual(['old.txt']);
    await skill('changes accept', [run], { digest });
    expect(readFileSync(`${host.reports}/old.txt`, 'utf8')).toBe('one\ntwo\nthree\n');
    expect(statSync(`${host.reports}/new.txt`).uid).toBe(statSync(host.reports).uid);
    expect(await skill('changes show', [])).toContain('No changes wait');
    expect(host.audit().filter((one) => one.event === 'changes')).toMatchObject([
      { decision: 'offered' },
      { decision: 'begun' },
      { decision: 'applied', digest },
    ]);
  });

  it('of Python tests are taken over but for what was compiled, which is one line', async () => {
    const python = `
import sys, py_compile
sys.path.insert(0, '/reports')
for n in 'abc':
    os.makedirs('/reports/' + n); open('/reports/%s/m.py' % n, 'w').write('x = 1'); py_compile.compile('/reports/%s/m.py' % n)`;
    const { changes, cleaned, run } = await see(python);
    expect(words(changes)).toEqual(
      ['a', 'b', 'c'].flatMap((one) => [`created ${one}`, `created ${one}/m.py`]),
    );
    expect(leftBehindLines(cleaned, run)[0]).toMatch(
      /^changes left out: \S+__pycache__ and 2 more paths: compiled Python/,
    );
  });

  it('are accepted once: who comes second reads that somebody was faster', async () => {
    const { run } = await see(edit);
    const digest = listWaiting(host.paths.data)[0]?.digest;
    const both = await Promise.allSettled(
      [1, 2].map(() => skill('changes accept', [run], { digest })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: {
        code: 'not-found',
        message: expect.stringContaining('somebody accepted or discarded its changes'),
      },
    });
    expect(readFileSync(`${host.reports}/old.txt`, 'utf8')).toBe('one\ntwo\nthree\n');
  });

  it('are discarded by nobody else’s run: one that does not fit is told so, and what waits stays', async () => {
    const { run } = await see(edit);
    const folder = changesFolderOf(host.paths.data, run);
    writeFileSync(`${folder}/more`, '');
    truncateSync(`${folder}/more`, 1024 ** 3);
    const second = await see(edit);
    expect(second.changes).toBeUndefined();
    const why =
      'all its changes are discarded: the changes of 1 earlier run of @acme/probe by operator use';
    expect(second.cleaned).toEqual([{ path: '/reports', why: expect.stringContaining(why) }]);
    expect(host.audit().filter((one) => one.event === 'cleanup')).toMatchObject([
      { path: '/reports' },
    ]);
    expect(listWaiting(host.paths.data).map((one) => one.set.run)).toEqual([run]);
    writeFileSync(`${folder}/room`, 'another\n@acme/probe\n');
    expect((await see(edit)).changes).toBeDefined();
  });

  it.each(['rw', 'cow'] as const)(
    'need room also where they are applied at once, since they wait where they conflict: %s',
    async (mode) => {
      const { run } = await see(edit);
      const folder = changesFolderOf(host.paths.data, run);
      writeFileSync(`${folder}/more`, '');
      truncateSync(`${folder}/more`, 1024 ** 3);
      const skillOf = { files: { 'probe.py': edit }, capabilities: { mount: reportsMount(mode) } };
      const second = await runTest(host, skillOf, {}, { writable: ['reports'] });
      expect(second.cleaned).toEqual([
        { path: '/reports', why: expect.stringContaining('accept or discard some of them') },
      ]);
      expect(readdirSync(host.reports)).toEqual(['old.txt']);
    },
  );

  it('are named with the way out, where they were allowed before the start and conflict', async () => {
    const inner = bubblewrap();
    const meanwhile = (
      ...asked: Parameters<typeof inner.start>
    ): ReturnType<typeof inner.start> => {
      writeFileSync(`${host.reports}/old.txt`, 'mine');
      return inner.start(...asked);
    };
    const skillOf = { files: { 'probe.py': edit }, capabilities: { mount: reportsMount('rw') } };
    const run = runTest(
      host,
      skillOf,
      { sandbox: { ...inner, start: meanwhile } },
      { writable: ['reports'] },
    );
    const problem = await run.then(
      () => undefined,
      (cause) => cause,
    );
    const [waiting] = listWaiting(host.paths.data);
    const id = waiting?.set.run;
    expect(problem).toMatchObject({
      code: 'changes-conflict',
      message: expect.stringContaining(`The changes of run ${id} still wait.`),
      hint: `these changes can only be discarded: skillgate changes show ${id}, then skillgate changes discard ${id}`,
    });
    expect(readFileSync(`${host.reports}/old.txt`, 'utf8')).toBe('mine');
  });

  it('that are discarded, or waited for too long, are a line in the log each, with the reason', async () => {
    const first = await see(edit);
    const second = await see(edit);
    await skill('changes discard', [first.run]);
    const long = new Date(Date.now() - 15 * 86_400_000);
    utimesSync(changesFolderOf(host.paths.data, second.run), long, long);
    const said = await skill('changes show', []);
    expect(said).toContain(
      `the changes of run ${second.run} are discarded after waiting for more than 14 days`,
    );
    expect(
      host.audit().filter((one) => one.event === 'changes' && one.decision === 'discarded'),
    ).toMatchObject([
      { run: first.run, why: 'an operator discarded them' },
      { run: second.run, why: 'the changes waited for more than 14 days' },
    ]);
  });

  it('that cannot be read are listed, and can be discarded', async () => {
    const { run } = await see(edit);
    const file = `${changesFolderOf(host.paths.data, run)}/set.json`;
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('skillgate.changes/2', 'skillgate.changes/1'),
    );
    expect(await skill('changes show', [])).toMatch(
      new RegExp(`${run} cannot be read: .*; skill(gate)? changes discard ${run}`),
    );
    await expect(
      skill('changes accept', [run], { digest: `sha256:${'0'.repeat(64)}` }),
    ).rejects.toMatchObject({
      code: 'changes-invalid',
      hint: expect.stringContaining('changes discard RUN'),
    });
    expect(await skill('changes discard', [run])).toContain('changes that cannot be read');
    expect(existsSync(changesFolderOf(host.paths.data, run))).toBe(false);
    expect(host.audit().at(-1)).toMatchObject({ event: 'changes', decision: 'discarded', run });
  });

  it('come without a file with holes, which is not read, and the log says which', async () => {
    const { changes, cleaned, limited } = await see(
      `open('/reports/holes', 'w').truncate(900 << 20); open('/reports/work', 'w').write('x')`,
    );
    expect([words(changes), limited]).toEqual([['created work'], true]);
    expect(cleaned).toEqual([
      { path: '/reports/holes', why: 'a run may change at most 200 MiB in a folder' },
    ]);
  });

  it('are not applied to another folder that took the place of the one that the run saw', async () => {
    const { run } = await see(edit);
    const other = `${host.folder}/other`;
    mkdirSync(other);
    writeFileSync(
      `${host.paths.config}/host.json`,
      JSON.stringify({ workspaces: { reports: other } }),
      { mode: 0o600 },
    );
    const digest = listWaiting(host.paths.data)[0]?.digest;
    await expect(skill('changes accept', [run], { digest })).rejects.toMatchObject({
      code: 'changes-conflict',
    });
    expect(readdirSync(other)).toEqual([]);
  });
});
