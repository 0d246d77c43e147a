/**
 * An observation: runs a submission in sandboxes with decoys, and returns what it did. Nothing real
 * is in the sandboxes, and no byte leaves the host. It has a process of its own (observe-skill.ts).
 */
import { randomBytes } from 'node:crypto';
import { dropHostOf } from '../../skills-index/network/drop-hosts.ts';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import { coversPath, parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type {
  ObservedBehaviour,
  ObservedFact,
  ObservedFactKind,
} from '../../skills-index/statement/observation.ts';
import { verdictOf } from '../../skills-index/statement/observation-statement.ts';
import { bubblewrap } from '../bubblewrap/bubblewrap.ts';
import { baseFolder, findBase } from '../host/base-programs.ts';
import { findProgram } from '../host/host.ts';
import { withRunFolder } from '../run/run-folder.ts';
import { type Contact, type Decoys, type FoundDecoy, makeDecoys } from './decoys.ts';
import type { ObservationTask } from './observe-skill.ts';
import {
  detailText,
  keptFacts,
  runStep,
  type StepResult,
  type StepWorld,
  stepSecondsMax,
  weightOf,
} from './step-sandbox.ts';
import {
  type ObservedStep,
  type Persona,
  personas,
  stepsAgain,
  stepsOf,
  toldPrograms,
} from './steps.ts';
import { isKey, isStartup } from './written-paths.ts';

/** Seconds of an observation that belong to the end of its last steps: kills, and comparisons. */
const endSeconds = 4;

const stepsAtOnce = 2;

/** Steps without time that an observation names. */
const leftOutNamedMax = 20;

/** Bytes of submissions' texts in which ports are searched. */
const searchedBytesMax = 2 * 1024 * 1024;

/** Ports that a submission names, by which a declared host is told from another. */
const namedPortsMax = 100;

const programs =
  'sh bash python3 node perl ruby php curl wget openssl nc ncat socat dig nslookup host nslookup ssh scp git jq ps lua make'.split(
    ' ',
  );

const emptyStep: ObservedStep = { kind: 'command', title: 'nothing', command: ['/usr/bin/true'] };
const emptyStepMs = 5_000;

/** @throws Problem `sandbox-missing`, `sandbox-refused` */
export async function runObservation(
  { paths, seconds, skill, time }: ObservationTask,
  onStep: (title: string, planned: number) => void,
  stop: AbortSignal,
): Promise<ObservedBehaviour> {
  const begun = performance.now();
  const declared = skill.manifest?.capabilities ?? { egress: [], secret: [] };
  const decoys = makeDecoys(
    (bytes) => randomBytes(bytes),
    declared.secret.map(({ name }) => name),
  );
  // The time for the end of the last steps is part of the time for all.
  const until = begun + (seconds - endSeconds) * 1000;
  const signal = AbortSignal.any([
    AbortSignal.timeout(Math.max(1, Math.ceil(until - performance.now()))),
    stop,
  ]);
  const world: StepWorld = {
    sandbox: bubblewrap(),
    programs: foundPrograms(),
    base: baseFolder(findBase(), paths),
    files: skill.files,
    decoys,
    authority: makeAuthority(['*'], new Date(time)),
    contexts: new Map(),
    ports: namedPorts(skill.files),
    signal,
    inFolder: withRunFolder,
  };
  const page = skill.files.find(({ path }) => path === 'SKILL.md')?.bytes ?? new Uint8Array();
  const steps = stepsOf({
    files: skill.files,
    manifest: skill.manifest,
    told: toldPrograms(Buffer.from(page).toString('utf8')),
  });
  const waiting = personas.flatMap((persona, round) =>
    (round === 0 ? steps : stepsAgain(steps, persona)).map((step) => ({ step, persona })),
  );
  const planned = waiting.length;
  const results: StepResult[] = [];
  const worker = async (): Promise<void> => {
    while (until - performance.now() > 500 && !signal.aborted) {
      const next = waiting.shift();
      if (next === undefined) return;
      onStep(titleOf(next), planned);
      const milliseconds = Math.min(until - performance.now(), stepSecondsMax * 1000);
      const { persona, step } = next;
      const result = await resultOrFailed(step, persona, () =>
        runStep(world, step, persona, milliseconds),
      );
      if (result === undefined) waiting.push(next);
      else results.push(result);
    }
  };
  await Promise.all(Array.from({ length: stepsAtOnce }, worker));
  stop.throwIfAborted();
  await requireObservingHost(results, () => {
    const empty = { ...world, files: [], ports: [], signal: AbortSignal.timeout(emptyStepMs) };
    return runStep(empty, emptyStep, personas[0] as Persona, emptyStepMs);
  });
  const leftOut = waiting.map((one) => detailText(titleOf(one)));
  return observationOf(results, { planned, leftOut }, judgeFacts(results, declared, decoys));
}

function titleOf({ persona, step }: Pick<StepResult, 'persona' | 'step'>): string {
  return `${step.title} (${persona.name})`;
}

function observationOf(
  results: readonly StepResult[],
  { leftOut, planned }: { readonly planned: number; readonly leftOut: readonly string[] },
  facts: ObservedBehaviour['facts'],
): ObservedBehaviour {
  const late = results.filter(({ end }) => end === 'time').length;
  const [blind] = results.flatMap((one) => one.blind ?? []);
  const coverage = {
    planned,
    done: results.length,
    late,
    rounds: personas.map(({ name }) => name),
    ...(leftOut.length === 0 ? {} : { leftOut: leftOut.slice(0, leftOutNamedMax) }),
    ...(blind === undefined ? {} : { blind: detailText(blind) }),
  };
  return {
    schema: 'skillgate.observation/1',
    verdict: verdictOf(facts, coverage),
    facts,
    coverage,
  };
}

function foundPrograms(): StepWorld['programs'] {
  return programs.flatMap((program) => {
    const path = findProgram(program);
    return path === undefined ? [] : [{ program, path }];
  });
}

// The port numbers that a submission's texts name, so that the responder can listen on them.
function namedPorts(files: readonly { readonly bytes: Uint8Array }[]): readonly number[] {
  const found = new Set<number>();
  let left = searchedBytesMax;
  for (const { bytes } of files) {
    if (left <= 0) break;
    const text = Buffer.from(bytes.subarray(0, left)).toString('latin1');
    left -= bytes.length;
    for (const [, digits] of text.matchAll(/[:,\s"'=(/](\d{2,5})\b/g)) {
      const port = Number(digits);
      if (port > 20 && port < 65_536 && port !== 3_128) found.add(port);
      if (found.size >= namedPortsMax) return [...found];
    }
  }
  return [...found];
}

// A step that the observation itself could not bring to its end.

/**
 * Runs a step. An error of one step, which the submission may have caused, loses no fact of others:
 * the step counts as ended early.
 * @throws Problem of the host, such as `sandbox-refused`
 */
export async function resultOrFailed<Of extends StepResult | undefined>(
  step: ObservedStep,
  persona: Persona,
  run: () => Promise<Of>,
): Promise<Of | StepResult> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    return {
      step,
      persona,
      contacts: [],
      overflowed: false,
      reports: [],
      changed: [],
      unlisted: false,
      leftBehind: [],
      end: 'failed',
      code: undefined,
      output: '',
    };
  }
}

/**
 * Requires that this host can observe. A submission can make each of its steps fail, and its
 * observation has to say so. So where all failed, a step without its files tells whose fault it is.
 * @param runEmptyStep gives undefined when its time was up before the step began
 * @throws Problem `sandbox-refused` where that step fails as well
 */
export async function requireObservingHost(
  results: readonly StepResult[],
  runEmptyStep: () => Promise<unknown>,
): Promise<void> {
  if (results.length === 0 || results.some(({ end }) => end !== 'failed')) return;
  try {
    if ((await runEmptyStep()) === undefined)
      throw new Error('an empty step did not begin in time');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('sandbox-refused', `This host could observe no step: ${why}`);
  }
}

// Judges what an observation saw, against the manifest. Only facts count: what left, what was
// asked, what was written, what was started. Pure.

type DeclaredEgress = Pick<Capabilities, 'egress' | 'secret'>;

type Draft = Pick<ObservedFact, 'kind' | 'level' | 'what'>;

/** Facts in order of their level, each once with the steps in which it was seen. */
export function judgeFacts(
  results: readonly StepResult[],
  declared: DeclaredEgress,
  decoys: Pick<Decoys, 'files' | 'host'>,
): readonly ObservedFact[] {
  const found = new Map<string, ObservedFact & { readonly steps: string[] }>();
  for (const result of results)
    for (const draft of draftsOf(result, declared, decoys)) {
      const what = detailText(draft.what);
      const key = `${draft.kind} ${what}`;
      const step = `${detailText(result.step.title)} (${result.persona.name})`;
      const known = found.get(key);
      if (known === undefined) {
        found.set(key, { ...draft, what, steps: [step] });
      } else {
        if (known.steps.length < 5 && !known.steps.includes(step)) known.steps.push(step);
        if (weightOf[draft.level] < weightOf[known.level])
          found.set(key, { ...known, level: draft.level });
      }
    }
  return keptFacts([...found.values()]);
}

function draftsOf(
  result: StepResult,
  declared: DeclaredEgress,
  decoys: Pick<Decoys, 'files' | 'host'>,
): Draft[] {
  const early = result.step.kind === 'install' || result.step.kind === 'import';
  const contacts = result.contacts.filter((one) => !isNoContact(one, decoys.host));
  const asked = new Set(contacts.filter(({ scheme }) => scheme !== 'dns').map(({ host }) => host));
  return [
    ...contacts
      .filter((one) => one.scheme !== 'dns' || one.decoys.length > 0 || !asked.has(one.host))
      .flatMap((one) => contactDrafts(one, declared, early)),
    ...result.reports.flatMap(({ kind, what }) =>
      kind === 'escape'
        ? [draft('escape-attempt', 'block', what)]
        : startedDrafts(what, contacts, declared),
    ),
    ...result.changed.flatMap(({ how, path }) => pathDraft(path, how, decoys, early)),
    ...result.leftBehind.map((line) => draft('left-behind', 'review', `still ran: ${line}`)),
    ...(result.end === 'killed' || endedOurProgram(result)
      ? [draft('ended-early', 'review', 'the submission ended the observed step from inside')]
      : []),
    ...(result.overflowed
      ? [draft('ended-early', 'review', 'the submission sent more than an observation keeps')]
      : []),
    ...(result.unlisted
      ? [draft('ended-early', 'review', 'the submission wrote more files than are compared')]
      : []),
    ...(result.end === 'failed'
      ? [draft('ended-early', 'review', 'an error ended the observed step')]
      : []),
    ...(result.end === 'written'
      ? [draft('ended-early', 'review', 'the submission wrote more than a step may write')]
      : []),
  ];
}

// These steps start programs of the observation, which end by no signal of their own.
function endedOurProgram({ code = 0, step }: StepResult): boolean {
  return code > 128 && /^(install|import|functions)$/.test(step.kind);
}

function draft(kind: ObservedFactKind, level: Draft['level'], what: string): Draft {
  return { kind, level, what };
}

// A host that the observation itself named, or the step's own loopback, is no contact.
function isNoContact({ decoys, host, scheme }: Contact, own: string): boolean {
  return (
    /(^|\.)argument\.example$/.test(host) ||
    (scheme === 'dns' &&
      (host === own || (decoys.length === 0 && (!host.includes('.') || host.endsWith('.arpa'))))) ||
    /^(localhost|0\.0\.0\.0|127\.0\.0\.\d+|\[::1\])?$/.test(host)
  );
}

function contactDrafts(contact: Contact, declared: DeclaredEgress, early: boolean): Draft[] {
  const { host, method, path, scheme } = contact;
  const place = `${scheme}://${host}${path}`;
  const isDeclared = isAsked(contact, declared);
  const drafts = contact.decoys.flatMap((found) =>
    decoyDraft(found, contact, declared, early, isDeclared),
  );
  if (isDeclared) return drafts;
  const verb =
    scheme === 'dns' ? 'asked for the name' : `asked${method === '' ? '' : ` ${method}`}`;
  // Nobody reads a page that tells what an installation or an import asks.
  const level = early ? 'block' : 'review';
  return [...drafts, draft('undeclared-host', level, `${verb} ${scheme === 'dns' ? host : place}`)];
}

function decoyDraft(
  { decoy, encoding }: FoundDecoy,
  { host, path, scheme }: Contact,
  declared: DeclaredEgress,
  early: boolean,
  isDeclared: boolean,
): Draft[] {
  const how = `${decoy.name}${encoding === 'plain' ? '' : ` (${encoding})`} to ${scheme} ${host}`;
  const isBound = declared.secret.some(
    ({ hosts, name }) => name === decoy.variable && hosts.some((one) => matches(one, host)),
  );
  if (isBound) return [];
  if (decoy.kind === 'argument') {
    if (isDeclared) return [];
    // Callers give a secret to a service. Where anybody collects data, there is no service.
    const level = dropHostOf(host, path) === undefined ? 'review' : 'block';
    return [draft('argument-sent', level, `sent the ${how}`)];
  }
  if (decoy.kind === 'host')
    return [draft('host-facts-sent', early && !isDeclared ? 'block' : 'review', `sent the ${how}`)];
  const isVendor = decoy.vendor !== undefined && matches(`*.${decoy.vendor}`, `x.${host}`);
  return [draft('decoy-sent', isVendor ? 'review' : 'block', `sent the decoy of ${how}`)];
}

function startedDrafts(
  what: string,
  contacts: readonly Contact[],
  declared: DeclaredEgress,
): Draft[] {
  const from = contacts.filter(({ gaveProgram }) => gaveProgram);
  if (from.length === 0) return [draft('fetched-started', 'review', `started ${what}`)];
  const strange = from.find((one) => !isAsked(one, declared));
  const host = (strange ?? from[0])?.host ?? '';
  return [
    draft(
      'fetched-started',
      strange === undefined ? 'review' : 'block',
      `started ${what}, from ${host}`,
    ),
  ];
}

function isAsked(
  { host, method, path, port, scheme }: Contact,
  { egress }: DeclaredEgress,
): boolean {
  return egress.some(({ methods, url }) => {
    const target = parseEgressUrl(url);
    if (!matches(target.host, host)) return false;
    // A question for a name, or a connection that ended before its request, names no path.
    if (scheme === 'dns' || method === 'TLS') return true;
    // A slow client, which the end of its step cut off, sent no request either.
    if (scheme === 'tcp') return target.port === 0 || target.port === port;
    const isPort = target.port === 0 || target.port === port;
    const isMethod = methods === undefined || methods.some((one) => one === method);
    return target.scheme === scheme && isPort && isMethod && coversPath(target.path, path);
  });
}

function matches(pattern: string, host: string): boolean {
  return (
    pattern === '*' ||
    pattern === host ||
    (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)))
  );
}

const ownState =
  /^(\.cache|\.npm|\.local\/(share|state|bin)|\.config|\.matplotlib|\.ipython|\.keras|\.node_repl_history|\.python_history|\.yarn|\.pnpm|\.cargo|\.rustup|go|AppData\/(Local|Roaming))\//;

function pathDraft(
  path: string,
  how: StepResult['changed'][number]['how'],
  { files }: Pick<Decoys, 'files'>,
  early: boolean,
): Draft[] {
  const isDecoy = files.some((one) => one.path === path);
  if (how === 'read')
    return isDecoy ? [draft('decoy-read', 'review', `read the decoy ~/${path}`)] : [];
  const what = `${verbs[how]} ${shownPath(path)}`;
  if (isDecoy || isKey(path)) return [draft('outside-write', 'block', what)];
  // A shortcut that starts something else than before.
  if (how === 'changed' && path.endsWith('.lnk'))
    return [draft('outside-write', early ? 'block' : 'review', what)];
  if (isStartup(path)) return [draft('outside-write', early ? 'block' : 'review', what)];
  if (path.startsWith('Documents/')) return [draft('outside-write', 'note', what)];
  return [draft('outside-write', ownState.test(path) ? 'note' : 'review', what)];
}

// Stand-ins keep what is no file on Windows in files.
function shownPath(path: string): string {
  const key = /^\.observed-registry\/(.*?)=?$/.exec(path)?.[1];
  if (key === undefined) return `~/${path}`;
  return key === '' ? 'the Windows registry' : key.replaceAll('/', '\\');
}

const verbs = { new: 'wrote', changed: 'changed', deleted: 'deleted', read: 'read' } as const;
