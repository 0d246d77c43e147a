import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeReportSkill, release } from '../cli/installer-world.ts';
import { type InstalledHost, makeInstalledHost } from './installed-host.ts';

let host: InstalledHost;
beforeAll(async () => {
  host = await makeInstalledHost();
  await release(
    host.network,
    makeReportSkill('@acme/tools', {
      commands: {
        report: 'scripts/report.ts',
        count: 'scripts/count.py',
        end: 'scripts/end.sh',
        look: 'scripts/look.ts',
        idle: 'scripts/idle.ts',
        greet: 'scripts/greet.ts',
        ask: 'scripts/ask.ts',
      },
      capabilities: {
        egress: [{ url: 'https://api.crm.example/v2/*', methods: ['GET'], why: 'reads deals' }],
      },
      limits: { seconds: 2 },
      files: {
        'scripts/count.py':
          'import sys\nprint("counted", len(sys.argv[1:]), sys.stdin.read().strip())\n',
        'scripts/end.sh': '#!/bin/sh\necho ending >&2\nexit "$1"\n',
        'scripts/look.ts':
          'delete process.env.PROD_ADMIN_TOKEN;\nconsole.log(JSON.stringify(process.env), process.cwd());\n',
        'scripts/greet.ts': "import { hello } from './words.ts';\nconsole.log(hello);\n",
        'scripts/words.ts': "export const hello: string = 'hello';\n",
        'scripts/ask.ts':
          "await fetch('https://elsewhere.example/', { method: 'POST', body: 'x' }).catch(() => console.log('failed'));\n",
        'scripts/idle.ts': 'setInterval(() => undefined, 1000);\n',
      },
    }),
  );
  expect((await host.skill('install', '@acme/tools', '--agent', 'claude')).exit).toBe(0);
});
afterAll(() => host?.close());

const file = (path: string, agent = '.agents'): string =>
  join(host.project, agent, 'skills/tools/scripts', path);

describe('an installed skill', () => {
  it.each([
    ['sh', 'clean.sh', ['a b', '--plan'], 'clean a b --plan\n'],
    ['bash', 'clean.sh', [], 'clean\n'],
    ['python3', 'count.py', ['1', '2'], 'counted 2 input\n'],
    [process.execPath, 'report.ts', ['11'], 'the report of 11\n'],
  ])(
    'runs in the sandbox when a host agent calls %s scripts/%s',
    async (program, path, args, out) => {
      const ran = await host.call(program, [file(path), ...args], { stdin: 'input' });
      expect(ran).toMatchObject({ exit: 0, out });
    },
  );

  it.each([
    [[], 'counted 0\n'],
    [['--stdin'], 'counted 0 the rest of a script\n'],
  ])('run with %j reads its input only when it was said', async (options, out) => {
    const ran = await host.call('skillgate', ['run', ...options, '@acme/tools', 'count'], {
      stdin: 'the rest of a script',
    });
    expect({ ...ran, out: ran.out.replace(' \n', '\n') }).toMatchObject({ exit: 0, out });
  });

  it('says at its end what was denied, and why', async () => {
    const { err, exit, out } = await host.skill('run', '@acme/tools', 'ask');
    expect([exit, out], err).toEqual([0, 'failed\n']);
    expect(err).toContain(
      'note: denied: CONNECT elsewhere.example: no egress to this host was approved',
    );
  });

  it('says that piped input did not reach it, and passes it with --stdin', async () => {
    const piped = (options: string) =>
      host.call('sh', ['-c', `echo figures | skillgate run ${options} @acme/tools count`]);
    expect((await piped('')).err).toContain(
      'note: the skill got no input; to pass the piped input to the skill, add --stdin',
    );
    const passed = await piped('--stdin');
    expect(passed).toMatchObject({ exit: 0, out: 'counted 0 figures\n' });
    expect(passed.err).not.toContain('got no input');
  });

  it('leaves the input of the command to whatever comes after it', async () => {
    const script = 'skillgate run @acme/tools count; cat';
    expect((await host.call('sh', ['-c', script], { stdin: 'echo next' })).out).toMatch(
      /^counted 0 ?\necho next$/,
    );
  });

  it('runs when its file is called itself, through an agent’s own folder, from any working directory', async () => {
    const ran = await host.call(file('clean.sh', '.claude'), ['x'], { cwd: tmpdir() });
    expect(ran).toMatchObject({ exit: 0, out: 'clean x\n' });
  });

  it('has every file as it was approved inside the sandbox, and refuses on the host what no command names', async () => {
    expect(await host.call(process.execPath, [file('greet.ts')])).toMatchObject({
      exit: 0,
      out: 'hello\n',
    });
    const direct = await host.call(process.execPath, [file('words.ts')]);
    expect(direct).toMatchObject({ exit: 6, out: '' });
    expect(direct.err).toContain(
      'Commands: skillgate run @acme/tools ask|count|end|greet|idle|look|report',
    );
  });

  it('sees nothing of the caller’s environment', async () => {
    const { out } = await host.call('env', [
      'SECRET_OF_THE_CALLER=hunter2',
      'skillgate',
      'run',
      '@acme/tools',
      'look',
    ]);
    expect(out).toContain('"HOME"');
    expect(out).not.toMatch(/hunter2|SKILLGATE|skillgate-host/);
  });

  it.each([0, 1, 9, 42])('passes the exit code %d of the command on', async (code) => {
    expect(await host.skill('run', '@acme/tools', 'end', String(code))).toMatchObject({
      exit: code,
      out: '',
      err: 'ending\n',
    });
  });

  it('ends with 7 when a limit stops it', async () => {
    const ran = await host.skill('run', '@acme/tools', 'idle');
    expect(ran.exit).toBe(7);
    expect(ran.err).toContain('error[run-limit]');
  });

  it('says that it went without a capability, since a script’s own words rarely do', async () => {
    const env = [{ name: 'TZ', why: 'dates' }];
    await release(host.network, makeReportSkill('@acme/zoned', { capabilities: { env } }));
    const ran = await host.skill('run', '@acme/zoned', 'report', '11');
    expect(ran).toMatchObject({ exit: 0, out: 'the report of 11\n' });
    expect(ran.err).toContain(
      'went without 1 capability of the skill; skillgate run --plan @acme/zoned report lists them',
    );
    const why = 'neither the agent nor host policy has a value for it';
    expect(ran.err).toContain(`not available in this run: env TZ: ${why}`);
    const json = await host.skill('run', '--format', 'json', '@acme/zoned', 'report', '11');
    expect(JSON.parse(json.out)).toMatchObject({
      wentWithout: [{ kind: 'left-out', what: 'env TZ', why }],
      notListed: 0,
    });
  });

  it('says which line grants, when an agent has no grant', async () => {
    await host.skill('agent', 'create', 'newcomer');
    const refused = await host.skill('run', '--agent', 'newcomer', '@acme/tools', 'end', '0');
    expect(refused.err).toContain('skillgate agent grant newcomer --all-of @acme/tools');
  });

  it('counts by the lock beside its shim, also when it is called by a relative path', async () => {
    const cwd = join(host.project, '.agents');
    expect(await host.call('sh', ['skills/tools/scripts/clean.sh', 'x'], { cwd })).toMatchObject({
      exit: 0,
      out: 'clean x\n',
    });
    const ran = await host.call('sh', ['project/.agents/skills/tools/scripts/clean.sh', 'y'], {
      cwd: join(host.project, '..'),
    });
    expect(ran).toMatchObject({ exit: 0, out: 'clean y\n' });
  });

  it('shows each line of its plan with a reason, and runs nothing', async () => {
    const plan = await host.skill('run', '--plan', '@acme/tools', 'end', '9');
    expect(plan).toMatchObject({ exit: 0, err: '' });
    expect(plan.out).toMatch(/plan sha256:[0-9a-f]{64}/);
    const json = JSON.parse(
      (await host.skill('run', '--plan', '--format', 'json', '@acme/tools', 'end')).out,
    );
    expect(json).toMatchObject({
      schema: 'skillgate.plan/1',
      command: { name: 'end' },
      egress: [{ host: 'api.crm.example' }],
      mounts: [],
      refused: [],
    });
  });

  it('gives its output as JSON when asked to', async () => {
    const ran = await host.skill('run', '--format', 'json', '@acme/tools', 'end', '3');
    expect(ran.exit).toBe(3);
    expect(JSON.parse(ran.out)).toMatchObject({
      schema: 'skillgate.run/1',
      code: 3,
      stdout: '',
      stderr: 'ending\n',
    });
  });
});

describe('an installation that is interrupted', () => {
  it('leaves nothing, and the next one is whole', async () => {
    await release(
      host.network,
      makeReportSkill('@acme/slow', { files: { 'slow.md': 'It takes long.' } }),
    );
    const waiting = Promise.withResolvers<void>();
    host.network.lie = async (path, honest) => {
      const response = await honest();
      if (
        !path.startsWith('/packs/') ||
        !(await response.clone().text()).includes('It takes long.')
      )
        return response;
      waiting.resolve();
      await new Promise((resolve) => setTimeout(resolve, 3_000).unref());
      return response;
    };
    const before = readdirSync(host.project).sort();
    const child = spawn(process.execPath, [host.guard, 'install', '@acme/slow', '--as', 'slow'], {
      cwd: host.project,
      env: host.env,
      stdio: 'ignore',
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    await Promise.race([waiting.promise, ended]);
    child.kill('SIGTERM');
    expect(await ended).toBe(130);
    host.network.lie = undefined;
    expect(readdirSync(host.project).sort()).toEqual(before);
    expect(existsSync(join(host.project, '.agents/skills/slow'))).toBe(false);
    expect((await host.skill('install', '@acme/slow', '--as', 'slow')).exit).toBe(0);
    expect((await host.skill('verify', '@acme/slow')).exit).toBe(0);
  });
});

describe('skillgate verify', () => {
  it('prints the chain as a tree', async () => {
    const { out, exit, err } = await host.skill('verify', '@acme/tools');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    for (const word of [
      'published by sha256:',
      'scanned by',
      'rita, by key',
      'independent approvals: 0/0',
      'witnessed: 0/0',
      'valid until',
    ])
      expect(out).toContain(word);
    expect(out).toMatch(
      /├─ ✓ root of trust .*\n[\s\S]*└─ ✓ installed\n {3}├─ \.agents\/skills\/tools: what Skillgate put there, unchanged/,
    );
  });

  it('needs no registry with --offline, and a start needs none while the status is fresh', async () => {
    await host.stopRegistry();
    expect((await host.skill('verify', '--offline', '@acme/tools')).exit).toBe(0);
    const ran = await host.skill('run', '@acme/tools', 'end', '4');
    expect(ran.exit).toBe(4);
    expect(ran.err).toContain('does not answer');
    expect((await host.skill('install', '@acme/unseen')).exit).toBe(4);
  });
});
