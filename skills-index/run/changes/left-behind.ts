/**
 * Judges what a run leaves in its view of a folder: what could act on the host, lead out or deceive
 * a reader is not taken over. Pure.
 */
import {
  type FurtherNames,
  isProtectedName,
  makesRepository,
  obeyed,
  whyBytecodeRefused,
  whyPathRefused,
  whyTextRefused,
} from './protected-names.ts';

/** An entry that is new or changed. Paths and names are Latin-1 text of their bytes. */
export interface LeftEntry {
  readonly path: string;
  readonly name: string;
  /** Whether it is no file, folder or link. */
  readonly isOther: boolean;
  /** Where it leads, if it is a link. */
  readonly link: string | undefined;
  /** All names of the folder that holds it. */
  readonly siblings: ReadonlySet<string>;
  readonly isNew: boolean;
}

/**
 * What lies at a path of the view, no link followed: where a link leads, `shut` for what no run may
 * write, `plain` for anything else, undefined for nothing.
 */
export type LookAt = (path: string) => { readonly link: string } | 'shut' | 'plain' | undefined;

/** Why an entry is not taken over; undefined when it may be. */
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
 * Why a link is not taken over: it leads, or would, out of the folder or to what hosts or agents
 * obey, so that whoever writes to it on the host writes there. Leading dots are counted from a
 * folder that is no link; dots further on could climb out.
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
  const toObeyed = 'a link to what hosts or agents obey';
  if (parts.some((part) => isProtectedName(textOf(part), further))) return toObeyed;
  for (const end of parts.keys()) {
    const one = parts.slice(0, end + 1).join('/');
    const found = lookAt(one);
    if (found === undefined) return undefined;
    // Also under a name that says nothing of it, such as the inside of a repository.
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

// The parts of its target from the top of the folder; undefined where that is above it or not
// plain.
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

function textOf(latin: string): string {
  return Buffer.from(latin, 'latin1').toString('utf8');
}
