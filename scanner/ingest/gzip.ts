/** Gzip files (RFC 1952): one inner file, named after the outer one. */
import { gunzipSync } from 'node:zlib';
import { type ArchiveBudget, inflateWithin, type OpenedArchive } from './archive-entry.ts';

/** Opens a gzip file. Further members are read as well; data that is no member is a trouble. */
export function openGzip(name: string, bytes: Uint8Array, budget: ArchiveBudget): OpenedArchive {
  const trouble = (what: 'over-ratio' | 'archive', detail: string): OpenedArchive => ({
    entries: [],
    troubles: [{ what, detail }],
  });
  const maxOutputLength = budget.allowance(bytes.byteLength);
  if (maxOutputLength === 0 || !budget.takeEntry())
    return trouble('over-ratio', 'more than is taken out of archives');
  const inflated = inflateWithin(() => gunzipSync(bytes, { maxOutputLength }));
  if (inflated === 'bomb')
    return trouble('over-ratio', `it becomes more than ${maxOutputLength} bytes`);
  if (inflated === 'broken') return trouble('archive', 'it cannot be decompressed');
  budget.takeBytes(inflated.byteLength);
  const last = name.slice(name.lastIndexOf('/') + 1);
  const inner = last
    .replace(/\.(tgz)$/i, '.tar')
    .replace(/\.svgz$/i, '.svg')
    .replace(/\.gz$/i, '');
  return {
    entries: [{ name: inner === last ? `${last}.content` : inner, bytes: inflated }],
    troubles: [],
  };
}
