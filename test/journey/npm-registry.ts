/** A registry of npm packages for tests, which answers as npm's own registry does. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The times at which the versions of a package were published. */
export type Uploads = Readonly<Record<string, string>>;

/**
 * npm's registry: packages with the times of their versions; `changed` serves other bytes.
 * @param base the address of the registry's files
 * @param asked gets each request
 */
export function npmRegistry(
  base: string,
  asked: string[],
  packages: Readonly<Record<string, Uploads>>,
): RequestListener {
  const tarballs = new Map<string, Buffer>();
  const documents = new Map<string, object>();
  for (const [name, uploads] of Object.entries(packages)) {
    const versions = Object.keys(uploads).map((version) => {
      const bytes = tarball(name, version);
      const path = `/${name}/-/${name.split('/').at(-1)}-${version}.tgz`;
      tarballs.set(path, name === 'changed' ? tarball(name, '9.9.9') : bytes);
      const dist = {
        tarball: `${base}${path}`,
        integrity: `sha512-${sha('sha512', bytes, 'base64')}`,
      };
      return [version, { name, version, dist }] as const;
    });
    const latest = Object.keys(uploads).at(-1);
    documents.set(name, {
      name,
      'dist-tags': { latest },
      versions: Object.fromEntries(versions),
      time: uploads,
    });
  }
  return (request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    asked.push(`${request.method} ${request.url}`);
    const file = tarballs.get(path);
    const document = documents.get(path.slice(1));
    if (file !== undefined) return void response.end(file);
    if (document === undefined) return void response.writeHead(404).end('{}');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(document));
  };
}

/** An npm package as its tarball. */
function tarball(name: string, version: string): Buffer {
  const at = mkdtempSync(join(tmpdir(), 'skillgate-pack-'));
  mkdirSync(join(at, 'package'));
  const scripts = { postinstall: 'touch /tmp/script-ran' };
  writeFileSync(join(at, 'package/package.json'), JSON.stringify({ name, version, scripts }));
  writeFileSync(join(at, 'package/index.js'), `module.exports = '${name} ${version}';\n`);
  const packed = execFileSync('tar', ['-cz', '-C', at, 'package']);
  rmSync(at, { recursive: true });
  return packed;
}

export const sha = (algorithm: string, bytes: Uint8Array, form: 'hex' | 'base64' = 'hex'): string =>
  createHash(algorithm).update(bytes).digest(form);
