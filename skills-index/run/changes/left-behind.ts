/**
 * Judges the entries that a run left in its view of a folder: ordinary work, entries that hosts or
 * agents obey, and entries that Skillgate leaves behind because they could act on the host, lead
 * out of the folder or deceive a reader. Pure.
 */

import { Problem } from '../../skill/problem.ts';
import {
  controlled,
  type FurtherNames,
  isObeyedThere,
  isProtectedName,
  isRepository,
  isVersionControl,
  makesRepository,
  textOf,
  whyBytecodeRefused,
  whyTextRefused,
} from './protected-names.ts';

/** A new or changed entry of the view. Paths and names are Latin-1 text of their bytes. */
interface LeftEntry {
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

/** The shelf of an entry or link. An entry on the shelf `never` stays in the view. */
export type JudgedEntry =
  | { readonly shelf: Exclude<Shelf, 'never'> }
  | { readonly shelf: 'never'; readonly why: string };

/**
 * Returns what lies at a path of the view, without following links: a link's target, `plain` for
 * any other entry, undefined for a free path.
 */
export type EntryAt = (path: string) => { readonly link: string } | 'plain' | undefined;

export function judgeEntry(
  { path, name, isOther, link, siblings, isNew }: LeftEntry,
  shelves: Shelves,
  lookAt: EntryAt,
  further: FurtherNames = [],
): JudgedEntry {
  const { shelf } = shelves.judge(path);
  if (shelf === 'never') return never(controlled);
  if (isNew && makesRepository(name, siblings))
    return never('it makes the folder a repository that git obeys');
  if (isOther) return never('a socket, a pipe or a device');
  const ofLink = link === undefined ? plain : judgeLink(path, link, shelves, lookAt, further);
  if (ofLink.shelf === 'never') return ofLink;
  const why = whyTextRefused(textOf(path)) ?? whyBytecodeRefused(textOf(path));
  const whyNot = why ?? whyTextRefused(textOf(link ?? ''));
  if (whyNot !== undefined) return never(whyNot);
  return shelf === 'obeyed' ? { shelf } : ofLink;
}

/**
 * Judges a link by its target: a program on the host that writes to the link would write to the
 * target. A link that leads out of the folder or to the files of version control is left behind.
 * Leading `..` are counted from a real folder. A later `..` could climb out through another link,
 * so a link with a later `..` is left behind too.
 */
export function judgeLink(
  path: string,
  link: string,
  shelves: Shelves,
  lookAt: EntryAt,
  further: FurtherNames = [],
  hops = 40,
): JudgedEntry {
  const leaves = never('a link that leaves the folder');
  const parts = targetOf(path, link);
  if (parts === undefined) return leaves;
  if (parts.some((part) => isVersionControl(textOf(part)))) return never(toControlled);
  let found: JudgedEntry = parts.some((part) => isProtectedName(textOf(part), further))
    ? { shelf: 'obeyed' }
    : plain;
  for (const end of parts.keys()) {
    const one = parts.slice(0, end + 1).join('/');
    // The path may be obeyed although its name does not show that, for example inside a repository.
    const { shelf } = shelves.judge(one);
    if (shelf === 'never') return never(toControlled);
    if (shelf === 'obeyed') found = { shelf };
    const there = lookAt(one);
    if (there === undefined) return found;
    if (there === 'plain') continue;
    if (hops <= 0) return leaves;
    const rest = [there.link, ...parts.slice(end + 1)].join('/');
    const behind = judgeLink(one, rest, shelves, lookAt, further, hops - 1);
    return behind.shelf === 'plain' ? found : behind;
  }
  return found;
}

const plain: JudgedEntry = { shelf: 'plain' };
const toControlled = 'a link to a path that version control obeys';

/** The reason for which a link is left out whose target came to be obeyed after the run. */
export const toObeyed = 'a link to a path that hosts or agents obey';

function never(why: string): JudgedEntry {
  return { shelf: 'never', why };
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

// Decides on which shelf a changed path of a view goes. `plain` changes are ordinary work. `obeyed`
// changes reach the host only when a person names them: programs on the host, or agents, obey the
// path. `never` changes stay in the view: version control on the host would run what is in the
// path. Pure. Paths are Latin-1 text of their bytes.

export type Shelf = 'plain' | 'obeyed' | 'never';

interface Judgement {
  readonly shelf: Shelf;
  /** The topmost path on the shelf, which contains the judged path or is the judged path. */
  readonly root: string;
}

export interface Shelves {
  judge(path: string): Judgement;
}

/** An entry of the folder before the run. */
export interface Entry {
  readonly link?: string;
}

/**
 * @param before every entry of the folder
 * @param leadsTo the final target, within the folder, of the link at a path; undefined where the
 * link leads out
 * @param named paths that the settings of a repository name
 * @throws Problem `plan-refused` when the folder is the inside of a repository
 */
export function shelvesOf(
  before: ReadonlyMap<string, Entry>,
  leadsTo: (path: string) => string | undefined,
  further: FurtherNames = [],
  named: readonly string[] = [],
): Shelves {
  const places = new Set(named);
  const isObeyed = (path: string): boolean =>
    places.has(path) ||
    (before.has(path)
      ? isObeyedThere(textOf(path), further)
      : isProtectedName(textOf(nameOf(path)), further));
  const links = [...before].flatMap(([path, { link }]) => (link === undefined ? [] : [path]));
  const behind = (is: (path: string) => boolean): string[] =>
    links.filter(is).flatMap((path) => [...hopsOf(path, before), ...one(leadsTo(path))]);
  const never = new Set([...repositories(before), ...behind((path) => isControl(path))]);
  const obeyed = new Set(behind(isObeyed));
  const judge = (path: string): Judgement => {
    const parts = path.split('/');
    const prefixes = parts.map((_, end) => parts.slice(0, end + 1).join('/'));
    const rootNever = prefixes.find((prefix) => isControl(prefix) || never.has(prefix));
    if (rootNever !== undefined) return { shelf: 'never', root: rootNever };
    const rootObeyed = prefixes.find((prefix) => isObeyed(prefix) || obeyed.has(prefix));
    return rootObeyed === undefined
      ? { shelf: 'plain', root: path }
      : { shelf: 'obeyed', root: rootObeyed };
  };
  return { judge };
}

function isControl(path: string): boolean {
  return isVersionControl(textOf(nameOf(path)));
}

function one<Value>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

// Every path at which a run could put something else in the place of a link's target: the links on
// the way, and the target.
function hopsOf(path: string, before: ReadonlyMap<string, Entry>): string[] {
  const hops: string[] = [];
  let rest = [...path.split('/')];
  let at: string[] = [];
  for (let steps = 0; rest.length > 0 && steps < hopsMax; steps++) {
    const [part = '', ...others] = rest;
    rest = others;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.length === 0) return hops;
      at = at.slice(0, -1);
      continue;
    }
    at = [...at, part];
    const { link } = before.get(at.join('/')) ?? {};
    if (link === undefined) continue;
    hops.push(at.join('/'));
    if (link.startsWith('/')) return hops;
    rest = [...link.split('/'), ...rest];
    at = at.slice(0, -1);
  }
  return [...hops.slice(1), at.join('/')].filter((hop) => hop !== '' && hop !== path);
}

const hopsMax = 400;

function repositories(before: ReadonlyMap<string, Entry>): string[] {
  const heads = [...before.keys()].filter((path) => path === 'HEAD' || path.endsWith('/HEAD'));
  const above = heads
    .map((path) => path.slice(0, -'HEAD'.length))
    .filter((folder) => isRepository((name) => before.has(folder + name)));
  if (above.includes(''))
    throw new Problem('plan-refused', 'A writable mount is itself the inside of a git repository');
  return above.map((folder) => folder.slice(0, -1));
}
