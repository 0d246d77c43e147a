/**
 * The hosts that `npm run bench -- actions` reaches: an index of packages for npm and Python, and a
 * git repository, on loopback.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface Mirror {
  /** The member `hosts` of host policy. */
  readonly hosts: Readonly<Record<string, string>>;
  /** The options of npm and pip that name the index, for the scripts in the session. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const indexHost = 'index.acme.example';
const gitHost = 'git.acme.example';

export async function openMirror(folder: string): Promise<Mirror> {
  makePackages(folder);
  const server = createServer((request, response) => answer(folder, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    hosts: { [indexHost]: address, [gitHost]: address },
    env: {
      NPM_FROM: `--registry http://${indexHost}/npm/`,
      PIP_FROM: `--index-url http://${indexHost}/simple/ --trusted-host ${indexHost}`,
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
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

function answer(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const send = (type: string, body: string | Uint8Array): void => {
    response.setHeader('content-type', type);
    response.end(body);
  };
  if (path.startsWith('/remote.git/')) serveGit(folder, path, query, request, response);
  else if (path === '/npm/tiny') send('application/json', packument(folder));
  else if (path === '/npm/tiny.tgz')
    send('application/octet-stream', readFileSync(join(folder, 'tiny.tgz')));
  else if (path === '/simple/tiny/') send('text/html', `<a href="/files/${wheelName}">tiny</a>`);
  else if (path === `/files/${wheelName}`)
    send('application/zip', readFileSync(join(folder, wheelName)));
  else {
    response.statusCode = 404;
    response.end();
  }
}

const wheelName = 'tiny-1.0.0-py3-none-any.whl';

function packument(folder: string): string {
  const hash = createHash('sha512').update(readFileSync(join(folder, 'tiny.tgz')));
  const dist = {
    tarball: `http://${indexHost}/npm/tiny.tgz`,
    integrity: `sha512-${hash.digest('base64')}`,
  };
  const versions = { '1.0.0': { name: 'tiny', version: '1.0.0', dist } };
  const time = { '1.0.0': '2020-01-01T00:00:00.000Z' };
  return JSON.stringify({ name: 'tiny', 'dist-tags': { latest: '1.0.0' }, versions, time });
}

// git's own server, as a CGI program (git-http-backend(1)).
function serveGit(
  folder: string,
  path: string,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
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
