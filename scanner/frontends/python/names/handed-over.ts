/** What a call hands over to a library, with what comes out of it there. */

import { alternativesMax } from '../../../fact/shared-limits.ts';
import type { PyCall } from '../effects/call.ts';
import { functionOf, textOf } from '../nodes.ts';
import type { PythonFunction, PyValue } from '../program.ts';
import { flowNode, type PythonRun } from '../run.ts';
import { classIn } from './canonical.ts';
import { attributeNode, basesOf, fieldsOf } from './classes.ts';

// Functions that make one value of all attributes of an object.
const takesWhole =
  /^(dataclasses\.(asdict|astuple)|attrs?\.(asdict|astuple)|(pickle|dill|cloudpickle)\.dumps?|jsonpickle\.(encode|dumps))$/;

/** A library may call what it is given: functions, and methods of objects. */
export function handedOver(run: PythonRun, call: PyCall): PyCall {
  const withMore = (value: PyValue): PyValue => {
    const held = takesWhole.test(call.api) ? contentsOf(run, value) : [];
    const more = [...comingOutOf(run, value), ...held];
    return more.length === 0 ? value : { ...value, nodes: [...new Set([...value.nodes, ...more])] };
  };
  const { args, keywords } = call;
  return {
    ...call,
    args: args.map(withMore),
    keywords: new Map([...keywords].map(([key, value]) => [key, withMore(value)])),
  };
}

// What an object of the skill holds and gives as a whole: the values of all its attributes, and
// what comes out of its methods when a library calls them.

/** The nodes of all attributes of an object of the skill, or of one in a list of objects. */
export function contentsOf(run: PythonRun, value: PyValue): readonly string[] {
  return [value, ...value.others, ...(value.items ?? []).slice(0, alternativesMax)].flatMap(
    ({ qual }) => {
      const className = classIn('object', qual) ?? classIn('class', qual);
      return className === undefined ? [] : attributesOf(run, className);
    },
  );
}

/**
 * What comes out of a value that a library is given and may call: what functions return and what
 * they put into their parameters, and the same of an object's methods.
 */
export function comingOutOf(run: PythonRun, value: PyValue, depth = 0): readonly string[] {
  if (depth > 2) return [];
  run.context.steps.take();
  const className = classIn('object', value.qual) ?? classIn('class', value.qual);
  const within = [...(value.items ?? []), ...(value.entries?.values() ?? [])];
  return [
    ...(value.own === undefined ? [] : outOf(run, value.own)),
    ...(className === undefined ? [] : calledOf(run, className).flatMap((own) => outOf(run, own))),
    ...within.slice(0, alternativesMax).flatMap((one) => comingOutOf(run, one, depth + 1)),
  ];
}

// Methods of a class that is made from a library's class; of another class, those that Python and
// its libraries call by themselves.
function calledOf(run: PythonRun, className: string): readonly PythonFunction[] {
  const { methods } = classesOf(run);
  const bases = basesOf(run, className);
  const isLibrary = bases.some((base) => !base.startsWith('class '));
  const own = (methods.get(className) ?? []).filter(
    ({ name }) => name !== '__init__' && (isLibrary || calledByItself.test(name)),
  );
  const inherited = bases.flatMap((base) => {
    const above = classIn('class', base);
    return above === undefined || above === className ? [] : (methods.get(above) ?? []);
  });
  return [...own, ...inherited.filter(({ name }) => calledByItself.test(name))];
}

const calledByItself =
  /^(__(iter|next|aiter|anext|str|repr|format|bytes|getitem|missing|call|fspath|html|json)__|read|readline|readlines|readinto|keys|values|items|default)$/;

// A function gives back the parameters that it fills: `request.headers["x"] = key`.
function outOf(run: PythonRun, own: PythonFunction): readonly string[] {
  const { module, id, node, name } = own;
  const returned = flowNode(run, module, node, `${id}:return`, `returned by ${name}`);
  const body = textOf(module, node.parent?.name === 'FunctionDefinition' ? node.parent : node);
  run.context.steps.take(1 + (body.length >> 6));
  const filled = own.parameters
    .slice(own.bound ? 1 : 0)
    .filter((parameter) => fills(parameter.name).test(body))
    .map((parameter) =>
      flowNode(
        run,
        module,
        parameter.node,
        `${id}${parameter.name}`,
        `parameter "${parameter.name}" of ${name}`,
      ),
    );
  return [returned, ...filled];
}

function fills(name: string): RegExp {
  const plain = name.replace(/[^\p{L}\p{N}_]/gu, '');
  return new RegExp(
    `(?<![\\w.])${plain}(\\.\\w+|\\[[^\\]\\n]*\\])+\\s*=(?!=)|(?<![\\w.])${plain}(\\.\\w+)*\\.(update|append|add|extend|insert|set\\w*|add_\\w+)\\(`,
    'u',
  );
}

interface Classes {
  readonly attributes: ReadonlyMap<string, ReadonlySet<string>>;
  readonly methods: ReadonlyMap<string, readonly PythonFunction[]>;
}

const known = new WeakMap<PythonRun['methods'], Classes>();

function classesOf(run: PythonRun): Classes {
  const before = known.get(run.methods);
  if (before !== undefined) return before;
  const attributes = new Map<string, Set<string>>();
  const add = (className: string | undefined, name: string): void => {
    if (className === undefined) return;
    attributes.set(className, (attributes.get(className) ?? new Set()).add(name));
  };
  const methods = Map.groupBy([...run.methods.values()], ({ owner }) => owner ?? '');
  known.set(run.methods, { attributes, methods });
  for (const module of run.modules.values()) {
    run.context.steps.take(1 + module.assigned.length + module.inClasses.size);
    for (const { object, name } of module.assigned)
      add(
        /^(self|cls)$/.test(textOf(module, object))
          ? functionOf(module, object)?.owner
          : object.name === 'VariableName'
            ? classIn('object', run.evaluate(run, module, object).qual)
            : undefined,
        name,
      );
    for (const [className, node] of module.classes)
      for (const [name, bindings] of module.scopes.get(node.from)?.names ?? [])
        if (bindings.some(({ kind }) => kind === 'value')) add(className, name);
    for (const [className] of module.classes)
      for (const name of fieldsOf(module, className)) add(className, name);
  }
  return { attributes, methods };
}

function attributesOf(run: PythonRun, className: string): readonly string[] {
  const classes = [
    className,
    ...basesOf(run, className).flatMap((one) => classIn('class', one) ?? []),
  ];
  return classes.flatMap((one) =>
    [...(classesOf(run).attributes.get(one) ?? [])].flatMap((name) =>
      [...run.modules.values()].flatMap((module) =>
        module.classes.has(one) || module.attributes.has(name)
          ? [attributeNode(run, module, name, module.classes.get(one) ?? { from: 0, to: 0 })]
          : [],
      ),
    ),
  );
}
