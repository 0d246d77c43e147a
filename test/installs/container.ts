/**
 * The demo's skill through docs/serving/compose.yaml as it stands: a registry behind Caddy, its
 * scanner and its backup, each in its container. Then the volume with the data is lost, and the
 * registry goes on from the backup. The people are on this machine, and ask the public name by TLS.
 */
import { execFile } from 'node:child_process';
import { chownSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import { freePort } from '../free-port.ts';
import { makePublicName } from '../journey/public-name.ts';

const host = 'skills.acme.example';
const base = `https://${host}`;
const version = '@acme/weekly-report@1.4.0';
// Podman passes on limits of its own, which a container of a container may not raise.
const settings = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
`;

/** For one command; the slowest builds an image. */
const minutesMax = 5;

type Run = (...args: readonly string[]) => Promise<string>;

/** @throws Error at the first step that fails */
export async function tryContainer(root: string, deb: string, folder: string): Promise<void> {
  const port = await freePort();
  const project = `skillgate-${port}`;
  const place = join(folder, 'compose');
  const home = join(folder, 'home');
  const name = await makePublicName(host, port);
  const env = { ...process.env, CONTAINERS_CONF: join(folder, 'containers.conf') };
  const type = (program: string, env: NodeJS.ProcessEnv, args: readonly string[]) =>
    promisify(execFile)(program, args, { env, timeout: minutesMax * 60_000 });
  const podman: Run = async (...args) => (await type('podman', env, args)).stdout;
  const file = join(place, 'compose.yaml');
  const compose: Run = async (...args) =>
    (await type('.cache/python/bin/podman-compose', env, ['-p', project, '-f', file, ...args]))
      .stdout;
  const inData = async (path: string): Promise<string> => {
    const format = ['--format', '{{.Mountpoint}}'];
    return join((await podman('volume', 'inspect', ...format, `${project}_data`)).trim(), path);
  };
  // Podman would pass the proxy on to its containers.
  const own = { ...name.env, SKILLGATE_HOME: home, NODE_EXTRA_CA_CERTS: join(place, 'ca.pem') };
  const skillgate: Run = async (...args) =>
    (await type(process.execPath, { ...env, ...own }, ['dist/cli/guard.js', ...args])).stdout;
  try {
    await type('sh', env, ['.ci/python/install.sh']);
    writeFileSync(env.CONTAINERS_CONF, settings);
    await type('tar', env, ['-C', root, '-cf', join(folder, 'root.tar'), '.']);
    await podman('import', join(folder, 'root.tar'), `${project}-base`);
    await buildImages(podman, project, deb, folder);
    const owner = Number(await podman('run', '--rm', '--entrypoint', 'id', project, '-u'));
    writePlace(place, project, port, owner);
    await playAsRoot(podman, project);

    const init = ['registry', 'init', '/data/registry', '--origin', host];
    const [fingerprint = ''] =
      /sha256:\w+/.exec(await compose('run', '--rm', 'registry', ...init)) ?? [];
    const files = ['scanner-key.json', 'root.json'].map((file) => `/data/registry/${file}`);
    await compose('run', '--rm', '--entrypoint', 'cp', 'registry', ...files, '/scanner/');
    await compose('up', '-d');
    await untilHealthy();
    const keys = join(home, 'config/keys');
    mkdirSync(keys, { recursive: true, mode: 0o700 });
    const key = readFileSync(await inData('home/config/keys/administrator.json'));
    writeFileSync(join(keys, 'administrator.json'), key, { mode: 0o600 });
    await skillgate('registry', 'add', base, '--root', fingerprint);
    for (const line of publication(keys)) await skillgate(...line);

    const copy = ['registry', 'backup', '/data/registry', '/backup/registry'];
    await compose('exec', 'backup', 'skillgate', ...copy);
    const kept = join(place, 'other-machine/keys.json');
    copyFileSync(await inData('registry/keys.json'), kept);
    chownSync(kept, owner, owner);
    await compose('down');
    await podman('volume', 'rm', `${project}_data`);
    const restore = ['registry', 'restore', '/backup/registry', '/data/registry'];
    const withKeys = [...restore, '--keys', '/backup/keys.json'];
    await compose('run', '--rm', '--entrypoint', 'skillgate', 'backup', ...withKeys);
    await compose('up', '-d');
    await untilHealthy();
    await skillgate('verify', version);
  } finally {
    name.close();
    await compose('down', '-v');
    await podman('rmi', '--force', project, `${project}-caddy`, `${project}-base`);
  }
}

/** The lines of the README as root: on its own, and in a job of GitHub Actions. */
async function playAsRoot(podman: Run, image: string): Promise<void> {
  const unconfined = ['seccomp=unconfined', 'unmask=ALL'];
  const flags = unconfined.flatMap((option) => ['--security-opt', option]);
  const root = ['run', '--rm', '--user', '0', '--entrypoint', 'sh', ...flags];
  const job = ['-e', 'HOME=/github/home', '-e', 'GITHUB_ACTIONS=true'];
  const play = `set -e; unset SKILLGATE_HOME
chown "$0:$0" . "$HOME"
skillgate up >/tmp/up & until grep -q next: /tmp/up; do sleep 0.2; done
skillgate init hello && sed -i 's/^description: .*/description: Says hello./' hello/SKILL.md
skillgate publish hello
skillgate review approve @me/hello@0.1.0 --reason 'I wrote it' --yes
skillgate install @me/hello && skillgate run @me/hello hello Ada
skillgate try hello hello Bob`;
  for (const [owner, place, options] of [
    ['0', '/srv/work', []],
    ['1001', '/__w/repo/repo', ['--tmpfs', '/github/home', ...job]],
  ] as const) {
    const there = ['--tmpfs', place, '-w', place];
    const out = await podman(...root, ...there, ...options, image, '-ec', play, owner);
    if (!out.includes('hello, Ada') || !out.includes('hello, Bob'))
      throw new Error(`root in a container (${owner}): ${out}`);
  }
}

/** The image of docs/serving/Containerfile, and one of Caddy, on the bare root of Debian. */
async function buildImages(
  podman: Run,
  project: string,
  deb: string,
  folder: string,
): Promise<void> {
  const context = join(folder, 'context');
  mkdirSync(context);
  copyFileSync(deb, join(context, basename(deb)));
  const parts = [`BASE=localhost/${project}-base`, `PACKAGE=${basename(deb)}`];
  const given = parts.flatMap((part) => ['--build-arg', part]);
  const build: Run = (file, image, ...more) =>
    podman('build', '--format', 'docker', '-f', file ?? '', '-t', image ?? '', ...more, context);
  await build('docs/serving/Containerfile', project, ...given);
  const caddy = join(folder, 'Caddy');
  writeFileSync(
    caddy,
    `FROM localhost/${project}-base
RUN apt-get update && apt-get install -y --no-install-recommends caddy
ENV XDG_DATA_HOME=/data
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
`,
  );
  await build(caddy, `${project}-caddy`);
}

/** compose.yaml with what stands beside it, and an authority of its own. */
function writePlace(place: string, project: string, port: number, owner: number): void {
  mkdirSync(join(place, 'other-machine'), { recursive: true });
  chownSync(join(place, 'other-machine'), owner, owner);
  const authority = makeAuthority([host], new Date());
  const { cert, key } = authority.leafFor(host);
  writeFileSync(join(place, 'ca.pem'), authority.certificate);
  setDefaultCACertificates([...getCACertificates('default'), authority.certificate]);
  writeFileSync(join(place, 'tls.pem'), `${cert}${key}`);
  const tls = `${host} {\n\ttls /etc/caddy/tls.pem /etc/caddy/tls.pem`;
  const caddyfile = [
    [`${host} {`, tls],
    ['127.0.0.1:4880', 'registry:4880'],
  ] as const;
  const registry = [
    ['/var/lib/skillgate/registry', '/data/registry'],
    ['["127.0.0.1", "::1"]', '["172.30.0.0/24"]\nhost = "0.0.0.0"\nno-scanner = true'],
  ] as const;
  const compose = [
    ['image: skillgate\n', `image: localhost/${project}\n`],
    ['docker.io/library/caddy:2', `localhost/${project}-caddy`],
    ['systempaths=unconfined]', 'unmask=ALL]'],
    ['"80:80", "443:443"', `"127.0.0.1:${port}:443"`],
    ['/mnt/other-machine:', './other-machine:'],
    ['Caddyfile:ro', 'Caddyfile:ro, ./tls.pem:/etc/caddy/tls.pem:ro'],
    ['scanner:/scanner:ro', 'scanner:/scanner:ro, ./ca.pem:/ca.pem:ro'],
    ['SKILLGATE_HOME: /tmp/home', 'SKILLGATE_HOME: /tmp/home, NODE_EXTRA_CA_CERTS: /ca.pem'],
  ] as const;
  for (const [file, parts] of Object.entries({
    Caddyfile: caddyfile,
    'registry.toml': registry,
    'compose.yaml': compose,
  }))
    writeFileSync(join(place, file), withParts(file, parts));
}

/** Replaces parts of an example of docs/serving, each of which has to be there. */
function withParts(file: string, parts: readonly (readonly [string, string])[]): string {
  return parts.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`docs/serving/${file} has no ${from}`);
      return text.replace(from, () => to);
    },
    readFileSync(join('docs/serving', file), 'utf8').replace(/^(?:#.*\n)+/, ''),
  );
}

async function untilHealthy(): Promise<void> {
  let last: unknown;
  for (let tries = 0; tries < 150; tries++) {
    try {
      const { ok, status } = await fetch(`${base}/healthz`);
      if (ok) return;
      last = status;
    } catch (failure) {
      last = failure;
    }
    await sleep(200);
  }
  throw new Error(`no registry at ${base}`, { cause: last });
}

function publication(keys: string): readonly string[][] {
  const people = ['rita', 'rob'];
  const enrolled = people.map((name) => join(keys, `${name}.pub.json`));
  const read = ['--reason', 'Read it.', '--yes'];
  return [
    ...['default', ...people].map((name) => ['key', 'create', name]),
    ...people.map((name, at) => [
      ...['member', 'add', name, '--role', 'reviewer', '--no-identity'],
      ...['--public-key', enrolled[at] ?? ''],
    ]),
    ['scope', 'claim', 'acme'],
    ['publish', 'examples/weekly-report'],
    ['status', version, '--wait'],
    ...people.map((name) => ['review', 'approve', version, '--key', name, ...read]),
    ['verify', version],
  ];
}
