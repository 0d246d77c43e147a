import { existsSync, readFileSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RegistryOptions, RunningRegistry } from '../../registry/serve.ts';
import { closeQuietly, openFolder } from '../../registry/store/database-file.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { type Policy, parsePolicy, policyDigest } from '../../skills-index/trust/policy/policy.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { parentPollMillis } from '../limits.ts';
import { parseBase } from '../registries/registry-base.ts';
import { registryFiles } from '../root-rotation/registry-folder.ts';
import { answer, inkFor, joined, printNote, safe } from '../terminal/output.ts';
import { keepScannerRunning } from './scanner-child.ts';

const portDefault = 4880;
const portMax = 65_535;

/**
 * `skillgate serve [DIR]`: runs the registry in this process, and the scanner in a child process
 * without the registry's keys.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const dir = resolve(context.cwd, context.args[0] ?? join(context.paths.data, 'registry'));
  await access(join(dir, registryFiles.root)).catch((cause) => {
    throw new Problem(
      'file-not-found',
      `Cannot serve ${JSON.stringify(dir)}: the folder contains no registry`,
      {
        hint: `skillgate registry init ${shellWord(dir)}`,
        cause,
      },
    );
  });
  const host = String(context.options.host ?? 'localhost');
  const policy = await policyIn(context);
  const registry = await start({
    dir,
    ...(policy === undefined ? {} : { policy }),
    host,
    port: portOf(context.options.port),
    log: (line) => printNote(context, safe`${line}`),
    witnesses: [context.options.witness ?? []].flat().map(parseBase),
  });
  const keyPath = join(dir, registryFiles.scannerKey);
  const isHere = existsSync(keyPath);
  if (!isHere && context.options['no-scanner'] !== true)
    printNote(
      context,
      safe`no scanner key in ${dir}: versions wait until a scanner runs elsewhere (skillgate scanner work)`,
    );
  const scanner =
    isHere && context.options['no-scanner'] !== true
      ? keepScannerRunning(context, {
          base: registry.base,
          keyPath,
          rootPath: join(dir, registryFiles.root),
        })
      : undefined;
  try {
    const ink = inkFor(context.stdout, context.env);
    answer(
      context,
      {
        schema: 'skillgate.serving/1',
        base: registry.base,
        dir,
        pid: process.pid,
        policy: policyDigest(registry.registry.policy),
      },
      () =>
        joined(
          [
            safe`${ink.green('✔')} The registry answers at ${ink.bold(registry.base)}`,
            safe`  desk:     ${registry.base}/review   (sign in: skillgate login --browser)`,
            safe`  pin it:   skillgate registry add ${registry.base}   (compare the fingerprint that registry init printed)`,
            safe`  stop:     Ctrl-C`,
          ],
          '\n',
        ),
    );
    await untilStopped(AbortSignal.any([context.signal, endOfNpm(context)]));
  } finally {
    // The scanner comes first, because it has open connections to the server.
    await scanner?.stop();
    await registry.close();
  }
  printNote(context, safe`stopped`);
  return exitCodes.ok;
}

async function untilStopped(signal: AbortSignal): Promise<void> {
  await new Promise<void>((stopped) => {
    if (signal.aborted) stopped();
    else signal.addEventListener('abort', () => stopped(), { once: true });
  });
}

/**
 * Aborts when the npm that started this process has ended: a killed npm passes no signal on. A
 * shell in between ends by itself when its script starts this process in the background.
 */
function endOfNpm({ env }: CommandContext): AbortSignal {
  const ended = new AbortController();
  const parent = process.ppid;
  if (env.npm_lifecycle_event === undefined || !isNpm(parent)) return ended.signal;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    ended.abort();
  }, parentPollMillis);
  timer.unref();
  return ended.signal;
}

/** Whether a process calls itself npm, or is a program of node of that kind. */
export function isNpm(pid: number): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    return /^(?:[^\0]*node\0(?:[^\0]*\/)?)?(?:npm|npx|pnpm|yarn)\b/.test(words);
  } catch {
    return false;
  }
}

// The folder is checked first: the rest of the application takes longer to load.
async function start(options: RegistryOptions): Promise<RunningRegistry> {
  const opened = openFolder(options.dir);
  try {
    const { startRegistry } = await import('../../registry/serve.ts');
    return await startRegistry({ ...options, opened });
  } catch (error) {
    closeQuietly(opened);
    throw error;
  }
}

async function policyIn({ cwd, options }: CommandContext): Promise<Policy | undefined> {
  if (typeof options.policy !== 'string') return undefined;
  const path = resolve(cwd, options.policy);
  const bytes = await readFile(path).catch((cause) => {
    throw new Problem('file-not-found', `Cannot read the policy ${JSON.stringify(path)}`, {
      cause,
    });
  });
  return parsePolicy(bytes);
}

function portOf(text: unknown): number {
  if (text === undefined) return portDefault;
  const port = Number(text);
  if (typeof text === 'string' && /^\d+$/.test(text) && port <= portMax) return port;
  throw new Problem('usage', `Cannot use port ${JSON.stringify(text)}`, {
    hint: 'write a number from 1 to 65535, or 0 for any free port',
  });
}
