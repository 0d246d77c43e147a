/** Names of Python that are looked up by a text, computed. */

import { givenFields } from '../assignments/attributes.ts';
import { isShared } from '../assignments/by-text.ts';
import { isRepeated } from '../assignments/kept.ts';
import { methodOf } from '../names/classes.ts';
import { lookUp, resolvedOnce } from '../names/lookup.ts';
import {
  importMeaning,
  memberMeaning,
  type NameMeaning,
  nameTable,
  starredMeaning,
} from '../names/meaning.ts';
import { childrenOf, functionOf, scopeOf, textOf } from '../nodes.ts';
import type {
  Binding,
  Folded,
  FoldedName,
  FoldFrame,
  MaybeFolded,
  PyNode,
  PythonFunction,
  PythonModule,
  PythonScope,
} from '../program.ts';
import type { FoldPlace, PythonRun } from '../run.ts';
import { enteredIn, forget } from './items.ts';
import { runStatement } from './run.ts';
import {
  boundMethod,
  copied,
  isBytes,
  isDict,
  isList,
  isName,
  isOwn,
  keyOf,
  sizeOf,
  wholeOf,
} from './value.ts';

/** A member of a member, by a dotted path. */
export function dotted(run: PythonRun, object: MaybeFolded, path: readonly string[]): MaybeFolded {
  const value = path.reduce(
    (at, name) => (isName(at) ? memberOfName(run, at, name) : undefined),
    object,
  );
  return hiddenName(value, true);
}

/** What a dotted name stands for, as an import would find it. */
export function namedBy(run: PythonRun, module: PythonModule, path: string): MaybeFolded {
  const [first = '', ...rest] = path.split('.');
  return dotted(run, imported(run, module, first), rest);
}

/** `getattr(object, key)`; `hides` when the key was put together. */
export function attribute(
  run: PythonRun,
  object: MaybeFolded,
  key: MaybeFolded,
  hides: boolean,
): MaybeFolded {
  if (typeof key !== 'string' || object === undefined || object === null) return undefined;
  if (isName(object)) return hiddenName(memberOfName(run, object, key), hides);
  return isOwn(object) ? undefined : boundMethod(object, key);
}

/** What the text in `eval("os.system")` names. */
export function evalName(run: PythonRun, module: PythonModule, text: string): MaybeFolded {
  const [, loaded, first, path] =
    /^\s*(?:__import__\(['"]([\w.]{1,60})['"]\)|([A-Za-z_]\w{0,60}))((?:\.\w{1,60}){0,6})\s*$/.exec(
      text,
    ) ?? [];
  if (path === undefined) return undefined;
  const start =
    loaded === undefined
      ? staticGlobal(run, module, first ?? '', true)
      : imported(run, module, loaded);
  return dotted(run, start, path.split('.').slice(1));
}

/** Marks a name that was looked up by a text that was put together. */
export function hiddenName(value: MaybeFolded, hidden: boolean): MaybeFolded {
  return isName(value) && hidden ? { ...value, hidden } : value;
}

/** `value[key]`; `hides` when the key was put together. */
export function item(
  run: PythonRun,
  module: PythonModule,
  value: Folded,
  key: MaybeFolded,
  hides: boolean,
): MaybeFolded {
  if (key === undefined) return undefined;
  if (isDict(value)) return value.entries.get(keyOf(key))?.value;
  if (isName(value)) return named(run, module, value.qual, key, hides);
  const index = wholeOf(key);
  if (index === undefined) return undefined;
  if (typeof value === 'string') return [...value].at(index);
  if (isBytes(value))
    return value.at(index) === undefined ? undefined : BigInt(value.at(index) ?? 0);
  return isList(value) ? value.items.at(index) : undefined;
}

// `vars(os)["system"]`, and items of other tables of names.
function named(
  run: PythonRun,
  module: PythonModule,
  qual: string,
  key: MaybeFolded,
  hides: boolean,
): MaybeFolded {
  const table = nameTable(qual);
  if (table === undefined || typeof key !== 'string') return undefined;
  if (table.kind === 'members')
    return memberOfName(run, { kind: 'name', qual: table.owner, hidden: hides }, key);
  return table.kind === 'globals'
    ? staticGlobal(run, module, key, hides)
    : hiddenName(imported(run, module, key), hides);
}

// Members of Python's modules, classes and objects, computed.

/** `object.name`, where the object's value may not be known. */
export function memberOfFolded(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  object: MaybeFolded,
  name: string,
  frame: FoldFrame | undefined,
): MaybeFolded {
  const written = node.firstChild === null ? '' : textOf(module, node.firstChild);
  if (written === 'self' || written === 'cls')
    return attributeOf(run, module, functionOf(module, node)?.owner ?? '', name);
  if (object === undefined || object === null) return undefined;
  if (isName(object)) return memberOfName(run, object, name);
  if (isOwn(object)) {
    if (name === '__globals__') return { kind: 'name', qual: 'globals()', hidden: true };
    return name === '__name__' ? object.definition.name : undefined;
  }
  if (name.startsWith('__') && name !== '__getitem__')
    return { kind: 'name', qual: `().${name}`, hidden: true };
  return frame !== undefined || !isList(object) ? boundMethod(object, name) : undefined;
}

function attributeOf(
  run: PythonRun,
  module: PythonModule,
  owner: string,
  name: string,
): MaybeFolded {
  const definition = methodOf(run, owner, name);
  if (definition !== undefined) return ownFunction(definition);
  const bindings = module.attributes.get(name) ?? [];
  const inClass = module.inClasses.get(name) ?? [];
  const [only, ...others] = [...bindings, ...inClass];
  if (givenFields(run, owner, name).length > 0) return undefined;
  if (only?.kind !== 'value' || others.length > 0 || only.place !== undefined) return undefined;
  return run.foldNode(run, module, only.node);
}

const texts: Readonly<Record<string, string>> = {
  'string.ascii_lowercase': 'abcdefghijklmnopqrstuvwxyz',
  'string.ascii_uppercase': 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'string.ascii_letters': 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'string.digits': '0123456789',
  'string.hexdigits': '0123456789abcdefABCDEF',
  'string.punctuation': '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  'string.printable':
    '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~ \t\n\r\x0b\x0c',
  'os.sep': '/',
  'os.linesep': '\n',
};

/** A member of a module, of a class of the skill, or of another name. */
function memberOfName(run: PythonRun, object: FoldedName, name: string): MaybeFolded {
  const { qual, hidden } = object;
  const text = Object.hasOwn(texts, `${qual}.${name}`) ? texts[`${qual}.${name}`] : undefined;
  if (text !== undefined) return text;
  if (name === '__name__' && !qual.startsWith('own ')) return qual.split('.').at(-1);
  const meaning = memberMeaning(run, qual, name);
  switch (meaning.kind) {
    case 'global':
      return bindingsValue(run, meaning.module, meaning.name);
    case 'method':
      return ownFunction(meaning.definition);
    case 'attribute': {
      const home = [...run.modules.values()].find((module) => module.attributes.has(name));
      return home === undefined ? undefined : attributeOf(run, home, meaning.owner, name);
    }
    case 'name':
      return { kind: 'name', qual: meaning.qual, hidden: hidden || meaning.qual === 'globals()' };
  }
}

function ownFunction(definition: PythonFunction): MaybeFolded {
  return { kind: 'own', module: definition.module, definition, frame: undefined };
}

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
function staticGlobal(
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
function bindingsValue(run: PythonRun, module: PythonModule, name: string): MaybeFolded {
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

// What names of Python hold within the bodies of statements.

/**
 * What names hold before the statement of a body in which a node stands, given what they hold
 * before that body.
 */
function frameWithin(
  run: PythonRun,
  module: PythonModule,
  body: PyNode,
  use: PyNode,
  before: FoldFrame,
): FoldFrame {
  let statement: PyNode | null = use;
  while (statement !== null && statement.parent !== body) statement = statement.parent;
  if (statement === null) return before;
  const inner = childrenOf(statement).find(
    (child) =>
      /^(Body|MatchBody|MatchClause)$/.test(child.name) &&
      child.from <= use.from &&
      child.to >= use.to,
  );
  const within = inner ?? (statement.name === 'StatementGroup' ? statement : undefined);
  return within === undefined ? before : frameAt(run, module, within, statement, use, before);
}

// Uses come in the order of the text, mostly: each goes on where the one before in the same body
// stopped.
function frameAt(
  run: PythonRun,
  module: PythonModule,
  body: PyNode,
  statement: PyNode,
  use: PyNode,
  before: FoldFrame,
): FoldFrame {
  const known = run.fold.within.get(body);
  const isBehind = known === undefined || known.position > use.from;
  const at = isBehind
    ? { frame: ownFrame(before), position: body.from, next: body.firstChild }
    : known;
  if (isBehind) {
    run.fold.within.set(body, at);
    forgetBefore(run.foldingAt(run, module, at.frame), statement, body);
  }
  for (let one = at.next; one !== null && one.to < use.to && one.from <= use.from; one = at.next) {
    if (!run.fold.take(module)) return at.frame;
    at.position = one.to;
    at.next = one.nextSibling;
    runStatement(run.foldingAt(run, module, at.frame), one, []);
  }
  return frameWithin(run, module, body, use, at.frame);
}

// What a statement may have changed before one of its bodies begins.
function forgetBefore(here: FoldPlace, statement: PyNode, body: PyNode): void {
  if (/^(For|While)Statement$/.test(statement.name)) forget(here, statement);
  if (statement.name === 'WithStatement')
    for (const name of enteredIn(here.module, statement)) here.frame.names.set(name, undefined);
  for (
    let part = body.prevSibling;
    part !== null && body.name !== 'StatementGroup';
    part = part.prevSibling
  )
    if (
      statement.name === 'TryStatement' ||
      body.parent?.name === 'MatchClause' ||
      part.name === 'as'
    )
      forget(here, part);
}

// What is appended to a list within a body is appended again when the whole statement is gone
// through.
function ownFrame(frame: FoldFrame): FoldFrame {
  return {
    ...frame,
    names: new Map([...frame.names].map(([name, value]) => [name, copied(value)])),
  };
}
