import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { isBase64 } from '../../skills-index/statement/base64.ts';
import { isEd25519Spki } from '../../skills-index/statement/field-shapes.ts';
import { parseRoot, spkiOf } from '../../skills-index/trust/root.ts';
import { type CommandContext, type ExitCode, exitCodes, type OptionValue } from '../command.ts';
import { followSecondsDefault } from '../limits.ts';
import { answer, inkFor, joined, note, safe } from '../output.ts';
import { checkRootSize } from '../registries.ts';
import { parseBase } from '../registry-base.ts';
import type { WatchedLog, Witness } from '../witness.ts';
import { followForever } from '../witness-follow.ts';
import { diskHeads } from '../witness-heads.ts';
import { readOrMakeWitnessKey, verifierKey, witnessLine } from '../witness-key.ts';
import { serveWitness } from '../witness-server.ts';

const listenDefault = 'localhost:4881';

/** `skill witness serve`: cosigns heads of logs after checking that each continues the one before. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, paths, cwd } = context;
  const logs = await watchedLogs(context);
  const [follow, every, listen] = [list(options.follow).map(parseBase), parseEvery(options.every), parseListen(options.listen)];
  const dir = resolve(cwd, String(options.data ?? join(paths.data, 'witness')));
  const key = await readOrMakeWitnessKey(dir, options.name === undefined ? undefined : String(options.name), hostname());
  const alarm = (line: string): void => note(context, safe`${line}`);
  const witness: Witness = { key, logs, heads: diskHeads(dir), now: context.now, alarm };
  const server = await serveWitness(witness, listen);
  try {
    const said = {
      ...witnessLine(key),
      verifierKey: verifierKey(key),
      base: server.base,
      dir,
      logs: logs.map((log) => log.origin),
    };
    const ink = inkFor(context.stdout, context.env);
    answer(context, { schema: 'skillgate.witnessing/1', ...said, pid: process.pid }, () =>
      joined(
        [
          safe`${ink.green('✔')} The witness ${ink.bold(key.name)} answers at ${ink.bold(server.base)}`,
          safe`  watches:  ${said.logs.join(', ')}`,
          safe`  policy:   ${JSON.stringify(witnessLine(key))}`,
          safe`  registry: skill serve … --witness ${server.base}`,
          safe`  stop:     Ctrl-C`,
        ],
        '\n',
      ),
    );
    await followForever(witness, { bases: follow, every, fetch: context.fetch, signal: context.signal });
  } finally {
    await server.close();
  }
  note(context, safe`stopped`);
  return exitCodes.ok;
}

async function watchedLogs({ options, cwd }: CommandContext): Promise<WatchedLog[]> {
  const logs = list(options.log).map(parseLog);
  for (const file of list(options.root)) {
    const root = parseRoot(checkRootSize(await readRoot(resolve(cwd, file))));
    logs.push({ origin: root.origin, key: spkiOf(root.log) });
  }
  if (logs.length === 0) {
    throw new Problem('usage', 'Cannot witness nothing: no log is named', { hint: 'skill witness serve --root ./root.json' });
  }
  const twice = logs.find((log, at) => logs.findIndex((other) => other.origin === log.origin) !== at);
  if (twice !== undefined)
    throw new Problem('usage', `Cannot watch two logs that are both called ${JSON.stringify(twice.origin)}`);
  return logs;
}

async function readRoot(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Problem('file-not-found', `Cannot read the root file ${JSON.stringify(path)}`, { cause });
  }
}

function parseLog(text: string): WatchedLog {
  const [, origin = '', base64 = ''] = /^([^\s+=]+)=(\S+)$/.exec(text) ?? [];
  const key = Buffer.from(base64, 'base64');
  if (origin === '' || !isBase64(base64) || !isEd25519Spki(key)) {
    throw new Problem('usage', `Not a log: ${JSON.stringify(text)}`, {
      hint: 'ORIGIN=KEY, the Ed25519 key as SPKI DER in base64',
    });
  }
  return { origin, key };
}

function parseEvery(given: OptionValue): number {
  const seconds = given === undefined ? followSecondsDefault : Number(given);
  if (Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= 86_400) return seconds;
  throw new Problem('usage', `Not a number of seconds: ${JSON.stringify(given)}`, { hint: '1 to 86400' });
}

function parseListen(given: OptionValue): { host: string; port: number } {
  const [, host = '', port = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(String(given ?? listenDefault)) ?? [];
  const number = Number(port);
  if (port === '' || number > 65_535)
    throw new Problem('usage', `Not an address to listen on: ${JSON.stringify(given)}`, { hint: 'HOST:PORT' });
  return { host: host === '' ? 'localhost' : host.replace(/^\[(.*)\]$/, '$1'), port: number };
}

function list(option: OptionValue): string[] {
  return Array.isArray(option) ? option.map(String) : option === undefined ? [] : [String(option)];
}
