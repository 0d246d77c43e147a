import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import { type InstalledHost, makeInstalledHost } from './installed-host.ts';
import { npmRegistry, sha, type Uploads } from './npm-registry.ts';

let host: InstalledHost;
let folder = '';
const servers: Server[] = [];
const asked: string[] = [];
const old = '2020-01-01T00:00:00.000Z';
const young = new Date().toISOString();

const inSession = async (agent: string, script: string) => {
  const { err, exit, out } = await host.skill('agent', 'run', agent, '--', 'sh', '-c', script);
  return { exit, out: `${out}${err}` };
};

/** A wheel with one module. */
function wheel(name: string, version: string): Buffer {
  const path = join(folder, `${name}-${version}-py3-none-any.whl`);
  const info = `${name}-${version}.dist-info`;
  execFileSync('python3', [
    '-c',
    `import sys, zipfile
z = zipfile.ZipFile(sys.argv[1], 'w')
z.writestr('${name}.py', 'said = "${name} ${version}"\\n')
z.writestr('${info}/METADATA', 'Metadata-Version: 2.1\\nName: ${name}\\nVersion: ${version}\\n')
z.writestr('${info}/WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
z.writestr('${info}/RECORD', '')
z.close()`,
    path,
  ]);
  return readFileSync(path);
}

function pythonIndex(packages: Readonly<Record<string, Uploads>>): RequestListener {
  return (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const [, name = ''] = /^\/simple\/([a-z]+)\/$/.exec(request.url ?? '') ?? [];
    const [, file] = /^\/files\/([\w.-]+\.whl)$/.exec(request.url ?? '') ?? [];
    if (file !== undefined) return void response.end(readFileSync(join(folder, file)));
    const uploads = packages[name];
    if (uploads === undefined) return void response.writeHead(404).end();
    response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
    const files = Object.entries(uploads).map(([version, time]) => ({
      filename: `${name}-${version}-py3-none-any.whl`,
      url: `../../files/${name}-${version}-py3-none-any.whl`,
      hashes: { sha256: sha('sha256', wheel(name, version)) },
      'upload-time': time,
    }));
    const archive = { filename: `${name}-9.0.tar.gz`, url: '../../files/x', hashes: {} };
    response.end(JSON.stringify({ name, files: [...files, { ...archive, 'upload-time': old }] }));
  };
}

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const malicious = (id: string, ecosystem: string, name: string, versions: string[]) =>
  JSON.stringify({ id, affected: [{ package: { ecosystem, name }, versions }] });

beforeAll(async () => {
  host = await makeInstalledHost();
  folder = mkdtempSync(join(tmpdir(), 'skillgate-indexes-'));
  chmodSync(folder, 0o755);
  for (const path of ['osv/npm/stealer', 'osv/malicious/pypi/grabber', 'wheels'])
    mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(
    join(folder, 'osv/npm/stealer/MAL-1.json'),
    malicious('MAL-1', 'npm', 'stealer', []),
  );
  writeFileSync(join(folder, 'osv/MAL-2.json'), malicious('MAL-2', 'npm', '@acme/lib', ['1.1.0']));
  writeFileSync(
    join(folder, 'osv/malicious/pypi/grabber/MAL-3.json'),
    malicious('MAL-3', 'PyPI', 'Grabber', []),
  );
  const authority = makeAuthority(['*'], new Date());
  writeFileSync(join(folder, 'authority.pem'), authority.certificate);
  const npm = await listen(
    createServer(
      authority.leafFor('npm.example'),
      npmRegistry('https://npm.example', asked, {
        '@acme/lib': { '1.0.0': old, '1.1.0': old, '1.2.0': young },
        stealer: { '1.0.0': old },
        newborn: { '1.0.0': young },
        changed: { '1.0.0': old },
      }),
    ),
  );
  const python = await listen(
    createPlainServer(pythonIndex({ lib: { '1.0': old, '2.0': young }, grabber: { '1.0': old } })),
  );
  writeFileSync(join(folder, 'wheels/local-1.0-py3-none-any.whl'), wheel('local', '1.0'));
  const policy = {
    authorities: [join(folder, 'authority.pem')],
    hosts: { 'npm.example': npm },
    indexes: {
      npm: { url: 'https://npm.example/' },
      python: { url: `http://${python}/simple/` },
    },
    advisories: join(folder, 'osv'),
  };
  writeFileSync(join(host.home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
  await host.skill('agent', 'create', 'coder', '--index', 'npm,python');
  await host.skill('agent', 'create', 'plain');
});
afterAll(async () => {
  for (const server of servers) server.close();
  await host?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('npm in a session with an index', () => {
  it('installs an old version, runs no script, and locks the address of the index', async () => {
    const { exit, out } = await inSession(
      'coder',
      [
        'mkdir /tmp/a && cd /tmp/a && echo "{}" > package.json && npm install --silent @acme/lib',
        'node -p \'require("@acme/lib")\'; cat package-lock.json; ls /tmp/script-ran',
      ].join('; '),
    );
    expect(exit).not.toBe(0);
    expect(out).toContain('@acme/lib 1.0.0\n');
    expect(out).toContain('"resolved": "https://npm.example/@acme/lib/-/lib-1.0.0.tgz"');
    expect(out).toContain("cannot access '/tmp/script-ran'");
    const log = readFileSync(join(host.home, 'data/audit/audit.jsonl'), 'utf8');
    expect(log).toMatch(/"digest":"sha256:[0-9a-f]{64}","ecosystem":"npm","event":"package"/);
    expect((await host.skill('agent', 'log', 'coder')).out).toContain(
      'npm @acme/lib 1.0.0: sha256:',
    );
  });

  it.each([
    ['a malicious package', 'npm install stealer', 'package-malicious: MAL-1 names stealer'],
    [
      'the file of a young version',
      'curl -si https://npm.example/@acme/lib/-/lib-1.2.0.tgz',
      'package-young',
    ],
    [
      'a file that the index does not list',
      'curl -si https://npm.example/@acme/lib/-/lib-7.0.0.tgz',
      'package-unlisted',
    ],
    [
      'a query, which could carry data',
      "curl -si 'https://npm.example/newborn?d=x'",
      'path-denied',
    ],
    ['a publication', 'curl -si -X PUT -d x https://npm.example/newborn', 'method-denied'],
  ])('is refused %s', async (_, script, says) => {
    const { out } = await inSession('coder', `mkdir -p /tmp/a && cd /tmp/a; ${script}`);
    expect(out).toContain(says);
  });

  it('gets nothing whole of a file with another digest than the index says', async () => {
    const { out } = await inSession(
      'coder',
      'cd /tmp; curl -s https://npm.example/changed/-/changed-1.0.0.tgz | tar tz',
    );
    expect(out).not.toContain('package/index.js');
    const log = await host.skill('agent', 'log', 'coder');
    expect(log.out).toContain('package-changed');
  });

  it('has no index without a grant', async () => {
    asked.length = 0;
    await inSession('plain', 'curl -s https://npm.example/newborn; npm view newborn --silent');
    expect(asked).toEqual([]);
  });
});

describe('pip in a session with an index', () => {
  const install = (name: string): string =>
    `python3 -m pip install --target /tmp/p ${name} 2>&1; PYTHONPATH=/tmp/p python3 -c 'import ${name}; print(${name}.said)'`;

  it('installs an old wheel from a mirror on loopback, and no source archive', async () => {
    const { out } = await inSession('coder', install('lib'));
    expect(out).toContain('lib 1.0\n');
    expect(out).not.toContain('9.0');
  });

  it('is refused a malicious package', async () => {
    expect((await inSession('coder', install('grabber'))).out).toMatch(/package-malicious|MAL-3/);
  });

  it('reaches nothing else of the mirror', async () => {
    asked.length = 0;
    await inSession(
      'coder',
      'for p in simple/ admin files/x ../etc/passwd; do curl -s --path-as-is http://python.index.skillgate.internal/$p; done',
    );
    expect(asked).toEqual([]);
  });

  it('installs from a folder of wheels', async () => {
    await host.skill('host', 'index', 'remove', 'python');
    await host.skill('host', 'index', 'add', 'python', `file://${folder}/wheels`);
    expect((await inSession('coder', install('local'))).out).toContain('local 1.0\n');
  });
});
