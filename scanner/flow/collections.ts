/**
 * What a program collects of the user: folders that it goes through or packs, and files with
 * private data. What the arguments of the user name is no collection.
 */

import type { CapabilityFact, FlowFact, Span } from '../fact/fact.ts';
import { keep } from '../fact/remembered.ts';
import type { TaintSource } from '../fact/source.ts';
import { isInText } from '../fact/standing.ts';
import { own } from '../lookup-tables/api.ts';
import { targetOf } from '../lookup-tables/egress-of.ts';
import {
  addressServices,
  observingFiles,
  observingPrograms,
  observingVariables,
} from '../lookup-tables/observations.ts';
import { isTenantHost } from '../lookup-tables/public-hosts.ts';
import { isKnownProvider } from '../lookup-tables/secret-providers.ts';
import { normalisePath, privateKinds, sensitivePath } from '../lookup-tables/sensitive-paths.ts';
import type { RuleContext } from '../rule.ts';
import { mentionsHost, tellsOfHost } from './belonging.ts';
import type { Destination } from './hosts.ts';

interface Collection {
  readonly path: string;
  /** Outside the folder in which the user works. */
  readonly isOutside: boolean;
  /** One call takes all that is there. */
  readonly isPacked: boolean;
}

/** A collection, with the place of the call that gathers it. */
interface CollectionAt extends Pick<Collection, 'isOutside'> {
  readonly at: Span;
}

/** The folder of the user that a call goes through or packs. */
export function collectedBy(fact: CapabilityFact): Collection | undefined {
  const isPacked = packers.test(fact.api);
  const [path, shape] = isPacked || walkers.test(fact.api) ? readBy(fact) : [];
  if (path === undefined) return undefined;
  const outside = [path, shape].find((one) => one !== undefined && isOfUser(one));
  if (outside !== undefined) return { path: outside, isOutside: true, isPacked };
  return isWholeProject(path) || (isPacked && path === '*')
    ? { path, isOutside: false, isPacked }
    : undefined;
}

/**
 * Whether the arguments of a program may name the folder that a call at `at` reads. Where a front
 * end follows arguments, such a folder is not known beside others that are.
 */
export function isArgument(
  { isOutside }: Pick<Collection, 'isOutside'>,
  fact: CapabilityFact | FlowFact,
  at: Span,
  context: Pick<RuleContext, 'of' | 'sources'>,
): boolean {
  if (isOutside) return false;
  if (isInText(fact)) return true;
  const source = sourceOf(at, context);
  if (source === undefined || !takesArguments(source)) return false;
  if (!/^(python|typescript|javascript)$/.test(source.language) || movesAway.test(source.text))
    return true;
  const read = context
    .of('capability')
    .filter(({ span }) => span.path === at.path && span.start === at.start)
    .flatMap((one) => readBy(one)[0] ?? []);
  return read.length === 0 || read.some((path) => path.startsWith('*'));
}

// The working folder, or all arguments at once, decide which folder `.` is.
const movesAway = /\bchdir\s*\(|\*\s*sys\.argv|\.\.\.\s*process\.argv/;

/**
 * What a request carries of many files of the user, or of files with private data: a pattern names
 * them, a walk in the same program finds them, or a copy or an archive holds them.
 */
export function collectionIn(
  { source, sink, steps }: FlowFact,
  { of }: Pick<RuleContext, 'of'>,
): CollectionAt | undefined {
  const at = steps[0]?.span;
  const { name } = source;
  const isPattern = /[*?[{]/.test(name.slice(1));
  // A query carries files as well, or only the names that a folder has.
  const isCarried = sink.part === 'body' || (/^(url|header)$/.test(sink.part) && isPattern);
  if (source.what !== 'file' || !isCarried || at === undefined) return undefined;
  if (isPattern && isOfUser(name)) return { isOutside: true, at };
  if (bulkFolder.test(name) || (isPattern && isWholeProject(name)))
    return { isOutside: /^(~|\/home|\/users|\/$)/i.test(name), at };
  const calls = callsOf(of('capability'), at.path);
  const found = name === '*' ? calls.walked : copiedTo(name, calls);
  return found.find(({ isOutside }) => isOutside) ?? found[0];
}

/** The facts of one file, by their calls. */
interface Calls {
  readonly walked: readonly CollectionAt[];
  /** The facts of each call that reads or writes a path. */
  readonly byCall: ReadonlyMap<string, readonly CapabilityFact[]>;
  /** The calls that write each path. */
  readonly writers: ReadonlyMap<string, ReadonlySet<string>>;
  /** What is known already of the paths that requests carry. */
  readonly copied: Map<string, readonly CollectionAt[]>;
}

// Many requests may send what one program collects.
const known = new WeakMap<readonly CapabilityFact[], Map<string, Calls>>();

function callsOf(all: readonly CapabilityFact[], path: string): Calls {
  const files = keep(known, all, () => new Map<string, Calls>());
  return keep(files, path, () => readCalls(all.filter(({ span }) => span.path === path)));
}

function readCalls(facts: readonly CapabilityFact[]): Calls {
  const byCall = new Map<string, CapabilityFact[]>();
  const writers = new Map<string, Set<string>>();
  for (const fact of facts) {
    const { capability, span, api } = fact;
    if (capability.kind !== 'mount') continue;
    const call = `${span.start} ${api}`;
    keep(byCall, call, () => []).push(fact);
    if (capability.mode === 'rw' && capability.path !== undefined)
      keep(writers, capability.path, () => new Set()).add(call);
  }
  const walked = facts.flatMap((fact) => (walkers.test(fact.api) ? gatheredBy(fact) : []));
  return { walked, byCall, writers, copied: new Map() };
}

function gatheredBy(fact: CapabilityFact): CollectionAt[] {
  const folder = collectedBy(fact);
  return folder === undefined ? [] : [{ isOutside: folder.isOutside, at: fact.span }];
}

// A call that reads one path and writes another one copies or packs.
function copiedTo(name: string, { byCall, writers, copied }: Calls): readonly CollectionAt[] {
  const before = copied.get(name);
  if (before !== undefined) return before;
  const facts = [...(writers.get(name) ?? [])].flatMap((call) => byCall.get(call) ?? []);
  const found = facts.flatMap((fact) => {
    const isTaken = readBy(fact).some((path) => path !== undefined && isPrivate(path));
    return isTaken ? { isOutside: true, at: fact.span } : gatheredBy(fact);
  });
  copied.set(name, found);
  return found;
}

function readBy({ capability, shape }: CapabilityFact): (string | undefined)[] {
  return capability.kind === 'mount' && capability.mode === 'ro' ? [capability.path, shape] : [];
}

/** Whether a program installs something, or only asks for names. */
export function isFetching(api: string): boolean {
  return fetching.test(api);
}

const fetching =
  /^(npm|npx|pip3?|uv|uvx|pnpm|yarn|cargo|go|gem|brew|apt(-get)?|dig|nslookup|ping)$/;

/** Whether the skill alone chose a host, and no page of the skill has the host's name. */
export function isUnnamed(
  to: Pick<Destination, 'host' | 'declared'>,
  context: RuleContext,
): boolean {
  return !to.declared && to.host !== '*' && !isKnownToReader(to, context);
}

/** Whether no page tells the reader of an unnamed host by its domain or its service either. */
export function isHidden(
  to: Pick<Destination, 'host' | 'declared'>,
  context: RuleContext,
): boolean {
  return isUnnamed(to, context) && !tellsOfHost(to.host, context);
}

function sourceOf(
  { inner, path: outer }: Span,
  { sources }: Pick<RuleContext, 'sources'>,
): TaintSource | undefined {
  return sources.find(({ path }) => path === (inner ?? outer));
}

// A program with arguments goes through what its caller names, or through the folder around it.
function takesArguments(source: TaintSource): boolean {
  const known = taking.get(source) ?? readsArgument(source);
  taking.set(source, known);
  return known;
}

// One file may go through many folders.
const taking = new WeakMap<TaintSource, boolean>();

function readsArgument({ text }: TaintSource): boolean {
  const receiver = /^([\w-]{1,60}) "\$@"/m.exec(text)?.[1];
  return argument.test(
    text.replace(shellFunction, (whole, name: string) => (name === receiver ? whole : '')),
  );
}

// The arguments of a function are none of the program, unless the program passes its own on.
const shellFunction =
  /^([\w-]{1,60}) ?\(\) ?\{\r?\n(?:(?!^[\w-]{1,60} ?\(\) ?\{)[\s\S]){0,4000}?^\}/gm;

const argument =
  /\$\{?[1-9]|\bsys\.argv\b|\bargparse\b|\bprocess\.argv\b|\bparseArgs\b|\bclick\.|\btyper\b|\bgetopts?\b|\bparam\s*\(|\$args\b|\bBun\.argv\b|\bDeno\.args\b/i;

// `(process.env.HOME ?? '.') + '/.claude'` gives `*/.claude`.
/** Whether a path is a folder or a file of the user's own. */
export function isOfUser(path: string): boolean {
  return usersFolder.test(normalisePath(path)) || isPrivate(path);
}

function isPrivate(path: string): boolean {
  const kind = sensitivePath(path)?.kind;
  const normal = normalisePath(path).replace(/^\*(?=\/)/, '~');
  return (kind !== undefined && privateKinds.has(kind)) || personal.test(normal);
}

function isWholeProject(path: string): boolean {
  return wholeProject.test(normalisePath(path));
}

// Profiles of browsers and of programs for mail.
const personal =
  /^~\/(\.mozilla|library\/(safari|calendars)|(\.config|library\/application support|appdata\/(local|roaming))\/(google|google-chrome|chromium|bravesoftware|microsoft\/edge|firefox|mozilla|thunderbird))(\/|$)/;

// What stands behind no dot in a home belongs to the user; behind a dot, to programs.
const usersFolder =
  /^(~|\/home|\/users)(\/[^.*?[{\n][^*?[{\n]{0,120})?(\/[^\n]{0,80}[*?[{][^\n]{0,80})?\/?$/;
const wholeProject = /^((\.|\.\.)(\/\*{1,2}(\/[^\n]{0,80})?)?|\*\*\/[^\n]{1,80})\/?$/;
const bulkFolder =
  /^(\.|\.\.|~|\/|\/home|\/Users|~\/(Documents|Desktop|Downloads|Pictures|Photos|Movies|Videos|Music|Notes|Mail|OneDrive|Dropbox|Library|Nextcloud|iCloud)(\/[^.]{0,80})?)\/?\*{0,2}$/i;

const walkers =
  /\.(readdir|readdirSync|opendir|opendirSync|glob|globSync|rglob|iglob|iterdir|walk|listdir|scandir|fwalk)$|^(find|fd|glob|fast-glob|globby|Get-ChildItem|gci|dir)\b/;
const packers =
  /^(archiver\.Archiver#\w+|adm-zip\.Zip#addLocalFolder|tar|bsdtar|zip|7za?|rsync|rclone|robocopy|xcopy|git|Compress-Archive)$|\.(make_archive|copytree|cp|cpSync)$|^tarfile\.[\w.()]{4,20}\.add$/;

// What a flow carries of the machine and its user.

/** The observation that a flow starts with, by an API, a program, a variable or a file. */
export function observationOf({ source }: Pick<FlowFact, 'source'>): string | undefined {
  switch (source.what) {
    case 'observed':
      return source.name;
    case 'command':
      return own(observingPrograms, source.name);
    case 'env':
      return own(observingVariables, source.name);
    case 'file':
      return own(observingFiles, source.name);
    case 'network':
      return addressServices.test(targetOf(source.name).host) ? 'address' : undefined;
    default:
      return undefined;
  }
}

/**
 * Whether the reader knows of a host: a page names it, or a well-known service has it for itself.
 */
export function isKnownToReader(
  { host }: Pick<Destination, 'host'>,
  context: RuleContext,
): boolean {
  if (host === '*') return false;
  return mentionsHost(host, context) || (isKnownProvider(host) && !isTenantHost(host));
}
