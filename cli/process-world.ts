/** The process around a command: signals, and the proxy of the environment. */
import { exitCodes, type OnHangUp } from './command.ts';

/** Time to clean up after the first signal. */
const graceMs = 10_000;

/** npm passes on the signal that a terminal sends to both, so one Ctrl-C arrives twice. */
const sameSignalMs = 500;

export interface Signals {
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  readonly onHangUp: OnHangUp;
}

/** A later signal, or a clean-up that takes too long, ends the process at once. */
export function takeSignals(process: NodeJS.Process): Signals {
  const controller = new AbortController();
  let hangUp: (() => void) | undefined;
  let firstAt = 0;
  const stop = (): void => {
    if (controller.signal.aborted) {
      if (performance.now() - firstAt > sameSignalMs) process.exit(130);
      return;
    }
    firstAt = performance.now();
    controller.abort();
    setTimeout(() => process.exit(130), graceMs).unref();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, stop);
  process.on('SIGHUP', () => (hangUp ?? stop)());
  return {
    signal: controller.signal,
    onHangUp: (task) => {
      hangUp = task;
      return () => {
        hangUp = undefined;
      };
    },
  };
}

// All addresses for which `parseBase` allows plain HTTP: a proxy would read the tokens sent there.
const thisMachine = ['localhost', '.localhost', '127.0.0.0-127.255.255.255', '[::1]', '::1'];

/** Sends `fetch` through HTTPS_PROXY or HTTP_PROXY, except for requests to this machine. */
export async function useProxy(env: NodeJS.ProcessEnv): Promise<void> {
  const named = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some(
    (name) => (env[name] ?? '') !== '',
  );
  if (!named) return;
  const direct = [env.NO_PROXY ?? env.no_proxy, ...thisMachine].filter(Boolean).join(',');
  // Node's HTTP client is loaded only if a proxy is set.
  const { default: http } = await import('node:http');
  try {
    http.setGlobalProxyFromEnv({ ...env, NO_PROXY: direct, no_proxy: direct });
  } catch {
    // Node's message has the whole address, with its password.
    process.stderr.write(
      'error[usage]: Cannot start: HTTPS_PROXY or HTTP_PROXY is not http://HOST:PORT\n',
    );
    process.exit(exitCodes.usage);
  }
}
