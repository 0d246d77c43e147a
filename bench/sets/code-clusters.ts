/** Archives of packages, and which of them have the same code under other names. */
import { gunzipSync } from 'node:zlib';
import { ArchiveBudget, unsafeName } from '../../scanner/ingest/archive-entry.ts';
import { openTar } from '../../scanner/ingest/open-archive.ts';
import { hashOf } from './skill-page.ts';

const unpackedBytesMax = 64 * 2 ** 20;

/**
 * The files of a packed tar archive below its one folder. Undefined for an archive that cannot be
 * opened, or has no files.
 */
export function filesOfArchive(archive: Uint8Array): ReadonlyMap<string, Uint8Array> | undefined {
  let tar: Buffer;
  try {
    tar = gunzipSync(archive, { maxOutputLength: unpackedBytesMax });
  } catch {
    return undefined;
  }
  const entries = openTar(tar, new ArchiveBudget())
    .entries.map(({ name, bytes }) => ({ name: name.replace(/^(\.\/)+/, ''), bytes }))
    .filter(({ name }) => unsafeName(name) === undefined && !name.endsWith('/'));
  if (entries.length === 0) return undefined;
  const tops = new Set(entries.map(({ name }) => name.split('/')[0]));
  const isBelowOne = tops.size === 1 && entries.every(({ name }) => name.includes('/'));
  return new Map(
    entries.map(({ name, bytes }) => [
      isBelowOne ? name.slice(name.indexOf('/') + 1) : name,
      bytes,
    ]),
  );
}

const strings =
  /"""(?:[^\\]|\\.)*?"""|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/gs;

/**
 * A digest of the Python code of a package that does not change with strings, numbers, comments,
 * long words, white space, and names and copies of files.
 */
export function clusterOf(files: ReadonlyMap<string, Uint8Array>): string {
  const texts = [...files]
    .filter(([path]) => path.endsWith('.py'))
    .map(([, bytes]) => normalised(Buffer.from(bytes).toString('utf8')))
    .filter((text) => text !== '');
  return hashOf([...new Set(texts)].sort().join('\n'));
}

function normalised(code: string): string {
  return code
    .replace(strings, 'S')
    .replace(/#[^\n]*/g, '')
    .replace(/\b[A-Za-z0-9_]{20,}\b/g, 'W')
    .replace(/\b\d[\w.]*\b/g, '0')
    .replace(/\s+/g, '');
}
