/**
 * `skillgate demo`: every gate on this machine, step by step. The demo has no private access: it
 * types commands and sends HTTP requests, as a user would.
 */

import { execFileSync } from 'node:child_process';
import { createPublicKey, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openAuditKey } from '../../runner/audit/audit.ts';
import { programOnPath } from '../../runner/files/path-programs.ts';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { calledName } from '../called-name.ts';
import type { CommandContext, ExitCode } from '../command.ts';
import {
  type CommandResult,
  type DemoWorld,
  honest,
  type Person,
  type PromptAnswers,
  Stage,
  skill,
  token,
  wheel,
} from './session.ts';
import {
  crmHost,
  startCrm,
  startInternet,
  startModel,
  startStranger,
  strangerHost,
} from './stand-ins.ts';
import { playTwin, publishNext } from './twin.ts';
import { approveInDesk, playAgentSession } from './working.ts';

/** Plays the demo; with `--keep` the registry and the desk run until Ctrl-C. */
export async function run({
  env,
  stdout,
  signal,
  options,
  now,
}: CommandContext): Promise<ExitCode> {
  requirePrograms(env.PATH);
  const started = now().getTime();
  const entry = fileURLToPath(new URL('../guard.js', import.meta.url));
  const stage = new Stage(stdout, signal, {
    entry,
    keeps: options.keep === true,
    verbose: options.verbose === true,
  });
  stdout.write(
    'Skillgate from end to end, on this machine alone. The demo checks each claim before it prints the claim.\n' +
      '✔ marks a gate that held, ✘ marks harm that no gate stopped.\n',
  );
  try {
    const world = await setUp(stage, examplesFolder());
    await playHonestSkill(world);
    await playAgentSession(world, await setUpHost(world));
    await playTwin(world);
    const seconds = Math.round((now().getTime() - started) / 1_000);
    const next = options.keep === true ? '\n' : nextLines();
    stdout.write(`\nThe demo is done, after ${seconds} s.${next}`);
    if (options.keep === true) await keep(world, signal, stdout);
  } finally {
    await stage.close();
  }
  return 0;
}

/** The demo's own parts, beside those of a sandbox. */
function requirePrograms(path: string | undefined): void {
  const missing = ['python3', 'curl'].filter((name) => programOnPath(name, path) === undefined);
  if (missing.length === 0) return;
  throw new Problem('file-not-found', `Cannot play the demo without ${missing.join(', ')}`, {
    hint: `apt-get install -y ${missing.join(' ')}`,
  });
}

function nextLines(): string {
  // `npm run demo` works in a checkout, where no `skillgate` is on PATH.
  const called = process.env.npm_lifecycle_event === 'demo' ? 'npm run -s skill --' : calledName();
  const lines = [
    ['scan FOLDER', 'what a skill of yours can do; runs nothing'],
    ['init weekly-report', 'begin a skill of your own'],
    ['doctor', 'whether this machine can run agents, and what to type next'],
  ] as const;
  const shown = lines.map(([words, does]) => `  ${called} ${words.padEnd(20)}${does}\n`);
  return ` Go on with:\n${shown.join('')}`;
}

async function keep(
  world: DemoWorld,
  signal: AbortSignal,
  stdout: CommandContext['stdout'],
): Promise<void> {
  const { stage, base } = world;
  await publishNext(world);
  const { stdout: link } = await stage.type('rob', ['login', '--browser']);
  stdout.write(
    `\nThe desk stays open at ${base}/review. This link signs you in as rob, once, within five minutes:\n  ${link.trim()}\n` +
      `A version waits there for your review. See also\n  ${base}/review/${skill}/1.4.0   (approved)\n  ${base}/review/${skill}/1.5.0   (the twin, revoked)\n` +
      `For another link: SKILLGATE_HOME=${stage.home('rob')} SKILLGATE_REGISTRY=${base} npm run -s skill -- login --browser\n` +
      `All files of the demo are in ${stage.folder} until you press Ctrl-C.\n`,
  );
  await new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}

// In a checkout this file is cli/demo/demo.ts, in the package dist/cli/demo/demo.js.
function examplesFolder(): string {
  const top = import.meta.url.endsWith('.ts') ? '../../examples' : '../../../examples';
  return fileURLToPath(new URL(top, import.meta.url));
}

// First scene: a registry, its people and their keys, and the servers that the skill talks to.

const nobody = 65_534;

/** Starts the registry and the stand-ins, makes the keys and enrols the people. */
async function setUp(stage: Stage, examples: string): Promise<DemoWorld> {
  stage.step(
    'A registry; Ada, an author; Rita and Rob, reviewers; Olga, who runs an agent on her machine',
  );
  const base = await startRegistry(stage);
  await makePeople(stage);
  const authority = makeAuthority([crmHost, strangerHost], new Date());
  const authorityFile = join(stage.folder, 'authority.pem');
  writeFileSync(authorityFile, authority.certificate, { mode: 0o644 });
  const crm = await startCrm(token, authority);
  const stranger = await startStranger(authority);
  const model = await startModel();
  const internet = await startInternet({ [crmHost]: crm, [strangerHost]: stranger });
  stage.onClose(crm.close, stranger.close, model.close, internet.close);
  const reports = join(stage.folder, 'reports');
  mkdirSync(reports);
  if (process.getuid?.() === 0) chownSync(reports, nobody, nobody);
  return {
    stage,
    examples,
    base,
    crm,
    stranger,
    model,
    internet,
    reports,
    authority: authorityFile,
  };
}

async function startRegistry(stage: Stage): Promise<string> {
  const folder = join(stage.folder, 'registry');
  const init = await stage.type('operator', [
    'registry',
    'init',
    folder,
    '--origin',
    'localhost',
    '--format',
    'json',
  ]);
  const { fingerprint } = JSON.parse(init.stdout) as { fingerprint: string };
  // The registry's operator trusts Olga's machine: one report from there suspends a version.
  mkdirSync(join(stage.home('olga'), 'config'), { recursive: true, mode: 0o700 });
  const { keyId } = openAuditKey(join(stage.home('olga'), 'config', 'audit-key.json'));
  writeFileSync(
    join(folder, 'incidents.json'),
    JSON.stringify({ reporters: { 'olga-1': keyId }, needed: 1 }),
  );
  const base = await addressOf(stage, folder);
  stage.useRegistry(base);
  const everybody = ['operator', 'ada', 'rita', 'rob', 'olga'] as const;
  await Promise.all(
    everybody.map((person) => stage.type(person, ['registry', 'add', base, '--root', fingerprint])),
  );
  const health = await fetch(`${base}/healthz`);
  const claim =
    'the registry answers; each person pinned its root file by the fingerprint that the operator gave them';
  stage.gateHeld('registry', claim, health.ok, `${base}/index/root.json`);
  return base;
}

async function addressOf(stage: Stage, folder: string): Promise<string> {
  const child = stage.start('operator', ['serve', folder, '--port', '0']);
  const output: string[] = [];
  if (child.stdout === null || child.stderr === null)
    throw new Problem('internal', 'skillgate serve has no output');
  child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
  for await (const line of createInterface({ input: child.stdout })) {
    output.push(line);
    const address = /http:\/\/[\w.-]+:\d+/.exec(line);
    if (address !== null) {
      child.stdout.resume();
      return address[0];
    }
  }
  throw new Problem('internal', `skillgate serve did not start:\n${output.join('\n')}`);
}

async function makePeople(stage: Stage): Promise<void> {
  await Promise.all(
    (['ada', 'rita', 'rob'] as const).map((person) =>
      stage.type(person, ['key', 'create', person]),
    ),
  );
  const enrol = (person: Person): Promise<CommandResult> => {
    const key = publicKey(stage, person);
    return stage.type('operator', [
      'member',
      'add',
      person,
      '--role',
      'reviewer',
      '--public-key',
      key,
    ]);
  };
  await Promise.all([
    stage.type('ada', ['scope', 'claim', 'acme']),
    enrol('rita').then(() => enrol('rob')),
  ]);
  const members = await stage.type('operator', ['member', 'list']);
  stage.gateHeld(
    'people',
    'Ada owns the scope @acme; the administrator signed that Rita and Rob are reviewers',
    ['rita', 'rob'].every((name) => members.stdout.includes(name)),
  );
}

// People give the administrator the public part of their key.
function publicKey(stage: Stage, person: Person): string {
  const copy = join(stage.folder, `${person}.pub.json`);
  copyFileSync(join(stage.home(person), 'config', 'keys', `${person}.pub.json`), copy);
  return copy;
}

// Second scene: the honest skill goes from its author through every gate to the machine of an
// agent.

/** Publish, scan, approve and install version 1.4.0. */
async function playHonestSkill(world: DemoWorld): Promise<void> {
  await publish(world);
  await approve(world);
  await install(world);
}

async function publish({ stage, examples }: DemoWorld): Promise<void> {
  stage.step(
    'Ada publishes weekly-report, a skill that reads deals from a CRM, writes a report and files the report in the CRM',
  );
  const { stderr } = await stage.type('ada', ['publish', join(examples, 'weekly-report')]);
  stage.showCommand('ada', ['publish', 'weekly-report']);
  stage.gateHeld(
    'intake',
    'the bundle has a manifest, is within the limits, and is signed by the owner of its scope',
    stderr.includes('upload    received'),
  );
  const status = await stage.type('ada', ['status', honest, '--wait']);
  stage.gateHeld(
    'scan',
    'the scanner read the skill, without running it, and found nothing that the manifest does not declare',
    status.stdout.includes('in review'),
    `skillgate status ${honest}`,
  );
}

async function approve(world: DemoWorld): Promise<void> {
  const { stage } = world;
  stage.step(
    'Two reviewers approve the version: Rita with a passkey at the desk, Rob on the command line',
  );
  await approveInDesk(world, honest, 'I read it: it reads deals and writes the report.');
  const afterRita = await stage.type('rob', ['status', honest]);
  const isStillInReview = afterRita.stdout.includes('in review');
  const { stderr } = await stage.type(
    'rob',
    ['review', 'approve', honest, '--reason', 'I fetched it and read every file.', '--yes'],
    { shown: true },
  );
  const status = await stage.type('rob', ['status', honest]);
  stage.gateHeld(
    'review',
    'a skill with a secret and a host needs two approvals; both sign the digests of its files and package',
    isStillInReview && stderr.includes(`${wheel} sha256:`) && status.stdout.includes('approved'),
    `${world.base}/index/${skill}`,
  );
}

async function install({ stage, examples }: DemoWorld): Promise<void> {
  stage.step('Olga installs the version; her machine trusts neither the registry nor the desk');
  const index = makeWheelIndex(stage.folder, examples);
  const add = (url: string) => ['host', 'index', 'add', 'python', url, '--min-age', '0d'];
  stage.showCommand('olga', add('file:///srv/wheels'));
  await stage.type('olga', add(`file://${index}`));
  const { stderr } = await stage.type('olga', ['install', honest, '--yes'], { shown: true });
  stage.gateHeld(
    'packages',
    'Olga’s machine fetched the skill’s package from her own folder of wheels, before any run',
    stderr.includes(`fetched 1 package from file://${index}`),
  );
  const { stdout } = await stage.type('olga', ['verify', skill]);
  const [, statements] = /(\d+) of \1 statements are signed and in the log/.exec(stdout) ?? [];
  stage.gateHeld(
    'admission',
    `${statements} signed statements were verified, up to the pinned root file, before any file was written`,
    statements !== undefined && existsSync(join(stage.home('olga'), 'skillgate.lock')),
    join(stage.home('olga'), '.agents/skills/weekly-report'),
  );
}

// Olga's package index: a folder with one wheel, which the demo packs from the examples.

// Without times of files, the wheel has the hash that the skill's lock names.
const pack = `import pathlib, sys, zipfile
root = pathlib.Path(sys.argv[1])
with zipfile.ZipFile(sys.argv[2], "w") as wheel:
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        wheel.writestr(zipfile.ZipInfo(str(file.relative_to(root))), file.read_bytes())
`;

/** @returns the folder of the index */
function makeWheelIndex(folder: string, examples: string): string {
  const index = join(folder, 'wheels');
  mkdirSync(index);
  const wheel = join(index, 'acme_bar_chart-1.0.0-py3-none-any.whl');
  execFileSync('python3', ['-c', pack, join(examples, 'acme-bar-chart'), wheel]);
  return index;
}

// Third scene: Olga creates an identity for an agent, grants it the skill, and names the requests
// that need her approval.

/** Sets up Olga's machine. @returns what Olga types when she is asked for her key's passphrase */
async function setUpHost(world: DemoWorld): Promise<PromptAnswers> {
  const { stage } = world;
  stage.step(
    'Olga creates an identity for the agent, and decides what the agent may do and what needs her approval',
  );
  const passphrase = randomBytes(18).toString('base64');
  const passphraseTwice: PromptAnswers = [
    { question: '(new, at least', line: passphrase },
    { question: '(again)', line: passphrase },
  ];
  await stage.type('olga', ['key', 'create', 'olga', '--passphrase'], {
    shown: true,
    answers: passphraseTwice,
  });
  writeHostPolicy(world);
  await stage.type('olga', ['secret', 'set', 'CRM_TOKEN', '--host', crmHost], {
    shown: true,
    stdin: `${token}\n`,
  });
  await stage.type('olga', ['agent', 'create', 'finance', '--budget', 'requests=500,runs=50']);
  await stage.type('olga', ['agent', 'grant', 'finance', '--all-of', skill], { shown: true });
  const { stdout } = await stage.type('olga', [
    'run',
    '--plan',
    '--agent',
    'finance',
    '--format',
    'json',
    skill,
    'file',
  ]);
  const plan = JSON.parse(stdout) as Readonly<
    Record<string, readonly { mode?: string; host?: string }[]>
  >;
  const hosts = new Set(plan.egress?.map((target) => target.host));
  stage.gateHeld(
    'plan',
    'the skill gets one host, one secret for this host, a view of one folder, one package, and nothing else',
    hosts.size === 1 &&
      plan.secrets?.length === 1 &&
      plan.mounts?.length === 1 &&
      plan.mounts[0]?.mode === 'cow',
    `skillgate run --plan --agent finance ${skill} file`,
  );
  return [{ question: 'Passphrase of key olga', line: passphrase }];
}

function writeHostPolicy({
  authority,
  crm,
  examples,
  model,
  reports,
  stage,
  stranger,
}: DemoWorld): void {
  const program = join(stage.folder, 'scripted-agent');
  cpSync(join(examples, 'scripted-agent'), program, { recursive: true });
  chmodSync(program, 0o755);
  const config = join(stage.home('olga'), 'config');
  const { keyId, publicKey } = JSON.parse(
    readFileSync(join(config, 'keys/olga.pub.json'), 'utf8'),
  ) as Record<string, string>;
  const spki = createPublicKey(publicKey ?? '').export({ type: 'spki', format: 'der' });
  const policy = {
    ...(JSON.parse(readFileSync(join(config, 'host.json'), 'utf8')) as object),
    // Both names lead to stand-ins on loopback; the demo's authority issued their certificates.
    hosts: { [crmHost]: `127.0.0.1:${crm.port}`, [strangerHost]: `127.0.0.1:${stranger.port}` },
    authorities: [authority],
    workspaces: { reports },
    env: { TZ: 'Europe/Berlin' },
    models: { scripted: { url: `http://127.0.0.1:${model.port}`, kind: 'openai' } },
    agentPrograms: { scripted: { folder: program, command: ['node', join(program, 'agent.ts')] } },
    approvers: [{ name: 'olga', key: { keyId, spki: spki.toString('base64') } }],
    holds: [{ name: 'writes', when: { host: crmHost, method: 'POST' } }],
    incidents: { report: true },
  };
  writeFileSync(join(config, 'host.json'), `${JSON.stringify(policy, null, 2)}\n`, { mode: 0o600 });
}
