/**
 * The numbered sections of docs/operating-registry.md and then docs/operating-agents.md, line by
 * line: Ada, Rita, Tom, an outsider with a witness, and a host of agents, each with a home of their
 * own, and a server that ends TLS for its public name.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import { guard } from '../built-program.ts';
import { compiledCode } from '../compiled-code.ts';
import { freePort } from '../free-port.ts';
import { passphrase } from './approver.ts';
import { readPage, sectionOf } from './page-lines.ts';
import { makeStage } from './processes.ts';
import { makePublicName, type PublicName } from './public-name.ts';
import { commandAtTerminal } from './terminal.ts';

const host = 'skills.acme.example';
const env: Record<string, string> = {};
const stage = makeStage(env);
const servers = new Set<ChildProcess>();
const inFolder = (path: string): string => join(stage.folder, path);
let publicName: PublicName;
let port: number;
let witnessPort: number;
let page: string;
let fingerprint: string;

beforeAll(async () => {
  port = await freePort();
  witnessPort = await freePort();
  publicName = await makePublicName(host, port);
  const authority = makeAuthority([host], new Date());
  const { cert, key } = authority.leafFor(host);
  stage.write({
    'ca.pem': authority.certificate,
    'fullchain.pem': cert,
    'privkey.pem': key,
    'other-machine/mounted': '',
    'bin/skillgate': `#!/bin/sh\nexec '${process.execPath}' '${guard}' "$@"\n`,
    'bin/curl': `#!/bin/sh\nexec /usr/bin/curl -fsS --cacert '${inFolder('ca.pem')}' "$@"\n`,
  });
  for (const path of ['bin/skillgate', 'bin/curl']) chmodSync(inFolder(path), 0o755);
  chmodSync(inFolder('privkey.pem'), 0o600);
  Object.assign(env, publicName.env, compiledCode, {
    PATH: `${inFolder('bin')}:${process.env.PATH}`,
    HOME: stage.folder,
    NO_COLOR: '1',
    NODE_EXTRA_CA_CERTS: inFolder('ca.pem'),
  });
});
afterAll(async () => {
  for (const server of servers) server.kill('SIGKILL');
  publicName?.close();
  await stage.close();
});

/** What stands for a person's own values in the lines of the page. */
const values = new Map<string, string>();

/** Types each line of a section, by the person whom `who` names. */
async function type(
  heading: string,
  who: (line: string) => string,
  after: (line: string, shown: string) => void | Promise<void> = () => {},
): Promise<void> {
  const blocks = sectionOf(page, heading).matchAll(/```sh\n(.*?)```/gs);
  const lines = [...blocks].flatMap(([, block = '']) => block.trim().split('\n'));
  expect(lines.length, heading).toBeGreaterThan(0);
  for (const commented of lines) {
    const line = commented.replace(/ +# .*$/, '');
    // The escape suite takes a minute, and sandbox-escape.test.ts is it.
    if (line === 'skillgate doctor --escape') continue;
    await after(line, await typeLine(who(line), line));
  }
}

async function typeLine(who: string, written: string): Promise<string> {
  const line = [...values].reduce((text, [from, to]) => text.replaceAll(from, to), written);
  const home = { ...env, SKILLGATE_HOME: inFolder(who) };
  if (/^skillgate (?:witness )?serve /.test(line)) return startServer(line, home);
  const isAsked = /^skillgate (?:manifest|review approve|registry rotate sign) /.test(line);
  const words = [
    'timeout',
    '60',
    'sh',
    '-c',
    `cd '${stage.folder}'; ${line}${isAsked ? ' --yes' : ''}`,
  ];
  const questions = line.includes(' secret set ')
    ? newSecret
    : line.endsWith('--passphrase')
      ? newKey
      : knownKey;
  for (;;) {
    const { exit, shown } = await commandAtTerminal(words, home, questions);
    expect(exit, `${who}: ${line}\n${shown}`).toBe(0);
    if (!line.includes(' status ') || !/^status +(received|scanning)/m.test(shown)) return shown;
  }
}

/** A rotation has two signatures. */
const knownKey = [
  ['Passphrase of key', passphrase],
  ['Passphrase of key', passphrase],
] as const;
const newSecret = [['Value of ', 'the value']] as const;
const newKey = [
  ['(new', passphrase],
  ['(again)', passphrase],
] as const;

/** Starts a server of the page. @returns what it says once it serves */
async function startServer(line: string, home: Record<string, string>): Promise<string> {
  const server = spawn('sh', ['-c', `exec ${line}`], { cwd: stage.folder, env: home });
  servers.add(server);
  let said = '';
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (data) => {
      said += data;
    });
  await expect.poll(() => said, { timeout: 60_000 }).toMatch(/answers at|policy/);
  return said;
}

it('tells lines that make a registry for a team, in their order', async () => {
  page = 'operating-registry.md';
  const text = readPage(page);
  const [, settings = ''] = /```toml\n(.*?)```/s.exec(text) ?? [];
  stage.write({ 'registry.toml': settings.replace('port = 443', `port = ${port}`) });
  values.set('0.0.0.0:4881', `127.0.0.1:${witnessPort}`);
  values.set('https://witness.example', `http://127.0.0.1:${witnessPort}`);
  values.set('/mnt/other-machine', inFolder('other-machine'));
  const ada = (): string => 'ada';
  const invitation = "'https://skills.acme.example/join#reviewer.rita.…'";

  let tom = '';

  await type('1\\. Keys and root: Ada', ada, (_, shown) => {
    fingerprint = /sha256:\w+/.exec(shown)?.[0] ?? '';
    values.set('sha256:…', fingerprint);
  });
  await type('2\\. TLS and start: the server', () => 'server');
  await type(
    '3\\. Ada invites, everybody joins',
    (line) => (line.includes(' join ') ? 'rita' : 'ada'),
    (line, shown) => {
      if (line.includes('invite rita')) values.set(invitation, `'${/https:\S+/.exec(shown)?.[0]}'`);
      if (line.includes('invite tom')) tom = /https:\S+/.exec(shown)?.[0] ?? '';
      if (line.includes(' join '))
        values.set('7kq2-m4xn-9dre', /this code, .*: (\S+)/.exec(shown)?.[1] ?? '');
      if (line.includes('member list')) expect(shown).toContain('rita');
    },
  );
  const { err } = await stage.skill('tom', 'join', tom);
  expect(err).toBe('');
  await type(
    '4\\. A scope and a skill: Tom',
    () => 'tom',
    (line) => {
      if (line.includes(' init ')) describeSkill();
    },
  );
  await type('5\\. Review: Rita', () => 'rita');
  expect(await stage.skill('ada', 'install', '@acme/weekly-report')).toMatchObject({ exit: 0 });
  await type('6\\. Backup', () => 'server');

  let entry = '';
  await type(
    '7\\. A witness',
    (line) => (line.includes('rotate') ? 'ada' : 'outsider'),
    async (line, shown) => {
      if (line.includes('witness serve')) {
        [entry = ''] = /\{.*"name".*\}/.exec(shown) ?? [];
        const [, form = ''] = /writes `(.*)` into `witnesses.json`/.exec(text) ?? [];
        stage.write({ 'witnesses.json': form.replace('ENTRY', entry) });
        await stopRegistry();
      }
      if (line.includes('rotate propose'))
        values.set('sha256:…', /digest (sha256:\w+)/.exec(shown)?.[1] ?? '');
    },
  );
  expect(await stage.skill('ada', 'verify', '@acme/weekly-report')).toMatchObject({ exit: 0 });
});

it('tells lines that give an agent its skill, in their order', async () => {
  page = 'operating-agents.md';
  const host = (): string => 'host';
  chmodSync(stage.folder, 0o755);
  values.set('/opt/skillgate', process.cwd());
  values.set('sha256:…', fingerprint);
  await type('1\\. The host', host);
  await type('2\\. An agent', host);
  await type('3\\. A workspace', host, (line) => {
    // The page is for a user who is not root, and CI is root.
    if (line.startsWith('mkdir ') && process.getuid?.() === 0)
      chownSync(inFolder('reports'), 65_534, 65_534);
  });
  await type('4\\. A secret', host);
  await type('5\\. An approver', host);
  const file = inFolder('host/config/host.json');
  const [, holds = '{}'] = /```json\n(\{\n {2}"holds".*?)```/s.exec(readPage(page)) ?? [];
  const policy = { ...JSON.parse(readFileSync(file, 'utf8')), ...JSON.parse(holds) };
  writeFileSync(file, JSON.stringify(policy));
  const shown: string[] = [];
  await type('6\\. A hold', host, (_, text) => {
    shown.push(text);
  });
  expect(shown.join('\n')).toMatch(/writes[\s\S]*hello, /);
  await type('8\\. Look what happened', host);
});

function describeSkill(): void {
  const path = inFolder('weekly-report/SKILL.md');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/^description: .*$/m, 'description: Greets a person by name.'));
  // The command that docs/operating-agents.md runs.
  const manifest = inFolder('weekly-report/skill.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"hello"', '"report"'));
}

async function stopRegistry(): Promise<void> {
  for (const server of servers) {
    if (server.spawnargs.join(' ').includes('witness')) continue;
    server.kill('SIGTERM');
    await once(server, 'exit');
    servers.delete(server);
  }
}
