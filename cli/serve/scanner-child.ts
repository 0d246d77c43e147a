/**
 * The scanner beside a registry: its own process, which is restarted when it ends and stopped with
 * the registry.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CommandContext } from '../command.ts';
import { printNote, safe } from '../terminal/output.ts';

/** How long a child may take to end after SIGTERM. */
const childStopMillisMax = 4_000;

/** Longest pause before a restart of the scanner child; the pause doubles each time. */
const restartMillisMin = 500;
const restartMillisMax = 30_000;

interface ScannerChild {
  /** Stops the child and waits for its end. */
  stop(): Promise<void>;
}

/**
 * Environment variables that the child needs. The registry's own variables, tokens and npm's
 * variables are left out.
 */
const passedOn = [
  'PATH',
  'HOME',
  'LANG',
  'TMPDIR',
  'SKILLGATE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_CACHE_HOME',
  'NO_COLOR',
  // The optional reader of prose.
  'SKILLGATE_READER',
  'SKILLGATE_READER_MODEL',
  'SKILLGATE_READER_KEY',
  // The way to package indexes: certificates of the house, and its proxy.
  'NODE_EXTRA_CA_CERTS',
  'NODE_USE_SYSTEM_CA',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
];

/**
 * Starts `skillgate scanner work` with the scanner's key. A child that ends is restarted after a
 * pause that doubles, up to half a minute.
 */
export function keepScannerRunning(
  context: CommandContext,
  {
    base,
    keyPath,
    rootPath,
  }: { readonly base: string; readonly keyPath: string; readonly rootPath: string },
): ScannerChild {
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let pause = restartMillisMin;
  const env = Object.fromEntries(
    passedOn.flatMap((name) =>
      context.env[name] === undefined ? [] : [[name, context.env[name]]],
    ),
  );
  // A proxy for package indexes may not know the registry.
  const { NO_PROXY: given = context.env.no_proxy } = context.env;
  const direct = [given, new URL(base).hostname].filter(Boolean).join(',');
  const start = (): void => {
    const started = Date.now();
    const guard = fileURLToPath(new URL('../guard.js', import.meta.url));
    const args = [guard, 'scanner', 'work', '--key', keyPath, '--root', rootPath];
    child = spawn(process.execPath, args, {
      env: { ...env, SKILLGATE_REGISTRY: base, NO_PROXY: direct },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('error', (error) => printNote(context, safe`scanner: ${error.message}`));
    child.once('exit', (code, signal) => {
      if (stopping) return;
      if (Date.now() - started > restartMillisMax) pause = restartMillisMin;
      printNote(
        context,
        safe`scanner ended (${signal ?? code ?? ''}); it is started again in ${pause} ms`,
      );
      timer = setTimeout(start, pause);
      pause = Math.min(pause * 2, restartMillisMax);
    });
  };
  start();
  return {
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      await endChild(child);
    },
  };
}

/** Stops a child and waits for its end. */
export async function endChild(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), childStopMillisMax);
  await gone;
  clearTimeout(late);
}
