/**
 * The Python front end: names and imports resolved over the modules of the skill, constants folded,
 * flows as a graph.
 */

import { callSitesMax } from '../../fact/shared-limits.ts';
import type { TaintSource } from '../../fact/source.ts';
import type { Analyse, FrontEndContext, FrontEndResult } from '../../programs/frontend.ts';
import { changedElsewhere } from './assignments/alias-statements.ts';
import { noteAssignment } from './assignments/assignments.ts';
import { givenFields } from './assignments/attributes.ts';
import {
  applyDecorators,
  applyLoose,
  noteOldExec,
  replacedFunctions,
} from './assignments/decorators.ts';
import { boundValue, evaluate, isHandedOn } from './assignments/values.ts';
import { noteAtImport } from './effects/at-import.ts';
import { callWith } from './effects/call.ts';
import { invoke } from './effects/calls.ts';
import { startImports } from './effects/connections.ts';
import { applyEffect } from './effects/effects.ts';
import { attributeName, noteEscape, noteReaching } from './effects/escapes.ts';
import { noteSettings } from './effects/options.ts';
import { noteRaise } from './effects/raised.ts';
import { allFieldsOf, ancestorsOf, attributeNode, basesOf, fieldNode } from './names/classes.ts';
import { factsOfShadows, lookUp, variableNode } from './names/lookup.ts';
import { readModule } from './names/module.ts';
import { childrenOf, functionOf, nameOf, scopeOf, textOf } from './nodes.ts';
import type { Binding, PyNode, PythonFunction, PythonModule, PyValue } from './program.ts';
import { inAllReadings, type ReadSkill, unique } from './readings.ts';
import {
  flowEdge,
  flowNode,
  flowSink,
  newPythonRun,
  notePyTrait,
  type PythonRun,
  spanOfPy,
} from './run.ts';
import { walk } from './tree.ts';
import { fold, foldBinding, foldingAt } from './values/fold.ts';
import { fromUtf7, rot13, unescaped } from './values/text.ts';

// Functions of a skill that are called by other ways than their names: given to others, kept in
// tables, looked up by text.

/** The ids of functions whose callers are not all known. */
function openFunctions(modules: ReadonlyMap<string, PythonModule>): Set<string> {
  const all = [...modules.values()].flatMap(({ functions }) => functions);
  const named = Map.groupBy(all, ({ name }) => name);
  const found = new Set<string>();
  const add = (definitions: readonly PythonFunction[]): void => {
    for (const { id } of definitions) found.add(id);
  };
  const seen = new Set<readonly Binding[]>();
  const addName = (bindings: readonly Binding[]): void => {
    if (!seen.has(bindings))
      add(bindings.flatMap((one) => (one.kind === 'function' ? [one.definition] : [])));
    seen.add(bindings);
  };
  const used = new Set<string>();
  const addMethods = (name: string): void => {
    if (!used.has(name)) add(named.get(name)?.filter(({ owner }) => owner !== undefined) ?? []);
    used.add(name);
  };
  for (const module of modules.values())
    walk(module.top, (node) => {
      if (node.name === 'VariableName' && isUsed(node))
        addName(lookUp(scopeOf(module, node), nameOf(module, node))?.bindings ?? []);
      if (node.name === 'PropertyName' && node.parent !== null && isUsed(node.parent))
        addMethods(nameOf(module, node));
      if (node.name === 'LambdaExpression')
        add([module.functionsAt.get(node.from)].filter((one) => one !== undefined));
      if (node.name === 'String' && isLookUp(module, node))
        add(named.get(textOf(module, node).slice(1, -1)) ?? []);
      return true;
    });
  return found;
}

// A name or member that is not the callee of a call.
function isUsed({ parent, prevSibling, nextSibling }: PyNode): boolean {
  if (parent === null || nextSibling?.name === 'AssignOp') return false;
  if (
    /^(FunctionDefinition|ClassDefinition|Decorator|ImportStatement|ScopeStatement)$/.test(
      parent.name,
    )
  )
    return false;
  if (parent.name === 'ParamList') return prevSibling?.name === 'AssignOp';
  if (parent.name === 'MemberExpression' && prevSibling === null) return isTampering(parent);
  return parent.name !== 'CallExpression' || prevSibling !== null;
}

// `f.__defaults__ = (x,)`
function isTampering({ lastChild, nextSibling }: PyNode): boolean {
  return lastChild?.name === 'PropertyName' && nextSibling?.name === 'AssignOp';
}

// `getattr(x, "name")`, `globals()["name"]`
function isLookUp(module: PythonModule, node: PyNode): boolean {
  const { parent } = node;
  const table = /(globals|locals|vars)\s*\([^)]{0,80}\)(\.get)?$|__dict__(\.get)?$/;
  if (parent?.name === 'MemberExpression')
    return table.test(textOf(module, parent.firstChild ?? parent));
  const callee = parent?.name === 'ArgList' ? parent.parent?.firstChild : undefined;
  const written = callee === null || callee === undefined ? '' : textOf(module, callee);
  return (
    table.test(written) || /(^|\.)(getattr|attrgetter|methodcaller|__getattribute__)$/.test(written)
  );
}

// Python files that name an encoding in which they say something else than their bytes show (PEP
// 263).

/**
 * The text that Python reads, where the named encoding makes another one of it; undefined for
 * honest encodings.
 */
function misleadingText({
  text,
}: TaintSource): { readonly text: string; readonly codec: string } | undefined {
  const [, codec] =
    /^[^\n]*\n?[^\n]*/.exec(text)?.[0].match(/^[ \t\f]*#.{0,80}?coding[:=][ \t]*([-\w.]+)/m) ?? [];
  if (codec === undefined) return undefined;
  const name = codec.toLowerCase().replace(/[-_.]/g, '');
  const read =
    name === 'utf7'
      ? fromUtf7(text)
      : /^(raw)?unicodeescape$/.test(name)
        ? unescaped(text)
        : name === 'rot13'
          ? rot13(text)
          : text;
  return read === text ? undefined : { text: read, codec };
}

/** Facts of Python sources. */
export const analysePython: Analyse = (sources, context) =>
  inAllReadings((roots) => readSkill(sources, context, roots), context.steps);

// Nodes of a tree keep their values, so each reading makes trees of its own.
function readSkill(
  sources: readonly TaintSource[],
  context: FrontEndContext,
  roots: ReadonlySet<string>,
): ReadSkill {
  const { steps } = context;
  const before = steps.taken;
  // Whether a file's share of half of the steps is more than what the file costs.
  const isInShare = (cost: number): boolean =>
    steps.has(2 * sources.length * (cost + 1) - (steps.taken - before));
  const modules = new Map(
    sources.map((source) => [source.path, readModule(source, steps, isInShare)]),
  );
  const run = newPythonRun(
    context,
    modules,
    {
      open: openFunctions(modules),
      replaced: replacedFunctions(modules),
      reading: { roots, shadows: new Map() },
    },
    { evaluate, invoke, applyEffect, foldNode: fold, boundValue, foldBinding, foldingAt },
  );
  run.changed = changedElsewhere(run);
  for (const module of modules.values()) {
    visitAll(run, module);
    connectNames(run, module);
    noteRemoteShell(run, module);
    noteEncoding(run, module);
  }
  for (const module of modules.values()) startImports(run, module);
  noteAtImport(run);
  const unanalysed = [...modules.values()].flatMap(
    ({ source, errors, unread }): FrontEndResult['unanalysed'] => {
      const isScript =
        (source.context === 'code' || source.context === 'test') && source.depth === 0;
      const [first] = isScript ? [...unread, ...errors] : unread;
      return first === undefined
        ? []
        : [
            {
              span: { path: source.path, start: first, end: first + 1 },
              reason: 'not all of it is Python',
            },
          ];
    },
  );
  const { nodes, edges, sources: flowSources, sinks, starts, exports } = run;
  const result = {
    // A place is visited once, but a value may be computed for several alternatives.
    facts: unique(run.facts),
    embedded: run.embedded,
    written: run.written,
    moved: run.moved,
    unanalysed,
    graph: { nodes, edges, sources: flowSources, sinks, starts, exports },
  };
  const shadows = new Map(
    [...run.reading.shadows].map(([root, found]) => [root, factsOfShadows(run, found)]),
  );
  return { result, shadows };
}

function visitAll(run: PythonRun, module: PythonModule): void {
  walk(module.top, (node) => {
    run.context.steps.take();
    visit(run, module, node);
    return true;
  });
}

function visit(run: PythonRun, module: PythonModule, node: PyNode): void {
  switch (node.name) {
    case 'MemberExpression': {
      const name = attributeName(module, node);
      const [object] = childrenOf(node);
      if (name !== undefined && object !== undefined)
        noteReaching(run, module, node, name, evaluate(run, module, object));
      evaluate(run, module, node);
      if (isHandedOn(node)) noteEscape(run, module, node);
      return;
    }
    case 'CallExpression':
      evaluate(run, module, node);
      if (isHandedOn(node)) noteEscape(run, module, node);
      return;
    case 'VariableName':
      if (isHandedOn(node)) noteEscape(run, module, node);
      return;
    case 'AssignStatement':
    case 'UpdateStatement':
      noteAssignment(run, module, node);
      return;
    case 'BinaryExpression':
      evaluate(run, module, node);
      return;
    case 'ReturnStatement':
    case 'YieldStatement':
      noteReturn(run, module, node);
      return;
    case 'RaiseStatement':
    case 'AssertStatement':
      noteRaise(run, module, node);
      return;
    case 'ClassDefinition':
      noteSettings(run, module, node);
      return;
    case 'WhileStatement':
      noteEndless(run, module, node);
      return;
    case 'DecoratedStatement':
      applyDecorators(run, module, node);
      return;
    case 'ExpressionStatement':
      noteOldExec(run, module, node);
      applyLoose(run, module, node);
      return;
    case 'Comment':
    case 'String':
    case 'FormatString':
      noteText(run, module, node);
      return;
  }
}

// What the named encoding makes of the text is what Python runs.
function noteEncoding(run: PythonRun, module: PythonModule): void {
  const read = module.source.depth > 0 ? undefined : misleadingText(module.source);
  if (read === undefined) return;
  const { path, context } = module.source;
  notePyTrait(
    run,
    { module, node: { from: 0, to: 1 }, api: `the encoding ${read.codec}`, certainty: 'exact' },
    'decode-to-code',
    read.text.slice(-80),
  );
  run.embedded.push({
    within: path,
    language: 'python',
    text: read.text.replace(/coding/, 'encoded'),
    context,
    map: [{ at: 0, raw: 0, fixed: true }],
  });
}

function noteReturn(run: PythonRun, module: PythonModule, node: PyNode): void {
  const definition = functionOf(module, node);
  if (definition === undefined) return;
  for (const value of childrenOf(node).filter(
    (child) => !/^(return|yield|from|,)$/.test(child.name),
  )) {
    if (/^__reduce(_ex)?__$/.test(definition.name))
      noteReduced(run, module, node, evaluate(run, module, value));
    if (/^get_(source|code|data)$/.test(definition.name) && isLoader(run, definition.owner))
      noteImported(run, module, node, evaluate(run, module, value));
    const to = flowNode(
      run,
      module,
      node,
      `${definition.id}:return`,
      `returned by ${definition.name}`,
    );
    for (const from of evaluate(run, module, value).nodes) flowEdge(run, from, to);
  }
}

// Whether modules are imported by way of a class.
function isLoader(run: PythonRun, className: string | undefined): boolean {
  if (className === undefined) return false;
  return basesOf(run, className).some((base) => /^importlib\.(abc|machinery)\./.test(base));
}

// What a loader gives for a module is run when the module is imported.
function noteImported(run: PythonRun, module: PythonModule, node: PyNode, code: PyValue): void {
  const at = { module, node, api: 'import', certainty: 'exact' } as const;
  flowSink(run, at, code.nodes, { what: 'exec', api: 'import', part: 'code' });
}

// What `__reduce__` gives is called when the object is loaded: a function and its arguments.
function noteReduced(run: PythonRun, module: PythonModule, node: PyNode, value: PyValue): void {
  const values = childrenOf(node).filter((child) => child.name !== ',' && child.name !== 'return');
  const [callee, args] = value.items ?? values.map((one) => evaluate(run, module, one));
  if (callee === undefined) return;
  const at = { module, node, api: callee.qual ?? '', certainty: 'exact' } as const;
  invoke(run, callWith(at, args?.items ?? []), callee, 1);
}

// Edges into every name from all that is bound to it.
const givesValue: ReadonlySet<Binding['kind']> = new Set(['value', 'each', 'raised', 'import']);

function connectNames(run: PythonRun, module: PythonModule): void {
  for (const scope of [module.scope, ...module.scopes.values()]) {
    for (const [name, bindings] of scope.names) {
      for (const binding of bindings) {
        if (!givesValue.has(binding.kind)) continue;
        const value = boundValue(run, module, binding, 1);
        if (value.nodes.length === 0) continue;
        const place = 'node' in binding ? binding.node : { from: 0, to: 0 };
        const to = variableNode(run, module, scope, name, place);
        for (const from of value.nodes) flowEdge(run, from, to);
        if (scope.kind === 'class') flowEdge(run, to, attributeNode(run, module, name, place));
      }
    }
  }
  for (const className of module.classes.keys()) connectFields(run, className);
  for (const definition of module.functions) {
    connectFallbacks(run, definition);
    const [lambda] = definition.returns;
    if (!definition.name.startsWith('lambda@') || lambda === undefined) continue;
    const to = flowNode(run, module, lambda, `${definition.id}:return`, 'given by a lambda');
    for (const from of evaluate(run, module, lambda).nodes) flowEdge(run, from, to);
  }
}

// A class of data keeps in its fields what its calls give: no constructor of the skill assigns it.
function connectFields(run: PythonRun, className: string): void {
  const classes = [className, ...ancestorsOf(run, className)];
  for (const name of allFieldsOf(run, className)) {
    const given = givenFields(run, className, name).slice(0, callSitesMax);
    for (const { module: other, node } of given) {
      const from = node === undefined ? [] : evaluate(run, other, node).nodes;
      if (from.length === 0) continue;
      for (const home of run.modules.values())
        for (const one of classes) {
          const place = home.classes.get(one);
          if (place === undefined) continue;
          const to = fieldNode(run, home, one, name, place);
          for (const id of from) flowEdge(run, id, to);
        }
    }
  }
}

// What a parameter is when nobody gives it.
function connectFallbacks(run: PythonRun, { module, id, name, parameters }: PythonFunction): void {
  for (const { name: own, fallback, node } of parameters) {
    const given = fallback === undefined ? [] : evaluate(run, module, fallback).nodes;
    if (given.length === 0) continue;
    const to = flowNode(run, module, node, `${id}${own}`, `parameter "${own}" of ${name}`);
    for (const from of given) flowEdge(run, from, to);
  }
}

function noteEndless(run: PythonRun, module: PythonModule, node: PyNode): void {
  const [, condition] = childrenOf(node);
  const body = textOf(module, node);
  if (condition === undefined || !/^(True|1)$/.test(textOf(module, condition))) return;
  if (
    /\bos\.fork\(|\bPopen\(|multiprocessing|\bstart_new_thread\(/.test(body) &&
    !/\b(break|return|sleep|wait|join|input|accept|recv)\b/.test(body)
  )
    notePyTrait(
      run,
      { module, node, api: 'while', certainty: 'exact' },
      'unbounded',
      'an endless loop that starts processes',
    );
}

// A connection whose descriptors become those of a shell.
function noteRemoteShell(run: PythonRun, module: PythonModule): void {
  const { text } = module.source;
  const isConnected = run.facts.some(
    (fact) =>
      fact.kind === 'capability' &&
      fact.span.path === module.source.path &&
      fact.traits.includes('raw-socket'),
  );
  const call = [
    ...(module.calls.get('dup2') ?? []),
    ...(module.calls.get('spawn') ?? []).filter((one) => /^pty/.test(textOf(module, one))),
  ][0];
  const handsSocket = /\b(stdin|stdout)\s*=\s*\w*(sock|conn|s)\w*(\.fileno\(\))?\s*[,)]/.exec(text);
  const at =
    call ??
    (handsSocket !== null && /\/bin\/(ba)?sh|cmd\.exe/.test(text)
      ? { from: handsSocket.index, to: handsSocket.index + handsSocket[0].length }
      : undefined);
  if (isConnected && at !== undefined)
    notePyTrait(
      run,
      { module, node: at, api: 'socket', certainty: 'exact' },
      'reverse-shell',
      'a shell whose input and output are a connection',
    );
}

function noteText(run: PythonRun, module: PythonModule, node: PyNode): void {
  const isComment = node.name === 'Comment';
  const text = textOf(module, node);
  if (text.length < 16) return;
  run.facts.push({
    kind: 'text',
    role: isComment ? 'comment' : 'string',
    span: spanOfPy(module, node),
    context: isComment ? 'comment' : module.source.context,
    certainty: 'exact',
    text: isComment ? text.replace(/^#+\s*/, '') : (evaluate(run, module, node).texts[0] ?? text),
    detail: '',
  });
}
