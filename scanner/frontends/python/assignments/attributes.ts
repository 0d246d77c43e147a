/** Attributes of Python objects: what assignments, classes and constructors give them. */

import { callSitesMax } from '../../../fact/shared-limits.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import {
  allFieldsOf,
  ancestorsOf,
  attributeNodes,
  basesOf,
  homeOf,
  methodOf,
  propertyValue,
} from '../names/classes.ts';
import { eitherBound } from '../names/names.ts';
import { byProtocol } from '../names/protocols.ts';
import { argumentsOf, functionOf, nameOf, textOf } from '../nodes.ts';
import type { Binding, PyNode, PythonFunction, PythonModule, PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { anyText, either, unknownPy } from './alternatives.ts';

/**
 * `object.name`. Attributes are one for all objects of a module; what the skill does not define
 * comes from a library's class.
 */
export function attributeOfObject(
  run: PythonRun,
  object: PyValue,
  className: string,
  name: string,
  depth: number,
): PyValue {
  for (const module of run.modules.values()) {
    const node = module.classes.get(className);
    if (node === undefined) continue;
    const inClass = module.scopes.get(node.from)?.names.get(name) ?? [];
    const value = heldBy(run, module, className, name, inClass, depth);
    const at = { module, node, api: name, certainty: 'exact' } as const;
    const asked =
      value === undefined
        ? byProtocol(run, at, object, ['__getattr__'], [{ ...unknownPy, texts: [name] }])
        : byProtocol(run, at, value, ['__get__'], [object]);
    const nodes = [...object.nodes, ...attributeNodes(run, module, className, name, node)];
    if (value !== undefined && isProperty(value)) return propertyValue(run, value.own, depth);
    if (value !== undefined)
      return { ...value, ...asked, nodes: [...nodes, ...(asked?.nodes ?? [])] };
    if (asked !== undefined) return asked;
  }
  const base = basesOf(run, className).find((one) => !one.startsWith('class '));
  const held = [...run.modules.values()].flatMap((module) => {
    const node = module.classes.get(className);
    return node === undefined ? [] : attributeNodes(run, module, className, name, node);
  });
  return {
    ...unknownPy,
    nodes: [...object.nodes, ...held],
    targets: object.targets,
    qual: base === undefined ? undefined : `${base}().${name}`,
  };
}

/** `self.name` in a method. */
export function ownAttribute(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  name: string,
  depth: number,
): PyValue {
  const owner = functionOf(module, node)?.owner;
  const method = methodOf(run, owner, name);
  const inClass = withoutFunctions(run, module.inClasses.get(name) ?? []);
  const nodes = attributeNodes(run, module, owner, name, node);
  const value = heldBy(run, module, owner, name, inClass, depth);
  if (value !== undefined && isProperty(value)) return propertyValue(run, value.own, depth);
  if (value !== undefined) return { ...value, nodes, own: method };
  if (method !== undefined)
    return method.property ? propertyValue(run, method, depth) : { ...unknownPy, own: method };
  const base =
    owner === undefined ? undefined : basesOf(run, owner).find((one) => !one.startsWith('class '));
  return { ...unknownPy, nodes, qual: base === undefined ? undefined : `${base}().${name}` };
}

// `name = property(function)` in a class.
function isProperty(value: PyValue): value is PyValue & { readonly own: PythonFunction } {
  return value.qual === 'property()' && value.own !== undefined;
}

function heldBy(
  run: PythonRun,
  module: PythonModule,
  className: string | undefined,
  name: string,
  inClass: readonly Binding[],
  depth: number,
): PyValue | undefined {
  const all = together(run, module.attributes.get(name) ?? [], inClass);
  const values = all.length === 0 ? [] : [eitherBound(run, module, all, depth)];
  const constructed = className === undefined ? [] : givenFields(run, className, name);
  if (constructed.length > callSitesMax) values.push(anyText);
  for (const { module: other, node } of constructed.slice(0, callSitesMax))
    values.push(node === undefined ? unknownPy : run.evaluate(run, other, node, depth));
  if (values.length === 0) return undefined;
  const value = either(values);
  const isOpen = className !== undefined && isMadeOtherwise(run, module, className);
  return isOpen ? { ...value, otherTexts: [...value.otherTexts, unknownPart] } : value;
}

// The value of a list of bindings is kept by the list, so the same two lists must give the same
// third one each time.
function together(
  run: PythonRun,
  given: readonly Binding[],
  inClass: readonly Binding[],
): readonly Binding[] {
  if (inClass.length === 0) return given;
  if (given.length === 0) return inClass;
  const known = run.together.get(inClass);
  if (known?.given === given) return known.all;
  const all = [...given, ...inClass];
  run.context.steps.take(1 + (all.length >> 4));
  run.together.set(inClass, { given, all });
  return all;
}

function withoutFunctions(run: PythonRun, inClass: readonly Binding[]): readonly Binding[] {
  const known = run.withoutFunctions.get(inClass);
  if (known !== undefined) return known;
  const isFree = inClass.every(({ kind }) => kind !== 'function');
  const left = isFree ? inClass : inClass.filter(({ kind }) => kind !== 'function');
  run.withoutFunctions.set(inClass, left);
  return left;
}

// A class of its own decides what an attribute gives.
function isMadeOtherwise(run: PythonRun, module: PythonModule, className: string): boolean {
  const list = module.classes.get(className)?.getChild('ArgList');
  const isByMeta =
    list !== null &&
    list !== undefined &&
    /\bmetaclass\b(?!\s*=\s*(abc\.)?ABCMeta\b)/.test(textOf(module, list));
  return isByMeta || methodOf(run, className, '__getattribute__') !== undefined;
}

/**
 * What calls of a class without a constructor give a field, as `@dataclass` takes it; without a
 * node where that is not known.
 */
export function givenFields(
  run: PythonRun,
  className: string,
  name: string,
): readonly { readonly module: PythonModule; readonly node: PyNode | undefined }[] {
  if (methodOf(run, className, '__init__') !== undefined) return [];
  const home = homeOf(run, className);
  const at = allFieldsOf(run, className).indexOf(name);
  if (at < 0) return [];
  const hasBases = ancestorsOf(run, className).length > 0;
  const calls = [
    ...(run.calls.get(className) ?? []),
    ...copying.flatMap((one) => run.calls.get(one) ?? []).filter(({ module }) => module === home),
  ];
  run.context.steps.take(1 + (calls.length >> 4));
  return calls.flatMap(({ module, call }): { module: PythonModule; node: PyNode | undefined }[] => {
    const { positional, keywords, starred } = argumentsOf(module, call);
    const called = nameOf(module, call.firstChild?.lastChild ?? call.firstChild ?? call);
    const isMade = called === undefined || !copying.includes(called);
    if (!isMade && !isOf(run, module, positional[0], className)) return [];
    const named = keywords.get(name);
    if (named !== undefined) return [{ module, node: named }];
    if (!isMade) return [];
    const placed = positional[at];
    // A class may take its fields in another order than the classes that it is made from.
    const isUnsure = starred.length > 0 || (hasBases && positional.length > 0);
    return [
      ...(placed === undefined ? [] : [{ module, node: placed }]),
      ...(isUnsure ? [{ module, node: undefined }] : []),
    ];
  });
}

// Whether a call copies an object of the class, as far as that is known.
function isOf(
  run: PythonRun,
  module: PythonModule,
  object: PyNode | undefined,
  className: string,
): boolean {
  const qual = object === undefined ? undefined : run.evaluate(run, module, object).qual;
  return qual === undefined || !qual.startsWith('object ') || qual === `object ${className}`;
}

// `dataclasses.replace(object, field=value)`, `attrs.evolve(object, field=value)`
const copying = ['replace', 'evolve'];
