/**
 * Exceptions of Python: what is raised gets, through the calls around it, to whoever catches it or
 * asks what was raised last (Python reference: the raise statement; traceback, sys.exc_info).
 */
import { unknownPy } from '../assignments/alternatives.ts';
import { classIn } from '../names/canonical.ts';
import { methodOf } from '../names/classes.ts';
import { childrenOf, functionOf, textOf } from '../nodes.ts';
import { PyNode, type PythonFunction, type PythonModule, type PyValue } from '../program.ts';
import { flowEdge, flowNode, type PythonRun } from '../run.ts';
import { callWith, type PyCall, type PyNoting } from './call.ts';

/** What a `raise` or an `assert` raises. */
export function noteRaise(run: PythonRun, module: PythonModule, node: PyNode): void {
  if (!run.catches) return;
  const given = childrenOf(node).filter(({ name }) => /^(?!raise$|assert$|from$)\w/.test(name));
  const nodes =
    given.length === 0
      ? again(run, module, node)
      : given
          .slice(node.name === 'AssertStatement' ? 1 : 0)
          .flatMap((one) => run.evaluate(run, module, one).nodes);
  if (nodes.length === 0) return;
  for (const to of [...catchersOf(run, module, node), lastRaised(run, module)])
    for (const from of nodes) flowEdge(run, from, to);
}

// `raise` alone raises again what its `except` caught.
function again(run: PythonRun, module: PythonModule, node: PyNode): readonly string[] {
  const around = handledBy(node);
  return around === undefined ? [] : [caughtBy(run, module, around)];
}

/** What a function of the skill raises gets to the caller. */
export function noteRaisedByCall(run: PythonRun, call: PyCall, own: PythonFunction): void {
  if (!run.catches || !(call.node instanceof PyNode)) return;
  const from = raisedBy(run, own);
  const id = `${call.module.source.path}@${call.node.from}`;
  for (const to of catchersOf(run, call.module, call.node))
    if (from !== to) run.edges.push({ kind: 'result', from, to, call: id });
}

/** What a `try` catches. */
export function caughtValue(run: PythonRun, module: PythonModule, node: PyNode): PyValue {
  return { ...unknownPy, nodes: [caughtBy(run, module, node)] };
}

/** What a call gives that asks for the exception that is being handled. */
export function askedRaised(run: PythonRun, { module, node }: PyNoting): PyValue {
  const around = node instanceof PyNode ? handledBy(node) : undefined;
  return {
    ...unknownPy,
    nodes: [around === undefined ? lastRaised(run, module) : caughtBy(run, module, around)],
  };
}

/** A function that Python calls with each exception that nobody caught. */
export function hookRaised(run: PythonRun, at: PyNoting, hook: PyValue): void {
  const raised = { ...unknownPy, nodes: [lastRaised(run, at.module)] };
  if (hook.own !== undefined) run.invoke(run, callWith(at, [raised, raised, raised]), hook, 1);
}

/** Functions that give the exception that is being handled, or its text. */
export const asksRaised =
  /^(traceback\.(format_exc|print_exc|StackSummary\.extract)|sys\.(exc_info|exception|last_value))$/;

// The nodes of all that what is raised at a place may get to.
function catchersOf(run: PythonRun, module: PythonModule, node: PyNode): readonly string[] {
  const found: string[] = [];
  for (let at = node; at.parent !== null; at = at.parent) {
    run.context.steps.take();
    const { parent } = at;
    if (at === node.home) break;
    if (parent.name === 'TryStatement' && parent.getChild('Body') === at) {
      found.push(caughtBy(run, module, parent));
      if (isCaught(module, parent)) return found;
    }
    if (parent.name === 'WithStatement' && at.name === 'Body')
      found.push(...leavers(run, module, parent));
  }
  const around = functionOf(module, node);
  if (around !== undefined) found.push(raisedBy(run, around));
  return found;
}

// Whether an `except` takes whatever comes.
function isCaught(module: PythonModule, node: PyNode): boolean {
  const children = childrenOf(node);
  return children.some(({ name }, at) => {
    const type = children[at + 1];
    if (name !== 'except' || type === undefined) return false;
    return type.name === 'Body' || /^(Base)?Exception$/.test(textOf(module, type));
  });
}

// The parameters of each `__exit__` that is told why a `with` ends.
function leavers(run: PythonRun, module: PythonModule, node: PyNode): readonly string[] {
  return childrenOf(node).flatMap((one) => {
    if (!/Expression$|^VariableName$/.test(one.name)) return [];
    const { qual } = run.evaluate(run, module, one);
    const className = classIn('object', qual);
    const leave = methodOf(run, className, '__exit__') ?? methodOf(run, className, '__aexit__');
    return (leave?.parameters.slice(1) ?? []).map(({ name, node: place }) =>
      flowNode(
        run,
        leave?.module ?? module,
        place,
        `${leave?.id ?? ''}${name}`,
        `parameter "${name}" of ${leave?.name ?? ''}`,
      ),
    );
  });
}

// The `try` in one of whose handlers a node stands.
function handledBy(node: PyNode): PyNode | undefined {
  for (let at = node; at.parent !== null && at !== node.home; at = at.parent)
    if (at.parent.name === 'TryStatement' && at.parent.getChild('Body') !== at) return at.parent;
  return undefined;
}

function caughtBy(run: PythonRun, module: PythonModule, node: PyNode): string {
  return flowNode(run, module, node, `caught@${node.from}`, 'caught here');
}

function raisedBy(run: PythonRun, { module, node, id, name }: PythonFunction): string {
  return flowNode(run, module, node, `${id}:raised`, `raised in ${name}`);
}

function lastRaised(run: PythonRun, module: PythonModule): string {
  return flowNode(run, module, { from: 0, to: 0 }, 'raised', 'raised somewhere in the file');
}
