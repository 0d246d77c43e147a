/** The places of a text that are filled from a table: `text % table`, `text.format_map(table)`. */
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { readEnvironment } from '../effects/options.ts';
import { variableNode } from '../names/lookup.ts';
import { nameOf, scopeOf, textOf } from '../nodes.ts';
import type { PyNode, PythonModule, PyValue } from '../program.ts';
import { flowEdge, flowNode, type PythonRun } from '../run.ts';
import { nodesOf, textsOf, unknownPy } from './alternatives.ts';

/**
 * The names that a text takes out of the table at a node; undefined where the table is given to no
 * text, or where the text is not known.
 */
export function namesTaken(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
): readonly string[] | undefined {
  const { parent } = node;
  if (parent === null) return undefined;
  const isPercent = isFilledIn(module, node, /^%$/);
  const text = isPercent ? parent.firstChild : formatted(module, node);
  if (text === null || text === undefined) return undefined;
  const texts = textsOf(run.evaluate(run, module, text));
  if (texts.length === 0 || texts.some((one) => one.includes(unknownPart))) return undefined;
  const form = isPercent ? /%\((\w{1,80})\)/g : /\{(\w{1,80})/g;
  return texts.flatMap((one) => [...one.matchAll(form)].map(([, name = '']) => name));
}

/** `text % os.environ`, `{} | os.environ` */
export function isFilledIn(module: PythonModule, node: PyNode, symbol = /^[%|]$/): boolean {
  const before = node.prevSibling;
  return (
    node.parent?.name === 'BinaryExpression' &&
    before !== null &&
    symbol.test(textOf(module, before))
  );
}

// The text of `text.format_map(node)` and of `text.format(**node)`.
function formatted(module: PythonModule, node: PyNode): PyNode | undefined {
  const callee = node.parent?.name === 'ArgList' ? node.parent.parent?.firstChild : undefined;
  const property = callee?.lastChild;
  if (property?.name !== 'PropertyName') return undefined;
  const method = nameOf(module, property);
  const isTable =
    method === 'format_map' || (method === 'format' && node.prevSibling?.name === '**');
  return isTable ? (callee?.firstChild ?? undefined) : undefined;
}

/** The variables that a text is filled with, each as an entry of the table. */
export function variablesTaken(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  names: readonly string[],
): PyValue {
  const at = { module, node, api: 'os.environ', certainty: 'exact' } as const;
  const entries = new Map(
    names.map((name) => [name, readEnvironment(run, at, { ...unknownPy, texts: [name] })] as const),
  );
  return { ...unknownPy, entries, nodes: nodesOf([...entries.values()]) };
}

/**
 * `locals()` handed on as a whole: all names of the function, or of the module; those alone that a
 * text takes, where the text is known.
 */
export function namesHeld(run: PythonRun, module: PythonModule, node: PyNode): readonly string[] {
  const scope = textOf(module, node).startsWith('globals') ? module.scope : scopeOf(module, node);
  const taken = namesTaken(run, module, node);
  if (taken !== undefined)
    return taken
      .filter((name) => scope.names.has(name))
      .map((name) => variableNode(run, module, scope, name, node));
  const what = `${scope.id}all names`;
  const isNew = !run.nodeIds.has(`${module.source.path}::${what}`);
  const all = flowNode(run, module, node, what, 'all names together');
  if (isNew)
    for (const name of scope.names.keys())
      flowEdge(run, variableNode(run, module, scope, name, node), all);
  return [all];
}
