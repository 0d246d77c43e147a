/** Judges what npm's registry says about a package: its versions, their ages and files. */
import { compare, prerelease } from 'semver';
import * as v from 'valibot';
import {
  type DeniedFile,
  fileKey,
  firstDenial,
  type IndexAnswer,
  type IndexedFile,
  type PackageDenial,
  type PackageRules,
  parseUrl,
  whyNotVersion,
} from './index-answer.ts';

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
