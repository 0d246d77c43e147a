/** Judges what a Python index says about a package (PEP 503, PEP 691): its files and their ages. */
import { type OfferedFile, parseSimplePage, pythonJson } from '../../packages/simple-page.ts';
import { parseWheelName } from '../../packages/wheel-name.ts';
import {
  type DeniedFile,
  fileKey,
  type IndexAnswer,
  type IndexedFile,
  type PackageRules,
  parseUrl,
  whyNotVersion,
} from './index-answer.ts';
import { fileNameOf } from './index-request.ts';

/**
 * Returns the metadata of the wheels that the session may fetch. Source archives are left out: to
 * install one runs its code. Undefined for an answer that is not about the package.
 * @param page the address of the answer, to which relative addresses belong
 */
export function judgePython(
  text: string,
  page: string,
  rules: PackageRules,
): IndexAnswer | undefined {
  const offered = parseSimplePage(text, rules.name, page);
  if (offered === undefined) return undefined;
  const files = new Map<string, IndexedFile | DeniedFile>();
  const kept: object[] = [];
  const denied: object[] = [];
  for (const one of offered) {
    const wheel = parseWheelName(one.name);
    const place = rules.placeOf(one.url);
    const shown = place === undefined ? undefined : parseUrl(place.shown);
    if (wheel?.name !== rules.name || place === undefined || shown === undefined) continue;
    // The address must end with the name that was judged.
    if (fileNameOf(shown.pathname) !== one.name) continue;
    const key = fileKey(shown.hostname, shown.pathname);
    const why = whyNotVersion(rules, wheel.version, one.uploaded);
    if (why !== undefined) {
      const { metadata: _, ...unread } = one;
      denied.push(shownEntry(unread, place.shown));
      files.set(key, { kind: 'denied', why });
      continue;
    }
    kept.push(shownEntry(one, place.shown));
    const found = { kind: 'file', version: wheel.version, file: one.name } as const;
    const own = { ...found, url: place.url };
    files.set(key, withHash(own, one));
    if (one.metadata !== undefined) {
      const beside = new URL(place.url);
      beside.pathname = `${beside.pathname}.metadata`;
      const name = `${one.name}.metadata`;
      files.set(`${key}.metadata`, withHash({ ...own, file: name, url: beside }, one.metadata));
    }
  }
  // pip says nothing about a refused list, and says why a file was refused. So a package of which
  // nothing is left keeps its list, and each of its files is refused.
  const shown = kept.length === 0 ? denied : kept;
  const body = JSON.stringify({ meta: { 'api-version': '1.0' }, name: rules.name, files: shown });
  return { contentType: pythonJson, body, files };
}

function shownEntry(
  { metadata, name, requiresPython, sha256, size, uploaded, yanked }: OfferedFile,
  url: string,
): object {
  // The older name of the member is the one that pip before 23.2 reads.
  const besides = metadata?.sha256 === undefined ? metadata !== undefined : { ...metadata };
  return {
    filename: name,
    url,
    hashes: sha256 === undefined ? {} : { sha256 },
    ...(size === undefined ? {} : { size }),
    ...(requiresPython === undefined ? {} : { 'requires-python': requiresPython }),
    ...(uploaded === undefined ? {} : { 'upload-time': uploaded }),
    ...(yanked === undefined ? {} : { yanked: yanked === '' ? true : yanked }),
    'core-metadata': besides,
    'data-dist-info-metadata': besides,
  };
}

function withHash(found: IndexedFile, { sha256 }: { readonly sha256?: string }): IndexedFile {
  return sha256 === undefined ? found : { ...found, hash: { algorithm: 'sha256', hex: sha256 } };
}
