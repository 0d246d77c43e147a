/**
 * Python modules read once: scopes, what binds each name in them, functions and their call sites.
 */
import type { TaintSource } from '../../../fact/source.ts';
import type { Steps } from '../../../fact/steps.ts';
import { bindByText } from '../assignments/by-text.ts';
import { bindChanges } from '../assignments/updates.ts';
import { textOf } from '../nodes.ts';
import { parsePython } from '../parse.ts';
import type { PyNode, PythonModule } from '../program.ts';
import { nodesOfTree, walk } from '../tree.ts';
import { bindAll } from './bindings.ts';

/**
 * Reads a module. What recovering from errors may cost is the file's own share, so that garbage
 * keeps no other file from being read.
 */
export function readModule(
  source: TaintSource,
  steps: Steps,
  isInShare: (cost: number) => boolean,
): PythonModule {
  steps.take(1 + (source.text.length >> 4));
  let cost = 0;
  const { tree, stoppedAt } = parsePython(source.text, (count) => {
    cost += count;
    const goesOn = isInShare(cost);
    if (goesOn) steps.take(count);
    return goesOn;
  });
  const { top, cut } = nodesOfTree(tree, source.text);
  const errors: number[] = [];
  const module: PythonModule = {
    source,
    top,
    scope: { id: `${source.path}::`, kind: 'module', parent: undefined, names: new Map() },
    functions: [],
    attributes: new Map(),
    changes: [],
    byText: [],
    fills: new Map(),
    shared: new Set(),
    classes: new Map(),
    methods: new Map(),
    assigned: [],
    inClasses: new Map(),
    calls: new Map(),
    scopes: new Map(),
    functionsAt: new Map(),
    stars: [],
    errors,
    unread: [...cut, ...(stoppedAt === undefined ? [] : [stoppedAt])],
  };
  walk(top, (node) => {
    steps.take();
    if (node.isError && !isOldExec(module, node)) errors.push(node.from);
    bindAll(module, node);
    return true;
  });
  bindChanges(module);
  bindByText(module);
  for (const scope of module.scopes.values()) {
    if (scope.kind !== 'class') continue;
    for (const [name, bindings] of scope.names) {
      const values = bindings.filter((binding) => binding.kind !== 'function');
      if (values.length > 0)
        module.inClasses.set(name, [...(module.inClasses.get(name) ?? []), ...values]);
    }
  }
  return module;
}

// Between `exec` and its text, in Python 2.
function isOldExec(module: PythonModule, { prevSibling, from, to }: PyNode): boolean {
  return (
    from === to &&
    prevSibling?.name === 'ExpressionStatement' &&
    textOf(module, prevSibling).trim() === 'exec'
  );
}
