/**
 * Judges what an observation saw, against the manifest. Only facts count: what left, what was
 * asked, what was written, what was started. Pure.
 */
import { dropHostOf } from '../../skills-index/network/drop-hosts.ts';
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import { coversPath, parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import type { ObservedFact, ObservedFactKind } from '../../skills-index/statement/observation.ts';
import type { Contact, Decoys, FoundDecoy } from './decoys.ts';
import { detailText, keptFacts, type StepResult, weightOf } from './step-sandbox.ts';
import { isKey, isStartup } from './written-paths.ts';

export type DeclaredEgress = Pick<Capabilities, 'egress' | 'secret'>;

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
