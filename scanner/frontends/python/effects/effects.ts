/** What calls of the libraries in the table do. */

import { alternativesMax } from '../../../fact/shared-limits.ts';
import { anyEgress, imageEgressOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import { recordings } from '../../../lookup-tables/observations.ts';
import { sensitivePath } from '../../../lookup-tables/sensitive-paths.ts';
import { either, join, nodesOf, unknownPy } from '../assignments/alternatives.ts';
import { attributeNode } from '../names/classes.ts';
import { sharePart } from '../names/shared-parts.ts';
import { textOf } from '../nodes.ts';
import type { PyNode, PythonFunction, PythonModule, PyValue } from '../program.ts';
import { flowEdge, flowSink, flowSource, notePyTrait, type PythonRun } from '../run.ts';
import { argumentOf, callWith, type PyCall } from './call.ts';
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
import type { Argument, Condition, PythonEffect } from './tables/python-api.ts';

const lineEnd = { ...unknownPy, texts: ['\n'] };

function holds(call: PyCall, { argument, form }: Condition): boolean {
  const value = argumentOf(call, argument);
  return value !== undefined && form.test(value.qual ?? value.texts[0] ?? '');
}

// `run(*words)`: an argument that stands nowhere is one of those with stars.
function spreadOf({ spread }: PyCall): PyValue {
  return { ...unknownPy, nodes: spread };
}

/** Notes what an effect does; gives the value it makes, if any. */
export function applyEffect(
  run: PythonRun,
  call: PyCall,
  effect: PythonEffect,
): PyValue | undefined {
  switch (effect.does) {
    case 'request':
      return applyRequest(run, call, effect);
    case 'connect':
      return applyConnect(run, call, effect);
    case 'send':
      return applySend(run, call, argumentOf(call, effect.content), effect.part);
    case 'self-read':
      return applyFile(run, { ...call, object: searchedIn(run, call) }, effect);
    case 'read':
    case 'write':
    case 'delete':
    case 'open':
    case 'self-write':
    case 'self-delete':
    case 'self-open':
      return applyFile(run, call, effect);
    case 'shell':
    case 'program':
      return runProgram(run, call, argumentOf(call, effect.command) ?? spreadOf(call), effect);
    case 'code':
      return runCodeOf(run, call, argumentOf(call, effect.code) ?? spreadOf(call));
    case 'load': {
      const name = argumentOf(call, effect.module);
      if (name === undefined || !name.texts.every(isKnownText) || name.texts.length === 0)
        notePyTrait(
          run,
          { ...call, certainty: 'widened' },
          'dynamic-import',
          'code whose place is computed',
        );
      return noteLoad(run, call, name ?? unknownPy);
    }
    case 'feed':
      return feedProgram(run, call, argumentOf(call, effect.content) ?? unknownPy);
    case 'deserialize':
      return applyDeserialize(run, call, effect);
    case 'env':
      return readVariable(run, call, effect.name);
    case 'whole-env':
      return wholeEnvironment(run, call);
    case 'input':
      return {
        ...unknownPy,
        nodes: [flowSource(run, call, { what: 'input', name: call.api }, `${call.api} reads it`)],
      };
    case 'observe':
      return observe(run, call, effect);
    case 'output':
      return print(run, call);
    case 'call':
      return applyCallback(run, call, effect);
    case 'option':
      return applyOption(run, call, effect);
    case 'listen':
      notePyTrait(run, call, 'listen', call.api);
      return serve(run, call);
    case 'receive':
      return serve(run, call);
    case 'start':
    case 'unpack':
    case 'upload':
    case 'fill':
    case 'view':
      return applyMove(run, call, effect);
    case 'native':
      startAt(run, call, storedPaths(call, call.args[0]));
      for (const library of call.args[0]?.texts.length ? call.args[0].texts : ['*'])
        notePyTrait(run, call, 'native', library);
      return unknownPy;
    case 'trait':
      noteTrait(run, call, effect);
      return unknownPy;
  }
}

// The file at a path goes to the host that the client is connected to. A client of Amazon's own
// hosts sends its user's files to its user.
function upload(run: PythonRun, call: PyCall, path: Argument): PyValue {
  const { targets } = call.object;
  if (targets.length > 0 && !targets.some(isElsewhere)) return unknownPy;
  return applySend(run, call, applyFile(run, call, { does: 'read', path }));
}

function print(run: PythonRun, call: PyCall): PyValue {
  const printed = join([...call.args, lineEnd]);
  noteWritten(run, call, call.keywords.get('file')?.file ?? [], printed);
  const nodes = nodesOf([...call.args, ...call.keywords.values()]);
  const { api } = call;
  flowSink(run, call, nodes, { what: 'output', api, part: 'content' });
  for (const egress of printed.texts.flatMap(imageEgressOf)) {
    const capability = { kind: 'egress', ...egress } as const;
    flowSink(run, call, nodes, { what: 'network', capability, api, part: 'url' });
  }
  return unknownPy;
}

// Data and files that get to another place.
function applyMove(
  run: PythonRun,
  call: PyCall,
  effect: Extract<PythonEffect, { does: 'start' | 'unpack' | 'upload' | 'fill' | 'view' }>,
): PyValue | undefined {
  switch (effect.does) {
    case 'start':
      startAt(run, call, startedIn(call, argumentOf(call, effect.path)));
      return unknownPy;
    case 'unpack':
      storeUnpacked(run, call, effect.from, effect.to);
      return unknownPy;
    case 'upload':
      return upload(run, call, effect.path);
    case 'fill':
    case 'view':
      sharePart(run, call, effect);
      return undefined;
  }
}

function noteTrait(
  run: PythonRun,
  call: PyCall,
  { trait, unless }: Extract<PythonEffect, { does: 'trait' }>,
): void {
  if (unless !== undefined && argumentOf(call, unless) !== undefined) return;
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
  effect: Extract<PythonEffect, { does: 'deserialize' }>,
): PyValue {
  if (effect.safe !== undefined && holds(call, effect.safe)) return unknownPy;
  if (effect.only !== undefined && !holds(call, effect.only)) return unknownPy;
  const data = argumentOf(call, effect.data);
  notePyTrait(run, call, 'deserialize', call.api);
  if (effect.byPath === 'runs') startAt(run, call, storedPaths(call, data));
  if (effect.byPath === 'runs' && data?.texts.some((text) => /^https?:/.test(text))) {
    const request = {
      does: 'request',
      url: effect.data,
      method: 'GET',
      body: [],
      header: [],
    } as const;
    const { nodes } = applyRequest(run, call, request);
    flowSink(run, call, nodes, { what: 'exec', api: call.api, part: 'code' });
  }
  if (effect.byPath === undefined || (effect.byPath === 'runs' && isOpened(data)))
    flowSink(run, call, data?.nodes ?? [], { what: 'exec', api: call.api, part: 'code' });
  return { ...unknownPy, nodes: data?.nodes ?? [], decoded: true };
}

// A file that is open, or bytes; not the path of one.
function isOpened(value: PyValue | undefined): boolean {
  return value !== undefined && value.texts.length === 0 && /\)$/.test(value.qual ?? '');
}

// What lies at a path, and what was unpacked there.
function startedIn(call: PyCall, path: PyValue | undefined): readonly string[] {
  return storedPaths(call, path).flatMap((one) => [one, `${one.replace(/\/$/, '')}/`]);
}

function observe(
  run: PythonRun,
  call: PyCall,
  { what, only }: Extract<PythonEffect, { does: 'observe' }>,
): PyValue {
  if (only !== undefined && !holds(call, only)) return unknownPy;
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
function searchedIn(run: PythonRun, call: PyCall): PyValue {
  const isSearch = /^(r?glob|iterdir|walk)$/.test(call.method);
  const patterns = isSearch ? (call.args[0]?.texts ?? []) : [];
  const names = isSearch ? namesIn(run, call.module) : [];
  const texts = call.object.texts.filter(isKnownText).flatMap((text) => {
    const those = /^(~|\/(?!skills\/|tmp\/))/.test(text) ? names : [];
    const inside = [...patterns.filter(isKnownText), ...those].map((name) => `${text}/${name}`);
    return inside.find((one) => sensitivePath(one) !== undefined) ?? [];
  });
  return texts.length === 0 ? call.object : { ...call.object, texts };
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
function applyCallback(
  run: PythonRun,
  call: PyCall,
  { callee, given }: Extract<PythonEffect, { does: 'call' }>,
): PyValue {
  const target = argumentOf(call, callee);
  if (target === undefined || (target.qual === undefined && target.own === undefined))
    return unknownPy;
  observeCall(run, call);
  const behind = given.from === undefined ? undefined : call.keywords;
  const dict = given.dict === undefined ? behind : argumentOf(call, given.dict)?.entries;
  const results = argumentLists(call, given).map((args) => {
    const inner = callWith(call, args, dict);
    const values = [target, ...target.others].map((one) => run.invoke(run, inner, one, 1));
    return either(values);
  });
  return { ...unknownPy, items: results, nodes: results.flatMap((result) => result.nodes) };
}

function argumentLists(
  call: PyCall,
  { from, list, each, spread, twice }: Extract<PythonEffect, { does: 'call' }>['given'],
): PyValue[][] {
  if (from !== undefined) return [call.args.slice(from)];
  if (list !== undefined) {
    const args = argumentOf(call, list);
    return [args?.items === undefined ? (args === undefined ? [] : [args]) : [...args.items]];
  }
  const values = each === undefined ? undefined : call.args[each];
  if (values === undefined) return [[]];
  const more = each === undefined ? [] : call.args.slice(each + 1);
  const unknown = { ...values, texts: [], items: undefined };
  const rows = [
    ...(values.items?.slice(0, alternativesMax) ?? []),
    ...(values.items === undefined || values.items.length > alternativesMax ? [unknown] : []),
  ];
  return rows.map((row, index) =>
    spread === true
      ? [...(row.items ?? [row])]
      : [
          row,
          ...(twice === true ? [row] : []),
          ...more.map((other) => other.items?.[index] ?? { ...other, texts: [] }),
        ],
  );
}

/** An option of a transfer that says where it goes or what it carries. */
function applyOption(
  run: PythonRun,
  call: PyCall,
  { name, value }: Extract<PythonEffect, { does: 'option' }>,
): PyValue | undefined {
  const option = argumentOf(call, name)?.qual?.split('.').at(-1);
  const carries = option === 'POSTFIELDS' || option === 'READDATA' || option === 'HTTPPOST';
  if (option !== 'URL' && !carries) return undefined;
  const at = call.args.indexOf(argumentOf(call, value) ?? unknownPy);
  if (option === 'URL')
    return applyRequest(run, call, {
      does: 'request',
      url: { at, key: '' },
      method: '*',
      body: [],
      header: [],
    });
  const made = run.facts.findLast(
    (fact) =>
      fact.kind === 'capability' &&
      fact.span.path === call.module.source.path &&
      fact.api === call.api,
  );
  if (made?.kind !== 'capability') return undefined;
  return sendTo(run, call, [made.capability], {
    url: [],
    body: [call.args[at] ?? unknownPy],
    header: [],
  });
}
