/** What a name of Python is given of a value: a part of it, each of its items, what it enters. */

import { alternativesMax } from '../../../fact/shared-limits.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { classIn } from '../names/canonical.ts';
import { methodOf } from '../names/classes.ts';
import { textOf } from '../nodes.ts';
import type { PyNode, PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { anyText, either, nodesOf, unknownPy } from './alternatives.ts';

/** A part of a value, or what is known of any of its parts. */
export function partOrAny(value: PyValue, place: readonly number[]): PyValue {
  const { nodes, targets, qual } = value;
  const any = { ...unknownPy, nodes, targets, qual: qual?.endsWith('()') ? qual : undefined };
  return partOf(value, place) ?? any;
}

/** One of the items of a value, or a part of it. */
export function itemOrAny(value: PyValue, place: readonly number[] | undefined): PyValue {
  if (value.each !== undefined) {
    const each = (place === undefined ? value.each : partOf(value.each, place)) ?? unknownPy;
    return { ...each, nodes: nodesOf([each, value]), raw: undefined };
  }
  if (value.items === undefined) return { ...unknownPy, nodes: value.nodes, qual: value.qual };
  const items = [value.items, ...value.otherItems]
    .flat()
    .map((item) => partOf(item, place) ?? unknownPy);
  const more = value.grown || value.otherTexts.length > 0 ? [unknownPy] : [];
  return { ...either([...items, ...more]), nodes: value.nodes, raw: undefined };
}

/** What a generator gives one by one; `yield from x` gives what `x` gives. */
export function eachYielded(
  given: readonly PyNode[],
  of: (node: PyNode) => PyValue,
): PyValue | undefined {
  const yielded = given
    .filter(({ parent }) => parent !== null && isYield.test(parent.name))
    .slice(0, alternativesMax)
    .map((node) => {
      if (node.parent?.getChild('from') !== null) return itemOrAny(of(node), undefined);
      return node.parent.getChild(',') === null
        ? of(node)
        : { ...unknownPy, nodes: of(node).nodes };
    });
  const all = given.length > alternativesMax ? [...yielded, anyText] : yielded;
  return all.length === 0 ? undefined : either(all);
}

const isYield = /^Yield(Statement|Expression)$/;

// A part of a list, or of the lists in it.
function partOf(value: PyValue, place: readonly number[] = []): PyValue | undefined {
  return place.reduce<PyValue | undefined>((at, index) => {
    if (at !== undefined && index < 0)
      return { ...unknownPy, nodes: nodesOf([at, ...(at.items ?? [])]) };
    if (at?.items === undefined) return undefined;
    const isOpen = at.otherTexts.length > 0;
    // Behind what is known of a changed list, any of its items may stand.
    const any = at.grown || isOpen ? { ...unknownPy, nodes: at.nodes } : unknownPy;
    const part = either([at.items, ...at.otherItems].map((items) => items[index] ?? any));
    return isOpen ? { ...part, nodes: nodesOf([part, at]), otherTexts: [unknownPart] } : part;
  }, value);
}

/** `with Box() as b`: what `__enter__` gives, mostly the object itself. */
export function enteredValue(run: PythonRun, value: PyValue, depth: number): PyValue {
  const method = methodOf(run, classIn('object', value.qual), '__enter__');
  if (method === undefined) return value;
  const given = method.returns.filter((node) => textOf(method.module, node) !== 'self');
  if (given.length < method.returns.length || given.length === 0) return value;
  return either(given.map((node) => run.evaluate(run, method.module, node, depth)));
}
