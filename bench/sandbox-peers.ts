/**
 * Other sandboxes that are installed here, each starting a shell that does nothing: srt, runc,
 * docker. Absent ones say how to get them.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface Peer {
  readonly name: string;
  /** Our start's overhead over a bare process, at most this much of its own. */
  readonly atMost: number;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Opens those that are there. The caller stops each. */
export async function openPeers(): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (const [name, open] of Object.entries({ srt: openSrt, runc: openRunc, docker: openDocker })) {
    const peer = await open().catch((cause: Error) => cause.message);
    if (typeof peer === 'string') process.stderr.write(`no row for ${name}: ${peer}\n`);
    else peers.push(peer);
  }
  return peers;
}

/** Runs a program to its end. */
export async function run(
  program: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<void> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(env === undefined ? {} : { env }),
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said.slice(0, 300)}`);
}

interface SandboxManager {
  initialize(settings: object): Promise<void>;
  wrapWithSandbox(command: string): Promise<string>;
  reset(): Promise<void>;
}

// As a library, its proxies running already: its command takes a whole Node more.
async function openSrt(): Promise<Peer | string> {
  const folder = join(
    fileURLToPath(new URL('../.cache/peers', import.meta.url)),
    'node_modules',
    '@anthropic-ai',
    'sandbox-runtime',
  );
  if (!existsSync(folder))
    return 'npm i --prefix .cache/peers -E @anthropic-ai/sandbox-runtime@0.0.78 && apt-get install ripgrep socat';
  const { SandboxManager: srt }: { SandboxManager: SandboxManager } = await import(
    join(folder, 'dist/index.js')
  );
  const filesystem = { denyRead: [], allowWrite: ['/tmp'], denyWrite: [] };
  await srt.initialize({ network: { allowedDomains: [], deniedDomains: [] }, filesystem });
  return {
    name: 'srt 0.0.78',
    atMost: 0.5,
    start: async () => run('/bin/sh', ['-c', await srt.wrapWithSandbox(':')]),
    stop: () => srt.reset(),
  };
}

const system = ['/usr', '/lib', '/lib64', '/bin'];

// The default spec, and the host's programs bound into an empty root.
async function openRunc(): Promise<Peer | string> {
  if (spawnSync('runc', ['--version']).status !== 0) return 'apt-get install runc';
  if (process.getuid?.() !== 0) return 'its default spec is for root';
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-bench-'));
  execFileSync('runc', ['spec'], { cwd: folder });
  const spec = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  const root = join(folder, 'rootfs');
  mkdirSync(root);
  for (const path of system) {
    if (realpathSync(path) === path) mkdirSync(join(root, path));
    else symlinkSync(realpathSync(path), join(root, path));
  }
  const bound = system.filter((path) => realpathSync(path) === path);
  spec.mounts.push(
    ...bound.map((path) => ({
      destination: path,
      source: path,
      type: 'bind',
      options: ['rbind', 'ro'],
    })),
  );
  Object.assign(spec.process, { terminal: false, args: ['/bin/sh', '-c', ':'] });
  writeFileSync(join(folder, 'config.json'), JSON.stringify(spec));
  let count = 0;
  return {
    name: 'runc, default spec',
    atMost: 0.5,
    start: () =>
      run('runc', ['run', '--bundle', folder, `skillgate-bench-${process.pid}-${count++}`]),
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

// An engine of our own, without network, with an image that is a shell and its libraries.
async function openDocker(): Promise<Peer | string> {
  if (spawnSync('dockerd', ['--version']).status !== 0) return 'apt-get install docker.io';
  if (process.getuid?.() !== 0) return 'an engine is started by root';
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-bench-'));
  const host = `unix://${folder}/socket`;
  const places = [
    '--data-root',
    `${folder}/data`,
    '--exec-root',
    `${folder}/exec`,
    '--pidfile',
    `${folder}/pid`,
  ];
  const engine = spawn('dockerd', ['--bridge=none', '--iptables=false', ...places, '-H', host], {
    stdio: 'ignore',
    detached: true,
  });
  const stop = async (): Promise<void> => {
    await ended(engine);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const libraries = execFileSync('ldd', ['/bin/sh'], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
    const image = execFileSync('tar', ['-ch', '/bin/sh', ...libraries], {
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const docker = (...args: string[]) =>
      spawnSync('docker', ['-H', host, ...args], { input: image, encoding: 'utf8' });
    for (let tries = 0; docker('version').status !== 0; tries++) {
      if (tries === 50 || engine.exitCode !== null) throw new Error('dockerd does not start');
      await sleep(200);
    }
    if (docker('import', '-', 'skillgate-bench').status !== 0)
      throw new Error('docker import failed');
    const hardened =
      '--rm --network=none --read-only --cap-drop=ALL --security-opt=no-new-privileges --pids-limit=256 --memory=64m';
    const args = [
      '-H',
      host,
      'run',
      ...hardened.split(' '),
      'skillgate-bench',
      '/bin/sh',
      '-c',
      ':',
    ];
    return { name: 'docker run', atMost: 0.06, start: () => run('docker', args), stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function ended(engine: ChildProcess): Promise<void> {
  if (engine.exitCode !== null || engine.signalCode !== null) return;
  const gone = new Promise((resolve) => engine.on('exit', resolve));
  engine.kill('SIGTERM');
  await gone;
}
