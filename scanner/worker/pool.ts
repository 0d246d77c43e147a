/**
 * Warm scanning children. Each scan runs in one child, which is replaced after a kill and after a
 * number of scans. Their reports are parsed as strictly as a stranger's.
 */

import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  isSignature,
  type SimilaritySignature,
} from '../../skills-index/skill/text/matching-parts.ts';
import { isProseOf, type Prose, parseProse } from '../../skills-index/statement/prose.ts';
import {
  parseScanReport,
  type ScanReport,
  scanReportValuesMax,
} from '../../skills-index/statement/scan-report.ts';
import { digestOfFiles } from '../ingest/files-digest.ts';
import { ruleSetDigest } from '../rule-set.ts';
import type { ScannedName } from '../scan.ts';
import { childScansMax, childThreadsMax, scanFlags, scanSecondsMax } from '../scan-flags.ts';
import { FrameReader, frameOf, packRequest } from './child-frames.ts';
import { startWatchdog } from './watchdog.ts';

/** Bytes of a child's answer. The registry rejects longer reports. */
const childAnswerBytesMax = 16 * 1024 * 1024;

const childStartSecondsMax = 30;

interface PoolAnswer {
  readonly report: ScanReport;
  /** The sketch that finds near copies; absent when the skill has too little text. */
  readonly signature?: SimilaritySignature | undefined;
  /** The sentences that an agent reads. */
  readonly prose?: Prose | undefined;
}

export interface ScanPool {
  /** The isolation of the children, as statements name it. */
  readonly isolation: string;
  /** Whether the children have no network. */
  readonly isSealed: boolean;
  /**
   * Scans in a child.
   * @throws Problem `scan-killed` when the child was stopped or answered with another skill's
   * report
   */
  scan(files: readonly SourceFile[], published: ScannedName): Promise<PoolAnswer>;
  close(): void;
}

export interface PoolOptions {
  /** Number of simultaneous children. */
  readonly children: number;
  readonly secondsMax?: number;
  /** Replaces the strongest isolation that works here. */
  readonly isolation?: Isolation;
}

/** Starts a pool. Its children start with their first scan. */
export async function startScanPool({
  children,
  secondsMax = scanSecondsMax,
  isolation,
}: PoolOptions): Promise<ScanPool> {
  const held = isolation ?? (await strongestIsolation());
  const idle: ScanProcess[] = [];
  const busy = new Set<ScanProcess>();
  const queue: (() => void)[] = [];
  let running = 0;
  let closed = false;
  const turn = async (): Promise<void> => {
    if (running >= children) await new Promise<void>((go) => queue.push(go));
    running++;
  };
  return {
    isolation: held.name,
    isSealed: held.isSealed,
    async scan(files, published) {
      await turn();
      try {
        if (closed) throw new Problem('interrupted', 'The scanner is being stopped');
        const child = idle.pop() ?? (await startScanProcess(held));
        busy.add(child);
        try {
          return checked(await child.ask(packRequest({ files, published }), secondsMax), files);
        } catch (cause) {
          child.kill();
          throw cause;
        } finally {
          busy.delete(child);
          if (closed || child.answered >= childScansMax) child.kill();
          else if (child.alive) idle.push(child);
        }
      } finally {
        running--;
        queue.shift()?.();
      }
    },
    close() {
      closed = true;
      for (const child of [...idle.splice(0), ...busy]) child.kill();
      for (const go of queue.splice(0)) go();
    },
  };
}

const answerShape = v.strictObject({
  report: v.unknown(),
  signature: v.optional(v.custom<SimilaritySignature>(isSignature)),
  prose: v.optional(v.unknown()),
});

// A child that a skill took over could answer with anything, so the answer has to be a report about
// these bytes by these rules.
function checked(body: Uint8Array, files: readonly SourceFile[]): PoolAnswer {
  try {
    const { value } = parseJson(body, 'the child’s answer', scanReportValuesMax);
    const { report: unread, signature, prose: sentences } = v.parse(answerShape, value);
    const report = parseScanReport(unread);
    const prose = sentences === undefined ? undefined : parseProse(sentences);
    const { digest } = digestOfFiles(files);
    const own = files.map(({ path, bytes }) => ({ path, sha256: digestOf(bytes) }));
    const list = (entries: readonly { path: string; sha256?: string }[]): string =>
      canonicalJson(entries.map(({ path, sha256 }) => `${path} ${sha256}`).sort());
    const { files: covered, unlisted } = report.coverage;
    const isAbout =
      report.bundle === digest && unlisted === undefined && list(covered) === list(own);
    const isOfFiles = prose === undefined || isProseOf(prose, own);
    if (isAbout && isOfFiles && report.ruleSet === ruleSetDigest())
      return { report, signature, prose };
  } catch (cause) {
    throw new Problem('scan-killed', 'The scan was stopped: its answer is no scan report', {
      cause,
    });
  }
  throw new Problem('scan-killed', 'The scan was stopped: its answer is about something else');
}

const scanChild = fileURLToPath(
  new URL(`./scan-child${extname(import.meta.url)}`, import.meta.url),
);

/**
 * Bubblewrap when it is installed and works, otherwise process limits only. As nobody when the
 * worker is root and nobody can read the code.
 * @param read the files that the child may read; by default the scanner's own code and packages
 */
export async function strongestIsolation(
  entry = scanChild,
  read?: readonly string[],
): Promise<Isolation> {
  const files = { ...childFiles(process.execPath, entry), ...(read !== undefined && { read }) };
  const users = childUsers();
  const programs = ['/usr/bin/bwrap', '/usr/local/bin/bwrap'].filter((path) => existsSync(path));
  const wrapped = users.flatMap((user) =>
    programs.map((bwrap) => bubblewrapped(files, bwrap, user)),
  );
  const plain = users.map((user) => rlimitsOnly(files, user));
  for (const isolation of [...wrapped, ...plain]) if (await works(isolation)) return isolation;
  return rlimitsOnly(files);
}

// Whether a child can start and read its own code.
function works({ argv }: Isolation): Promise<boolean> {
  const [program, ...args] = argv;
  const entry = args.pop() ?? '';
  return new Promise((resolve) => {
    const reads = ['-e', 'require("node:fs").readFileSync(process.argv[1])', entry];
    execFile(program, [...args, ...reads], { env: {}, cwd: '/', timeout: 5_000 }, (error) =>
      resolve(error === null),
    );
  });
}

// The isolation of a scanning child: the command line that starts it, and its name in statements.

interface Isolation {
  /** Its name in signed statements. */
  readonly name: string;
  /** Whether a child has no network. */
  readonly isSealed: boolean;
  /** Program and arguments; the last is the child's entry file. */
  readonly argv: readonly [string, ...string[]];
}

interface ChildFiles {
  /** The node program. */
  readonly node: string;
  /** The child's entry file. */
  readonly entry: string;
  /** Folders and files that the child must read: code and packages. */
  readonly read: readonly string[];
}

/** The child’s code, located from its entry file, `scanner/worker/scan-child.ts`. */
export function childFiles(node: string, entry: string): ChildFiles {
  const root = join(entry, '../../..');
  const packages: string[] = [];
  for (let at = root; ; at = dirname(at)) {
    if (existsSync(join(at, 'node_modules'))) packages.push(join(at, 'node_modules'));
    if (at === dirname(at)) break;
  }
  // A build has its code in the files of the command line.
  const own = ['scanner', 'skills-index', 'cli', 'package.json'].map((name) => join(root, name));
  const read = [...own, join(dirname(root), 'package.json'), ...packages];
  return { node, entry, read: read.filter((path) => existsSync(path)) };
}

/**
 * Node with a child's limits. Its permission model is a second barrier behind bubblewrap, and the
 * first without it: no writes, no processes, no addons.
 */
export function nodeArgv({ node, entry, read }: ChildFiles): [string, ...string[]] {
  return [
    node,
    ...scanFlags,
    '--permission',
    ...read.map((path) => `--allow-fs-read=${path}`),
    '--disable-warning=SecurityWarning',
    '--disable-warning=ExperimentalWarning',
    entry,
  ];
}

// No core file with a skill in it, no written file, few descriptors. Node limits the memory: an
// address-space limit kills V8.
const limits = ['ulimit -c 0; ulimit -f 0; ulimit -n 256; exec "$@"', 'sh'];

/**
 * The user of a child: `nobody` instead of a worker's root, `root` when nobody cannot read the
 * code, `worker` for a worker that is not root. None of them has a capability or can get one back.
 */
type ChildUser = 'nobody' | 'root' | 'worker';

const tools = { setpriv: '/usr/bin/setpriv', prlimit: '/usr/bin/prlimit' };
// Ambient capabilities come from a service manager, such as the one for port 443.
const withoutAmbient = [tools.setpriv, '--inh-caps=-all', '--ambient-caps=-all'];
const bounded = ['--inh-caps=-all', '--bounding-set=-all', '--no-new-privs'];
const drops: Readonly<Record<ChildUser, readonly string[]>> = {
  nobody: [
    tools.prlimit,
    `--nproc=${childThreadsMax}:${childThreadsMax}`,
    tools.setpriv,
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    ...bounded,
  ],
  root: [tools.setpriv, ...bounded],
  // A process without capabilities cannot change the bounding set, and with no new privileges the
  // set does not matter.
  worker: [...withoutAmbient, '--no-new-privs'],
};

/** The users that children can run as here, the best first. */
function childUsers(): readonly ChildUser[] {
  return process.getuid?.() === 0 ? ['nobody', 'root'] : ['worker'];
}

/** Without bubblewrap: process limits only. */
export function rlimitsOnly(
  files: ChildFiles,
  user: ChildUser = childUsers()[0] ?? 'worker',
): Isolation {
  const drop = existsSync(tools.setpriv) && existsSync(tools.prlimit) ? drops[user] : undefined;
  return {
    name: `rlimits and node permissions only, network open, ${drop === undefined ? 'with the rights of its worker' : userLabels[user]}`,
    isSealed: false,
    argv: ['/bin/sh', '-c', ...limits, ...(drop ?? []), ...nodeArgv(files)],
  };
}

const userLabels: Readonly<Record<ChildUser, string>> = {
  nobody: 'as nobody without capabilities',
  root: 'as root without capabilities',
  worker: 'as its worker\u2019s user',
};

// No network, no other processes, no shared memory. Switching to nobody needs a user namespace that
// contains nobody, and three capabilities, which root has.
const sealed: Readonly<Record<ChildUser, readonly string[]>> = {
  nobody: [
    ...'--unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try --cap-drop ALL'.split(
      ' ',
    ),
    ...'--cap-add CAP_SETUID --cap-add CAP_SETGID --cap-add CAP_SETPCAP'.split(' '),
  ],
  root: ['--unshare-all', '--cap-drop', 'ALL'],
  worker: ['--unshare-all', '--cap-drop', 'ALL'],
};

/**
 * With bubblewrap: no network, no environment, nothing writable, nothing readable but the code.
 */
export function bubblewrapped(files: ChildFiles, bwrap: string, user: ChildUser): Isolation {
  const system = [
    '/usr',
    '/lib',
    '/lib64',
    '/lib32',
    '/bin',
    '/sbin',
    '/etc/ld.so.cache',
    '/etc/alternatives',
  ];
  const argv = [
    ...sealed[user],
    '--die-with-parent', // never outlives the worker
    '--new-session', // cannot push keys into the worker's terminal
    '--clearenv', // no secrets of the worker's environment
    // Bubblewrap creates missing folders for root only.
    ...foldersAbove([...system, files.node, ...files.read]).flatMap((path) => [
      '--perms',
      '0755',
      '--dir',
      path,
    ]),
    ...system.flatMap((path) => ['--ro-bind-try', path, path]),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    ...[files.node, ...files.read].flatMap((path) => ['--ro-bind', path, path]),
    '--remount-ro',
    '/',
    '--chdir',
    '/',
    '--',
  ];
  // Bubblewrap refuses to start with a capability, unless its user is root.
  const before = user === 'worker' && existsSync(tools.setpriv) ? withoutAmbient : [];
  // Bubblewrap itself drops all capabilities of a process that keeps its user.
  const drop = user === 'nobody' ? drops.nobody : [];
  return {
    name: `bubblewrap ${userLabels[user]}: no network, read-only, empty environment; rlimits and node permissions`,
    isSealed: true,
    argv: ['/bin/sh', '-c', ...limits, ...before, bwrap, ...argv, ...drop, ...nodeArgv(files)],
  };
}

function foldersAbove(paths: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of paths)
    for (let at = dirname(path); at !== dirname(at); at = dirname(at)) found.add(at);
  return [...found].sort();
}

// One scanning child as a process: started, given requests, and killed when it takes too long.

interface ScanProcess {
  /** Requests answered so far. */
  readonly answered: number;
  readonly alive: boolean;
  /**
   * Sends a request's body and returns the answer's body.
   * @throws Problem `scan-killed`; the process is gone then
   */
  ask(body: Uint8Array, secondsMax: number): Promise<Uint8Array>;
  kill(): void;
}

/** A child that may still be loading. */
export type LoadingScanner = ChildProcessWithoutNullStreams;

/**
 * Starts a child and waits until it is ready.
 * @throws Problem `scan-killed` when it does not get ready
 */
function startScanProcess({ argv }: Pick<Isolation, 'argv'>): Promise<ScanProcess> {
  return untilReady(spawnScanner(argv, {}));
}

/** @param env all environment variables of the child */
export function spawnScanner(
  [program, ...args]: Isolation['argv'],
  env: NodeJS.ProcessEnv,
): LoadingScanner {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env, cwd: '/' });
  // Without a listener, a failed start would end this process before anybody waits for the child.
  return child.on('error', () => undefined);
}

/** @throws Problem `scan-killed` when the child does not get ready */
export async function untilReady(child: LoadingScanner): Promise<ScanProcess> {
  const watchdog = startWatchdog<Uint8Array>(() => void child.kill('SIGKILL'));
  const reader = new FrameReader(childAnswerBytesMax);
  let stderr = '';
  let answered = -1;
  child.stdout.on('data', (chunk: Uint8Array) => {
    const frames = reader.push(chunk);
    if (frames === undefined)
      return watchdog.end(`its answer is longer than ${childAnswerBytesMax} bytes`);
    for (const frame of frames) {
      answered++;
      // A skill may have taken over the process: no later output of it is trusted.
      if (!watchdog.answer(frame)) return watchdog.end('it sent an answer without a request');
    }
  });
  child.stderr.on('data', (chunk: Uint8Array) => {
    stderr = (stderr + Buffer.from(chunk).toString('utf8')).slice(-2_000);
  });
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => watchdog.end(error.message));
  child.on('close', (code, signal) =>
    watchdog.end(signal === null ? `it ended with ${code}` : `it ended by ${signal}`),
  );
  // A child that ended before anybody listened tells nobody.
  const isGone = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  if (isGone) setImmediate(() => watchdog.end('it ended at its start'));
  const answerTo = async (send: () => void, secondsMax: number): Promise<Uint8Array> => {
    const outcome = await watchdog.ask(send, secondsMax);
    if ('answer' in outcome) return outcome.answer;
    throw new Problem(
      'scan-killed',
      `The scan was stopped: ${outcome.killed}`,
      stderr === '' ? {} : { hint: stderr },
    );
  };
  await answerTo(() => undefined, childStartSecondsMax);
  return {
    get answered() {
      return answered;
    },
    get alive() {
      return watchdog.alive;
    },
    ask: (body, secondsMax) => answerTo(() => child.stdin.write(frameOf(body)), secondsMax),
    kill: () => watchdog.end('it is no longer needed'),
  };
}
