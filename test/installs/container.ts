/**
 * The demo's skill through a registry and a scanner in containers, as docs/serving/compose.yaml
 * starts them: not root, a read-only file system, and the scanner with the options that its sandbox
 * needs. The people are on this machine.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { freePort } from '../free-port.ts';

// Podman passes on limits of its own, which a container of a container may not raise.
const podman = ['podman', '--runtime', 'runc'];
const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024', '--network', 'host'];
const version = '@acme/weekly-report@1.4.0';

/** @throws Error at the first step that fails */
export async function tryContainer(root: string, deb: string, folder: string): Promise<void> {
  const port = await freePort();
  const names = { image: `skillgate-${port}`, base: `bare-${port}` };
  const started: string[] = [];
  const home = join(folder, 'home');
  const skillgate = (...args: string[]): string =>
    type(process.execPath, ['dist/cli/guard.js', ...args], { SKILLGATE_HOME: home });
  const run = (service: Service, ...args: string[]): string =>
    type(...words([...podman, 'run', ...limits, ...optionsOf(service, port), ...args]));
  try {
    build(root, deb, folder, names);
    const services = readServices();
    const init = ['registry', 'init', '/data/registry', '--origin', 'localhost'];
    const fingerprint = run(services.registry, '--rm', names.image, ...init).trim();
    const own = ['scanner-key.json', 'root.json'].map((file) => `/data/registry/${file}`);
    run(services.registry, '--rm', '--entrypoint', 'cp', names.image, ...own, '/scanner/');
    const serve = ['serve', '/data/registry', '--port', String(port), '--no-scanner'];
    started.push(run(services.registry, '--detach', names.image, ...serve).trim());
    const base = `http://localhost:${port}`;
    const environment = ['-e', `SKILLGATE_REGISTRY=${base}`, '-e', 'SKILLGATE_HOME=/tmp/home'];
    const work = services.scanner.command.split(' ');
    started.push(run(services.scanner, '--detach', ...environment, names.image, ...work).trim());
    await untilHealthy(base);
    takeKey(`data-${port}`, home);
    for (const line of [
      ['registry', 'add', base, '--root', fingerprint],
      ...['default', 'rita', 'rob'].map((name) => ['key', 'create', name]),
      ...['rita', 'rob'].map((name) => enrolment(home, name)),
      ['scope', 'claim', 'acme'],
      ['publish', 'examples/weekly-report'],
      ['status', version, '--wait'],
      ...['rita', 'rob'].map((name) => approval(name)),
      ['verify', version],
    ])
      skillgate(...line);
  } finally {
    for (const id of started) type(...words([...podman, 'rm', '--force', '--time', '1', id]));
    type(...words([...podman, 'rmi', '--force', names.image, names.base]));
    const volumes = [`data-${port}`, `scanner-${port}`];
    type(...words([...podman, 'volume', 'rm', '--force', ...volumes]));
  }
}

function build(
  root: string,
  deb: string,
  folder: string,
  { base, image }: { readonly base: string; readonly image: string },
): void {
  const archive = join(folder, 'root.tar');
  type('tar', ['-C', root, '-cf', archive, '.']);
  type(...words([...podman, 'import', archive, base]));
  const context = join(folder, 'context');
  mkdirSync(context);
  copyFileSync(deb, join(context, basename(deb)));
  const given = [
    '--build-arg',
    `BASE=localhost/${base}`,
    '--build-arg',
    `PACKAGE=${basename(deb)}`,
  ];
  const file = ['-f', 'docs/serving/Containerfile', '--format', 'docker', '-t', image];
  type(...words([...podman, 'build', ...limits, ...file, ...given, context]));
}

interface Service {
  readonly read_only: boolean;
  readonly tmpfs: readonly string[];
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly volumes: readonly string[];
  readonly command: string;
}

function readServices(): { readonly registry: Service; readonly scanner: Service } {
  return parse(readFileSync('docs/serving/compose.yaml', 'utf8'), { merge: true }).services;
}

/** What compose would say to podman, in its own words for an open /proc. */
function optionsOf(service: Service, port: number): string[] {
  return [
    ...(service.read_only ? ['--read-only'] : []),
    ...service.tmpfs.flatMap((path) => ['--tmpfs', path]),
    ...service.cap_drop.flatMap((name) => ['--cap-drop', name]),
    ...service.security_opt
      .filter((option) => !option.startsWith('apparmor='))
      .flatMap((option) => [
        '--security-opt',
        option === 'systempaths=unconfined' ? 'unmask=ALL' : option,
      ]),
    // The settings file of the operator is left out.
    ...service.volumes
      .filter((volume) => /^\w/.test(volume))
      .flatMap((volume) => ['-v', volume.replace(':', `-${port}:`)]),
  ];
}

async function untilHealthy(base: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (
      await fetch(`${base}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await sleep(200);
  }
  throw new Error(`no registry at ${base}`);
}

function takeKey(volume: string, home: string): void {
  const format = ['volume', 'inspect', '--format', '{{.Mountpoint}}', volume];
  const place = type(...words([...podman, ...format])).trim();
  mkdirSync(join(home, 'config/keys'), { recursive: true, mode: 0o700 });
  const key = readFileSync(join(place, 'home/config/keys/administrator.json'));
  writeFileSync(join(home, 'config/keys/administrator.json'), key, { mode: 0o600 });
}

function enrolment(home: string, name: string): string[] {
  const key = join(home, `config/keys/${name}.pub.json`);
  return ['member', 'add', name, '--role', 'reviewer', '--public-key', key, '--no-identity'];
}

function approval(name: string): string[] {
  return ['review', 'approve', version, '--key', name, '--reason', 'Read it.', '--yes'];
}

function words([program = '', ...args]: readonly string[]): [string, readonly string[]] {
  return [program, args];
}

function type(program: string, args: readonly string[], env: Record<string, string> = {}): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
