import { join, resolve } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { isBase64 } from '../../skills-index/statement/base64.ts';
import { isEd25519Spki } from '../../skills-index/statement/field-shapes.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { type CommandContext, type ExitCode, exitCodes, type OptionValue } from '../command.ts';
import { followSecondsDefault } from '../limits.ts';
import { type ListenAddress, parseListen } from '../listen.ts';
import { parseBase } from '../registries/registry-base.ts';
import { parseEvery } from '../terminal/every-option.ts';
import { answer, inkFor, joined, printNote, safe } from '../terminal/output.ts';
import type { CosigningWitness, WatchedLog } from './cosigner.ts';
import { followForever } from './follow.ts';
import { diskHeads } from './heads.ts';
import { readOrMakeWitnessKey, verifierKey, type WitnessKey, witnessLine } from './key.ts';
import { makeReplays } from './replays.ts';
import { type GivenRoot, logOf, makeRenew, readGivenRoot } from './roots.ts';
import { serveWitness } from './server.ts';

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
    list(options.root).map((file) => readGivenRoot(resolve(cwd, file))),
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
