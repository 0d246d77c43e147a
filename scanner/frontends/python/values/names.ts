import { isRepeated } from '../assignments/kept.ts';
import { isShared } from '../assignments/updates.ts';
import { lookUp, resolvedOnce } from '../names/lookup.ts';
import { importMeaning, type NameMeaning, starredMeaning } from '../names/meaning.ts';
import { scopeOf } from '../nodes.ts';
import type {
  Binding,
  FoldFrame,
  MaybeFolded,
  PyNode,
  PythonModule,
  PythonScope,
} from '../program.ts';
import type { PythonRun } from '../run.ts';
import { copied, isName, sizeOf } from './value.ts';
import { frameWithin } from './within.ts';

function isDefinition({ kind }: Binding): boolean {
  return kind === 'import' || kind === 'function' || kind === 'class';
}

// Whether a name of a scope is held by a frame, known or not.
function isHeld(frame: FoldFrame | undefined, scope: PythonScope, name: string): boolean {
  for (let at = frame; at !== undefined; at = at.outer)
    if (at.scope === scope.id && (at.followed === undefined || at.followed.has(name))) return true;
  return false;
}

/** What a name holds that no frame knows. */
export function staticName(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  name: string,
  frame: FoldFrame | undefined,
  depth: number,
): MaybeFolded {
  const found = lookUp(scopeOf(module, node), name);
  if (found === undefined) return builtIn(run, module, name);
  if (isHeld(frame, found.scope, name) && !found.bindings.every(isDefinition)) return undefined;
  const [only] = found.bindings;
  if (only !== undefined && isGivenOnce(found.bindings))
    return copied(run.foldBinding(run, module, only, depth));
  return found.scope.kind === 'class' || isShared(module, found.scope, name)
    ? undefined
    : copied(flowing(run, module, node, found.scope, name));
}

// In a loop, one assignment gives several values.
function isGivenOnce(bindings: readonly Binding[]): boolean {
  const [only] = bindings;
  return (
    only !== undefined && bindings.length === 1 && !(only.kind === 'value' && isRepeated(only.node))
  );
}

function builtIn(run: PythonRun, module: PythonModule, name: string): MaybeFolded {
  if (name === '__name__') return '__main__';
  if (name === '__file__') return `/skills/@self/${module.source.file}`;
  const meaning = starredMeaning(run, module, name) ?? { kind: 'name', qual: name };
  return meant(run, meaning);
}

/** A name at the top of a module, or of a built-in: `globals()["…"]`. */
export function staticGlobal(
  run: PythonRun,
  module: PythonModule,
  name: string,
  hidden: boolean,
): MaybeFolded {
  if (module.scope.names.has(name)) return bindingsValue(run, module, name);
  const value = builtIn(run, module, name);
  return isName(value) ? { ...value, hidden } : value;
}

/** What a name at the top of a module holds in the end. */
export function bindingsValue(run: PythonRun, module: PythonModule, name: string): MaybeFolded {
  const bindings = module.scope.names.get(name);
  const [only] = bindings ?? [];
  const isChanged = run.assigned.get(name)?.some((one) => one.module !== module) === true;
  if (
    bindings === undefined ||
    only === undefined ||
    isChanged ||
    isShared(module, module.scope, name)
  )
    return undefined;
  if (isGivenOnce(bindings)) return copied(run.foldBinding(run, module, only, 1));
  return copied(flowing(run, module, module.top, module.scope, name));
}

/** The value of an imported name. */
export function imported(run: PythonRun, module: PythonModule, qual: string): MaybeFolded {
  return meant(run, importMeaning(run, module, qual));
}

function meant(run: PythonRun, meaning: NameMeaning): MaybeFolded {
  if (meaning.kind === 'global')
    return resolvedOnce(run.fold.resolving, meaning, undefined, () =>
      bindingsValue(run, meaning.module, meaning.name),
    );
  return meaning.kind === 'name' ? { kind: 'name', qual: meaning.qual, hidden: false } : undefined;
}

// A name that is given several values: the statements before its use are gone through.
function flowing(
  run: PythonRun,
  module: PythonModule,
  use: PyNode,
  scope: PythonScope,
  name: string,
): MaybeFolded {
  const isInside = scopeOf(module, use) === scope && use.name !== 'Script';
  const key = `${scope.id}${isInside ? statementOf(use).from : 'end'} ${name}`;
  const known = run.fold.flowing.get(key);
  if (known !== undefined) return known.value;
  const body = bodyOf(module, use, scope);
  if (body === undefined) return undefined;
  run.fold.flowing.set(key, { value: undefined });
  const observe = run.fold.observe;
  run.fold.observe = undefined;
  const before = frameBefore(
    run,
    module,
    body,
    scope,
    isInside ? use.from : Number.POSITIVE_INFINITY,
  );
  const isNested = isInside && statementOf(use).parent?.from !== body.from;
  const frame = isNested ? frameWithin(run, module, body, use, before) : before;
  run.fold.observe = observe;
  const held = frame.names.get(name);
  const value = run.fold.take(module, sizeOf(held) >> 3) ? copied(held) : undefined;
  run.fold.flowing.set(key, { value });
  return value;
}

function newFrame(scope: PythonScope): FoldFrame {
  const followed = new Set(
    [...scope.names].flatMap(([name, bindings]) => (isGivenOnce(bindings) ? [] : [name])),
  );
  return { names: new Map(), outer: undefined, scope: scope.id, followed };
}

// Uses come in the order of the text, mostly: each goes on where the one before stopped.
function frameBefore(
  run: PythonRun,
  module: PythonModule,
  body: PyNode,
  scope: PythonScope,
  before: number,
): FoldFrame {
  const reached = run.fold.reached.get(scope.id);
  const isBehind = reached === undefined || reached.position > before;
  const at = isBehind
    ? { frame: newFrame(scope), position: body.from, next: body.firstChild }
    : reached;
  for (let statement = at.next; statement !== null && statement.to < before; statement = at.next) {
    at.position = statement.to;
    at.next = statement.nextSibling;
    if (run.foldingAt(run, module, at.frame).block([statement]) !== 'through') break;
  }
  run.fold.reached.set(scope.id, at);
  return at.frame;
}

function statementOf(node: PyNode): PyNode {
  let at = node;
  while (
    at.parent !== null &&
    at.parent.name !== 'Body' &&
    at.parent.name !== 'Script' &&
    at.parent.name !== 'StatementGroup'
  )
    at = at.parent;
  return at;
}

function bodyOf(module: PythonModule, use: PyNode, scope: PythonScope): PyNode | undefined {
  if (scope === module.scope) return module.top;
  for (let at: PyNode | null = use; at !== null; at = at.parent)
    if (at.name === 'FunctionDefinition' && module.scopes.get(at.from) === scope)
      return at.getChild('Body') ?? undefined;
  return undefined;
}
