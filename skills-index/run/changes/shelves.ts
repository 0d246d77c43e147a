/**
 * Decides on which shelf a changed path of a view goes. `plain` changes are ordinary work. `obeyed`
 * changes reach the host only when a person names them: programs on the host, or agents, obey the
 * path. `never` changes stay in the view: version control on the host would run what is in the
 * path. Pure. Paths are Latin-1 text of their bytes.
 */
import { Problem } from '../../skill/problem.ts';
import {
  type FurtherNames,
  isObeyedThere,
  isProtectedName,
  isRepository,
  isVersionControl,
  textOf,
} from './protected-names.ts';

export type Shelf = 'plain' | 'obeyed' | 'never';

export interface Judgement {
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
