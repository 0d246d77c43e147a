import { existsSync, readFileSync } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistryOptions, RunningRegistry } from '../../registry/serve.ts';
import { parsePublicUrl } from '../../registry/serving/public-address.ts';
import { callbackOf } from '../../registry/sign-in/sign-on-config.ts';
import { closeQuietly, openFolder } from '../../registry/store/database-file.ts';
import { postOutside } from '../../runner/webhooks/post-outside.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { parsePolicy, policyDigest } from '../../skills-index/trust/policy/policy.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { registryFiles } from '../root-rotation/registry-folder.ts';
import { answer, inkFor, joined, printNote, safe } from '../terminal/output.ts';
import { parsedFile } from './parsed-file.ts';
import { keepScannerRunning } from './scanner-child.ts';
import { settingsOf } from './settings.ts';

/** How often a registry that npm started looks whether npm is still there. */
const parentPollMillis = 1_000;

/**
 * `skillgate serve [DIR]`: runs the registry in this process, and the scanner in a child process
 * without the registry's keys.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  return serve(context, async (dir, registry) => announce(context, dir, registry));
}

/**
 * Serves until the end of the context's signal.
 * @param whenReady is called when the registry answers, and may ask it
 * @throws Problem of `settingsOf` and `startRegistry`
 */
export async function serve(
  context: CommandContext,
  whenReady: (dir: string, registry: RunningRegistry) => Promise<void>,
): Promise<ExitCode> {
  const settings = await settingsOf(context, parsePublicUrl);
  const { dir, url, host, port, tls, proxies, witnesses, noScanner } = settings;
  const { accessLog, metricsPort, signOn, objects } = settings;
  await access(join(dir, registryFiles.root)).catch(async (cause) => {
    const isEmpty = (await readdir(dir).catch(() => [])).length === 0;
    throw new Problem(
      'file-not-found',
      `Cannot serve ${JSON.stringify(dir)}: the folder contains no registry`,
      {
        hint: isEmpty
          ? `skillgate registry init ${shellWord(dir)} --origin HOST`
          : 'name the folder of a registry, or a new one: skillgate registry init NEWDIR --origin HOST',
        cause,
      },
    );
  });
  const policy = await parsedFile('policy', settings.policy, parsePolicy);
  const registry = await start({
    dir,
    ...(policy === undefined ? {} : { policy }),
    quotas: settings.quotas,
    retention: settings.retention,
    url,
    host,
    port,
    tls,
    proxies,
    accessLog: accessLog === '-' ? (line) => void context.stdout.write(line) : accessLog,
    metricsPort,
    log: (line) => printNote(context, safe`${line}`),
    witnesses,
    signOn,
    postOutside: postOutside,
    objects,
  });
  const { origin } = registry.registry.root;
  if (url !== undefined && new URL(registry.base).hostname !== origin)
    printNote(
      context,
      safe`The log of this registry is named ${origin}, as registry init was told. The name is fixed, and another address of the registry does no harm.`,
    );
  const keyPath = join(dir, registryFiles.scannerKey);
  const isHere = existsSync(keyPath);
  if (!isHere && !noScanner)
    printNote(
      context,
      safe`no scanner key in ${dir}: versions wait until a scanner runs elsewhere (skillgate scanner work)`,
    );
  const scanner =
    isHere && !noScanner
      ? keepScannerRunning(context, {
          base: registry.localBase,
          keyPath,
          rootPath: join(dir, registryFiles.root),
        })
      : undefined;
  // Before the answer: whoever reads the answer may end npm at once.
  const stopped = AbortSignal.any([context.signal, endOfNpm(context)]);
  const letGo = atHangUp(context, () => void registry.reload());
  try {
    await whenReady(dir, registry);
    await untilStopped(stopped);
  } finally {
    letGo?.();
    // Both at once: a process manager waits a few seconds in all. The end of the scanner ends its
    // connections to the server.
    await Promise.all([scanner?.stop(), registry.close()]);
  }
  printNote(context, safe`stopped`);
  return exitCodes.ok;
}

function announce(context: CommandContext, dir: string, registry: RunningRegistry): void {
  const ink = inkFor(context.stdout, context.env);
  answer(
    context,
    {
      schema: 'skillgate.serving/1',
      base: registry.base,
      local: registry.localBase,
      metricsPort: registry.metricsPort ?? null,
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
          ...(registry.base === registry.localBase
            ? []
            : [safe`  here:     ${registry.localBase}   (for this machine alone)`]),
          ...(registry.registry.signOn === undefined
            ? []
            : [
                safe`  sign-on:  ${registry.registry.signOn.config.issuer}   (redirect address: ${callbackOf(registry.base)})`,
              ]),
          ...(registry.metricsPort === undefined
            ? []
            : [safe`  metrics:  http://127.0.0.1:${registry.metricsPort}/metrics`]),
          safe`  stop:     Ctrl-C`,
        ],
        '\n',
      ),
  );
}

/** At a terminal, SIGHUP says that the terminal is gone. A service reads its files again. */
function atHangUp({ stdin, onHangUp }: CommandContext, task: () => void): (() => void) | undefined {
  return stdin.isTTY === true ? undefined : onHangUp?.(task);
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
