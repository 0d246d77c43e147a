/** Classes of the skill: their methods, what they are made from, and the nodes of attributes. */

import { alternativesMax } from '../../../fact/shared-limits.ts';
import { anyText, either } from '../assignments/alternatives.ts';
import { childrenOf, nameOf, textOf } from '../nodes.ts';
import type { PyNode, PythonFunction, PythonModule, PyValue } from '../program.ts';
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
): PythonFunction | undefined {
  if (className === undefined) return undefined;
  const own = run.methods.get(`${className}.${name}`);
  if (own !== undefined) return own;
  for (const one of ancestorsOf(run, className)) {
    const inherited = run.methods.get(`${one}.${name}`);
    if (inherited !== undefined) return inherited;
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
  if (className === undefined) return [one];
  const field = fieldNode(run, module, className, name, node);
  if (module.byText.length === 0) return [one, field];
  return [
    one,
    field,
    attributeNode(run, module, anyAttribute(className), node),
    attributeNode(run, module, '__dict__', node),
  ];
}

/**
 * The fields of a class in the order in which `@dataclass` takes them: those of the classes of the
 * skill that it is made from come first.
 */
export function allFieldsOf(run: PythonRun, className: string): readonly string[] {
  const module = homeOf(run, className);
  if (module === undefined) return [];
  const inherited = ancestorsOf(run, className).reverse();
  const typed = [...inherited, className].flatMap((one) => {
    const home = homeOf(run, one);
    return home === undefined ? [] : typedFieldsOf(home, one);
  });
  // `attr.ib()` needs no type.
  return typed.length === 0 ? fieldsOf(module, className) : [...new Set(typed)];
}

/** The classes of the skill that a class is made from, the nearest first. */
export function ancestorsOf(run: PythonRun, className: string): string[] {
  const found = [className];
  for (const one of found) {
    if (found.length > ancestorsMax) break;
    for (const base of basesOf(run, one)) {
      const name = classIn('class', base);
      if (name !== undefined && !found.includes(name)) found.push(name);
    }
  }
  return found.slice(1);
}

const ancestorsMax = 32;

/** The module of the skill in which a class stands. */
export function homeOf(run: PythonRun, className: string): PythonModule | undefined {
  return [...run.modules.values()].find(({ classes }) => classes.has(className));
}

/** The graph's node of a field of all objects of a class of data. */
export function fieldNode(
  run: PythonRun,
  module: PythonModule,
  className: string,
  name: string,
  node: { readonly from: number; readonly to: number },
): string {
  return flowNode(
    run,
    module,
    node,
    `field ${className}.${name}`,
    `held in ".${name.slice(0, 40)}"`,
  );
}

function typedFieldsOf(module: PythonModule, className: string): readonly string[] {
  return assignedIn(module, className).flatMap((node) => {
    const type = node.getChild('TypeDef');
    const isField = type !== null && !/\bClassVar\b/.test(textOf(module, type));
    return isField ? nameAssigned(module, node) : [];
  });
}

/** The names that stand with a type or a value in the body of a class. */
export function fieldsOf(module: PythonModule, className: string): readonly string[] {
  return assignedIn(module, className).flatMap((node) => nameAssigned(module, node));
}

function assignedIn(module: PythonModule, className: string): readonly PyNode[] {
  return module.classes.get(className)?.getChild('Body')?.getChildren('AssignStatement') ?? [];
}

function nameAssigned(module: PythonModule, node: PyNode): readonly string[] {
  const [target] = childrenOf(node);
  return target?.name === 'VariableName' ? [nameOf(module, target)] : [];
}
