/** Calls in Python: which API or function of the skill is meant, what it does, and what it gives. */
import type { SyntaxNode } from '@lezer/common';
import { escapes, powerfulModules, pythonApis } from '../models/python.ts';
import type { PythonApi } from '../models/python-api.ts';
import { either, nodesOf } from './python-alternatives.ts';
import { argumentsOf } from './python-arguments.ts';
import { applyEffect, type PyCall } from './python-effects.ts';
import { foldDecoder } from './python-literals.ts';
import { memberOf, methodOf } from './python-members.ts';
import { mutate, plainCall } from './python-methods.ts';
import { childrenOf, nameOf, type PythonFunction, type PythonModule, textOf } from './python-module.ts';
import { foldPath } from './python-paths.ts';
import { flowEdge, flowNode, notePyTrait, type PythonRun, type PyValue, spanOfPy, unknownPy } from './python-run.ts';
import { evaluate } from './python-values.ts';

/** The value of a call; notes what it does. */
export function callValue(run: PythonRun, module: PythonModule, node: SyntaxNode, depth: number): PyValue {
  const calleeNode = node.firstChild;
  if (calleeNode === null) return unknownPy;
  const callee = evaluate(run, module, calleeNode, depth);
  const isMember = calleeNode.name === 'MemberExpression' && calleeNode.lastChild?.name === 'PropertyName';
  const objectNode = isMember ? childrenOf(calleeNode)[0] : undefined;
  const object = objectNode === undefined ? unknownPy : evaluate(run, module, objectNode, depth);
  const method = isMember && calleeNode.lastChild !== null ? nameOf(module, calleeNode.lastChild) : '';
  const syntax = argumentsOf(module, node);
  const call: PyCall = {
    module,
    node,
    api: callee.qual ?? method,
    certainty: callee.folded ? 'folded' : 'exact',
    object,
    method,
    args: syntax.positional.map((one) => evaluate(run, module, one, depth)),
    keywords: new Map([...syntax.keywords].map(([key, one]) => [key, evaluate(run, module, one, depth)])),
    spread: nodesOf(syntax.starred.map((one) => evaluate(run, module, one, depth))),
  };
  const own = callee.own ?? constructorOf(run, callee.qual);
  if (own !== undefined) return callOwn(run, call, own, callee.qual);
  if (callee.qual?.startsWith('class ')) return { ...unknownPy, qual: `object ${callee.qual.slice('class '.length)}` };
  const resolved =
    callee.qual === undefined ? undefined : (special(run, call, callee.qual, depth) ?? foldPath(call, callee.qual));
  if (resolved !== undefined) return resolved;
  const isPowerful =
    callee.qual !== undefined && (Object.hasOwn(pythonApis, callee.qual) || powerfulModules.has(callee.qual.split('.')[0] ?? ''));
  if (callee.folded && callee.qual !== undefined && isPowerful && isHidden(textOf(module, calleeNode), callee.qual))
    notePyTrait(
      run,
      { ...call, certainty: 'folded' },
      'folded-name',
      `${textOf(module, calleeNode).slice(0, 60)} is ${callee.qual}`,
    );
  const api = callee.qual === undefined || !Object.hasOwn(pythonApis, callee.qual) ? undefined : pythonApis[callee.qual];
  if (api !== undefined) return callApi(run, call, callee.qual ?? '', api);
  mutate(run, call, objectNode);
  return plainCall(call, callee);
}

// Names that stand in the text as they are called are not hidden, however they came to be bound.
function isHidden(written: string, qual: string): boolean {
  const last = qual.replace(/\(\)$/, '').split('.').at(-1) ?? '';
  return !written.includes(last) && /["'[+]/.test(written);
}

function special(run: PythonRun, call: PyCall, qual: string, depth: number): PyValue | undefined {
  const [first, second, third] = call.args;
  const text = first?.texts[0];
  switch (qual) {
    case 'getattr': {
      const name = second?.texts[0];
      if (first === undefined) return unknownPy;
      const isPlain = name !== undefined && !name.includes('\0');
      if (isPlain) return { ...memberOf(run, first, name, depth), folded: true };
      if (first.qual !== undefined && powerfulModules.has(first.qual)) {
        notePyTrait(run, { ...call, certainty: 'widened' }, 'escape', `a member of ${first.qual} whose name is computed`);
        return { ...unknownPy, qual: `${first.qual}.*` };
      }
      return { ...unknownPy, nodes: nodesOf([first, ...(third === undefined ? [] : [third])]) };
    }
    case '__import__':
    case 'importlib.import_module':
    case 'importlib.__import__': {
      if (text === undefined || text.includes('\0')) {
        notePyTrait(run, { ...call, certainty: 'widened' }, 'dynamic-import', 'a module whose name is computed');
        return { ...unknownPy, qual: '*' };
      }
      return { ...unknownPy, qual: text, folded: true };
    }
    case 'vars':
      return first?.qual === undefined
        ? { ...unknownPy, nodes: first?.nodes ?? [] }
        : { ...unknownPy, qual: `vars ${first.qual}` };
    case 'globals':
    case 'locals':
      return { ...unknownPy, qual: 'globals()' };
    case 'functools.partial':
      return first === undefined ? unknownPy : { ...first, nodes: nodesOf(call.args) };
    case 'chr': {
      const number = Number(text);
      return text !== undefined && Number.isInteger(number) && number >= 0 && number < 0x110000
        ? { ...unknownPy, texts: [String.fromCodePoint(number)], folded: true }
        : unknownPy;
    }
    case 'bytes':
    case 'bytearray': {
      const bytes = first?.items?.map((item) => Number(item.texts[0]));
      if (bytes?.every((one) => Number.isInteger(one) && one >= 0 && one < 256))
        return { ...unknownPy, texts: [String.fromCharCode(...bytes.slice(0, 4_096))], folded: true, decoded: true };
      return first === undefined
        ? unknownPy
        : { ...unknownPy, texts: first.texts, nodes: nodesOf(call.args), decoded: first.decoded };
    }
    case 'str':
    case 'repr':
      return first === undefined ? { ...unknownPy, texts: [''] } : { ...first, target: undefined, items: undefined };
    case 'list':
    case 'tuple':
    case 'sorted':
      return first === undefined ? { ...unknownPy, items: [] } : { ...unknownPy, items: first.items, nodes: first.nodes };
    default:
      return undefined;
  }
}

function callApi(run: PythonRun, call: PyCall, qual: string, api: PythonApi): PyValue {
  const results = api.effects.map((effect) => applyEffect(run, call, effect));
  const given = [...call.args, ...call.keywords.values()];
  const passed = [...nodesOf(given), ...call.spread];
  const made = either(results.filter((one) => one !== undefined));
  switch (api.gives) {
    case 'nothing':
      return unknownPy;
    case 'through':
      return {
        ...unknownPy,
        texts: call.args[0]?.texts ?? [],
        items: call.args[0]?.items,
        nodes: [...made.nodes, ...passed],
        decoded: given.some((one) => one.decoded),
      };
    case 'encoded': {
      if (passed.length === 0) return unknownPy;
      const id = flowNode(run, call.module, call.node, `encoded@${call.node.from}`, `encoded by ${qual}`);
      for (const from of passed) flowEdge(run, from, id, true);
      return { ...unknownPy, nodes: [id] };
    }
    case 'decoded': {
      const [data, encoding] = call.args;
      const texts =
        data?.texts.map((text) => foldDecoder(qual, text, encoding?.texts[0])).filter((text) => text !== undefined) ?? [];
      return { ...unknownPy, texts, nodes: passed, folded: true, decoded: true, raw: data?.raw };
    }
    default:
      return { ...made, qual: made.qual ?? `${qual}()` };
  }
}

/** The constructor of a class of the skill, or nothing. */
function constructorOf(run: PythonRun, qual: string | undefined): PythonFunction | undefined {
  return qual?.startsWith('class ') ? methodOf(run, qual.slice('class '.length), '__init__') : undefined;
}

function callOwn(run: PythonRun, call: PyCall, own: PythonFunction, qual: string | undefined): PyValue {
  const id = `${call.module.source.path}@${call.node.from}`;
  const isBound = own.owner !== undefined && own.parameters[0]?.name === 'self';
  own.parameters.forEach((parameter, index) => {
    const given = call.keywords.get(parameter.name) ?? call.args[isBound ? index - 1 : index];
    const rest = parameter.star ? [...nodesOf(call.args), ...nodesOf([...call.keywords.values()]), ...call.spread] : [];
    for (const from of [...(given?.nodes ?? []), ...rest]) {
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
  const result = flowNode(run, call.module, call.node, `call@${call.node.from}:${call.node.to}`, `given by ${own.name}`);
  const returned = flowNode(run, own.module, own.node, `${own.id}:return`, `returned by ${own.name}`);
  run.edges.push({ kind: 'result', from: returned, to: result, call: id });
  if (qual?.startsWith('class '))
    return { ...unknownPy, qual: `object ${qual.slice('class '.length)}`, nodes: nodesOf(call.args) };
  const texts = own.returns.length > 4 ? [] : own.returns.flatMap((node) => evaluate(run, own.module, node, 1).texts);
  return { ...unknownPy, texts: texts.slice(0, 4), nodes: [result], folded: true };
}

/** Notes a capability-bearing function that is handed on instead of being called. */
export function noteEscape(run: PythonRun, module: PythonModule, node: SyntaxNode): void {
  const value = evaluate(run, module, node);
  if (value.qual === undefined || !Object.hasOwn(escapes, value.qual)) return;
  run.facts.push({
    kind: 'trait',
    span: spanOfPy(module, node),
    context: module.source.context,
    certainty: 'exact',
    trait: escapes[value.qual] === 'code' ? 'code-from-string' : 'escape',
    api: value.qual,
    detail: `${value.qual} is handed on`,
  });
  if (escapes[value.qual] === 'exec')
    applyEffect(
      run,
      {
        module,
        node,
        api: value.qual,
        certainty: 'exact',
        object: unknownPy,
        method: '',
        args: [],
        keywords: new Map(),
        spread: [],
      },
      { does: 'shell', command: { at: 0, key: '' } },
    );
}
