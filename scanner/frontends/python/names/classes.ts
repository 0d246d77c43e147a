/** Classes of the skill: their methods, what they are made from, and the nodes of attributes. */

import { alternativesMax } from '../../../limits.ts';
import { anyText, either } from '../assignments/alternatives.ts';
import { childrenOf, nameOf } from '../nodes.ts';
import type { PythonFunction, PythonModule, PyValue } from '../program.ts';
import { flowNode, type PythonRun } from '../run.ts';
import { classIn } from './canonical.ts';

/** What a property gives. */
export function propertyValue(run: PythonRun, method: PythonFunction, depth: number): PyValue {
  const { returns, module } = method;
  const given = returns
    .slice(0, alternativesMax)
    .map((node) => run.evaluate(run, module, node, depth));
  return either(returns.length > alternativesMax ? [...given, anyText] : given);
}

/** A method of a class of the skill or of the classes that it is made from, by the class's name. */
export function methodOf(
  run: PythonRun,
  className: string | undefined,
  name: string,
  depth = 0,
): PythonFunction | undefined {
  if (className === undefined) return undefined;
  const found = run.methods.get(`${className}.${name}`);
  if (found !== undefined || depth > 6) return found;
  for (const base of basesOf(run, className)) {
    const found = methodOf(run, classIn('class', base), name, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The qualified names of the classes that a class of the skill is made from. */
export function basesOf(run: PythonRun, className: string): readonly string[] {
  const { module, list } = run.bases.get(className) ?? {};
  if (module === undefined || list === undefined) return [];
  return childrenOf(list).flatMap((child) => {
    if (
      !/^(VariableName|MemberExpression)$/.test(child.name) ||
      child.nextSibling?.name === 'AssignOp'
    )
      return [];
    const { qual } = run.evaluate(run, module, child);
    return qual === undefined || qual === `class ${className}` ? [] : [qual];
  });
}

/** The graph's node of an attribute, one for all objects of a module. */
export function attributeNode(
  run: PythonRun,
  module: PythonModule,
  name: string,
  node: { readonly from: number; readonly to: number },
): string {
  return flowNode(run, module, node, `attribute ${name}`, `held in ".${name.slice(0, 40)}"`);
}

/** The attribute that stands for any attribute of a class whose name is not known. */
export function anyAttribute(className: string): string {
  return `* of ${className}`;
}

/** The nodes that an attribute of an object of a class may come from. */
export function attributeNodes(
  run: PythonRun,
  module: PythonModule,
  className: string | undefined,
  name: string,
  node: { readonly from: number; readonly to: number },
): readonly string[] {
  const one = attributeNode(run, module, name, node);
  if (className === undefined || module.byText.length === 0) return [one];
  return [
    one,
    attributeNode(run, module, anyAttribute(className), node),
    attributeNode(run, module, '__dict__', node),
  ];
}

/**
 * The names that stand with a type or a value in the body of a class, after those of the classes of
 * the skill that it is made from: the order in which `@dataclass` takes them.
 */
export function allFieldsOf(run: PythonRun, className: string, depth = 0): readonly string[] {
  const module = [...run.modules.values()].find(({ classes }) => classes.has(className));
  if (module === undefined || depth > 6) return [];
  const inherited = basesOf(run, className).flatMap((base) => {
    const name = classIn('class', base);
    return name === undefined ? [] : allFieldsOf(run, name, depth + 1);
  });
  return [...new Set([...inherited, ...fieldsOf(module, className)])];
}

/** The names that stand with a type or a value in the body of a class. */
export function fieldsOf(module: PythonModule, className: string): readonly string[] {
  const body = module.classes.get(className)?.getChild('Body');
  return (body?.getChildren('AssignStatement') ?? []).flatMap((node) => {
    const [target] = childrenOf(node);
    return target?.name === 'VariableName' ? [nameOf(module, target)] : [];
  });
}
