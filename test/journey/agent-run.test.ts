import { execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { makeReportSkill, release, sayOf } from '../cli/installer-world.ts';
import type { Skill } from '../registry/road.ts';
import { type InstalledHost, makeInstalledHost } from './installed-host.ts';

let host: InstalledHost;
let report: Skill;
let folder = '';
let program = '';
/** What came to the model's endpoint. */
const asked: { readonly url: string; readonly body: string; readonly key: string }[] = [];
const model = createServer(async (request, response) => {
  asked.push({
    url: request.url ?? '',
    body: await text(request),
    key: String(request.headers.authorization),
  });
  response.end('{"choices":[{"message":{"role":"assistant","content":"done"}}]}');
});

type Steps = Record<string, Record<string, string>>;
type Results = Readonly<Record<string, unknown>>;

/** Runs the stub agent in a session of an identity. */
async function inSession(agent: string, steps: Steps): Promise<Results> {
  const { exit, out, err } = await host.skill(
    'agent',
    'run',
    agent,
    '--',
    'stub',
    JSON.stringify(steps),
  );
  if (exit !== 0) throw new Error(`${exit}: ${err}`);
  return JSON.parse(out);
}

/** The same program on the host, to see that what a session stops would work without. */
async function bare(steps: Steps): Promise<Results> {
  const script = join(program, 'agent.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(steps)], {
    env: { ...host.env },
  });
  return JSON.parse(stdout);
}

const call = (...words: string[]) => ({ does: 'call', text: JSON.stringify(words) });

beforeAll(async () => {
  host = await makeInstalledHost();
  folder = mkdtempSync(join(tmpdir(), 'skillgate-sessions-'));
  program = join(folder, 'stub');
  mkdirSync(program);
  cpSync(fileURLToPath(new URL('./stub-agent.ts', import.meta.url)), join(program, 'agent.ts'));
  chmodSync(folder, 0o755);
  for (const name of ['ledgers', 'leads']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'numbers.txt'), `${name} of this year\n`);
    if (process.getuid?.() === 0)
      for (const one of ['', 'numbers.txt']) chownSync(join(folder, name, one), 65_534, 65_534);
  }
  await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve));
  const policy = {
    workspaces: { ledgers: join(folder, 'ledgers'), leads: join(folder, 'leads') },
    models: {
      local: { url: `http://127.0.0.1:${(model.address() as AddressInfo).port}`, kind: 'openai' },
    },
    agentPrograms: { stub: { folder: program, command: ['node', join(program, 'agent.ts')] } },
  };
  writeFileSync(join(host.home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
  report = await release(
    host.network,
    makeReportSkill('@acme/weekly-report', { commands: { report: 'scripts/report.ts' } }),
  );
  await host.skill('agent', 'create', 'finance', '--workspace', 'ledgers:rw');
  await host.skill('agent', 'create', 'sales', '--workspace', 'leads:rw');
  for (const name of ['finance', 'sales'])
    await host.skill('agent', 'grant', name, '@acme/weekly-report');
});
afterAll(async () => {
  model.close();
  await host?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('an agent’s own program in a session', () => {
  it('writes package.json in its view, which waits on this host until a person names it', async () => {
    const did = await inSession('finance', {
      program: {
        does: 'write',
        path: '/workspace/h.js',
        text: 'console.log(1 + 1, require("./package.json").type)',
      },
      init: { does: 'write', path: '/workspace/package.json', text: '{"type": "commonjs"}' },
      ran: call('node', '/workspace/h.js'),
      there: call('sh', '-c', 'ls -A /workspace /memory'),
    });
    expect(did.ran).toEqual({ status: 0, stdout: '2 commonjs\n', stderr: '' });
    expect(did.there).toMatchObject({
      stdout: '/memory:\n\n/workspace:\nh.js\nnumbers.txt\npackage.json\n',
    });
    expect(readdirSync(join(folder, 'ledgers')).sort()).toEqual(['h.js', 'numbers.txt']);
    rmSync(join(folder, 'ledgers/h.js'));
  });

  it('finds its skills where agents look, opens one over MCP, and runs it beside itself', async () => {
    const tree = '/home/skill/.agents/skills/weekly-report';
    const mcp = JSON.stringify([
      { method: 'tools/list', params: {} },
      {
        method: 'tools/call',
        params: { name: 'skill_open', arguments: { name: '@acme/weekly-report' } },
      },
      {
        method: 'tools/call',
        params: {
          name: 'skill_run',
          arguments: {
            name: '@acme/weekly-report',
            command: 'report',
            args: ['3'],
            why: 'Ann asked',
          },
        },
      },
    ]);
    const did = await inSession('finance', {
      folders: { does: 'list', path: '/home/skill/.claude/skills' },
      description: { does: 'read', path: `${tree}/SKILL.md` },
      script: { does: 'read', path: `${tree}/scripts/report.ts` },
      mcp: { does: 'mcp', text: mcp },
      ran: call('node', `${tree}/scripts/report.ts`, '7'),
      named: call(
        'skillgate',
        'run',
        '--why',
        'it is Friday',
        '@acme/weekly-report',
        'report',
        '8',
      ),
      unknown: call('skillgate', 'run', '@acme/other'),
      wrong: call('skillgate', 'run', '@acme/weekly-report', 'nothing'),
    });
    expect(did.folders).toEqual(['weekly-report']);
    expect(did.description).toContain('Run report.');
    expect(did.script).toContain('skillgate');
    expect(did.mcp).toMatchObject([
      { tools: expect.arrayContaining([expect.objectContaining({ name: 'skill_run' })]) },
      { content: [{}, { text: expect.stringContaining('Run report.') }] },
      { structuredContent: { exitCode: 0, stdout: 'the report of 3\n' } },
    ]);
    expect(did.ran).toEqual({ status: 0, stdout: 'the report of 7\n', stderr: '' });
    expect(did.named).toMatchObject({ status: 0, stdout: 'the report of 8\n' });
    expect(did.unknown).toMatchObject({
      status: 6,
      stderr: expect.stringContaining('agent finance has no grant for @acme/other'),
    });
    expect(did.wrong).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('has no command'),
    });
  });

  it('reaches its model and nothing else', async () => {
    const { port } = model.address() as AddressInfo;
    asked.length = 0;
    const steps: Steps = {
      model: { does: 'model', text: 'write the report' },
      endpoint: { does: 'dial', host: '127.0.0.1', port: String(port) },
      byAddress: { does: 'fetch', url: `http://127.0.0.1:${port}/` },
      elsewhere: { does: 'fetch', url: 'http://api.crm.example/' },
      runner: { does: 'fetch', url: 'http://runner.skillgate.internal/' },
      tags: { does: 'fetch', url: 'http://model.skillgate.internal/api/tags' },
      files: { does: 'fetch', url: 'http://model.skillgate.internal/v1/files' },
    };
    const did = await inSession('finance', steps);
    expect(did.model).toEqual({ status: 200, text: expect.stringContaining('done') });
    expect(asked).toEqual([
      {
        url: '/v1/chat/completions',
        body: expect.stringContaining('write the report'),
        key: 'Bearer placeholder',
      },
    ]);
    expect(did.endpoint).toBe('ECONNREFUSED');
    for (const one of ['byAddress', 'elsewhere', 'runner', 'tags', 'files'])
      expect(JSON.stringify(did[one])).not.toContain('"status":200');
    expect(asked).toHaveLength(1);
    expect((await bare({ endpoint: steps.endpoint ?? {} })).endpoint).toBe('connected');
  });

  it('reaches a model elsewhere by its name, with a key that it never sees', async () => {
    const authority = makeAuthority(['*'], new Date());
    const keys: string[] = [];
    const cloud = createSecureServer(
      authority.leafFor('api.model.example'),
      (request, response) => {
        keys.push(`${request.url} ${request.headers.authorization}`);
        response.end('{"echo":"real-key-of-the-model"}');
      },
    );
    await new Promise<void>((resolve) => cloud.listen(0, '127.0.0.1', resolve));
    const pem = join(folder, 'authority.pem');
    writeFileSync(pem, authority.certificate);
    const path = join(host.home, 'config/host.json');
    const policy = readFileSync(path, 'utf8');
    const models = {
      cloud: { url: 'https://api.model.example', kind: 'openai', secret: 'MODEL_KEY' },
    };
    const hosts = { 'api.model.example': `127.0.0.1:${(cloud.address() as AddressInfo).port}` };
    try {
      writeFileSync(
        path,
        JSON.stringify({ ...JSON.parse(policy), authorities: [pem], hosts, models }),
        { mode: 0o600 },
      );
      const words = [
        'secret',
        'set',
        'MODEL_KEY',
        '--host',
        'api.model.example',
        '--agent',
        'finance',
      ];
      const refused = await host.skill('agent', 'run', 'finance', '--', 'stub', '{}');
      expect(refused).toMatchObject({
        exit: 6,
        err: expect.stringContaining('secret set MODEL_KEY'),
      });
      await host.call('skillgate', words, { stdin: 'real-key-of-the-model\n' });
      const did = await inSession('finance', {
        model: { does: 'model', text: 'hello' },
        env: { does: 'env' },
      });
      expect(keys).toEqual(['/v1/chat/completions Bearer real-key-of-the-model']);
      expect(did.model).toMatchObject({ status: 200 });
      expect(JSON.stringify(did)).not.toContain('real-key');
    } finally {
      cloud.close();
      writeFileSync(path, policy);
    }
  });

  it('has no way to decide about itself', async () => {
    const words = [
      ['hold', 'allow', 'x'],
      ['agent', 'grant', 'finance', '--all-of', '@acme/weekly-report'],
      ['host', 'workspace', 'add', 'all', '/'],
      ['registry', 'trust', 'x'],
      ['secret', 'list'],
      ['log', '--verify'],
    ];
    const config = join(host.home, 'config');
    const steps: Steps = {
      policy: { does: 'read', path: join(config, 'host.json') },
      key: { does: 'read', path: join(config, 'agents/finance.json') },
      overwrite: { does: 'write', path: join(config, 'host.json'), text: '{}' },
      audit: { does: 'read', path: join(host.home, 'data/audit/audit.jsonl') },
      tree: {
        does: 'write',
        path: '/home/skill/.agents/skills/weekly-report/SKILL.md',
        text: 'obey me',
      },
      shim: { does: 'remove', path: '/home/skill/.claude/skills/weekly-report/scripts/report.ts' },
      bridge: { does: 'write', path: '/opt/skillgate/bin/skillgate', text: '#!/bin/sh\n' },
      program: { does: 'write', path: join(program, 'agent.ts'), text: '' },
      system: { does: 'write', path: '/usr/bin/new', text: '' },
      token: { does: 'write', path: '/run/skillgate/token', text: 'sgrun_mine' },
      ...Object.fromEntries(words.map((one) => [one.join(' '), call('skillgate', ...one)])),
    };
    const did = await inSession('finance', steps);
    for (const one of ['policy', 'key', 'audit']) expect(did[one]).toBe('failed: ENOENT');
    for (const one of ['overwrite', 'tree', 'shim', 'bridge', 'program', 'system', 'token'])
      expect(did[one]).toMatch(/^failed: (EROFS|ENOENT|EACCES|EPERM)$/);
    for (const one of words)
      expect(did[one.join(' ')]).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(`the sandbox has no command \`${one[0]} ${one[1]}\``),
      });
    const twin = await bare({ policy: steps.policy ?? {}, key: steps.key ?? {} });
    expect(twin.policy).toContain('agentPrograms');
    expect(twin.key).toContain('PRIVATE');
  });

  it('is gone afterwards but for its workspace and its memory', async () => {
    const first = await inSession('finance', {
      home: { does: 'write', path: '/home/skill/notes', text: 'x' },
      temporary: { does: 'write', path: '/tmp/notes', text: 'x' },
      memory: { does: 'write', path: '/memory/notes', text: 'pay on Friday' },
      work: { does: 'write', path: '/workspace/report.md', text: 'the report' },
      trap: { does: 'write', path: '/workspace/AGENTS.md', text: 'obey me' },
    });
    expect(first.trap).not.toMatch(/^failed: /);
    const second = await inSession('finance', {
      home: { does: 'read', path: '/home/skill/notes' },
      temporary: { does: 'read', path: '/tmp/notes' },
      memory: { does: 'read', path: '/memory/notes' },
      work: { does: 'read', path: '/workspace/report.md' },
    });
    expect(second).toEqual({
      home: 'failed: ENOENT',
      temporary: 'failed: ENOENT',
      memory: 'pay on Friday',
      work: 'the report',
    });
    expect(readdirSync(join(folder, 'ledgers')).sort()).toEqual(['numbers.txt', 'report.md']);
  });

  it('may run twice at once: both keep what they learned', async () => {
    const note = (name: string): Steps => ({
      memory: { does: 'write', path: `/memory/${name}`, text: name },
    });
    await Promise.all([inSession('finance', note('first')), inSession('finance', note('second'))]);
    const { memory } = await inSession('finance', { memory: { does: 'list', path: '/memory' } });
    expect(memory).toEqual(expect.arrayContaining(['first', 'second']));
  });

  it('shares no file, credential, history or memory with another agent', async () => {
    await host.call(
      'skillgate',
      ['secret', 'set', 'CRM_TOKEN', '--host', 'api.crm.example', '--agent', 'sales'],
      {
        stdin: 'token-of-sales\n',
      },
    );
    await inSession('sales', {
      memory: { does: 'write', path: '/memory/notes', text: 'call Ann' },
    });
    const data = join(host.home, 'data/agents');
    const paths: Record<string, string> = {
      workspace: join(folder, 'leads/numbers.txt'),
      memory: join(data, 'sales/memory/notes'),
      identity: join(host.home, 'config/agents/sales.json'),
      credential: join(host.home, 'config/secrets.json'),
      history: join(host.home, 'data/audit/audit.jsonl'),
    };
    const steps = Object.fromEntries(
      Object.entries(paths).map(([name, path]) => [name, { does: 'read', path }]),
    );
    const more: Steps = {
      own: { does: 'read', path: '/workspace/numbers.txt' },
      notes: { does: 'read', path: '/memory/notes' },
      up: { does: 'list', path: '/memory/../..' },
      env: { does: 'env' },
    };
    const did = await inSession('finance', { ...steps, ...more });
    for (const name of Object.keys(paths))
      expect([name, did[name]]).toEqual([name, 'failed: ENOENT']);
    expect(did.own).toBe('ledgers of this year\n');
    expect(did.notes).toBe('pay on Friday');
    expect(JSON.stringify([did.env, did.up])).not.toMatch(/sales|CRM_TOKEN|leads/);
    const twin = await bare(steps);
    for (const name of Object.keys(paths))
      expect([name, twin[name]]).not.toEqual([name, expect.stringMatching(/^failed/)]);
  });

  it('shows a token that is worthless to another agent’s runner and after its end', async () => {
    const { token } = await inSession('finance', {
      token: { does: 'read', path: '/run/skillgate/token' },
    });
    expect(token).toMatch(/^sgrun_[\w-]{43}$/);
    const line = JSON.stringify({ token, call: 'mcp' });
    const script = `
      const socket = require('node:net').connect(3128, '127.0.0.1', () => socket.write('CONNECT runner.skillgate.internal:80 HTTP/1.1\\r\\nHost: runner.skillgate.internal:80\\r\\n\\r\\n'));
      socket.once('data', () => socket.write(${JSON.stringify(`${line}\n`)}));
      let text = ''; socket.on('data', (chunk) => text += chunk).on('close', () => console.log(text));`;
    const { out } = await host.skill('agent', 'run', 'sales', '--', 'node', '-e', script);
    expect(out).toContain('refused [token-ended]');
  });

  it('has one trail in the audit log, under the session', async () => {
    const before = entries().length;
    await inSession('finance', {
      ran: call('skillgate', 'run', '@acme/weekly-report', 'report', '1'),
    });
    const lines = entries()
      .slice(before)
      .filter((one) => one.event !== 'checkpoint');
    const session = lines.find((one) => one.why === 'session')?.session;
    expect(session).toMatch(/^[0-9a-f-]{36}$/);
    expect(lines.filter((one) => one.session !== session)).toEqual([]);
    expect(lines.map((one) => one.event)).toEqual(
      expect.arrayContaining(['start', 'call', 'exit']),
    );
    expect(
      lines.find((one) => one.skill === '@acme/weekly-report' && one.event === 'start'),
    ).toMatchObject({ agent: 'finance' });
    expect(
      JSON.parse((await host.skill('agent', 'log', 'finance', '--format', 'json')).out).chain.kind,
    ).toBe('whole');
  });
});

describe('what the program of a session starts', () => {
  it('is recorded by its name and a digest of its arguments, as a sample', async () => {
    const before = entries().length;
    await inSession('finance', { slow: call('sleep', '1.5') });
    const lines = entries().slice(before);
    const session = lines.find((one) => one.why === 'session')?.session;
    const found = {
      event: 'child',
      name: 'sleep',
      sampled: true,
      arguments: digestOf('sleep\u00001.5\0'),
      session,
    };
    expect(lines).toContainEqual(expect.objectContaining(found));
    expect(lines.filter((one) => one.event === 'child' && one.name === 'bwrap')).toEqual([]);
  });
});

describe('a session’s end', () => {
  it('comes when the identity is revoked, and nothing of it lives on', async () => {
    await host.skill('agent', 'create', 'temp');
    const running = start('temp', { long: { does: 'wait', text: '600000' } });
    await running.begun;
    await host.skill('agent', 'revoke', 'temp');
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 7, err: expect.stringContaining('revoked') });
    expect(await host.skill('agent', 'run', 'temp', '--', 'stub', '{}')).toMatchObject({
      exit: 6,
      err: expect.stringContaining('was revoked'),
    });
  });

  it('comes with its runner, even one that is killed: nothing lives on, and what it took of its budget stays counted', async () => {
    await host.skill('agent', 'create', 'fragile', '--budget', 'runs=2');
    const marker = `marker-${process.pid}-${Math.random()}`;
    const running = start('fragile', {
      long: { does: 'wait', text: '600000' },
      [marker]: { does: 'env' },
    });
    await running.begun;
    expect(processesWith(marker).length).toBeGreaterThan(1);
    running.child.kill('SIGKILL');
    await running.ended;
    await expect.poll(() => processesWith(marker), { timeout: 60_000 }).toEqual([]);
    expect((await host.skill('agent', 'show')).out).toContain('1 of 2 runs');
    await inSession('fragile', {});
    expect(await host.skill('agent', 'run', 'fragile', '--', 'stub', '{}')).toMatchObject({
      exit: 7,
    });
  });

  it('comes with its budget: requests are refused one by one, runs at their start', async () => {
    await host.skill('agent', 'create', 'small', '--budget', 'requests=2,runs=3');
    await host.skill('agent', 'grant', 'small', '@acme/weekly-report');
    const ask = { does: 'model', text: 'hello' };
    const run = call('skillgate', 'run', '@acme/weekly-report', 'report', '1');
    const did = await inSession('small', {
      first: ask,
      second: ask,
      third: ask,
      run,
      again: run,
      more: run,
    });
    expect(did).toMatchObject({ first: { status: 200 }, second: { status: 200 } });
    expect(did.third).toEqual({ status: 429, text: expect.stringContaining('over-budget') });
    expect(did).toMatchObject({ run: { status: 0 }, again: { status: 0 }, more: { status: 7 } });
    expect(did.more).toMatchObject({
      stderr: expect.stringContaining('has used its 3 runs of today (UTC)'),
    });
    const refused = await host.skill('agent', 'run', 'small', '--', 'stub', '{}');
    expect(refused).toMatchObject({ exit: 7, err: expect.stringContaining('budget-used') });
    expect((await host.skill('agent', 'show')).out).toContain('2 of 2 requests, 3 of 3 runs');
  });

  it('takes a version away that is revoked while it goes on', async () => {
    await sayOf(host.network, report, 'revoked');
    const did = await inSession('finance', {
      folders: { does: 'list', path: '/home/skill/.agents/skills' },
      run: call('skillgate', 'run', '@acme/weekly-report', 'report', '1'),
    });
    expect(did.folders).toEqual([]);
    expect(did.run).toMatchObject({ status: 6, stderr: expect.stringContaining('not-admitted') });
  });
});

describe('what a session is refused', () => {
  it('a memory that others may enter, with a line in the audit log; a plan that is only shown leaves none', async () => {
    await inSession('finance', {});
    const memory = join(host.home, 'data/agents/finance/memory');
    const before = entries().length;
    const refusals = () =>
      entries()
        .slice(before)
        .filter(({ event }) => event === 'refused');
    chmodSync(memory, 0o755);
    try {
      const shown = await host.skill('agent', 'run', '--plan', 'finance', '--', 'stub', '{}');
      expect(shown.err).toContain(`other users may enter it`);
      expect(refusals()).toEqual([]);
      expect((await host.skill('agent', 'run', 'finance', '--', 'stub', '{}')).err).toContain(
        'other users may enter it',
      );
      expect(refusals()).toMatchObject([
        { agent: 'finance', code: 'key-file-invalid', session: expect.any(String) },
      ]);
    } finally {
      chmodSync(memory, 0o700);
    }
  });

  it('a workspace in another agent’s', async () => {
    const path = join(host.home, 'config/host.json');
    const policy = readFileSync(path, 'utf8');
    const inner = join(folder, 'ledgers');
    writeFileSync(
      path,
      policy.replace(JSON.stringify(join(folder, 'leads')), JSON.stringify(inner)),
    );
    try {
      const refused = await host.skill('agent', 'run', 'sales', '--', 'stub', '{}');
      expect(refused).toMatchObject({
        exit: 6,
        err: expect.stringContaining(`agent finance also works in ${inner}`),
      });
    } finally {
      writeFileSync(path, policy);
    }
  });
});

function entries(): Record<string, string>[] {
  return readFileSync(join(host.home, 'data/audit/audit.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function processesWith(word: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
    } catch {
      return false;
    }
  });
}

/** A session that says when it has begun. */
function start(agent: string, steps: Steps) {
  const words = [
    'agent',
    'run',
    agent,
    '--',
    'stub',
    JSON.stringify({ begun: { does: 'env' }, ...steps }),
    '--tell',
  ];
  const child = spawn('skillgate', words, {
    cwd: host.project,
    env: { ...host.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const begun = new Promise<void>((resolve) =>
    child.stdout.once('data', () => resolve()).once('end', () => resolve()),
  );
  const err = text(child.stderr);
  const ended = new Promise<{ code: number | null; err: string }>((resolve) => {
    child.on('close', async (code) => resolve({ code, err: await err }));
  });
  return { begun, child, ended };
}
