/** What a session sees of an index's answer about one package. */
import type { Advisory } from './advisory.ts';

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
export interface DeniedFile {
  readonly kind: 'denied';
  readonly why: PackageDenial;
}

export interface PackageDenial {
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
export function whyNotVersion(
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
export function firstDenial(denials: readonly PackageDenial[]): PackageDenial | undefined {
  return denials.find(({ denial }) => denial === 'package-malicious') ?? denials[0];
}

/** The key of a file in `IndexAnswer.files`. */
export function fileKey(host: string, path: string): string {
  return `${host}${path}`;
}

export function parseUrl(text: string, base?: string): URL | undefined {
  const url = URL.parse(text, base);
  return url === null || !/^https?:$/.test(url.protocol) ? undefined : url;
}
