/** What calls of the libraries in the table do. */

import type { Trait } from '../../../fact/fact.ts';
import { alternativesMax } from '../../../fact/shared-limits.ts';
import type { ArgCondition, ArgOf, EffectOf, RowEffect } from '../../../knowledge/row.ts';
import { anyEgress, imageEgressOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import { type ObservedThing, recordings } from '../../../lookup-tables/observations.ts';
import { sensitivePath } from '../../../lookup-tables/sensitive-paths.ts';
import { either, join, nodesOf, unknownPy } from '../assignments/alternatives.ts';
import { attributeNode } from '../names/classes.ts';
import { sharePart } from '../names/shared-parts.ts';
import { textOf } from '../nodes.ts';
import type { PyNode, PythonFunction, PythonModule, PyValue } from '../program.ts';
import { flowEdge, flowSink, flowSource, notePyTrait, type PythonRun } from '../run.ts';
import { argumentOf, callWith, type PyCall, valuesOf } from './call.ts';
import {
  applySend,
  isElsewhere,
  noteWritten,
  startAt,
  storedPaths,
  storeUnpacked,
} from './connections.ts';
import { applyFile } from './files.ts';
import { applyConnect, applyRequest, sendTo } from './network.ts';
import { observeCall } from './observe.ts';
import { readVariable, wholeEnvironment } from './options.ts';
import { feedProgram, isUnscrambled, noteLoad, runCodeOf, runProgram } from './programs.ts';

const lineEnd = { ...unknownPy, texts: ['\n'] };

// A condition holds for the name of a value as well: `Loader=yaml.SafeLoader`.
function isMeant(call: PyCall, { when, unless }: RowEffect): boolean {
  const holds = ({ of, form }: ArgCondition): boolean => {
    const value = argumentOf(call, of);
    return value !== undefined && form.test(value.qual ?? value.texts[0] ?? '');
  };
  return (when === undefined || holds(when)) && (unless === undefined || !holds(unless));
}

// `run(*words)`: an argument that stands nowhere is one of those with stars.
function spreadOf({ spread }: PyCall): PyValue {
  return { ...unknownPy, nodes: spread };
}

/** Notes what an effect does; gives the value it makes, if any. */
export function applyEffect(run: PythonRun, call: PyCall, effect: RowEffect): PyValue | undefined {
  if (!isMeant(call, effect)) return unknownPy;
  switch (effect.does) {
    case 'request':
      return effect.files === undefined
        ? applyRequest(run, call, effect)
        : upload(run, call, effect.files);
    case 'connect':
      return applyConnect(run, call, effect);
    case 'send': {
      const content = argumentOf(call, effect.content);
      return effect.part === 'input'
        ? feedProgram(run, call, content ?? unknownPy)
        : applySend(run, call, content, effect.part);
    }
    case 'read':
    case 'write':
    case 'delete':
    case 'open':
      if (effect.unpacks && effect.to !== undefined)
        return storeUnpacked(run, call, effect.path, effect.to);
      return applyFile(
        run,
        effect.does === 'read' && effect.path === 'self' ? searching(run, call) : call,
        effect,
      );
    case 'program':
      return runProgram(run, call, argumentOf(call, effect.words) ?? spreadOf(call), effect);
    case 'code':
      return runCodeOf(run, call, argumentOf(call, effect.code) ?? spreadOf(call));
    case 'load':
      return load(run, call, effect);
    case 'deserialize':
      return applyDeserialize(run, call, effect);
    case 'env':
      return readVariable(run, call, effect);
    case 'whole-env':
      return wholeEnvironment(run, call);
    case 'input':
      return {
        ...unknownPy,
        nodes: [flowSource(run, call, { what: 'input', name: call.api }, `${call.api} reads it`)],
      };
    case 'observe':
      return observe(run, call, effect.what);
    case 'output':
      return print(run, call, valuesOf(call, [effect.content]));
    case 'call':
      return applyCallback(run, call, effect);
    case 'option':
      return applyOption(run, call, effect);
    case 'listen':
      notePyTrait(run, call, 'listen', call.api);
      return serve(run, call);
    case 'incoming':
      return serve(run, call);
    case 'fill':
    case 'view':
      sharePart(run, call, effect);
      return undefined;
    case 'native': {
      const library = argumentOf(call, effect.what);
      startAt(run, call, storedPaths(call, library));
      for (const name of library?.texts.length ? library.texts : ['*'])
        notePyTrait(run, call, 'native', name);
      return unknownPy;
    }
    case 'trait':
      noteTrait(run, call, effect.trait);
      return unknownPy;
    // Python sets variables by assignments, and gives all of a function by special names.
    case 'set-env':
    case 'variables':
      return undefined;
  }
}

// The file at a path goes to the host that the client is connected to. A client of Amazon's own
// hosts sends its user's files to its user.
function upload(run: PythonRun, call: PyCall, [path = 0]: readonly ArgOf[]): PyValue {
  const { targets } = call.object;
  if (targets.length > 0 && !targets.some(isElsewhere)) return unknownPy;
  return applySend(run, call, applyFile(run, call, { does: 'read', path }));
}

function print(run: PythonRun, call: PyCall, content: readonly PyValue[]): PyValue {
  const printed = join([...content, lineEnd]);
  noteWritten(run, call, call.keywords.get('file')?.file ?? [], printed);
  const nodes = nodesOf([...content, ...call.keywords.values()]);
  const { api } = call;
  flowSink(run, call, nodes, { what: 'output', api, part: 'content' });
  for (const egress of printed.texts.flatMap(imageEgressOf)) {
    const capability = { kind: 'egress', ...egress } as const;
    flowSink(run, call, nodes, { what: 'network', capability, api, part: 'url' });
  }
  return unknownPy;
}

function load(run: PythonRun, call: PyCall, { path, isFolder }: EffectOf<'load'>): PyValue {
  const given = argumentOf(call, path);
  if (isFolder) {
    startAt(run, call, startedIn(call, given));
    return unknownPy;
  }
  if (given === undefined || !given.texts.every(isKnownText) || given.texts.length === 0)
    notePyTrait(
      run,
      { ...call, certainty: 'widened' },
      'dynamic-import',
      'code whose place is computed',
    );
  return noteLoad(run, call, given ?? unknownPy);
}

function noteTrait(run: PythonRun, call: PyCall, trait: Trait): void {
  // A check of the syntax: nobody keeps the code, so nobody runs it.
  if (call.api === 'compile' && isDiscarded(call)) return;
  notePyTrait(run, call, trait, call.api);
  // `eval(compile(text, …))`
  if (trait === 'code-from-string' && isUnscrambled(call))
    notePyTrait(run, call, 'decode-to-code', '');
}

function isDiscarded({ node }: PyCall): boolean {
  return 'parent' in node && (node as PyNode).parent?.name === 'ExpressionStatement';
}

// Data that says what is run when it is read.
function applyDeserialize(
  run: PythonRun,
  call: PyCall,
  { data, byPath }: EffectOf<'deserialize'>,
): PyValue {
  const given = argumentOf(call, data);
  notePyTrait(run, call, 'deserialize', call.api);
  if (byPath === 'runs') startAt(run, call, storedPaths(call, given));
  if (byPath === 'runs' && given?.texts.some((text) => /^https?:/.test(text))) {
    const { nodes } = applyRequest(run, call, { does: 'request', url: data, method: 'GET' });
    flowSink(run, call, nodes, { what: 'exec', api: call.api, part: 'code' });
  }
  if (byPath === undefined || (byPath === 'runs' && isOpened(given)))
    flowSink(run, call, given?.nodes ?? [], { what: 'exec', api: call.api, part: 'code' });
  return { ...unknownPy, nodes: given?.nodes ?? [], decoded: true };
}

// A file that is open, or bytes; not the path of one.
function isOpened(value: PyValue | undefined): boolean {
  return value !== undefined && value.texts.length === 0 && /\)$/.test(value.qual ?? '');
}

// What lies at a path, and what was unpacked there.
function startedIn(call: PyCall, path: PyValue | undefined): readonly string[] {
  return storedPaths(call, path).flatMap((one) => [one, `${one.replace(/\/$/, '')}/`]);
}

function observe(run: PythonRun, call: PyCall, what: ObservedThing): PyValue {
  const trait = what === 'keys' ? 'keylogging' : 'surveillance';
  if (recordings.has(what)) notePyTrait(run, call, trait, call.api);
  const from = flowSource(run, call, { what: 'observed', name: what }, `${call.api} tells it`);
  return { ...unknownPy, nodes: [from] };
}

// What comes in to a server is said by whoever connects: its handlers get it, as arguments or as
// attributes of their object.
export function serve(run: PythonRun, call: PyCall): PyValue {
  const given = [...call.args, ...call.keywords.values()];
  const handlers = given.filter(({ own, qual }) => own !== undefined || qual?.startsWith('class '));
  if (handlers.length === 0) return unknownPy;
  const from = flowSource(
    run,
    call,
    { what: 'network', name: anyEgress },
    `${call.api} hands on what comes in`,
  );
  const received = { ...unknownPy, nodes: [from] };
  for (const handler of handlers) {
    if (handler.own !== undefined)
      run.invoke(run, callWith(call, givenTo(handler.own, received)), handler, 1);
    if (handler.qual?.startsWith('class '))
      for (const name of handlerAttributes)
        flowEdge(run, from, attributeNode(run, call.module, name, call.node));
  }
  return unknownPy;
}

// What a library hands on, by the places of the parameters. For `Depends(…)` the library calls a
// function of the skill.
function givenTo({ parameters, bound, module }: PythonFunction, received: PyValue): PyValue[] {
  return Array.from({ length: handedOnMax }, (_, at) => {
    const fallback = parameters[bound ? at + 1 : at]?.fallback;
    const isOwn = fallback !== undefined && dependsOn.test(textOf(module, fallback));
    return isOwn ? unknownPy : received;
  });
}

const handedOnMax = 4;
const dependsOn = /^(fastapi\.)?(Depends|Security)\(/;

// Library reference: http.server.BaseHTTPRequestHandler, socketserver.BaseRequestHandler.
const handlerAttributes = ['rfile', 'path', 'headers', 'request', 'requestline'];

// `folder.glob('gh/hosts.y*ml')` reads what the pattern names, where that is somebody's; and so
// does going through a folder for files whose names stand in the program.
function searching(run: PythonRun, call: PyCall): PyCall {
  const isSearch = /^(r?glob|iterdir|walk)$/.test(call.method);
  const patterns = isSearch ? (call.args[0]?.texts ?? []) : [];
  const names = isSearch ? namesIn(run, call.module) : [];
  const texts = call.object.texts.filter(isKnownText).flatMap((text) => {
    const those = /^(~|\/(?!skills\/|tmp\/))/.test(text) ? names : [];
    const inside = [...patterns.filter(isKnownText), ...those].map((name) => `${text}/${name}`);
    return inside.find((one) => sensitivePath(one) !== undefined) ?? [];
  });
  return texts.length === 0 ? call : { ...call, object: { ...call.object, texts } };
}

// Names of files that somebody's programs keep secrets in, as far as the name alone says so.
function namesIn(run: PythonRun, module: PythonModule): readonly string[] {
  run.context.steps.take(1 + (module.source.text.length >> 8));
  const found = module.source.text.matchAll(/(['"])([\w.][\w .-]{2,30})\1/g);
  return new Set(found.map(([, , name = '']) => name).filter((name) => tellingNames.test(name)))
    .values()
    .toArray();
}

// Chromium's and Firefox' files in a profile.
const tellingNames =
  /^(Login Data|Cookies|Web Data|Local State|logins\.json|key4\.db|cookies\.sqlite|Cookies\.binarycookies)$/i;

function isKnownText(text: string): boolean {
  return !text.includes(unknownPart);
}

// Functions of Python that call a function that they are given: threads, pools, map, what runs at
// the end.

/** Calls what an API is given, with the arguments that it passes on. */
function applyCallback(run: PythonRun, call: PyCall, effect: EffectOf<'call'>): PyValue {
  const target = argumentOf(call, effect.callee);
  if (target === undefined || (target.qual === undefined && target.own === undefined))
    return unknownPy;
  observeCall(run, call);
  const [list, options] = effect.given ?? [];
  const dict = options === undefined ? undefined : argumentOf(call, options)?.entries;
  const keywords = effect.spread || list === undefined ? dict : call.keywords;
  const results = argumentLists(call, effect).map((args) => {
    const inner = callWith(call, args, keywords);
    const values = [target, ...target.others].map((one) => run.invoke(run, inner, one, 1));
    return either(values);
  });
  return { ...unknownPy, items: results, nodes: results.flatMap((result) => result.nodes) };
}

function argumentLists(
  call: PyCall,
  { given = [], each, spread, pairs }: EffectOf<'call'>,
): PyValue[][] {
  if (each === undefined) {
    const args = valuesOf(call, spread ? given.slice(0, 1) : given);
    return [spread ? args.flatMap((list) => list.items ?? [list]) : [...args]];
  }
  const values = argumentOf(call, each);
  if (values === undefined) return [[]];
  const more = typeof each === 'number' ? call.args.slice(each + 1) : [];
  const unknown = { ...values, texts: [], items: undefined };
  const rows = [
    ...(values.items?.slice(0, alternativesMax) ?? []),
    ...(values.items === undefined || values.items.length > alternativesMax ? [unknown] : []),
  ];
  return rows.map((row, index) =>
    spread
      ? [...(row.items ?? [row])]
      : [
          row,
          ...(pairs ? [row] : []),
          ...more.map((other) => other.items?.[index] ?? { ...other, texts: [] }),
        ],
  );
}

/** An option of a transfer that says where it goes or what it carries. */
function applyOption(
  run: PythonRun,
  call: PyCall,
  { name, value, url, body }: EffectOf<'option'>,
): PyValue | undefined {
  const option = argumentOf(call, name)?.qual?.split('.').at(-1) ?? '';
  if (url.test(option))
    return applyRequest(run, call, { does: 'request', url: value, method: '*' });
  if (!body.test(option)) return undefined;
  const made = run.facts.findLast(
    (fact) =>
      fact.kind === 'capability' &&
      fact.span.path === call.module.source.path &&
      fact.api === call.api,
  );
  if (made?.kind !== 'capability') return undefined;
  return sendTo(run, call, [made.capability], {
    url: [],
    body: valuesOf(call, [value]),
    header: [],
  });
}
