/**
 * What a run asked for and did not get, why, and what would help: for the JSON of a run, for people
 * and for agents. Bounded, and without paths of the host.
 */
import type { RunResult } from '../../runner/run/run-request.ts';
import { type Agent, ceilingFor } from '../../skills-index/run/agents/agent.ts';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import { meaningOf } from '../../skills-index/run/egress/denial-fixes.ts';
import type { LeftOut, Plan } from '../../skills-index/run/plan/plan.ts';
import {
  type Capabilities,
  type CapabilityKind,
  listCapabilities,
  minus,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import { printable } from '../../skills-index/skill/text/shown-text.ts';
import { shortText } from '../terminal/output.ts';

const wentWithoutCharsMax = 300;

/** Things that a run went without, in its result, and the characters of each part. */
export const wentWithoutMax = 10;

/** Characters of an output line that is searched for a missing capability. */
const messageCharsMax = 1_000;

/**
 * Characters of an address that `try` proposes for skill.json; entries of each list in its JSON.
 */
const proposedUrlCharsMax = 2_000;
export const triedListMax = 200;

/** Characters before a message of Python that are searched for the message's traceback. */
const tracebackCharsMax = 8_000;

interface WentWithout {
  readonly kind: 'left-out' | 'denied';
  /** Parts of the text are the skill's own words. */
  readonly what: string;
  readonly why: string;
  /** What the author would add to `capabilities` of skill.json. */
  readonly entry?: Partial<Record<CapabilityKind, readonly Missing['entry'][]>>;
  /** The line that an operator types. */
  readonly command?: string;
}

export interface Lacks {
  readonly wentWithout: readonly WentWithout[];
  /** The number of further ones. */
  readonly notListed: number;
}

/** Whose run it was. */
interface RunOwner {
  readonly approved: Capabilities;
  readonly agent?: Agent | undefined;
}

export function lacksOf(
  { plan }: Pick<RunResult, 'plan'>,
  heard: { denied(): readonly Missing[] },
  owner: RunOwner,
): Lacks {
  const all = [...leftOutOf(plan, owner), ...heard.denied().map(deniedOf)];
  return {
    wentWithout: all.slice(0, wentWithoutMax),
    notListed: Math.max(0, all.length - wentWithoutMax),
  };
}

/** Each as one line, with the words of the skill in quotes, so that they do not pass for ours. */
export function lacksForAgent({ notListed, wentWithout }: Lacks): string[] {
  const more =
    notListed === 0 ? [] : [`the run went without ${notListed} more; the audit log has them`];
  return [...wentWithout.map(lackLine), ...more];
}

function lackLine({ command, entry, kind, what, why }: WentWithout): string {
  const help = [
    ...(entry === undefined ? [] : [`; an author can declare ${JSON.stringify(entry)}`]),
    ...(command === undefined ? [] : [`; an operator can type ${JSON.stringify(command)}`]),
  ];
  return `went without ${JSON.stringify(what)} (${kind}): ${JSON.stringify(why)}${help.join('')}`;
}

function leftOutOf({ leftOut, skill }: Plan, { agent, approved }: RunOwner): WentWithout[] {
  const line = ({ reason, what }: LeftOut): WentWithout => ({
    kind: 'left-out',
    what: clean(what),
    why: clean(reason),
  });
  if (agent === undefined) return leftOut.map(line);
  // What a reviewer approved and this agent has no grant for.
  const grantable = new Set(
    listCapabilities(minus(approved, ceilingFor(agent, skill.name, skill.version))).map(
      printCapability,
    ),
  );
  const command = `skillgate agent grant ${agent.name} --all-of ${skill.name}`;
  return leftOut.map((one) => (grantable.has(one.what) ? { ...line(one), command } : line(one)));
}

// A request and its reason, as `missingRequests` joins them: an address has no blank.
function deniedOf(missing: Missing): WentWithout {
  const [what = '', ...why] = missing.what.split(': ');
  const line = { kind: 'denied', what: clean(what), why: clean(why.join(': ')) } as const;
  const text = JSON.stringify(missing.entry) ?? '';
  const isPlain = text.length <= wentWithoutCharsMax && printable(text) === text;
  return missing.entry === undefined || !isPlain
    ? line
    : { ...line, entry: { [missing.kind]: [missing.entry] } };
}

function clean(text: string): string {
  return shortText(printable(text), wentWithoutCharsMax);
}

// What a skill that was tried lacked: each attempt that was denied, as the entry of skill.json that
// would allow it. Pure.

/** What was denied, and what to write. */
export interface Missing {
  readonly kind: CapabilityKind;
  readonly what: string;
  /** An entry of `capabilities.<kind>`; absent where none would help. */
  readonly entry?: Readonly<Record<string, unknown>>;
}

const why = 'say why';
// Folders that a sandbox has of its own: no mount may lie there.
const ownFolders =
  /^\/(bin|dev|etc|home|lib[0-9x]*|opt|proc|root|run|sbin|skills|sys|tmp|usr|var)(\/|$)/;

/** Requests that were denied, by the proxy's own record of them. */
export function missingRequests(events: readonly AuditEvent[]): Missing[] {
  const denied = events.flatMap((one) =>
    one.event === 'egress' && one.decision === 'denied' ? [one] : [],
  );
  return unique(
    denied.map(({ host, method, path, port, why: word }): Missing => {
      const isTunnel = method === 'CONNECT';
      // A client may tunnel plain HTTP too.
      const scheme = port !== 80 && (isTunnel || port === 443) ? 'https' : 'http';
      const at = port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`;
      // Of what was malformed nobody knows where it was to go.
      const asked =
        host === ''
          ? 'a request that cannot be read'
          : shortText(`${method} ${isTunnel ? at : `${scheme}://${at}${path}`}`);
      const what = `${asked}: ${meaningOf(word)}`;
      if (!isForManifest.test(word) || host === '') return { kind: 'egress', what };
      // What was to go through a tunnel that was not opened is not seen: narrow it.
      const url = `${scheme}://${at}${isTunnel ? '/*' : path}`;
      if (url.length > proposedUrlCharsMax) return { kind: 'egress', what };
      return { kind: 'egress', what, entry: { url, methods: [isTunnel ? 'GET' : method], why } };
    }),
  );
}

/** The codes of requests that an entry of skill.json would allow. */
export const isForManifest = /^(host|port|method|path)-denied$/;

type Match = readonly [
  pattern: RegExp,
  missing: (name: string, before: string) => Missing | undefined,
];

// As the interpreters of a sandbox say it; each with one group, the name.
const sayings: readonly Match[] = [
  [/^(?:.*: )?Error: spawn(?:Sync)? ([\w.+-]{1,64}) ENOENT$/gm, program],
  [/No such file or directory: '([\w.+-]{1,64})'$/gm, programOfPython],
  [/^.*?(?:line )?\d+: ([\w.+-]{1,64}): (?:command )?not found$/gm, program],
  [
    /EN(?:OENT|OTDIR): no such file or directory, \w+ '(\/[^']{1,400})'/g,
    (path) => folder(path, 'ro'),
  ],
  [/No such file or directory: '(\/[^']{1,400})'$/gm, (path) => folder(path, 'ro')],
  [
    /^.*?: (?:cannot (?:open|access|create) )?'?(\/[^':]{1,400})'?: (?:No such file|Directory nonexistent)/gm,
    (path) => folder(path, 'ro'),
  ],
  [/EROFS: read-only file system, \w+ '(\/[^']{1,400})'/g, (path) => folder(path, 'cow')],
  [/Read-only file system: '(\/[^']{1,400})'$/gm, (path) => folder(path, 'cow')],
  [/^KeyError: '([A-Z][A-Z0-9_]{0,63})'$/gm, variable],
  [/^.*?: ([A-Z][A-Z0-9_]{0,63}): (?:parameter (?:null or )?not set|unbound variable)/gm, variable],
];

/** Programs, folders and variables that were not there, as far as what it printed tells. */
export function missingInOutput(printed: string): Missing[] {
  // No interpreter writes longer ones, and the patterns would take long over them.
  const lines = printed.split('\n').filter((line) => line.length <= messageCharsMax);
  const text = lines.join('\n');
  const found = sayings.flatMap(([pattern, missing]) =>
    [...text.matchAll(pattern)].map((one) =>
      missing(one[1] ?? '', text.slice(Math.max(0, one.index - tracebackCharsMax), one.index)),
    ),
  );
  return unique(found.filter((one) => one !== undefined));
}

/**
 * What was lacked, without an entry that skill.json has already: the declaration is not missing,
 * but the host or the person gave the run no such program, variable or secret.
 */
export function withoutDeclared(
  missing: readonly Missing[],
  { env, exec, secret }: Pick<Capabilities, 'env' | 'exec' | 'secret'>,
): Missing[] {
  return missing.map(({ kind, what, entry }) => {
    const isSecret = secret.some(({ name }) => name === entry?.name);
    const isDeclared =
      (kind === 'exec' && exec.some(({ program }) => program === entry?.program)) ||
      ((kind === 'env' || kind === 'secret') &&
        (isSecret || env.some(({ name }) => name === entry?.name)));
    if (!isDeclared) return entry === undefined ? { kind, what } : { kind, what, entry };
    const why = isSecret
      ? 'skill.json declares the secret, and this run did not get it'
      : 'skill.json declares it, and this host has none for the run';
    return { kind: isSecret ? 'secret' : kind, what: `${what}: ${why}` };
  });
}

function program(name: string): Missing {
  return { kind: 'exec', what: `the program ${name} is missing`, entry: { program: name, why } };
}

// Python says the same of a file that is not there. The traceback tells a program from a file, and
// where there is no traceback, a name such as `sales.csv` is a file's.
function programOfPython(name: string, before: string): Missing | undefined {
  const at = before.lastIndexOf('Traceback (most recent call last)');
  const isProgram =
    at < 0 ? !/\.[a-z]\w*$/i.test(name) : /_execute_child|execv|posix_spawn/.test(before.slice(at));
  return isProgram ? program(name) : undefined;
}

function folder(path: string, mode: 'ro' | 'cow'): Missing | undefined {
  const [, top = ''] = path.split('/');
  if (top === '' || ownFolders.test(path)) return undefined;
  const says = `the skill says that ${JSON.stringify(shortText(path))} ${mode === 'ro' ? 'is not there' : 'cannot be written'}`;
  return {
    kind: 'mount',
    what: says,
    entry: { source: `workspace:${partOf(top)}`, target: `/${top}`, mode, why },
  };
}

// A workspace's name, as host policy binds it.
function partOf(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 64) || 'files'
  );
}

function variable(name: string): Missing {
  const what = `the variable ${name} is not set`;
  if (!/(TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|KEY)$/.test(name))
    return { kind: 'env', what, entry: { name, why } };
  return { kind: 'secret', what, entry: { name, hosts: ['host.example'], as: 'bearer', why } };
}

function unique(all: readonly Missing[]): Missing[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
