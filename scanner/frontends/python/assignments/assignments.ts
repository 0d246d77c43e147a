/**
 * Assignments of Python that do something: to variables of the environment, built-ins, attributes
 * and items.
 */
import { steeringVariables } from '../../../lookup-tables/shell.ts';
import { callWith, type PyNoting } from '../effects/call.ts';
import { applyEffect, serve } from '../effects/effects.ts';
import { noteFronted } from '../effects/network.ts';
import { hookRaised } from '../effects/raised.ts';
import { classIn } from '../names/canonical.ts';
import { attributeNode, basesOf } from '../names/classes.ts';
import { byProtocol } from '../names/protocols.ts';
import { flowInto } from '../names/shared-parts.ts';
import { assignmentParts, childrenOf, nameOf, textOf } from '../nodes.ts';
import type { PyNode, PythonFunction, PythonModule, PyValue } from '../program.ts';
import { flowEdge, notePyTrait, type PythonRun } from '../run.ts';
import { textsOf, unknownPy } from './alternatives.ts';

// Attributes of connections that are called with each message: paho-mqtt, websocket-client, stomp.
const isReceiver = /^on_(message|data|publish|event|receive|msg|text)$/;

/** Notes what an assignment does, and where its value flows. */
export function noteAssignment(run: PythonRun, module: PythonModule, node: PyNode): void {
  const { targets, values } =
    node.name === 'AssignStatement'
      ? assignmentParts(node)
      : {
          targets: [[node.firstChild].filter((one) => one !== null)],
          values: [node.lastChild].filter((one) => one !== null),
        };
  const given = values.map((value) => run.evaluate(run, module, value));
  const nodes = given.flatMap((value) => value.nodes);
  for (const target of targets.flat()) {
    if (target.name === 'VariableName' && node.name === 'UpdateStatement')
      flowInto(run, module, target, nodes);
    if (node.name === 'UpdateStatement')
      updateInPlace(
        run,
        { module, node, api: '', certainty: 'exact' },
        run.evaluate(run, module, target),
        given[0] ?? unknownPy,
      );
    if (target.name !== 'MemberExpression') continue;
    const [object] = childrenOf(target);
    if (object === undefined) continue;
    const owner = run.evaluate(run, module, object);
    const isItem = target.lastChild?.name === ']';
    if (owner.qual === 'os.environ' && isItem) {
      const key = childrenOf(target).at(-2);
      const names = key === undefined ? [] : textsOf(run.evaluate(run, module, key));
      for (const name of names.length === 0 ? [''] : names) {
        for (const from of nodes) run.exports.push({ by: module.source.path, name, node: from });
        if (steeringVariables.test(name))
          notePyTrait(
            run,
            { module, node, api: name, certainty: 'exact' },
            'env-write',
            given[0]?.texts[0] ?? '',
          );
      }
    } else if (
      !isItem &&
      owner.qual !== undefined &&
      /^(os|sys|builtins|subprocess|socket|requests|json|ssl)$/.test(owner.qual)
    ) {
      const hook = `${owner.qual}.${target.lastChild === null ? '' : nameOf(module, target.lastChild)}`;
      if (
        hook !== 'ssl._create_default_https_context' &&
        !/^sys\.(path|argv|std\w+|dont_write_bytecode|tracebacklimit)$/.test(hook)
      )
        notePyTrait(run, { module, node, api: hook, certainty: 'exact' }, 'patch-builtin', hook);
    }
    const name = target.lastChild === null || isItem ? '' : nameOf(module, target.lastChild);
    const set = { module, node, api: name, certainty: 'exact' } as const;
    if (isItem) setItem(run, set, owner, childrenOf(target).at(-2), given[0] ?? unknownPy);
    else setAttribute(run, set, owner, name, given[0] ?? unknownPy);
    if (name === 'excepthook' && /^(sys|threading)$/.test(owner.qual ?? ''))
      hookRaised(run, { module, node, api: name, certainty: 'exact' }, given[0] ?? unknownPy);
    // `function.__code__ = code`: the function runs it.
    if (name === '__code__') {
      const at = { module, node, api: name, certainty: 'exact' } as const;
      applyEffect(run, callWith(at, given), { does: 'code', code: 0 });
    }
    if (isReceiver.test(name) && owner.qual !== undefined && /\)$/.test(owner.qual))
      serve(
        run,
        callWith({ module, node, api: `${owner.qual}.${name}`, certainty: 'exact' }, given),
      );
    const property = isItem
      ? object.name === 'MemberExpression'
        ? object.lastChild
        : null
      : target.lastChild;
    noteClient(run, module, target, property, given[0] ?? unknownPy);
    if (property?.name === 'PropertyName') {
      const to = attributeNode(run, module, nameOf(module, property), property);
      for (const from of nodes) flowEdge(run, from, to);
    }
    // `client.headers["x"] = key` changes the client as well.
    const holder = isItem && object.name === 'MemberExpression' ? object.firstChild : object;
    if (holder?.name !== 'VariableName' || /^(self|cls)$/.test(nameOf(module, holder))) continue;
    // `os.environ["x"] = key` changes no other member of the module.
    if (isItem && holder !== object && isModule(run.evaluate(run, module, holder))) continue;
    flowInto(run, module, holder, nodes);
  }
}

// A name with a dot may be an object of a module.
function isModule({ qual }: PyValue): boolean {
  return qual !== undefined && /^\w+$/.test(qual);
}

// `client.proxies = table`, `client.headers["Host"] = host`.
function noteClient(
  run: PythonRun,
  module: PythonModule,
  target: PyNode,
  property: PyNode | null,
  given: PyValue,
): void {
  if (property?.name !== 'PropertyName') return;
  const name = nameOf(module, property);
  const client = property.parent?.firstChild;
  if (!/^(headers|proxies)$/.test(name) || client === null || client === undefined) return;
  const key = target.lastChild?.name === ']' ? childrenOf(target).at(-2) : undefined;
  const names = key === undefined ? [] : textsOf(run.evaluate(run, module, key));
  const table =
    key === undefined
      ? given
      : { ...unknownPy, entries: new Map(names.map((one) => [one, given] as const)) };
  const at = { module, node: target, api: name, certainty: 'exact' } as const;
  noteFronted(run, at, name, table, run.evaluate(run, module, client));
}

// Methods of the skill's classes that Python calls for an assignment: `__setitem__`, setters of
// properties, `__set__` of descriptors, `__iadd__` (Python reference: the data model).

/** `object[key] = value` */
function setItem(
  run: PythonRun,
  at: PyNoting,
  object: PyValue,
  key: PyNode | undefined,
  value: PyValue,
): void {
  const given = key === undefined ? unknownPy : run.evaluate(run, at.module, key);
  byProtocol(run, at, object, ['__setitem__'], [given, value]);
}

/** `object.name = value` */
export function setAttribute(
  run: PythonRun,
  at: PyNoting,
  object: PyValue,
  name: string,
  value: PyValue,
): void {
  const className = classIn('object', object.qual);
  if (className === undefined) return;
  byProtocol(run, at, object, ['__setattr__'], [{ ...unknownPy, texts: [name] }, value]);
  for (const own of settersOf(run, className, name))
    run.invoke(
      run,
      { ...callWith({ ...at, api: name }, [value]), object },
      { ...unknownPy, own },
      1,
    );
  for (const module of run.modules.values()) {
    const node = module.classes.get(className);
    const bindings = node && module.scopes.get(node.from)?.names.get(name);
    for (const binding of bindings?.filter(({ kind }) => kind === 'value') ?? [])
      byProtocol(run, at, run.boundValue(run, module, binding, 1), ['__set__'], [object, value]);
  }
}

// `@name.setter`
function settersOf(run: PythonRun, className: string, name: string): readonly PythonFunction[] {
  const classes = [
    className,
    ...basesOf(run, className).flatMap((base) => classIn('class', base) ?? []),
  ];
  return (run.decorated.get('setter') ?? []).flatMap(({ of }) =>
    typeof of !== 'string' && of.name === name && classes.includes(of.owner ?? '') ? [of] : [],
  );
}

/** `object += value` */
function updateInPlace(
  run: PythonRun,
  at: PyNoting & { readonly node: PyNode },
  object: PyValue,
  value: PyValue,
): void {
  const symbol = childrenOf(at.node).find(({ name }) => name === 'UpdateOp');
  const written = symbol === undefined ? '' : textOf(at.module, symbol);
  const name = operators.get(written);
  if (name !== undefined) byProtocol(run, at, object, [`__i${name}__`, `__${name}__`], [value]);
}

const operators: ReadonlyMap<string, string> = new Map([
  ['+=', 'add'],
  ['-=', 'sub'],
  ['*=', 'mul'],
  ['/=', 'truediv'],
  ['//=', 'floordiv'],
  ['%=', 'mod'],
  ['**=', 'pow'],
  ['@=', 'matmul'],
  ['&=', 'and'],
  ['|=', 'or'],
  ['^=', 'xor'],
  ['<<=', 'lshift'],
  ['>>=', 'rshift'],
]);
