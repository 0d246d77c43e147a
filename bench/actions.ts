/**
 * `npm run bench -- actions [--only TEXT]`: does ordinary actions of a coding agent, each in a
 * session of its own, accepts the changes, and looks at what the host got.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gitAuthor } from '../test/git-author.ts';
import { makeApprover, passphrase } from '../test/journey/approver.ts';
import { type InstalledHost, makeInstalledHost, type Ran } from '../test/journey/installed-host.ts';
import { atTerminal } from '../test/journey/terminal.ts';
import { type Mirror, openMirror } from './actions-mirror.ts';
import { printTable } from './detection.ts';

interface Action {
  readonly name: string;
  /** Whether the action begins in a small git repository, or in an empty folder. */
  readonly isInProject: boolean;
  /** A script in the session. Its exit code says whether the action worked there. */
  readonly inside: string;
  /** A script in the folder on the host, after the changes were accepted. */
  readonly onHost: string;
  /** A script in the agent's next session; empty for most actions. */
  readonly next: string;
}

/**
 * `work`: the host has the result. `asked`: the host has the result after the person accepted it by
 * name. `said`: agent or person read why there is no result. `lost`: nobody was told.
 */
const outcomes = ['work', 'asked', 'said', 'lost'] as const;
type Outcome = (typeof outcomes)[number];

interface Done {
  readonly action: Action;
  readonly outcome: Outcome;
  /** The words that tell why there is no result. */
  readonly words: string;
}

/** The table, as text. */
export async function actionsTable(only = ''): Promise<string> {
  const actions = readActions().filter(({ name }) => name.includes(only));
  const host = await makeInstalledHost();
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-actions-'));
  chmodSync(folder, 0o755);
  const mirror = await openMirror(join(folder, 'mirror'));
  try {
    const world = { host, folder, mirror };
    await writePolicy(world, actions);
    const done: Done[] = [];
    for (const [at, action] of actions.entries()) {
      done.push(await doAction(world, action, `a${at}`));
      process.stderr.write(`${done.at(-1)?.outcome} ${action.name}\n`);
    }
    return printDone(done);
  } finally {
    await mirror.close();
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readActions(): Action[] {
  const text = readFileSync(new URL('./actions.txt', import.meta.url), 'utf8');
  const [, ...blocks] = text.trimEnd().split('\n\n');
  return blocks.map((block) => {
    const [head = '', ...scripts] = block.split('\n');
    const [inside = '', onHost = '', next = ''] = scripts.map((script) => script.trim());
    const [, name = '', from] = /^(.*) \((empty|project)\)$/.exec(head) ?? [];
    return { name, isInProject: from === 'project', inside, onHost, next };
  });
}

interface World {
  readonly host: InstalledHost;
  readonly folder: string;
  readonly mirror: Mirror;
}

async function writePolicy(
  { folder, host, mirror }: World,
  actions: readonly Action[],
): Promise<void> {
  const mira = await makeApprover(join(host.home, 'config'));
  const workspaces = actions.map((_, at) => [`a${at}`, join(folder, `a${at}`)]);
  const policy = {
    workspaces: Object.fromEntries(workspaces),
    ...mirror.policy,
    toolchains: Object.fromEntries(toolchains()),
    approvers: [mira],
  };
  writeFileSync(join(host.home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
}

async function doAction(world: World, action: Action, name: string): Promise<Done> {
  const { folder, host } = world;
  const workspace = join(folder, name);
  makeWorkspace(workspace, action.isInProject);
  await requireDone(host.skill('agent', 'create', name, ...identityOptions(world, name)));
  const inSession = (script: string): Promise<Ran> =>
    host.skill('agent', 'run', name, '--', 'bash', '-c', script);
  const session = await inSession(action.inside);
  const told = [session.err];
  const held = await accept(world, workspace, action, told);
  const isThereNext = action.next === '' || (await inSession(action.next)).exit === 0;
  await discardAll(host);
  rmSync(workspace, { recursive: true, force: true });
  if (session.exit === 0 && held !== undefined && isThereNext)
    return { action, outcome: held, words: '' };
  const text = told.join('\n');
  const words =
    session.exit === 0 ? lineWith(text, /left out|discarded|conflict/) : errorOf(session);
  return { action, outcome: words === '' ? 'lost' : 'said', words };
}

function identityOptions({ mirror }: World, name: string): string[] {
  const egress = ['--egress', mirror.gitUrl, '--method', 'GET', '--method', 'POST'];
  return ['--workspace', name, '--index', 'npm,python', ...egress];
}

/** The compilers of this machine that lie outside the system's folders. */
function toolchains(): [string, string][] {
  const rust = join(homedir(), '.rustup/toolchains');
  const names = existsSync(rust) ? readdirSync(rust).sort() : [];
  const first = names.find((name) => existsSync(join(rust, name, 'bin/cargo')));
  return [
    ...(existsSync('/usr/local/go') ? [['go', '/usr/local/go'] as [string, string]] : []),
    ...(first === undefined ? [] : [['rust', realpathSync(join(rust, first))] as [string, string]]),
  ];
}

/** Accepts the changes that wait. Returns the outcome when the host has the result. */
async function accept(
  { host }: World,
  workspace: string,
  { onHost }: Action,
  told: string[],
): Promise<Outcome | undefined> {
  const acceptOnce = async (include: (set: WaitingSet) => string[]): Promise<void> => {
    const { out } = await requireDone(host.skill('changes', 'show', '--format', 'json'));
    const [waiting] = (JSON.parse(out) as { runs: { run: string; digest: string }[] }).runs;
    if (waiting === undefined) return;
    const { digest, run } = waiting;
    told.push((await requireDone(host.skill('changes', 'show', run))).out);
    const json = await requireDone(host.skill('changes', 'show', run, '--format', 'json'));
    const names = include(JSON.parse(json.out)).flatMap((name) => ['--include', name]);
    const words = ['changes', 'accept', run, '--digest', digest, ...names];
    const { shown } = await atTerminal(words, host.env, [['Passphrase of key mira', passphrase]]);
    told.push(shown);
  };
  await acceptOnce(() => []);
  if (isOnHost(workspace, onHost)) return 'work';
  await acceptOnce(namesToAsk);
  return isOnHost(workspace, onHost) ? 'asked' : undefined;
}

interface WaitingSet {
  readonly folders: readonly {
    readonly changes: readonly { readonly path: string; readonly shelf?: string }[];
    readonly repositories?: readonly {
      readonly refs: readonly { readonly name: string; readonly asks?: string }[];
    }[];
  }[];
}

/** Everything that a person accepts only by name. */
function namesToAsk({ folders }: WaitingSet): string[] {
  return folders.flatMap(({ changes, repositories = [] }) => [
    ...changes.flatMap(({ path, shelf }) => (shelf === 'obeyed' ? [path] : [])),
    ...repositories.flatMap(({ refs }) =>
      refs.flatMap(({ asks, name }) => (asks === undefined ? [] : [name])),
    ),
  ]);
}

async function discardAll(host: InstalledHost): Promise<void> {
  const { out } = await requireDone(host.skill('changes', 'show', '--format', 'json'));
  for (const { run } of (JSON.parse(out) as { runs: { run: string }[] }).runs)
    await host.skill('changes', 'discard', run);
}

function isOnHost(workspace: string, script: string): boolean {
  const { status } = spawnSync('bash', ['-c', script], {
    cwd: workspace,
    env: {
      PATH: '/usr/bin:/bin',
      HOME: '/nonexistent',
      GIT_CEILING_DIRECTORIES: workspace.slice(0, workspace.lastIndexOf('/')),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
    },
  });
  return status === 0;
}

function makeWorkspace(path: string, isInProject: boolean): void {
  mkdirSync(path);
  if (isInProject) {
    const script = fileURLToPath(new URL('./actions-project.sh', import.meta.url));
    const { status, stderr } = spawnSync('sh', [script], {
      cwd: path,
      env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', ...gitAuthor },
    });
    if (status !== 0) throw new Error(`cannot make the project: ${stderr}`);
  }
  // A session of root runs as the user nobody.
  if (process.getuid?.() === 0) spawnSync('chown', ['-R', '65534:65534', path]);
}

async function requireDone(running: Promise<Ran>): Promise<Ran> {
  const ran = await running;
  if (ran.exit !== 0) throw new Error(ran.err);
  return ran;
}

function lineWith(text: string, pattern: RegExp): string {
  return text.split('\n').find((line) => pattern.test(line)) ?? '';
}

// What the agent read when its command failed.
function errorOf({ err, out }: Ran): string {
  const told = `${out}\n${err}`.split('\n').filter((line) => !/^(note: |\s*$)/.test(line));
  const isError = /error|fatal|cannot|denied|not found|fail|read-only|permitted|busy/i;
  return told.find((line) => isError.test(line)) ?? told[0] ?? 'it failed';
}

function printDone(done: readonly Done[]): string {
  const rows = done.map(({ action, outcome, words }) => [
    action.name,
    ...outcomes.map((one) => (one === outcome ? '×' : '')),
    words.replaceAll('|', '/').slice(0, 110),
  ]);
  const sums = outcomes.map((one) => done.filter(({ outcome }) => outcome === one).length);
  return printTable(
    ['action', ...outcomes, 'words'],
    [...rows, [`all ${done.length}`, ...sums.map(String), '']],
  );
}
