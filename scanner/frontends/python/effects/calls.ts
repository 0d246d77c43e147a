/**
 * Calls in Python: which API or function of the skill is meant, what it does, and what it gives.
 */

import { alternativesMax } from '../../../fact/shared-limits.ts';
import { powerfulModules, pythonRows } from '../../../knowledge/python/library.ts';
import type { Row } from '../../../knowledge/row.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { anyText, either, nodesOf, nothingGiven, unknownPy } from '../assignments/alternatives.ts';
import { eachYielded } from '../assignments/bound.ts';
import { mutate, plainCall } from '../assignments/methods.ts';
import { foldPath } from '../assignments/paths.ts';
import { foldPattern } from '../assignments/patterns.ts';
import { calledIn, type Domain, givenIn } from '../interpret.ts';
import { classIn } from '../names/canonical.ts';
import { basesOf, methodOf } from '../names/classes.ts';
import { handedOver } from '../names/handed-over.ts';
import { givenAfter } from '../names/name-calls.ts';
import { givenFor } from '../names/parameters.ts';
import { placed } from '../names/placed-arguments.ts';
import { special } from '../names/special.ts';
import { textOf } from '../nodes.ts';
import type { Folded, PyNode, PythonFunction, PyValue } from '../program.ts';
import { flowEdge, flowNode, flowSink, flowSource, notePyTrait, type PythonRun } from '../run.ts';
import { callBuiltin } from '../values/builtins.ts';
import { carrying, oneOf, pyOf } from '../values/given.ts';
import { readOfFiles, settingsOfFiles } from '../values/own-files.ts';
import type { PyCall } from './call.ts';
import { applyEffect } from './effects.ts';
import {
  clientMade,
  namedLine,
  noteChannel,
  noteUnknownClient,
  sendByClient,
} from './named-line.ts';
import { observeOwn } from './observe.ts';
import { runProgram } from './programs.ts';
import { noteRaisedByCall } from './raised.ts';

/** The value of a call; notes what it does. */
export function callValue(
  run: PythonRun,
  domain: Domain<PyValue>,
  node: PyNode,
  depth: number,
): PyValue {
  const { module } = domain;
  const { firstChild } = node;
  if (firstChild === null) return unknownPy;
  const callee = domain.of(firstChild);
  const { object, method } = calledIn(module, firstChild);
  const owner = domain.of(object);
  const { args, keywords, starred } = givenIn(domain, node);
  const call: PyCall = {
    module,
    node,
    api: callee.qual ?? method,
    certainty: callee.folded ? 'folded' : 'exact',
    object: owner,
    method,
    args,
    keywords,
    spread: nodesOf(starred),
    otherArgs:
      args[0] !== undefined && args[0] === starred[0]?.items?.[0] ? starred[0].otherItems : [],
  };
  if (callee.own === undefined && callee.qual === undefined) mutate(run, call, object);
  const results = [callee, ...callee.others].map((one) => invoke(run, call, one, depth, object));
  const made =
    results.length === 1
      ? (results[0] ?? unknownPy)
      : { ...either(results), nodes: nodesOf(results) };
  const given = withStreams(run, call, callee, made);
  const read = isIniParser.test(callee.qual ?? '')
    ? settingsOfFiles(run, module)
    : readOfFiles(run, module, node);
  return read.length === 0 ? given : oneOfFiles(run, given, read);
}

const isIniParser = /^configparser\.\w*ConfigParser$/;

// One of several files of the skill, or another one.
function oneOfFiles(run: PythonRun, given: PyValue, read: readonly Folded[]): PyValue {
  const said = either(read.map((one) => carrying(run.context.steps, pyOf(one), given.nodes)));
  return { ...given, ...said, qual: given.qual, targets: given.targets, otherTexts: [unknownPart] };
}

/**
 * Calls a value, with arguments that are known: a function of the skill, an API, a method of data.
 */
export function invoke(
  run: PythonRun,
  call: PyCall,
  callee: PyValue,
  depth: number,
  objectNode?: PyNode,
): PyValue {
  const { qual } = callee;
  const given = callee.bound === nothingGiven ? call : givenAfter(callee.bound, call);
  let all = { ...call, api: qual ?? call.method, ...placed(qual ?? '', given) };
  const own = callee.own ?? methodOf(run, classIn('class', qual), '__init__');
  if (own !== undefined) {
    observeOwn(run, all, own);
    for (const wrapper of run.wrappers.get(own.id) ?? []) callOwn(run, all, wrapper, undefined);
    const result = callOwn(run, all, own, qual);
    return qual === undefined || callee.own === undefined
      ? result
      : either([result, invoke(run, call, { ...callee, own: undefined }, depth)]);
  }
  if (qual === undefined) return plainCall(run, handedOver(run, all), callee);
  const called = methodOf(run, classIn('object', qual), '__call__');
  if (called !== undefined) return invoke(run, call, { ...unknownPy, own: called }, depth);
  const className = classIn('class', qual);
  if (className !== undefined) return constructed(run, all, className, depth);
  const api = Object.hasOwn(pythonRows, qual) ? pythonRows[qual] : undefined;
  if (api?.effects.some(({ does }) => does === 'call') !== true) all = handedOver(run, all);
  const resolved = special(run, all, qual, depth) ?? foldPath(all, qual) ?? foldPattern(all, qual);
  if (resolved !== undefined) return resolved;
  const [, program] = /^(?:sh|plumbum\.cmd)\.(\w+)$/.exec(qual) ?? [];
  if (program !== undefined)
    return runProgram(
      run,
      { ...all, args: [{ ...unknownPy, texts: [program] }, ...all.args] },
      unknownPy,
      { words: { rest: 0 } },
    );
  noteHidden(run, all, callee, qual);
  callOverride(run, all);
  if (api !== undefined) {
    const made = callApi(run, all, qual, api);
    if (packsFile.test(qual)) mutate(run, { ...all, args: [made] }, objectNode);
    noteChannel(run, all, qual, made);
    return made;
  }
  sendByClient(run, all, callee, qual);
  noteUnknownClient(run, all, qual);
  noteChannel(run, all, qual, unknownPy);
  // A built-in function whose name is computed may be `exec`.
  if (qual === 'builtins.*')
    flowSink(run, all, nodesOf(all.args), { what: 'exec', api: qual, part: 'code' });
  mutate(run, all, objectNode);
  return clientMade(all, qual, plainCall(run, all, callee));
}

// An object of a class of the skill that has no constructor; one made from a library's class is
// made as that is.
function constructed(run: PythonRun, call: PyCall, className: string, depth: number): PyValue {
  const base = basesOf(run, className).find((one) => Object.hasOwn(pythonRows, one));
  const made =
    base === undefined ? unknownPy : invoke(run, call, { ...unknownPy, qual: base }, depth);
  return {
    ...unknownPy,
    qual: `object ${className}`,
    targets: made.targets,
    nodes: [...nodesOf([...call.args, ...call.keywords.values()]), ...call.spread],
  };
}

// A name that is looked up by a text is hidden when the text was put together: not the name of a
// reader of tables, which programs choose by the format of a file.
function noteHidden(run: PythonRun, call: PyCall, callee: PyValue, qual: string): void {
  const effects = (Object.hasOwn(pythonRows, qual) ? pythonRows[qual] : undefined)?.effects;
  const isPowerful = powerfulModules.has(qual.split('.')[0] ?? '');
  const [effect, ...more] = effects ?? [];
  const readsPath = effect?.does === 'read' && effect.path !== 'self';
  const onlyReads = readsPath && more.length === 0 && !isPowerful;
  if (!callee.byText || onlyReads || (effects === undefined && !isPowerful)) return;
  const calleeNode = 'firstChild' in call.node ? (call.node as PyNode).firstChild : null;
  const written = calleeNode === null ? '' : textOf(call.module, calleeNode);
  const parts = qual.replaceAll('()', '').split('.');
  const { text } = call.module.source;
  const isPlain = (part: string): boolean => {
    const name = plainOf(part);
    return new RegExp(`(["'.]|import )${name}\\b|\\b${name}\\(`).test(text);
  };
  // Another file may choose a package by its whole name. What runs code has to show its name where
  // it is called.
  const whole = `(["'])${parts.slice(0, -1).map(plainOf).join('\\.')}\\1`;
  const isChosen =
    !isPowerful &&
    parts.length > 1 &&
    parts[0] !== 'builtins' &&
    isPlain(parts.at(-1) ?? '') &&
    [...run.modules.values()].some(({ source }) => {
      run.context.steps.take(1 + (source.text.length >> 6));
      return new RegExp(whole).test(source.text);
    });
  if (isChosen) return;
  if (parts.every(isPlain)) return;
  notePyTrait(
    run,
    { ...call, certainty: 'folded' },
    'folded-name',
    `${written.slice(0, 60)} is ${qual}`,
  );
}

function plainOf(part: string): string {
  return part.replace(/\W/g, '');
}

// Behind one of these, another item may be the first.
const ordersAnew = /^(sorted|reversed)$/;

function callApi(run: PythonRun, call: PyCall, qual: string, row: Row): PyValue {
  const results = row.effects.map((effect) => applyEffect(run, call, effect));
  const given = [...call.args, ...call.keywords.values()];
  const passed = [...nodesOf(given), ...call.spread];
  const made = either(results.filter((one) => one !== undefined));
  // The items come in another order, or with others.
  const all = [...new Set([...passed, ...given.flatMap(({ items = [] }) => nodesOf(items))])];
  const withAll = (item: PyValue): PyValue => ({ ...item, nodes: all });
  switch (typeof row.gives === 'object' ? 'called' : row.gives) {
    case 'nothing':
      return unknownPy;
    case 'through':
      return (
        namedLine(run, call, qual) ?? {
          ...unknownPy,
          nodes: [...new Set([...all, ...call.object.nodes])],
        }
      );
    case 'object':
      return { ...made, qual: `${qual}()`, nodes: [...new Set([...made.nodes, ...all])] };
    case 'called':
      return {
        ...unknownPy,
        texts: call.args[0]?.texts ?? [],
        items: call.args[0]?.items?.map(withAll),
        each: call.args[0]?.each && withAll(call.args[0].each),
        otherTexts: ordersAnew.test(qual) ? [unknownPart] : [],
        nodes: [...made.nodes, ...all],
        decoded: given.some((one) => one.decoded),
      };
    case 'encoded': {
      if (passed.length === 0) return unknownPy;
      const id = flowNode(
        run,
        call.module,
        call.node,
        `encoded@${call.node.from}`,
        `encoded by ${qual}`,
      );
      for (const from of passed) flowEdge(run, from, id, true);
      return { ...unknownPy, nodes: [id] };
    }
    case 'decoded': {
      const [data, encoding = call.keywords.get('encoding')] = call.args;
      const texts = data?.texts.flatMap((text) => decodedTexts(qual, text, encoding)) ?? [];
      const from = flowSource(run, call, { what: 'decoded', name: qual }, `${qual} decodes it`);
      const nodes = [...passed, from];
      return { ...unknownPy, texts, nodes, folded: true, decoded: true, raw: data?.raw };
    }
    default:
      return { ...made, qual: made.qual ?? `${qual}()` };
  }
}

// `post(url)` of a session calls `request('POST', url)`, which a class of the skill may override.
function callOverride(run: PythonRun, call: PyCall): void {
  const own = methodOf(run, classIn('object', call.object.qual), 'request');
  if (own === undefined || !shortRequests.test(call.method)) return;
  const method = { ...unknownPy, texts: [call.method.toUpperCase()] };
  callOwn(run, { ...call, args: [method, ...call.args] }, own, undefined);
}

const shortRequests = /^(get|post|put|patch|delete|head|options)$/;

function decodedTexts(
  qual: string,
  text: string,
  encoding: PyValue | undefined,
): readonly string[] {
  if (text.includes(unknownPart) || text === '') return [];
  const args = [text, ...(encoding === undefined ? [] : [oneOf(encoding)])];
  return pyOf(callBuiltin(qual, { ...nothingGiven, args })).texts;
}

// What `*words` and `**options` of a function may hold of a call: what no parameter before takes.
function restFor(
  own: PythonFunction,
  index: number,
  { args, keywords }: PyCall,
  byClass: boolean,
): readonly PyValue[] {
  const at = own.bound && !byClass ? index - 1 : index;
  if (own.parameters[index]?.star === '*') return args.slice(Math.max(0, at));
  // Behind `/`, for which the parser has no node, options may have the names of parameters.
  const list =
    (own.node.name === 'VariableName' ? own.node.parent : own.node)?.getChild('ParamList') ?? null;
  if (list === null || list.getChildren(',').some(({ nextSibling }) => nextSibling?.name === ','))
    return [...args, ...keywords.values()];
  const isTaken = (name: string): boolean =>
    own.parameters.some((one) => one.star === '' && one.name === name);
  return [...keywords].filter(([name]) => !isTaken(name)).map(([, value]) => value);
}

function callOwn(
  run: PythonRun,
  call: PyCall,
  own: PythonFunction,
  qual: string | undefined,
): PyValue {
  const id = `${call.module.source.path}@${call.node.from}`;
  // `C.go(C(), url)`; `Outer.C(url)` makes an object.
  const byClass = call.object.qual?.startsWith('class ') === true && qual === undefined;
  own.parameters.forEach((parameter, index) => {
    const given = givenFor(own, index, call.args, call.keywords, byClass);
    const rest = parameter.star ? nodesOf(restFor(own, index, call, byClass)) : [];
    // `go(**answer)` may give every parameter that the call does not give by name or position.
    const isObject = own.bound && !byClass && index === 0;
    const spread = parameter.star || (given === undefined && !isObject) ? call.spread : [];
    for (const from of [...(given?.nodes ?? []), ...rest, ...spread]) {
      const to = flowNode(
        run,
        own.module,
        parameter.node,
        `${own.id}${parameter.name}`,
        `parameter "${parameter.name}" of ${own.name}`,
      );
      run.edges.push({ kind: 'argument', from, to, call: id });
    }
  });
  const result = flowNode(
    run,
    call.module,
    call.node,
    `call@${call.node.from}:${call.node.to}`,
    `given by ${own.name}`,
  );
  const returned = flowNode(
    run,
    own.module,
    own.node,
    `${own.id}:return`,
    `returned by ${own.name}`,
  );
  run.edges.push({ kind: 'result', from: returned, to: result, call: id });
  noteRaisedByCall(run, call, own);
  const className = classIn('class', qual);
  if (className !== undefined)
    return { ...unknownPy, qual: `object ${className}`, nodes: nodesOf(call.args) };
  const given = own.returns
    .slice(0, alternativesMax)
    .map((node) => run.evaluate(run, own.module, node, 1));
  const isComputed = own.returns.length > 4 && given.some(({ texts }) => texts.length === 0);
  const value = either(own.returns.length > alternativesMax ? [...given, anyText] : given);
  const isOpen = run.replaced.has(own.id) && value.texts.length > 0;
  // Each item of a tuple has its own nodes; what may be given besides may be any item.
  const besides = [
    ...nodesOf(given.filter(({ items }) => items === undefined)),
    ...(own.returns.length > alternativesMax ? [result] : []),
  ];
  const withBesides = (items: readonly PyValue[]): readonly PyValue[] =>
    besides.length === 0
      ? items
      : items.map((item) => ({ ...item, nodes: [...new Set([...item.nodes, ...besides])] }));
  return {
    ...value,
    each: own.yields
      ? eachYielded(own.returns, (node) => run.evaluate(run, own.module, node, 1))
      : value.each,
    items: value.items && withBesides(value.items),
    otherItems: value.otherItems.map(withBesides),
    texts: isComputed ? [] : value.texts,
    otherTexts: isOpen ? [...value.otherTexts, unknownPart] : value.otherTexts,
    nodes: [result],
    folded: true,
    raw: undefined,
    whole: undefined,
  };
}

// Files in memory, and the inputs of started programs. What an archive, a compressor or a writer of
// tables gets that was made over such a file, the file holds afterwards:
// `z = ZipFile(buffer, "w"); z.writestr(name, text)`.

/**
 * The result of a call with the files in memory that writing to the result fills: a new one, or
 * those over which the call made an object. Puts what the call writes into the files that it fills.
 */
function withStreams(run: PythonRun, call: PyCall, callee: PyValue, made: PyValue): PyValue {
  if (callee.own !== undefined) return made;
  if (inMemory.test(callee.qual ?? '')) {
    const id = flowNode(
      run,
      call.module,
      call.node,
      `stream@${call.node.from}`,
      'a file in memory has it',
    );
    return { ...made, nodes: [...made.nodes, id], stream: [id] };
  }
  const given = [...call.args, ...call.keywords.values()];
  const over = given.flatMap(({ stream }) => stream);
  const name = call.method || (callee.qual ?? '').split('.').at(-1) || '';
  const content = [...nodesOf(given), ...call.spread];
  const packed = packsFile.test(callee.qual ?? '') ? made.nodes : [];
  if (writing.test(name)) fill(run, call.object.stream, [...content, ...packed]);
  if (filling.test(name)) fill(run, over, [...content, ...call.object.nodes]);
  const entering = entered.test(name) ? call.object.stream : [];
  const kept = [...new Set([...made.stream, ...over, ...entering])].slice(0, alternativesMax);
  return kept.length === 0 ? made : { ...made, stream: kept };
}

function fill(run: PythonRun, streams: readonly string[], from: readonly string[]): void {
  run.context.steps.take(streams.length * from.length);
  for (const to of streams) for (const one of from) if (one !== to) flowEdge(run, one, to);
}

/** An archive gets the content of the file. */
const packsFile = /^(zipfile\.ZipFile\(\)\.write|tarfile\.(open|TarFile|TarFile\.open)\(\)\.add)$/;
const inMemory = /^(io\.(StringIO|BytesIO)|tempfile\.SpooledTemporaryFile)$/;
const writing = /^(write\w*|add\w*|append|dump|put|extend|communicate|send\w*|feed\w*)$/;
// `json.dump(value, buffer)`, `image.save(buffer)`, `print(value, file=buffer)`
const filling = /^(\w*dump|save\w*|write\w*|p?print|pp|copyfileobj|export\w*|to_[a-z]+|tofile)$/;
// An object made from a part of another one writes to the same file.
const entered = /^(__enter__|open|getchannel|writer|detach)$/;
