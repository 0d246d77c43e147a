import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { memoryStore } from '../../skills-index/client/store.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { isBase64, isEd25519Spki } from '../../skills-index/statement/field-shapes.ts';
import {
  parseRoot,
  type RootFile,
  rootFingerprint,
  spkiOf,
} from '../../skills-index/trust/root/root.ts';
import { type CommandContext, type ExitCode, exitCodes, type OptionValue } from '../command.ts';
import { type ListenAddress, parseListen } from '../listen.ts';
import { requireRootSize } from '../registries/registries.ts';
import { parseBase } from '../registries/registry-base.ts';
import { parseEvery } from '../terminal/every-option.ts';
import { answer, inkFor, joined, printNote, safe } from '../terminal/output.ts';
import {
  type CosigningWitness,
  readOrMakeWitnessKey,
  verifierKey,
  type WatchedLog,
  type WitnessKey,
  witnessLine,
} from './cosigner.ts';
import { followForever, makeReplays } from './follow.ts';
import { diskHeads } from './heads.ts';
import { serveWitness } from './server.ts';

const followSecondsDefault = 60;

/** Shortest time between two requests of a witness for a newer root file. */
const witnessRenewMillis = 30_000;

const listenDefault = 'localhost:4881';

/**
 * `skillgate witness serve`: cosigns heads of logs after checking that each continues the previous
 * one.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, paths, cwd } = context;
  const { logs, roots } = await watchedLogs(context);
  const follow = list(options.follow).map(parseBase);
  const every = parseEvery(options.every, followSecondsDefault);
  const listen = parseListen(options.listen, listenDefault);
  const replay = options.replay === true;
  if (replay && (follow.length === 0 || options.log !== undefined))
    throw new Problem(
      'usage',
      'Cannot replay: --replay needs --root and --follow for each registry, and no --log',
    );
  const dir = resolve(cwd, String(options.data ?? join(paths.data, 'witness')));
  const key = await readOrMakeWitnessKey(
    dir,
    options.name === undefined ? undefined : String(options.name),
  );
  const { lockFolder } = await import('../../registry/store/database-file.ts');
  const letGo = lockFolder(dir);
  try {
    return await serve(context, { logs, roots, follow, every, listen, dir, key, replay });
  } finally {
    letGo();
  }
}

interface Serving {
  readonly logs: WatchedLog[];
  readonly roots: readonly GivenRoot[];
  readonly follow: readonly string[];
  /** Seconds. */
  readonly every: number;
  readonly listen: ListenAddress;
  readonly dir: string;
  readonly key: WitnessKey;
  /** Whether it cosigns only heads that it replayed. */
  readonly replay: boolean;
}

async function serve(
  context: CommandContext,
  { logs, roots, follow, every, listen, dir, key, replay }: Serving,
): Promise<ExitCode> {
  const alarm = (line: string): void => printNote(context, safe`${line}`);
  const { now, fetch } = context;
  const renew = makeRenew({ logs, roots, bases: follow, fetch, now, say: alarm });
  const replays = replay
    ? makeReplays({ dir, roots: roots.map(({ root }) => root), every, fetch, now, alarm })
    : undefined;
  const held =
    replays === undefined
      ? {}
      : {
          whyHeld: replays.whyHeld,
          whyMapRefused: replays.whyMapRefused,
          statusOf: replays.statusOf,
        };
  const witness: CosigningWitness = {
    key,
    logs,
    heads: diskHeads(dir),
    now,
    alarm,
    say: alarm,
    renew,
    ...held,
  };
  const server = await serveWitness(witness, listen);
  try {
    const summary = {
      ...witnessLine(key),
      verifierKey: verifierKey(key),
      base: server.base,
      dir,
      logs: logs.map((log) => log.origin),
      roots: roots.map(({ root }) => rootFingerprint(root)),
    };
    const ink = inkFor(context.stdout, context.env);
    answer(context, { schema: 'skillgate.witnessing/1', ...summary, pid: process.pid }, () =>
      joined(
        [
          safe`${ink.green('✔')} The witness ${ink.bold(key.name)} answers at ${ink.bold(server.base)}`,
          safe`  watches:  ${summary.logs.join(', ')}`,
          ...summary.roots.map(
            (root) =>
              safe`  root:     ${root}   (compare with what the registry’s administrators say)`,
          ),
          safe`  policy:   ${JSON.stringify(witnessLine(key))}`,
          safe`  registry: skillgate serve … --witness ${server.base}`,
          safe`  stop:     Ctrl-C`,
        ],
        '\n',
      ),
    );
    const replaying = replays === undefined ? {} : { replays };
    await followForever(witness, {
      bases: follow,
      every,
      fetch,
      signal: context.signal,
      ...replaying,
    });
  } finally {
    await server.close();
  }
  printNote(context, safe`stopped`);
  return exitCodes.ok;
}

async function watchedLogs({
  options,
  cwd,
}: CommandContext): Promise<Pick<Serving, 'logs' | 'roots'>> {
  const roots = await Promise.all(
    list(options.root).map((file) => readRootFile(resolve(cwd, file))),
  );
  const logs = [...list(options.log).map(parseLog), ...roots.map(({ root }) => logOf(root))];
  if (logs.length === 0) {
    throw new Problem('usage', 'Cannot start the witness: no log is named', {
      hint: 'skillgate witness serve --root ./root.json',
    });
  }
  const twice = logs.find(
    (log, at) => logs.findIndex((other) => other.origin === log.origin) !== at,
  );
  if (twice !== undefined)
    throw new Problem(
      'usage',
      `Cannot watch two logs with the same name ${JSON.stringify(twice.origin)}`,
    );
  return { logs, roots };
}

function parseLog(text: string): WatchedLog {
  const [, origin = '', base64 = ''] = /^([^\s+=]+)=(\S+)$/.exec(text) ?? [];
  const key = Buffer.from(base64, 'base64');
  if (origin === '' || !isBase64(base64) || !isEd25519Spki(key)) {
    throw new Problem('usage', `Cannot read --log ${JSON.stringify(text)}`, {
      hint: 'write ORIGIN=KEY, with the Ed25519 key as SPKI DER in base64',
    });
  }
  return { origin, key };
}

function list(option: OptionValue): string[] {
  return Array.isArray(option) ? option.map(String) : option === undefined ? [] : [String(option)];
}

// The root files of a witness, and the log keys that they lead to after rotations.

/** A root file and its path. */
interface GivenRoot {
  readonly path: string;
  readonly root: RootFile;
}

/** How a witness learns of a log's new key. */
interface Renewal {
  /** The watched logs; a renewed log replaces the previous one. */
  readonly logs: WatchedLog[];
  readonly roots: readonly GivenRoot[];
  /**
   * Registries that the witness follows: their TUF metadata shows which root the administrators
   * signed.
   */
  readonly bases: readonly string[];
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  readonly say: (line: string) => void;
}

/** @throws Problem `file-not-found`, `root-invalid` */
export async function readRootFile(path: string): Promise<GivenRoot> {
  try {
    return { path, root: parseRoot(requireRootSize(await readFile(path))) };
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem('file-not-found', `Cannot read the root file ${JSON.stringify(path)}`, {
      hint: 'fetch URL/index/root.json of the registry, and compare the fingerprint that the witness prints at its start with what the administrators say',
      cause,
    });
  }
}

/** The root file's log with its key. */
export function logOf({ origin, log }: RootFile): WatchedLog {
  return { origin, key: spkiOf(log) };
}

/**
 * Called when an unknown key signed a log. It reads the root file again, which the operator
 * controls, and asks the followed registries for later root files of its administrators.
 * @returns the log's successor, or undefined without a newer one
 */
export function makeRenew(renewal: Renewal): (log: WatchedLog) => Promise<WatchedLog | undefined> {
  const told = new Set<string>();
  let asked = Number.NEGATIVE_INFINITY;
  return async (log) => {
    const given = renewal.roots.find(({ root }) => root.origin === log.origin);
    if (given === undefined) return undefined;
    let found = await readAgain(given, log);
    // Anybody can trigger this call, so registries are asked only at intervals.
    const now = renewal.now().getTime();
    if (found === undefined && Math.abs(now - asked) >= witnessRenewMillis) {
      asked = now;
      found = await askForRoot(renewal, given, log);
    }
    if (found !== undefined) {
      renewal.logs.splice(
        0,
        renewal.logs.length,
        ...renewal.logs.map((one) => (one.origin === log.origin ? found : one)),
      );
      told.delete(log.origin);
      renewal.say(
        `${log.origin}: its administrators rotated the key of its log; the new one counts from now on`,
      );
    } else if (!told.has(log.origin)) {
      told.add(log.origin);
      renewal.say(unknownKeyText(given, log));
    }
    return found;
  };
}

function unknownKeyText({ path }: GivenRoot, { origin }: WatchedLog): string {
  return `${origin}: not cosigned: signed with a key that ${path} does not name as the log’s. Where its administrators rotated it: curl -o ${path} URL/index/root.json, compare the fingerprint with what they say (skillgate registry trust ${path} shows it); it is read again without a restart`;
}

async function readAgain({ path }: GivenRoot, log: WatchedLog): Promise<WatchedLog | undefined> {
  try {
    return otherThan(log, (await readRootFile(path)).root);
  } catch (cause) {
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}

async function askForRoot(
  { bases, fetch, now }: Renewal,
  { root }: GivenRoot,
  log: WatchedLog,
): Promise<WatchedLog | undefined> {
  const { updateTrust } = await import('../registries/updater.ts');
  for (const base of bases) {
    try {
      const source = { fetch, store: memoryStore(), base };
      const { files } = await updateTrust({ source, pinned: root, now: now().getTime() });
      const found = otherThan(log, parseRoot(files['root.json']));
      if (found !== undefined) return found;
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
    }
  }
  return undefined;
}

function otherThan(log: WatchedLog, root: RootFile): WatchedLog | undefined {
  const found = logOf(root);
  return found.origin === log.origin && Buffer.compare(found.key, log.key) !== 0
    ? found
    : undefined;
}
