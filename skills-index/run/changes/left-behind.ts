/**
 * Judges the entries that a run left in its view of a folder. Skillgate leaves behind an entry that
 * could act on the host, lead out of the folder or deceive a reader. Pure.
 */
import {
  type FurtherNames,
  isProtectedName,
  makesRepository,
  obeyed,
  textOf,
  whyBytecodeRefused,
  whyPathRefused,
  whyTextRefused,
} from './protected-names.ts';

/** A new or changed entry of the view. Paths and names are Latin-1 text of their bytes. */
export interface LeftEntry {
  readonly path: string;
  readonly name: string;
  /** Whether the entry is neither a file, nor a folder, nor a link. */
  readonly isOther: boolean;
  /** The link's target, if the entry is a link; otherwise undefined. */
  readonly link: string | undefined;
  /** The names of all entries in the view's folder that contains the entry, with its own name. */
  readonly siblings: ReadonlySet<string>;
  readonly isNew: boolean;
}

/**
 * Returns what lies at a path of the view, without following links: a link's target, `shut` for a
 * path that no run may write, `plain` for any other entry, undefined for a free path.
 */
export type LookAt = (path: string) => { readonly link: string } | 'shut' | 'plain' | undefined;

/** Returns why an entry must not be applied; undefined when the entry may be applied. */
export function whyLeftBehind(
  { path, name, isOther, link, siblings, isNew }: LeftEntry,
  lookAt: LookAt,
  further: FurtherNames = [],
): string | undefined {
  if (isNew && isProtectedName(textOf(name), further)) return obeyed;
  if (isNew && makesRepository(name, siblings))
    return 'it makes the folder a repository that git obeys';
  if (isOther) return 'a socket, a pipe or a device';
  const whyLink = link === undefined ? undefined : whyLinkRefused(path, link, lookAt, further);
  if (whyLink !== undefined) return whyLink;
  const whyPath = whyPathRefused(textOf(path), isNew, further) ?? whyBytecodeRefused(textOf(path));
  return whyPath ?? whyTextRefused(textOf(link ?? ''));
}

/**
 * Returns why a link must not be applied. A link is refused when it leads out of the folder, or to
 * a path that hosts or agents obey: a program on the host that writes to the link would write to
 * the target. Leading `..` are counted from a real folder. A later `..` could climb out through
 * another link, so a later `..` is refused too.
 */
export function whyLinkRefused(
  path: string,
  link: string,
  lookAt: LookAt,
  further: FurtherNames = [],
  hops = 40,
): string | undefined {
  const leaves = 'a link that leaves the folder';
  const parts = targetOf(path, link);
  if (parts === undefined) return leaves;
  const toObeyed = 'a link to a path that hosts or agents obey';
  if (parts.some((part) => isProtectedName(textOf(part), further))) return toObeyed;
  for (const end of parts.keys()) {
    const one = parts.slice(0, end + 1).join('/');
    const found = lookAt(one);
    if (found === undefined) return undefined;
    // The path may be protected although its name does not show the protection, for example inside
    // a repository.
    if (found === 'shut') return toObeyed;
    if (found === 'plain') continue;
    if (hops <= 0) return leaves;
    return whyLinkRefused(
      one,
      [found.link, ...parts.slice(end + 1)].join('/'),
      lookAt,
      further,
      hops - 1,
    );
  }
  return undefined;
}

// Returns the segments of a link's target, from the top of the folder. Returns undefined when the
// target is above the folder or not plain.
function targetOf(path: string, link: string): string[] | undefined {
  const [up = ''] = /^(?:\.\.(?:\/|$))*/.exec(link) ?? [];
  const down = link
    .slice(up.length)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  const above = path.split('/').slice(0, -1);
  const climbs = up.split('..').length - 1;
  if (link.startsWith('/') || climbs > above.length || down.includes('..')) return undefined;
  return [...above.slice(0, above.length - climbs), ...down];
}
