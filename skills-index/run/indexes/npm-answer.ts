/** Judges what npm's registry says about a package: its versions, their ages and files. */

import { compare, prerelease } from 'semver';
import * as v from 'valibot';
import { type OfferedFile, parseSimplePage, pythonJson } from '../../packages/simple-page.ts';
import { parseWheelName } from '../../packages/wheel-name.ts';
import { type Ecosystem, isPackageName, normalPackageName } from '../../skill/ecosystem.ts';
import type { Advisory } from './advisory.ts';

const shape = v.looseObject({
  name: v.string(),
  versions: v.optional(
    v.record(
      v.string(),
      v.looseObject({
        dist: v.looseObject({
          tarball: v.string(),
          integrity: v.optional(v.string()),
          shasum: v.optional(v.string()),
        }),
      }),
    ),
    {},
  ),
  time: v.optional(v.record(v.string(), v.unknown()), {}),
  'dist-tags': v.optional(v.record(v.string(), v.string()), {}),
});

/**
 * Returns the metadata without the versions that the session must not fetch. Undefined for an
 * answer that is not about the package.
 */
export function judgeNpm(value: unknown, rules: PackageRules): IndexAnswer | undefined {
  const parsed = v.safeParse(shape, value);
  if (!parsed.success || parsed.output.name !== rules.name) return undefined;
  const { 'dist-tags': tags, time, versions, ...more } = parsed.output;
  const files = new Map<string, IndexedFile | DeniedFile>();
  const kept = new Map<string, object>();
  const denials: PackageDenial[] = [];
  for (const [version, manifest] of Object.entries(versions)) {
    const { dist } = manifest;
    const url = parseUrl(dist.tarball);
    const place = url === undefined ? undefined : rules.placeOf(url);
    if (place === undefined) continue;
    const why = whyNotVersion(rules, version, time[version]);
    const shown = parseUrl(place.shown);
    const key = fileKey(shown?.hostname ?? '', shown?.pathname ?? '');
    if (why !== undefined) {
      denials.push(why);
      files.set(key, { kind: 'denied', why });
      continue;
    }
    kept.set(version, { ...manifest, dist: { ...dist, tarball: place.shown } });
    const hash = hashOf(dist.integrity, dist.shasum);
    const file = place.url.pathname.split('/').at(-1) ?? '';
    const found = { kind: 'file', version, file, url: place.url } as const;
    files.set(key, hash === undefined ? found : { ...found, hash });
  }
  const denied = kept.size === 0 ? firstDenial(denials) : undefined;
  const { readme: _, ...rest } = more;
  const body = JSON.stringify({
    ...rest,
    'dist-tags': tagsOf(tags, kept),
    versions: Object.fromEntries(kept),
    time: Object.fromEntries(
      Object.entries(time).filter(([key]) => !Object.hasOwn(versions, key) || kept.has(key)),
    ),
  });
  const answer = { contentType: 'application/json', body, files };
  return denied === undefined ? answer : { ...answer, denied };
}

// A tag whose version is gone names the newest version that is left, so that `npm install NAME`
// still finds one; a tag other than `latest` is dropped.
function tagsOf(
  tags: Readonly<Record<string, string>>,
  kept: ReadonlyMap<string, object>,
): Record<string, string> {
  const left = Object.entries(tags).filter(([, version]) => kept.has(version));
  const newest = [...kept.keys()]
    .filter((version) => prerelease(version, { loose: true }) === null)
    .sort((a, b) => compare(a, b, { loose: true }))
    .at(-1);
  const latest = newest === undefined ? {} : { latest: newest };
  return { ...latest, ...Object.fromEntries(left) };
}

function hashOf(integrity: string | undefined, shasum: string | undefined): IndexedFile['hash'] {
  const [, algorithm, base64 = ''] =
    /\b(sha512|sha256)-([A-Za-z0-9+/=]+)/.exec(integrity ?? '') ?? [];
  if (algorithm !== undefined)
    return { algorithm, hex: Buffer.from(base64, 'base64').toString('hex') };
  return shasum === undefined || !/^[0-9a-f]{40}$/.test(shasum)
    ? undefined
    : { algorithm: 'sha1', hex: shasum };
}

// What a session sees of an index's answer about one package.

/** A file of a package that the session may fetch. */
export interface IndexedFile {
  readonly kind: 'file';
  readonly version: string;
  /** The file's own name. */
  readonly file: string;
  /** The address from which the runner fetches the file. */
  readonly url: URL;
  /** The digest that the index names, in hexadecimal digits; absent where it names none. */
  readonly hash?: { readonly algorithm: string; readonly hex: string };
}

/** A file that the session must not fetch. */
interface DeniedFile {
  readonly kind: 'denied';
  readonly why: PackageDenial;
}

interface PackageDenial {
  /** A word of the proxy's denials. */
  readonly denial: 'package-malicious' | 'package-young';
  /** What the session and its person read, such as the id of the advisory. */
  readonly says: string;
}

export interface IndexAnswer {
  readonly contentType: string;
  readonly body: string;
  /** Each file by its address in the session, as `host/path`, with and without permission. */
  readonly files: ReadonlyMap<string, IndexedFile | DeniedFile>;
  /** Why the session gets no version of the package at all. */
  readonly denied?: PackageDenial;
}

/** The rules for one package of an index. */
export interface PackageRules {
  readonly name: string;
  readonly minimumAgeDays: number;
  readonly now: Date;
  readonly malicious: readonly Advisory[];
  /** Returns the address of a file in the session; undefined for a file of another host. */
  readonly placeOf: (url: URL) => { readonly shown: string; readonly url: URL } | undefined;
}

/** Returns why a version must not be fetched; undefined when the version may be fetched. */
function whyNotVersion(
  { malicious, minimumAgeDays, name, now }: PackageRules,
  version: string,
  uploaded: unknown,
): PackageDenial | undefined {
  const named = malicious.find((one) => one.includes(version));
  if (named !== undefined)
    return {
      denial: 'package-malicious',
      says: `${named.id} names ${name} ${version} as malicious`,
    };
  if (minimumAgeDays === 0) return undefined;
  const time = typeof uploaded === 'string' ? Date.parse(uploaded) : Number.NaN;
  const what = `${name} ${version}`;
  if (Number.isNaN(time))
    return { denial: 'package-young', says: `the index does not say when ${what} was uploaded` };
  return now.getTime() - time >= minimumAgeDays * 86_400_000
    ? undefined
    : {
        denial: 'package-young',
        says: `${what} is younger than ${minimumAgeDays} ${minimumAgeDays === 1 ? 'day' : 'days'}`,
      };
}

/** The denial of a package of which nothing is left: malice before age. */
function firstDenial(denials: readonly PackageDenial[]): PackageDenial | undefined {
  return denials.find(({ denial }) => denial === 'package-malicious') ?? denials[0];
}

/** The key of a file in `IndexAnswer.files`. */
export function fileKey(host: string, path: string): string {
  return `${host}${path}`;
}

function parseUrl(text: string, base?: string): URL | undefined {
  const url = URL.parse(text, base);
  return url === null || !/^https?:$/.test(url.protocol) ? undefined : url;
}

// Judges what a Python index says about a package (PEP 503, PEP 691): its files and their ages.

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

// The requests that a package index's own protocol has: metadata of a package, and its files.

/** The host of the Python index that has the files of PyPI and of most of its mirrors. */
export const pythonFilesHost = 'files.pythonhosted.org';

/** The name under which a session reaches an index that has no host name of its own. */
export function indexHost(ecosystem: Ecosystem): string {
  return `${ecosystem}.index.skillgate.internal`;
}

/** A request to an index. The name is in its normal form. */
interface IndexRequest {
  readonly kind: 'metadata' | 'file';
  readonly name: string;
}

/**
 * Parses a path. Undefined for every path that is not one of the protocol: searches, accounts,
 * uploads, lists of all packages.
 * @param base the path of the index's address, without a slash at its end
 */
export function parseIndexRequest(
  ecosystem: Ecosystem,
  base: string,
  path: string,
): IndexRequest | undefined {
  const isBelow = path.startsWith(`${base}/`);
  const below = path.slice(base.length + 1);
  return ecosystem === 'npm'
    ? isBelow
      ? npmRequest(below)
      : undefined
    : ((isBelow ? pythonMetadata(below) : undefined) ?? pythonFile(path));
}

// Old packages have names with capital letters, such as JSONStream.
const npmPath =
  /^((?:@[A-Za-z0-9~-][\w.~-]{0,99}\/)?[A-Za-z0-9~-][\w.~-]{0,213})(?:\/-\/([\w.~+-]+\.tgz))?$/;

function npmRequest(below: string): IndexRequest | undefined {
  const [, name, file] = npmPath.exec(below) ?? [];
  if (name === undefined || name.startsWith('-')) return undefined;
  return { kind: file === undefined ? 'metadata' : 'file', name };
}

function pythonMetadata(below: string): IndexRequest | undefined {
  const name = below.replace(/\/$/, '');
  return isPackageName('python', name) && !/\.(whl|gz|zip|metadata)$/.test(name)
    ? { kind: 'metadata', name: normalPackageName('python', name) }
    : undefined;
}

function pythonFile(path: string): IndexRequest | undefined {
  const wheel = parseWheelName(fileNameOf(path).replace(/\.metadata$/, ''));
  return wheel === undefined ? undefined : { kind: 'file', name: wheel.name };
}

/** The name of the file at a path. Indexes encode the `+` and `!` of versions, or do not. */
function fileNameOf(path: string): string {
  const last = path.split('/').at(-1) ?? '';
  return last.replaceAll(/%2b/gi, '+').replaceAll('%21', '!');
}
