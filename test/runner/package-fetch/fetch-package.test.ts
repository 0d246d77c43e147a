import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchPackage } from '../../../runner/package-fetch/fetch-package.ts';
import type { LockedFile, LockedPackage } from '../../../skills-index/packages/locked-package.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const bytes = Buffer.from('the bytes of the wheel');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const file: LockedFile = { name: 'tool-1.0-py3-none-any.whl', hash: `sha256:${sha256}` };
const locked: LockedPackage = { ecosystem: 'python', name: 'tool', version: '1.0', files: [file] };
const tarball: LockedFile = { name: 'tool-1.0.0.tgz', hash: `sha256:${sha256}` };
const npm: LockedPackage = {
  ecosystem: 'npm',
  name: '@a/tool',
  version: '1.0.0',
  files: [tarball],
};

async function startServer(answers: Readonly<Record<string, Answer>>): Promise<string> {
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const send =
  (body: string | Buffer): Answer =>
  (_, response) =>
    void response.end(body);
const page = (links: string): Answer => send(`<!DOCTYPE html><html><body>${links}</body></html>`);
const link = (url: string, hash = `#sha256=${sha256}`, more = ''): string =>
  `<a href="${url}${hash}"${more}>${file.name}</a>`;

const from = (base: string, one = locked, wanted = file) =>
  fetchPackage({ index: { url: `${base}/` }, network: { fetch } }, one, wanted);

describe('a package is fetched', () => {
  it('from a page of links, with a note about a withdrawn file', async () => {
    const base = await startServer({
      '/tool/': page(link('../files/x.whl', undefined, ' data-yanked="broken &amp; bad"')),
      '/files/x.whl': send(bytes),
    });
    expect(await from(base)).toEqual({
      bytes,
      notes: [`${file.name}: its maintainers withdrew this file: broken & bad`],
    });
  });

  it('from a page in JSON', async () => {
    const entry = { filename: file.name, url: '/x.whl', hashes: { sha256 }, yanked: true };
    const base = await startServer({
      '/tool/': send(JSON.stringify({ meta: {}, name: 'Tool', files: [entry] })),
      '/x.whl': send(bytes),
    });
    expect(await from(base)).toMatchObject({
      notes: [`${file.name}: its maintainers withdrew this file`],
    });
  });

  it('from another host that the page names, and by a redirect to such a host', async () => {
    const other = await startServer({ '/y.whl': send(bytes) });
    const base = await startServer({
      '/tool/': page(`${link('/x.whl')}<a href="${other}/z">z</a>`),
      '/x.whl': (_, response) => void response.writeHead(302, { location: `${other}/y.whl` }).end(),
    });
    expect(await from(base)).toEqual({ bytes, notes: [] });
  });

  it('where the download stopped, after a broken connection and an error of the server', async () => {
    const ranges: unknown[] = [];
    const base = await startServer({
      '/tool/': page(link('/x.whl')),
      '/x.whl': ({ headers }, response) => {
        ranges.push(headers.range);
        const isFirst = ranges.length === 1;
        if (ranges.length === 2) return void response.writeHead(503).end();
        response.writeHead(isFirst ? 200 : 206, {
          'content-length': isFirst ? bytes.length : bytes.length - 5,
          ...(isFirst ? {} : { 'content-range': `bytes 5-21/22` }),
        });
        if (!isFirst) return void response.end(bytes.subarray(5));
        return void response.write(bytes.subarray(0, 5), () =>
          setTimeout(() => response.destroy(), 50),
        );
      },
    });
    expect(await from(base)).toEqual({ bytes, notes: [] });
    expect(ranges).toEqual([undefined, 'bytes=5-', 'bytes=5-']);
  });

  it('from an npm registry by the usual place, else by the packument', async () => {
    const usual = await startServer({ '/@a/tool/-/tool-1.0.0.tgz': send(bytes) });
    expect(await from(usual, npm, tarball)).toEqual({ bytes, notes: [] });
    const packument = { versions: { '1.0.0': { dist: { tarball: '/odd/place.tgz' } } } };
    const odd = await startServer({
      '/@a%2ftool': send(JSON.stringify(packument)),
      '/odd/place.tgz': send(bytes),
    });
    expect(await from(odd, npm, tarball)).toEqual({ bytes, notes: [] });
  });

  it.each([
    [locked, file, file.name],
    [locked, file, `tool/${file.name}`],
    [npm, tarball, 'a-tool-1.0.0.tgz'],
  ])('from a folder %#', async (one, wanted, path) => {
    const folder = folderWith();
    mkdirSync(join(folder, 'tool'));
    writeFileSync(join(folder, path), bytes);
    expect(await from(`file://${folder}`, one, wanted)).toEqual({ bytes, notes: [] });
  });
});

describe('a package is refused', () => {
  const other = 'a'.repeat(64);
  const cases: Record<string, readonly [Record<string, Answer>, string, RegExp]> = {
    'when the index lists another digest': [
      { '/tool/': page(link('/x.whl', `#sha256=${other}`)) },
      'package-differs',
      new RegExp(`the lock has sha256:${sha256}, and .* has sha256:${other}$`),
    ],
    'when the index sends other bytes than it lists': [
      { '/tool/': page(link('/x.whl')), '/x.whl': send('evil') },
      'package-differs',
      new RegExp(`the lock has sha256:${sha256}, and .* has sha256:b5c1`),
    ],
    'when the index sends other bytes and lists none': [
      { '/tool/': page(link('/x.whl', '')), '/x.whl': send('evil') },
      'package-differs',
      /has sha256:b5c1/,
    ],
    'when the index does not have the package': [{}, 'package-unavailable', /does not have it$/],
    'when the index does not have the file': [
      { '/tool/': page('<a href="/other.whl">other.whl</a>') },
      'package-unavailable',
      /does not have it$/,
    ],
    'when the page leads to a missing file': [
      { '/tool/': page(link('/x.whl')) },
      'package-unavailable',
      /does not have it$/,
    ],
    'when the page leads to another scheme': [
      { '/tool/': page(link('file:///etc/passwd')) },
      'package-unavailable',
      /does not have it$/,
    ],
    'when the page has no links': [
      { '/tool/': send('Bad Gateway') },
      'package-unavailable',
      /it is no page of a Python index$/,
    ],
    'when the server redirects to a host that the index does not name': [
      {
        '/tool/': page(link('/x.whl')),
        '/x.whl': (_, response) =>
          void response.writeHead(302, { location: 'http://127.0.0.1:1/y' }).end(),
      },
      'package-unavailable',
      /the server redirects to http:\/\/127\.0\.0\.1:1, which the index does not name$/,
    ],
    'when the page redirects to another host': [
      {
        '/tool/': (_, response) =>
          void response.writeHead(301, { location: 'https://evil.example/tool/' }).end(),
      },
      'package-unavailable',
      /redirects to https:\/\/evil\.example, which/,
    ],
    'when the server redirects in a circle': [
      {
        '/tool/': (_, response) => void response.writeHead(301, { location: '/tool/' }).end(),
      },
      'package-unavailable',
      /redirects more than 5 times$/,
    ],
    'when the page is of another package': [
      { '/tool/': send(JSON.stringify({ name: 'other', files: [] })) },
      'package-unavailable',
      /it is no page of a Python index$/,
    ],
    'when the server demands a password': [
      { '/tool/': (_, response) => void response.writeHead(401).end() },
      'package-unavailable',
      /the server answers 401$/,
    ],
  };
  it.each(Object.entries(cases))('%s', async (_, [answers, code, message]) => {
    const base = await startServer(answers);
    await expect(from(base)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('without a network, and by a person who allows none', async () => {
    await expect(from('http://127.0.0.1:1')).rejects.toMatchObject({
      code: 'package-unavailable',
      message: expect.stringContaining('Cannot fetch http://127.0.0.1:1/tool/: '),
    });
    const network = { fetch, offline: true };
    const index = { url: 'https://pypi.example/simple/' };
    await expect(fetchPackage({ index, network }, locked, file)).rejects.toMatchObject({
      message: 'Cannot fetch https://pypi.example/simple/tool/: --offline allows no network',
    });
  });

  it('when a person stops the installation', async () => {
    const stop = new AbortController();
    const base = await startServer({ '/tool/': () => stop.abort() });
    const network = { fetch, signal: stop.signal };
    await expect(
      fetchPackage({ index: { url: base }, network }, locked, file),
    ).rejects.toMatchObject({ name: 'AbortError' });
  });
});
