/**
 * The hosts that `npm run bench -- actions` reaches: an index of packages for npm and Python, and a
 * git repository, on loopback.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeAuthority } from '../skills-index/run/egress/certificate.ts';

export interface Mirror {
  /** The members `hosts`, `authorities` and `indexes` of host policy. */
  readonly policy: object;
  /** The address of the git server, for the identity's egress. */
  readonly gitUrl: string;
  close(): Promise<void>;
}

const gitHost = 'git.acme.example';

export async function openMirror(folder: string): Promise<Mirror> {
  makePackages(folder);
  const index: Server = createServer((request, response) =>
    serveIndex(folder, addressOf(index), request, response),
  );
  const authority = makeAuthority(['*'], new Date());
  const git = createSecureServer(authority.leafFor(gitHost), (request, response) =>
    serveGit(folder, request, response),
  );
  for (const server of [index, git])
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pem = join(folder, 'authority.pem');
  writeFileSync(pem, authority.certificate);
  return {
    policy: {
      hosts: { [gitHost]: addressOf(git) },
      authorities: [pem],
      indexes: {
        npm: { url: `http://${addressOf(index)}/`, minimumAgeDays: 0 },
        python: { url: `file://${folder}` },
      },
    },
    gitUrl: `https://${gitHost}/*`,
    close: async () => {
      for (const server of [index, git]) {
        server.closeAllConnections();
        await new Promise<void>((resolve) => server.close(() => resolve()));
      }
    },
  };
}

// A package `tiny` for npm and one for Python, and an empty git repository.
function makePackages(folder: string): void {
  mkdirSync(join(folder, 'package'), { recursive: true });
  writeFileSync(join(folder, 'package/package.json'), '{"name":"tiny","version":"1.0.0"}');
  writeFileSync(join(folder, 'package/index.js'), 'module.exports = 1;\n');
  const wheel = `
import zipfile
z = zipfile.ZipFile("tiny-1.0.0-py3-none-any.whl", "w")
d = "tiny-1.0.0.dist-info/"
z.writestr("tiny.py", "one = 1\\n")
z.writestr(d + "METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0.0\\n")
z.writestr(d + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
z.writestr(d + "RECORD", "tiny.py,,\\n" + d + "METADATA,,\\n" + d + "WHEEL,,\\n" + d + "RECORD,,\\n")
z.close()`;
  for (const [program, ...args] of [
    ['tar', '-czf', 'tiny.tgz', 'package'],
    ['python3', '-c', wheel],
    ['git', 'init', '-q', '--bare', 'remote.git'],
    ['git', '--git-dir', 'remote.git', 'config', 'http.receivepack', 'true'],
  ] as const) {
    const { status, stderr } = spawnSync(program, args, { cwd: folder });
    if (status !== 0) throw new Error(`cannot make the mirror: ${program}: ${stderr}`);
  }
}

function addressOf(server: Server): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function serveIndex(
  folder: string,
  address: string,
  { url = '' }: IncomingMessage,
  response: ServerResponse,
): void {
  if (url === '/tiny') {
    response.setHeader('content-type', 'application/json');
    response.end(packument(folder, address));
  } else if (url === '/tiny/-/tiny-1.0.0.tgz') {
    response.setHeader('content-type', 'application/octet-stream');
    response.end(readFileSync(join(folder, 'tiny.tgz')));
  } else {
    response.statusCode = 404;
    response.end();
  }
}

function packument(folder: string, address: string): string {
  const hash = createHash('sha512').update(readFileSync(join(folder, 'tiny.tgz')));
  const dist = {
    tarball: `http://${address}/tiny/-/tiny-1.0.0.tgz`,
    integrity: `sha512-${hash.digest('base64')}`,
  };
  const versions = { '1.0.0': { name: 'tiny', version: '1.0.0', dist } };
  const time = { '1.0.0': '2020-01-01T00:00:00.000Z' };
  return JSON.stringify({ name: 'tiny', 'dist-tags': { latest: '1.0.0' }, versions, time });
}

// git's own server, as a CGI program (git-http-backend(1)).
function serveGit(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: '/usr/bin:/bin',
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method ?? '',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      REMOTE_USER: 'agent',
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(child.stdin);
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.on('close', () => {
    const all = Buffer.concat(parts);
    const end = all.indexOf('\r\n\r\n');
    for (const line of all.subarray(0, end).toString('latin1').split('\r\n')) {
      const [name = '', value = ''] = line.split(': ');
      if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.end(all.subarray(end + 4));
  });
}
