/**
 * The page docs/coding-agent.md, typed line by line in an empty home: a project with a bug, a
 * mirror of npm's registry, and a stub of the model behind the names of the page.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import { guard } from '../built-program.ts';
import { type StubCall, type StubModel, startStubModel } from '../clients/stub-model.ts';
import { compiledCode } from '../compiled-code.ts';
import { gitAuthor } from '../git-author.ts';
import { passphrase } from './approver.ts';
import { npmRegistry } from './npm-registry.ts';
import { commandAtTerminal } from './terminal.ts';

export const modelKey = 'sk-the-real-key-of-the-model';
const page = readFileSync(new URL('../../docs/coding-agent.md', import.meta.url), 'utf8');

const project = {
  'package.json': JSON.stringify({
    name: 'app',
    private: true,
    workspaces: ['packages/*'],
    scripts: { test: 'node --test packages/*/*.test.js' },
  }),
  '.gitignore': 'node_modules\n',
  'packages/sum/package.json': JSON.stringify({ name: '@app/sum', version: '1.0.0' }),
  'packages/sum/index.js': 'exports.sum = (a, b) => a - b;\n',
  'packages/sum/sum.test.js':
    "require('node:test')('adds', () => require('node:assert').equal(require('./index.js').sum(2, 3), 5));\n",
};

export interface CodingStage {
  /** HOME of the person. */
  readonly folder: string;
  readonly model: StubModel;
  /** Types a line of the page; `0f3c` and `sha256:…` stand for the changes that wait. */
  type(line: string): Promise<string>;
  /** A shell script in the project, as its owner. */
  onHost(script: string): string;
  close(): void;
}

/** The lines to type of a section of the page, without their comments. */
export function linesOf(title: string): readonly string[] {
  const blocks = [...sectionOf(title).matchAll(/```sh\n(.*?)```/gs)].map(
    ([, block]) => block ?? '',
  );
  const lines = blocks.join('').replaceAll('\\\n', '').split('\n');
  return lines.map((line) => line.replace(/ +# .*$/, '')).filter((line) => line !== '');
}

/** The JSON that a chapter of the page has a person write into a file; empty without such a file. */
export function fileOf(title: string): string {
  return /```json\n(.*?)```/s.exec(sectionOf(title))?.[1] ?? '';
}

function sectionOf(title: string): string {
  const [, section = ''] = page.split(new RegExp(`\\n##+ ${title}\\n`));
  return section.split(/\n##+ /)[0] ?? '';
}

/** @param calls the tools for which the model asks, one after the other */
export async function makeCodingStage(calls: readonly StubCall[]): Promise<CodingStage> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-coding-'));
  chmodSync(folder, 0o755);
  const authority = makeAuthority(['*'], new Date());
  // One stub stands behind the names of all model hosts.
  const model = await startStubModel(calls, {
    SNICallback: (name, done) => done(null, createSecureContext(authority.leafFor(name))),
  });
  const npm = createServer(
    authority.leafFor('registry.npmjs.org'),
    npmRegistry('https://registry.npmjs.org', [], {
      padder: { '1.0.0': '2020-01-01T00:00:00.000Z' },
    }),
  );
  const at = { model: `127.0.0.1:${model.port}`, npm: `127.0.0.1:${await portOf(npm)}` };
  const hosts = {
    'api.anthropic.com': at.model,
    'api.openai.com': at.model,
    'registry.npmjs.org': at.npm,
  };
  const policy = { authorities: [join(folder, 'authority.pem')], hosts };
  const files = {
    ...Object.fromEntries(Object.entries(project).map(([path, text]) => [`app/${path}`, text])),
    'authority.pem': authority.certificate,
    '.config/skillgate/host.json': JSON.stringify(policy),
    'bin/skillgate': `#!/bin/sh\nexec '${process.execPath}' '${guard}' "$@"\n`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: path.startsWith('bin/') ? 0o755 : 0o644 });
  }
  chmodSync(join(folder, '.config/skillgate'), 0o700);
  const env = {
    PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
    HOME: folder,
    NO_COLOR: '1',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
    ...compiledCode,
  };
  const onHost = (script: string): string => inProject(join(folder, 'app'), env, script);
  const type = async (line: string): Promise<string> => {
    const words = ['sh', '-c', `cd; ${withWaiting(line, env)}`];
    const { exit, shown } = await commandAtTerminal(words, env, answersTo(line));
    if (exit !== 0) throw new Error(`${line}: exit ${exit}\n${shown}`);
    return shown;
  };
  if (process.getuid?.() === 0) spawnSync('chown', ['-R', '65534:65534', join(folder, 'app')]);
  onHost('git init -q -b main && git add -A && git commit -qm begin');
  return {
    folder,
    model,
    type,
    onHost,
    close: () => {
      model.close();
      npm.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Environment = Readonly<Record<string, string>>;

/** What a person answers to the questions of a line. */
function answersTo(line: string): readonly (readonly [asked: string, answer: string])[] {
  if (line.startsWith('skillgate secret set ')) return [['Value of ', modelKey]];
  if (line.startsWith('skillgate agent run ')) return [['Type yes to continue: ', 'no']];
  if (line.startsWith('skillgate changes accept ')) return [['Passphrase of key', passphrase]];
  return line.startsWith('skillgate key create ')
    ? [
        ['(new', passphrase],
        ['(again)', passphrase],
      ]
    : [];
}

function withWaiting(line: string, env: Environment): string {
  if (!line.includes('0f3c')) return line;
  const words = ['changes', 'show', '--format', 'json'];
  const { stdout } = spawnSync('skillgate', words, { env, encoding: 'utf8' });
  const [waiting] = JSON.parse(stdout).runs;
  if (waiting === undefined) throw new Error(`${line}: no changes wait`);
  const { digest, run } = waiting;
  return line.replaceAll('0f3c', run).replaceAll('sha256:…', digest);
}

function inProject(cwd: string, env: Environment, script: string): string {
  const { status, stderr, stdout } = spawnSync('sh', ['-ec', script], {
    cwd,
    env: { ...env, ...gitAuthor },
    encoding: 'utf8',
    ...(process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}),
  });
  if (status !== 0) throw new Error(`${script}: ${stdout}${stderr}`);
  return stdout;
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
