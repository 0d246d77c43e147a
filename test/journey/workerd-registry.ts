/** Starts the Worker on workerd with a fresh local D1 and R2, without network. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { TufRepository } from '../../skills-index/trust/root/repository.ts';
import { freePort } from '../free-port.ts';
import type { TestRoot } from '../registry/people.ts';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
export const wrangler = join(
  dirname(fileURLToPath(import.meta.resolve('wrangler/package.json'))),
  'bin/wrangler.js',
);
// Without the first, wrangler asks the network where it is for half a minute.
export const wranglerEnvironment = {
  ...process.env,
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_SEND_METRICS: 'false',
  CI: '1',
  NO_COLOR: '1',
};

export interface RunningWorker {
  readonly base: string;
  readonly process: ChildProcess;
  /**
   * SIGTERM; resolves when wrangler and every workerd that it started are gone, and fails when one
   * stays.
   */
  close(): Promise<void>;
}

/** @param tuf what administrators signed, put where an operator puts it */
export async function startWorker(trust: TestRoot, tuf: TufRepository): Promise<RunningWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'skillgate-workerd-'));
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const oneLine = (pem: string): string => pem.replace(/\n/g, '');
  const variables = {
    BASE: base,
    ROOT: canonicalJson(trust.root),
    LOG_KEY: oneLine(trust.texts.log),
    STATUS_KEY: oneLine(trust.texts.status),
    REGISTRY_KEY: oneLine(trust.texts.registry),
  };
  const file = join(folder, 'vars.env');
  await writeFile(
    file,
    Object.entries(variables)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(''),
    { mode: 0o600 },
  );
  const local = ['--local', '--persist-to', folder];
  await promisify(execFile)(
    process.execPath,
    [wrangler, 'd1', 'migrations', 'apply', 'DB', ...local],
    {
      cwd: repository,
      env: wranglerEnvironment,
    },
  );
  const document = join(folder, 'tuf.json');
  await writeFile(document, JSON.stringify(tuf));
  const put = ['r2', 'object', 'put', 'skillgate-objects/tuf.json', '--file', document];
  await promisify(execFile)(process.execPath, [wrangler, ...put, ...local], {
    cwd: repository,
    env: wranglerEnvironment,
  });
  const ports = ['--port', String(port), '--inspector-port', '0', '--ip', '127.0.0.1'];
  const child = spawn(process.execPath, [wrangler, 'dev', ...local, ...ports, '--env-file', file], {
    cwd: repository,
    env: wranglerEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (output += String(chunk)));
  const close = async (): Promise<void> => {
    const gone = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
    child.kill('SIGTERM');
    await gone;
    await groupEnds(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await answers(base, child, () => output);
  } catch (error) {
    await close();
    throw error;
  }
  return { base, process: child, close };
}

// The child leads a process group; a signal 0 to the group finds out whether anybody is left in it.
async function groupEnds(child: ChildProcess): Promise<void> {
  const pid = child.pid ?? 0;
  for (let tries = 0; tries < 100; tries++) {
    try {
      process.kill(-pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  process.kill(-pid, 'SIGKILL');
  throw new Error('wrangler left a process behind');
}

async function answers(base: string, child: ChildProcess, output: () => string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`wrangler ended: ${output()}`);
    const up = await fetch(`${base}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`wrangler does not answer: ${output()}`);
}
