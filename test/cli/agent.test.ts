import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grantAgent } from '../../runner/agents/agent-store.ts';
import { readAgent } from '../../runner/agents/agents.ts';
import { tryLock } from '../../runner/files/lock.ts';
import { storeSecret } from '../../runner/secret-sources/secret-store.ts';
import { openSessionHost } from '../../runner/sessions/session-host.ts';
import { emptyHostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { skill } from './skill-command.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'skillgate-agent-'));
  mkdirSync(join(home, 'config'), { mode: 0o700 });
  mkdirSync(join(home, 'ledgers'));
  const workspaces = { ledgers: join(home, 'ledgers'), gone: join(home, 'gone') };
  const models = { local: { url: 'http://127.0.0.1:8080', kind: 'openai' } };
  writeFileSync(join(home, 'config/host.json'), JSON.stringify({ workspaces, models }), {
    mode: 0o600,
  });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('skillgate agent', () => {
  it('makes an identity that can start nothing, in a file that others cannot read', async () => {
    const made = await skill({ home }, 'agent', 'create', 'reporter', '--days', '7');
    expect(made.exit).toBe(0);
    expect(made.out).toContain('until 2026-11-27');
    expect(made.out).toContain('may start: nothing');
    expect(statSync(join(home, 'config/agents/reporter.json')).mode & 0o077).toBe(0);
    expect((await skill({ home }, 'agent', 'show')).out).toContain('reporter');
  });

  it('never prints the private key', async () => {
    await skill({ home }, 'agent', 'create', 'reporter');
    for (const words of [
      ['agent', 'show'],
      ['agent', 'revoke', 'reporter'],
    ]) {
      expect((await skill({ home }, ...words, '--format', 'json')).out).not.toMatch(
        /PRIVATE|privateKey/,
      );
    }
  });

  it('grants the start alone without --all-of, and nothing when nothing is named', async () => {
    await skill({ home }, 'agent', 'create', 'reporter');
    expect((await skill({ home }, 'agent', 'grant', 'reporter')).exit).toBe(2);
    const granted = await skill(
      { home },
      'agent',
      'grant',
      'reporter',
      '@acme/a@^1',
      '@acme/b',
      '--format',
      'json',
    );
    expect(JSON.parse(granted.out)).toMatchObject({
      grants: [
        { skill: '@acme/a', range: '^1' },
        { skill: '@acme/b', range: '*' },
      ],
      ceiling: { env: [], secret: [], egress: [], mount: [], exec: [] },
    });
  });

  it('has an end, a budget of a day, a workspace and a model, and a memory that only its owner enters', async () => {
    const words = [
      '--days',
      '30',
      '--budget',
      'requests=5000,runs=200',
      '--workspace',
      'ledgers',
      '--model',
      'local',
    ];
    const made = await skill({ home }, 'agent', 'create', 'finance', ...words, '--format', 'json');
    expect(JSON.parse(made.out)).toMatchObject({
      budget: { requests: 5000, runs: 200 },
      workspace: { name: 'ledgers', mode: 'cow' },
      model: 'local',
    });
    expect(statSync(join(home, 'data/agents/finance/memory')).mode & 0o777).toBe(0o700);
    const more = await skill(
      { home },
      'agent',
      'grant',
      'finance',
      '--budget',
      'runs=10',
      '--workspace',
      'ledgers:ro',
    );
    expect(more.out).toContain('used: 0 of 5000 requests, 0 of 10 runs');
    expect(more.out).toContain('works in workspace ledgers, ro');
  });

  it('shares its workspace with no other', async () => {
    await skill({ home }, 'agent', 'create', 'finance', '--workspace', 'ledgers');
    const second = await skill({ home }, 'agent', 'create', 'sales', '--workspace', 'ledgers:ro');
    expect(second).toMatchObject({
      exit: 2,
      err: expect.stringContaining(
        'Cannot give workspace ledgers to agent sales: agent finance uses it',
      ),
    });
    expect((await skill({ home }, 'agent', 'show')).out).not.toContain('sales');
    await skill({ home }, 'agent', 'create', 'sales');
    expect((await skill({ home }, 'agent', 'grant', 'sales', '--workspace', 'ledgers')).exit).toBe(
      2,
    );
  });

  it('has a standing grant: skills by pattern, and no more than a file says', async () => {
    await skill({ home }, 'agent', 'create', 'finance');
    const file = join(home, 'ceiling.json');
    const egress = [
      { url: 'https://api.crm.example/v2/*' },
      { url: 'tcp://db.acme.example:5432/*' },
    ];
    writeFileSync(
      file,
      JSON.stringify({
        capabilities: { egress, mount: [{ source: 'workspace:reports', target: '/reports' }] },
      }),
    );
    const words = ['agent', 'grant', 'finance', '--skills', '@acme/*', '--ceiling', file];
    expect(JSON.parse((await skill({ home }, ...words, '--format', 'json')).out)).toMatchObject({
      grants: [{ skill: '@acme/*', range: '*' }],
      ceiling: {
        egress: [
          { url: 'tcp://db.acme.example:5432/*', methods: ['*'] },
          { url: 'https://api.crm.example/v2/*', methods: ['GET', 'HEAD'] },
        ],
        mount: [{ source: 'workspace:reports', target: '/reports', mode: 'cow' }],
        secret: [],
      },
    });
    writeFileSync(file, '{\n  "egress": [{ "url": "file:///etc/passwd" }]\n}');
    expect(await skill({ home }, ...words)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('egress[0].url'),
    });
  });

  it('may open connections to a host and port, which have no methods', async () => {
    await skill({ home }, 'agent', 'create', 'finance');
    const words = ['agent', 'grant', 'finance', '--egress', 'tcp://db.acme.example:5432'];
    expect((await skill({ home }, ...words, '--method', 'POST')).err).toContain('no methods');
    expect(await skill({ home }, ...words)).toMatchObject({ exit: 0 });
    expect((await skill({ home }, 'agent', 'show', 'finance')).out).toContain(
      'its own program may open connections to tcp://db.acme.example:5432',
    );
  });

  it('stays revoked until a person brings it back by name', async () => {
    await skill({ home }, 'agent', 'create', 'finance');
    expect((await skill({ home }, 'agent', 'revoke', 'finance')).out).toContain('revoked 2026-');
    const refused = await skill({ home }, 'agent', 'grant', 'finance', '@acme/a');
    expect(refused).toMatchObject({ exit: 6, err: expect.stringContaining('--reinstate') });
    expect((await skill({ home }, 'agent', 'show')).out).toContain('revoked 2026-');
    expect(() =>
      grantAgent(join(home, 'config/agents'), 'finance', {
        skills: [{ skill: '@acme/a', range: '*' }],
      }),
    ).toThrow(
      expect.objectContaining({
        code: 'plan-refused',
        message: expect.stringContaining('was revoked on 2026-'),
      }),
    );
    // A person was asked about another revocation than the one that stands.
    const earlier = {
      skills: [{ skill: '@acme/a', range: '*' }],
      reinstate: '2026-01-01T00:00:00.000Z',
    };
    expect(() => grantAgent(join(home, 'config/agents'), 'finance', earlier)).toThrow(
      'was revoked on 2026-',
    );
    const granted = await skill({ home }, 'agent', 'grant', 'finance', '@acme/a', '--reinstate');
    expect(granted.out).toContain('@acme/a');
    expect(granted.out).not.toContain('revoked');
  });

  it('is removed with its memory when a person says so, and frees its workspace', async () => {
    await skill({ home }, 'agent', 'create', 'finance', '--workspace', 'ledgers');
    writeFileSync(join(home, 'data/agents/finance/memory/notes.md'), 'notes');
    const asked = await skill({ home }, 'agent', 'remove', 'finance');
    expect(asked).toMatchObject({
      exit: 6,
      err: expect.stringContaining('skillgate agent remove finance --yes'),
    });
    expect(existsSync(join(home, 'data/agents/finance/memory/notes.md'))).toBe(true);
    const removed = await skill({ home }, 'agent', 'remove', 'finance', '--yes');
    expect(removed).toMatchObject({
      exit: 0,
      out: expect.stringContaining('removed agent finance'),
    });
    expect(removed.err).toContain('memory (1 entry)');
    for (const path of ['config/agents/finance.json', 'data/agents/finance'])
      expect(existsSync(join(home, path)), path).toBe(false);
    expect((await skill({ home }, 'agent', 'create', 'sales', '--workspace', 'ledgers')).exit).toBe(
      0,
    );
    expect((await skill({ home }, 'agent', 'create', 'finance')).out).toContain(
      'may start: nothing',
    );
  });

  it.each<[string, (home: string) => void, string]>([
    [
      'a run of it goes on',
      (home) => void tryLock(join(home, 'data/agents/finance/runs/0')),
      'skillgate agent revoke finance',
    ],
    [
      'it has a secret, which the next agent of its name would have',
      (home) =>
        void storeSecret(join(home, 'config/secrets.json'), {
          name: 'KEY',
          hosts: ['api.example'],
          agent: 'finance',
          value: Buffer.from('a-secret-value'),
          now: new Date(),
        }),
      'skillgate secret remove KEY --agent finance',
    ],
  ])('is not removed while %s', async (_, act, says) => {
    await skill({ home }, 'agent', 'create', 'finance');
    act(home);
    const refused = await skill({ home }, 'agent', 'remove', 'finance', '--yes');
    expect(refused).toMatchObject({ exit: 2, err: expect.stringContaining(says) });
    expect((await skill({ home }, 'agent', 'show')).out).toContain('finance');
  });

  it.each<[string, (file: string) => void]>([['is cut', (file) => writeFileSync(file, '{')]])(
    'is removed when its file %s, and its name is free',
    async (_, damage) => {
      await skill({ home }, 'agent', 'create', 'finance', '--workspace', 'ledgers');
      damage(join(home, 'config/agents/finance.json'));
      const removed = await skill({ home }, 'agent', 'remove', 'finance', '--yes');
      expect(removed).toMatchObject({
        exit: 0,
        out: expect.stringContaining('removed agent finance'),
      });
      expect(removed.err).toContain('The agent’s file is damaged: ');
      expect(
        (await skill({ home }, 'agent', 'create', 'finance', '--workspace', 'ledgers')).out,
      ).toContain('may start: nothing');
    },
  );

  it('stays removed when a grant was being written meanwhile', async () => {
    await skill({ home }, 'agent', 'create', 'finance');
    const file = join(home, 'config/agents/finance.json');
    // As a grant does: under the lock, what was read is written again.
    const grant = `const fs = require('node:fs');
      const file = process.argv[1];
      const start = fs.readFileSync('/proc/self/stat', 'utf8').replace(/.*\\) /s, '').split(' ')[19];
      fs.writeFileSync(file + '.lock', process.pid + ' ' + start + '\\n');
      const bytes = fs.readFileSync(file);
      console.log('reading');
      setTimeout(() => { fs.writeFileSync(file, bytes, { mode: 0o600 }); fs.rmSync(file + '.lock'); }, 1000);`;
    const child = spawn(process.execPath, ['-e', grant, file]);
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    expect((await skill({ home }, 'agent', 'remove', 'finance', '--yes')).exit).toBe(0);
    await ended;
    expect(existsSync(file)).toBe(false);
    expect((await skill({ home }, 'agent', 'show')).out).not.toContain('finance');
  });

  it('leaves no memory to the next agent of its name when its removal was cut off', async () => {
    const memory = join(home, 'data/agents/finance/memory');
    mkdirSync(memory, { recursive: true });
    writeFileSync(join(memory, 'notes.md'), 'of the agent before');
    const refused = await skill({ home }, 'agent', 'create', 'finance');
    expect(refused).toMatchObject({
      exit: 2,
      err: expect.stringContaining('skillgate agent remove finance'),
    });
    expect(existsSync(join(home, 'config/agents/finance.json'))).toBe(false);
    const finished = await skill({ home }, 'agent', 'remove', 'finance', '--yes');
    expect(finished).toMatchObject({ exit: 0, err: expect.stringContaining('its leftovers') });
    expect((await skill({ home }, 'agent', 'create', 'finance')).exit).toBe(0);
    expect(readdirSync(memory)).toEqual([]);
  });

  it('is removed without what a link in its place leads to', async () => {
    await skill({ home }, 'agent', 'create', 'finance');
    writeFileSync(join(home, 'ledgers/keep'), 'x');
    rmSync(join(home, 'data/agents/finance'), { recursive: true });
    symlinkSync(join(home, 'ledgers'), join(home, 'data/agents/finance'));
    expect((await skill({ home }, 'agent', 'remove', 'finance', '--yes')).exit).toBe(0);
    expect(existsSync(join(home, 'ledgers/keep'))).toBe(true);
    expect(readdirSync(join(home, 'data/agents'))).toEqual([]);
  });

  it('is listed, and works, beside files that are no identity or are damaged', async () => {
    await skill({ home }, 'agent', 'create', 'finance');
    const agents = join(home, 'config/agents');
    const file = readFileSync(join(agents, 'finance.json'));
    const others = ['finance (copy).json', 'finance.bak.json'].map((name) => join(agents, name));
    for (const path of others) writeFileSync(path, file, { mode: 0o600 });
    const listed = await skill({ home }, 'agent', 'show');
    expect(listed).toMatchObject({ exit: 0, out: expect.stringContaining('finance') });
    for (const path of others) expect(listed.err).toContain(`note: skipped the file ${path}: `);
    // A copy starts nothing, so it shares nothing.
    expect(
      (await skill({ home }, 'agent', 'grant', 'finance', '--workspace', 'ledgers')).exit,
    ).toBe(0);
    writeFileSync(join(agents, 'sales.json'), '{', { mode: 0o600 });
    const json = JSON.parse((await skill({ home }, 'agent', 'show', '--format', 'json')).out);
    expect(json).toMatchObject({
      agents: [{ name: 'finance' }],
      damaged: [{ name: 'sales' }],
      others,
    });
    expect((await skill({ home }, 'agent', 'show')).out).toMatch(/^sales +damaged/m);
    const hostPolicy = { ...emptyHostPolicy, workspaces: { ledgers: join(home, 'ledgers') } };
    const paths = {
      config: join(home, 'config'),
      data: join(home, 'data'),
      cache: join(home, 'cache'),
    };
    const secrets = { entries: [], reveal: async () => ({ value: '' }) };
    openSessionHost({
      agent: readAgent(agents, 'finance'),
      command: ['sh'],
      hostPolicy,
      paths,
      secrets,
    }).close();
    // Where a damaged identity works cannot be told.
    const refused = await skill({ home }, 'agent', 'grant', 'finance', '--workspace', 'ledgers');
    expect(refused.exit).not.toBe(0);
    for (const part of [join(agents, 'sales.json'), 'skillgate agent remove sales'])
      expect(refused.err).toContain(part);
    expect((await skill({ home }, 'agent', 'grant', 'finance', '@acme/a')).exit).toBe(0);
  });

  it.each([
    [['--workspace', 'ledgrs'], 'skillgate host workspace add ledgrs DIR'],
    [['--workspace', 'gone'], 'its folder'],
    [['--model', 'none'], 'it has local'],
  ])('gets no %j that this host does not have, at its creation or later', async (words, says) => {
    const refused = { exit: 2, err: expect.stringContaining(says) };
    expect(await skill({ home }, 'agent', 'create', 'finance', ...words)).toMatchObject(refused);
    expect((await skill({ home }, 'agent', 'create', 'finance')).exit).toBe(0);
    expect(await skill({ home }, 'agent', 'grant', 'finance', ...words)).toMatchObject(refused);
  });

  it('is said to keep its ceiling, and loses the parts that a skill.json names', async () => {
    await skill({ home }, 'agent', 'create', 'finance');
    const [wide, report] = [join(home, 'wide.json'), join(home, 'skill.json')];
    const env = [{ name: 'REPORT_STYLE', why: 'x' }];
    const exec = [{ program: 'git', why: 'x' }];
    writeFileSync(wide, JSON.stringify({ capabilities: { env, exec } }));
    writeFileSync(report, JSON.stringify({ capabilities: { env } }));
    await skill({ home }, 'agent', 'grant', 'finance', '@acme/a', '@acme/b', '--ceiling', wide);
    const kept = await skill({ home }, 'agent', 'revoke', 'finance', '@acme/a');
    expect(kept.err).toMatch(
      /stay as they were; .*skillgate agent revoke finance --ceiling FILE\n/,
    );
    expect(kept.out).toMatch(/with at most:\n {4}env REPORT_STYLE\n {4}exec git\n/);
    const narrow = ['agent', 'revoke', 'finance', '--ceiling', report];
    const narrowed = await skill({ home }, ...narrow);
    expect([narrowed.exit, narrowed.err]).toEqual([0, '']);
    expect(narrowed.out).toMatch(/may start: @acme\/b@\*\n {2}with at most:\n {4}exec git\n/);
    expect(await skill({ home }, ...narrow)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('its runs may have none of them'),
    });
  });

  it('keeps its whole ceiling where a wider capability covers a revoked one', async () => {
    await skill({ home }, 'agent', 'create', 'finance');
    const [wide, narrow] = [join(home, 'wide.json'), join(home, 'narrow.json')];
    const env = [{ name: 'REPORT_STYLE', why: 'x' }];
    const egressTo = (url: string) => [{ url, methods: ['GET'], why: 'x' }];
    const write = (file: string, url: string) =>
      writeFileSync(file, JSON.stringify({ capabilities: { env, egress: egressTo(url) } }));
    write(wide, 'https://api.crm.example/*');
    write(narrow, 'https://api.crm.example/v2/*');
    await skill({ home }, 'agent', 'grant', 'finance', '@acme/a', '--ceiling', wide);
    const refused = await skill({ home }, 'agent', 'revoke', 'finance', '--ceiling', narrow);
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain('covers egress GET https://api.crm.example/v2/*');
    expect(refused.err).not.toContain('covers env');
    expect((await skill({ home }, 'agent', 'show', 'finance')).out).toContain('env REPORT_STYLE');
    expect(await skill({ home }, 'agent', 'revoke', 'finance', '--ceiling', wide)).toMatchObject({
      exit: 0,
      out: expect.not.stringContaining('at most'),
    });
  });

  it('loses a grant as its list shows it, and is said to have a wider one', async () => {
    await skill({ home }, 'agent', 'create', 'finance');
    await skill({ home }, 'agent', 'grant', 'finance', '@acme/a@^1', '@acme/*', '@other/c@^2');
    const other = await skill({ home }, 'agent', 'revoke', 'finance', '@acme/a@^2');
    expect(other).toMatchObject({
      exit: 2,
      err: expect.stringContaining('the agent’s grant for this skill is @acme/a@^1'),
    });
    const revoked = await skill({ home }, 'agent', 'revoke', 'finance', '@acme/a@^1');
    expect(revoked).toMatchObject({
      exit: 0,
      out: expect.stringContaining('may start: @acme/*@*, @other/c@^2'),
    });
    expect(revoked.err).toContain(
      'note: agent finance may still start @acme/a: its grant @acme/*@* covers this skill',
    );
    const scope = await skill({ home }, 'agent', 'revoke', 'finance', '@acme/*@*');
    expect(scope).toMatchObject({
      exit: 0,
      err: '',
      out: expect.stringContaining('may start: @other/c@^2'),
    });
  });

  it.each([
    [['agent', 'create', '../x'], 2],
    [['agent', 'create', 'reporter', '--budget', 'money=1'], 2],
    [['agent', 'create', 'reporter', '--workspace', '../etc'], 2],
    [['agent', 'create', 'reporter', '--days', '0'], 2],
    [['agent', 'grant', 'nobody', '@acme/*'], 3],
    [['agent', 'remove', 'nobody', '--yes'], 3],
    [['mcp', '--agent', 'nobody'], 3],
    [['mcp'], 2],
  ])('skill %j ends with %d and leaves nothing', async (words, exit) => {
    const said = await skill({ home }, ...words);
    expect(said.exit).toBe(exit);
    expect(said.out).toBe('');
  });

  it('records a start that was refused before anything was fetched', async () => {
    const said = await skill({ home }, 'run', '@acme/report');
    expect(said).toMatchObject({ exit: 6, out: '' });
    expect(said.err).toContain('root-not-pinned');
    expect((await skill({ home }, 'agent', 'log', 'operator')).out).toMatch(
      /@acme\/report +refused +root-not-pinned/,
    );
  });
});
