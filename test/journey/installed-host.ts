/**
 * A registry on loopback and a user's host: command lines run as real processes, `skillgate` is on
 * their PATH.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { pinRegistry } from '../../cli/registries/addresses/pin-registry.ts';
import { guard } from '../built-program.ts';
import { makeNetwork, type Network, pathsOf } from '../cli/installer-world.ts';
import { compiledCode } from '../compiled-code.ts';
import { signIn } from '../registry/road.ts';

/** A command may print more than the 1 MiB that execFile takes by default, such as 20,000 paths. */
const outputBytesMax = 64 * 1024 * 1024;

export interface InstalledHost {
  readonly network: Network;
  readonly base: string;
  readonly home: string;
  readonly project: string;
  /**
   * What a process of this host is given; nothing of the test's own environment but the machine's
   * programs.
   */
  readonly env: Readonly<Record<string, string>>;
  readonly guard: string;
  skill(...argv: string[]): Promise<Ran>;
  /** Any program, with `skillgate` on its PATH. */
  call(
    program: string,
    argv: readonly string[],
    more?: { readonly cwd?: string; readonly stdin?: string },
  ): Promise<Ran>;
  /** Stops the registry; it can be reached no more. */
  stopRegistry(): Promise<void>;
  close(): Promise<void>;
}

export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

export async function makeInstalledHost(): Promise<InstalledHost> {
  const network = await onlineNetwork();
  const listener = getRequestListener(async (request) => {
    const path = request.url.slice(new URL(request.url).origin.length);
    network.asked.push(path);
    // The registry of the tests answers under a name of its own.
    const headers = { 'content-type': request.headers.get('content-type') ?? '' };
    const sent =
      request.method === 'POST'
        ? { method: 'POST', headers, body: await request.arrayBuffer() }
        : undefined;
    const honest = async (): Promise<Response> => network.registry.send(path, sent);
    return network.lie === undefined ? honest() : network.lie(path, honest);
  });
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://localhost:${(server.address() as AddressInfo).port}`;

  const folder = mkdtempSync(join(tmpdir(), 'skillgate-host-'));
  const home = join(folder, 'home');
  const project = join(folder, 'project');
  const bin = join(folder, 'bin');
  for (const path of [home, project, bin]) mkdirSync(path);
  writeFileSync(join(bin, 'skillgate'), `#!/bin/sh\nexec '${process.execPath}' '${guard}' "$@"\n`, {
    mode: 0o755,
  });
  await pinRegistry(pathsOf(home), base, network.registry.trust.root, []);
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    SKILLGATE_HOME: home,
    HOME: folder,
    TMPDIR: tmpdir(),
    NO_COLOR: '1',
    ...compiledCode,
  };
  const stopRegistry = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  const host: InstalledHost = {
    network,
    base,
    home,
    project,
    env,
    guard,
    stopRegistry,
    skill: (...argv) => host.call('skillgate', argv),
    call: (program, argv, more = {}) =>
      new Promise((resolve) => {
        const child = execFile(
          program,
          [...argv],
          { cwd: more.cwd ?? project, env, maxBuffer: outputBytesMax },
          (error, out, err) => {
            const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
            resolve({ exit, out, err });
          },
        );
        child.stdin?.end(more.stdin ?? '');
      }),
    close: async () => {
      await stopRegistry();
      network.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return host;
}

// The registry of the unit tests stands in March; processes live now.
async function onlineNetwork(): Promise<Network> {
  const network = await makeNetwork();
  const { registry } = network;
  registry.wait(Date.now() - registry.registry.now().getTime());
  const { send, author, scanner, rita, omar } = registry;
  const tokens = {
    author: await signIn(send, author),
    scanner: await signIn(send, scanner),
    rita: await signIn(send, rita),
    omar: await signIn(send, omar),
  };
  return Object.assign(network, { registry: { ...registry, tokens } });
}
