/** Judges what a Python index says about a package (PEP 503, PEP 691): its files and their ages. */
import * as v from 'valibot';
import { normalPackageName } from '../../skill/ecosystem.ts';
import {
  type DeniedFile,
  fileKey,
  type IndexAnswer,
  type IndexedFile,
  type PackageRules,
  parseUrl,
  whyNotVersion,
} from './index-answer.ts';
import { fileNameOf, parseWheelName } from './index-request.ts';

/** The media type of Python's JSON simple API. */
export const pythonJson = 'application/vnd.pypi.simple.v1+json';

const hashes = v.record(v.string(), v.string());
const file = v.looseObject({
  filename: v.string(),
  url: v.string(),
  hashes: v.optional(hashes, {}),
  'upload-time': v.optional(v.string()),
  'core-metadata': v.optional(v.union([v.boolean(), hashes])),
  'data-dist-info-metadata': v.optional(v.union([v.boolean(), hashes])),
});
type FileEntry = v.InferOutput<typeof file>;
const shape = v.looseObject({ name: v.string(), files: v.array(file) });

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
  const entries = entriesOf(text, rules.name);
  if (entries === undefined) return undefined;
  const files = new Map<string, IndexedFile | DeniedFile>();
  const kept: object[] = [];
  const denied: object[] = [];
  for (const entry of entries) {
    const wheel = parseWheelName(entry.filename);
    const url = parseUrl(entry.url, page);
    const place = url === undefined ? undefined : rules.placeOf(url);
    const shown = place === undefined ? undefined : parseUrl(place.shown);
    if (wheel?.name !== rules.name || place === undefined || shown === undefined) continue;
    // The address must end with the name that was judged.
    if (fileNameOf(shown.pathname) !== entry.filename) continue;
    const key = fileKey(shown.hostname, shown.pathname);
    const why = whyNotVersion(rules, wheel.version, entry['upload-time']);
    if (why !== undefined) {
      denied.push(shownEntry({ ...entry, ...unread }, place.shown));
      files.set(key, { kind: 'denied', why });
      continue;
    }
    kept.push(shownEntry(entry, place.shown));
    const found = { kind: 'file', version: wheel.version, file: entry.filename } as const;
    const own = { ...found, url: place.url };
    files.set(key, withHash(own, entry.hashes));
    const metadata = metadataOf(entry);
    if (metadata !== undefined) {
      const beside = new URL(place.url);
      beside.pathname = `${beside.pathname}.metadata`;
      const name = `${entry.filename}.metadata`;
      files.set(`${key}.metadata`, withHash({ ...own, file: name, url: beside }, metadata));
    }
  }
  // pip says nothing about a refused list, and says why a file was refused. So a package of which
  // nothing is left keeps its list, and each of its files is refused.
  const shown = kept.length === 0 ? denied : kept;
  const body = JSON.stringify({ meta: { 'api-version': '1.0' }, name: rules.name, files: shown });
  return { contentType: pythonJson, body, files };
}

// The metadata beside a file that nobody may fetch.
const unread = { 'core-metadata': false, 'data-dist-info-metadata': false } as const;

function entriesOf(text: string, name: string): readonly FileEntry[] | undefined {
  if (!text.trimStart().startsWith('{')) return htmlEntries(text);
  try {
    const { files, name: own } = v.parse(shape, JSON.parse(text));
    return normalPackageName('python', own) === name ? files : undefined;
  } catch {
    return undefined;
  }
}

function shownEntry(entry: FileEntry, url: string): object {
  const { provenance: _, 'gpg-sig': __, ...rest } = entry;
  return { ...rest, url };
}

function metadataOf(entry: FileEntry): Record<string, string> | undefined {
  const named = entry['core-metadata'] ?? entry['data-dist-info-metadata'];
  if (named === undefined || named === false) return undefined;
  return named === true ? {} : named;
}

function withHash(found: IndexedFile, { sha256 }: Record<string, string>): IndexedFile {
  return sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)
    ? found
    : { ...found, hash: { algorithm: 'sha256', hex: sha256 } };
}

// A page of the older form of the protocol (PEP 503), which simple mirrors serve: one `<a>` for
// each file. Anything else on the page is not read.
function htmlEntries(text: string): readonly FileEntry[] {
  return [...text.matchAll(/<a\s([^<>]*)>([^<>]*)<\/a>/gi)].flatMap(
    ([, given = '', shown = '']) => {
      const attributes = new Map(
        [...given.matchAll(/([\w-]+)\s*=\s*"([^"]*)"/g)].map(
          ([, name = '', value = '']) => [name.toLowerCase(), plain(value)] as const,
        ),
      );
      const href = attributes.get('href');
      if (href === undefined) return [];
      const [url = '', fragment = ''] = href.split('#');
      const [, sha256] = /^sha256=([0-9a-f]{64})$/.exec(fragment) ?? [];
      const uploaded = attributes.get('data-upload-time');
      const python = attributes.get('data-requires-python');
      const yanked = attributes.get('data-yanked');
      return [
        {
          filename: plain(shown).trim(),
          url,
          hashes: sha256 === undefined ? {} : { sha256 },
          ...(uploaded === undefined ? {} : { 'upload-time': uploaded }),
          ...(python === undefined ? {} : { 'requires-python': python }),
          ...(yanked === undefined ? {} : { yanked: yanked === '' ? true : yanked }),
        },
      ];
    },
  );
}

const signs: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
};

function plain(html: string): string {
  return html.replace(/&(?:amp|lt|gt|quot|#39|#x27);/g, (sign) => signs[sign] ?? sign);
}
