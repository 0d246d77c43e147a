/** Walks one file and notes each use of a capability. */
import { ts } from 'ts-morph';
import type { Capability } from '../../../skills-index/skill/capability.ts';
import { assignedRows, nodeDefaults } from '../../knowledge/javascript.ts';
import type { RowEffect } from '../../knowledge/row.ts';
import { own } from '../../lookup-tables/api.ts';
import { anyEgress } from '../../lookup-tables/egress-of.ts';
import { npmServices } from '../../lookup-tables/service-hosts.ts';
import { type ResolvedCall, resolveCall } from './effects/calls.ts';
import {
  isEnvironment,
  readByName,
  readEnvironment,
  readWholeEnvironment,
} from './effects/environment.ts';
import { noteEscape } from './effects/escapes.ts';
import { applyEffect } from './effects/interceptors.ts';
import {
  callsWithGrown,
  keptCallees,
  noteKept,
  openClient,
  sendByClient,
} from './effects/library-clients.ts';
import { loadModule } from './effects/programs.ts';
import { pipeInto } from './effects/sending.ts';
import { callsBack } from './flow/positions.ts';
import { runArguments } from './flow/run-values.ts';
import { apiNamed, apis } from './library.ts';
import { type Called, capability, embed, type Out, shown, trait, type Use, useAt } from './out.ts';
import { calledMember, isAssignment } from './syntax.ts';
import {
  alternatives,
  isWhole,
  type JsValue,
  text,
  textOr,
  unionOf,
  unknown,
} from './values/values.ts';

/** Finds the uses in one file. */
export function findUses(out: Out): void {
  for (const node of out.nodes) {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) visitCall(out, node);
    else if (ts.isTaggedTemplateExpression(node)) visitTemplate(out, node);
    else if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) visitImport(out, node);
    else if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind))
      noteAssignment(out, node, (at, api) => useAt(out, at, api));
    else if (ts.isPropertyAssignment(node)) visitOption(out, node);
    if (ts.isBindingElement(node)) readEnvironment(out, node, (at, api) => useAt(out, at, api));
    if (isReference(node)) visitReference(out, node);
  }
}

/** Finds the uses of functions that are kept anywhere in the program; after all other uses. */
export function findKeptUses(out: Out): void {
  if (out.keptNames.size === 0) return;
  for (const node of out.nodes) {
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) continue;
    for (const call of keptCallees(out, node)) applyLibrary(out, node, call);
  }
}

function isReference(node: ts.Node): node is ts.Expression {
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return true;
  if (!ts.isIdentifier(node)) return false;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isShorthandPropertyAssignment(parent) || ts.isExportAssignment(parent)) return true;
  const declared = 'name' in parent && parent.name === node;
  const named = 'propertyName' in parent && parent.propertyName === node;
  return (
    !declared &&
    !named &&
    !ts.isTypeNode(parent) &&
    !ts.isImportSpecifier(parent) &&
    !ts.isExportSpecifier(parent) &&
    !ts.isLabeledStatement(parent)
  );
}

function visitReference(out: Out, node: ts.Expression): void {
  const use = (at: ts.Node, api: string): Use => useAt(out, at, api);
  if (readEnvironment(out, node, use)) return;
  const value = out.self.valueOf(node);
  if (value.kind !== 'api' && value.kind !== 'union') return;
  readWholeEnvironment(out, node, use);
  noteEscape(out, node, use);
  for (const candidate of alternatives(value)) {
    if (candidate.kind !== 'api') continue;
    const { name: api, built } = candidate;
    noteKept(out, node, api);
    const input = own(apis, api)?.effects.find(({ does }) => does === 'input');
    if (input !== undefined && !isCallee(node))
      applyEffect(out, { api, built, args: [], node, use: use(node, api) }, input);
    if (built && own(apis, api) !== undefined)
      trait(out, { api, node }, 'folded-name', api, 'folded');
  }
}

function isCallee(node: ts.Expression): boolean {
  return ts.isCallExpression(node.parent) && node.parent.expression === node;
}

/** Notes the effects of a call, once. */
export function visitCall(out: Out, node: ts.CallExpression | ts.NewExpression): void {
  if (out.visited.has(node)) return;
  out.visited.add(node);
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const args = (node.arguments ?? []).map((argument) => ({
      value: out.self.valueOf(argument),
      node: argument,
    }));
    loadModule(
      out,
      { api: 'import', built: false, args, node, use: useAt(out, node, 'import') },
      0,
    );
    noteService(out, args[0]?.value ?? unknown, node);
    return;
  }
  if (mayEscape(node)) noteEscape(out, node, (at, api) => useAt(out, at, api));
  for (const call of [...resolveCall(out.self, node), ...callsWithGrown(out, node)]) {
    const { callee, args } = call;
    applyLibrary(out, node, call);
    if (callee.kind === 'unknown') noteUnknownMember(out, node);
    else if (callee.kind === 'method') {
      applyCallbacks(out, node, callee);
      sendByClient(out, node, () => ({
        api: node.expression.getText().slice(0, 60),
        built: false,
        args,
        node,
        use: useAt(out, node, callee.name),
      }));
    }
    notePipe(out, node, callee, args);
  }
}

function applyLibrary(
  out: Out,
  node: ts.CallExpression | ts.NewExpression,
  { callee, args }: ResolvedCall,
): void {
  if (callee.kind === 'api')
    applyApi(out, {
      api: callee.name,
      built: callee.built,
      args,
      node,
      use: useAt(out, node, callee.name),
    });
}

// `stream.pipe(request)`, `pipeline(stream, gzip, request)`.
function notePipe(
  out: Out,
  node: ts.CallExpression | ts.NewExpression,
  callee: JsValue,
  args: Called['args'],
): void {
  const name = callee.kind === 'api' || callee.kind === 'method' ? callee.name : '';
  const isPipeline = /^stream(\/promises)?\.(pipeline|compose)$/.test(name);
  if (!isPipeline && !/(^|[#.])(pipe|pipeTo|pipeThrough)$/.test(name)) return;
  const receiver = calledMember(node)?.expression;
  const along = [
    ...(isPipeline || receiver === undefined ? [] : [receiver]),
    ...args.flatMap((arg) => (arg.node === undefined ? [] : [arg.node])),
  ];
  const call = { api: name, built: false, args, node, use: useAt(out, node, name) };
  along.slice(1).forEach((to, i) => {
    const from = along[i];
    if (from !== undefined) pipeInto(out, call, from, to);
  });
}

// `text.then(eval)`, `['id'].forEach(exec)`: the API is called with the object's content.
function applyCallbacks(
  out: Out,
  node: ts.CallExpression | ts.NewExpression,
  { of, name }: Extract<JsValue, { kind: 'method' }>,
): void {
  const receiver = calledMember(node)?.expression;
  if (receiver === undefined || !callsBack.has(name)) return;
  const held =
    of.kind === 'array'
      ? unionOf(of.items)
      : of.kind === 'unknown' || of.kind === 'method'
        ? unknown
        : of;
  for (const argument of node.arguments ?? []) {
    for (const value of alternatives(out.self.valueOf(argument))) {
      if (value.kind !== 'api' || own(apis, value.name) === undefined) continue;
      const args = [{ value: held, node: receiver }];
      applyApi(out, {
        api: value.name,
        built: value.built,
        args,
        node: argument,
        use: useAt(out, argument, value.name),
      });
    }
  }
}

// `require("x")` passed on directly. Every other powerful value comes from a name, which is
// examined by itself.
function mayEscape(node: ts.Node): boolean {
  return !ts.isExpressionStatement(node.parent) && !ts.isVariableDeclaration(node.parent);
}

function applyApi(out: Out, call: Called): void {
  const row = apiNamed(call.api);
  if (call.built) trait(out, call, 'folded-name', call.api, 'folded');
  if (/^set(Timeout|Interval|Immediate)$/.test(call.api) && call.args[0]?.value.kind === 'text') {
    trait(out, call, 'code-from-string', shown(call.args[0].value));
    embed(out, call, 'javascript', textOr(call.args[0].value), call.args[0].node);
  }
  if (call.api === 'require' || call.api === 'process.getBuiltinModule')
    noteService(out, call.args[0]?.value ?? unknown, call.node);
  if (call.api === 'Reflect.get' && call.args[0] !== undefined && isEnvironment(call.args[0].value))
    readByName(out, call.node, call.args[1]?.value ?? unknown, () => call.use);
  if (row !== undefined)
    for (const effect of row.effects)
      applyEffect(out, { ...call, args: runArguments(out, call, effect) }, effect);
  else {
    widen(out, call);
    openClient(out, call);
  }
}

// An unknown member of a powerful module may have every effect of the module.
function widen(out: Out, call: Called): void {
  const dot = call.api.lastIndexOf('.');
  const module = dot < 0 ? undefined : own(nodeDefaults, call.api.slice(0, dot));
  if (module === undefined || /^[A-Z]|^(constants|on|once|close)$/.test(call.api.slice(dot + 1)))
    return;
  const wide: Capability =
    module === 'mount'
      ? { kind: 'mount', path: '*', mode: 'rw' }
      : module === 'exec'
        ? { kind: 'exec', program: '*' }
        : { kind: 'egress', url: anyEgress, methods: ['*'] };
  capability(out, call, wide, 'widened', ['dynamic-name']);
}

// `child_process[name]()`, `globalThis[name]()`: any member may be called.
function noteUnknownMember(out: Out, node: ts.CallExpression | ts.NewExpression): void {
  const { expression } = node;
  if (!ts.isElementAccessExpression(expression)) return;
  for (const value of alternatives(out.self.valueOf(expression.expression))) {
    if (value.kind !== 'api') continue;
    const call: Called = {
      api: `${value.name}.*`,
      built: false,
      args: [],
      node,
      use: useAt(out, node, value.name),
    };
    if (value.name === 'globalThis') {
      trait(out, call, 'code-from-string', 'a global that could not be computed', 'widened');
      capability(out, call, { kind: 'exec', program: '*' }, 'widened', ['dynamic-name']);
    } else widen(out, call);
  }
}

function visitTemplate(out: Out, node: ts.TaggedTemplateExpression): void {
  for (const tag of alternatives(out.self.valueOf(node.tag))) {
    if (tag.kind !== 'api') continue;
    const value: JsValue = out.self.valueOf(node.template);
    applyApi(out, {
      api: tag.name,
      built: tag.built,
      args: [{ value, node: node.template }],
      node,
      use: useAt(out, node, tag.name),
    });
  }
}

function visitImport(out: Out, node: ts.ImportDeclaration | ts.ExportDeclaration): void {
  const specifier = node.moduleSpecifier;
  if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
  const isTypeOnly = ts.isImportDeclaration(node)
    ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    : node.isTypeOnly;
  if (isTypeOnly) return;
  const value = text(specifier.text);
  if (/^(data|https?):/.test(specifier.text)) {
    loadModule(
      out,
      {
        api: 'import',
        built: false,
        args: [{ value, node: specifier }],
        node,
        use: useAt(out, node, 'import'),
      },
      0,
    );
  }
  noteService(out, value, node);
}

// A package that contacts a service of its own, and npm packages as dependencies.
function noteService(out: Out, name: JsValue, node: ts.Node): void {
  if (!isWhole(name) || /^[./]|^(data|https?|node):/.test(name.text)) return;
  const package_ = /^(?:npm:)?((?:@[^/]+\/)?[^/@]+)/.exec(name.text)?.[1] ?? name.text;
  const host = own(npmServices, package_) ?? own(npmServices, package_.replace(/\/.*/, '/*'));
  if (host === undefined) return;
  const call: Called = {
    api: package_,
    built: false,
    args: [],
    node,
    use: useAt(out, node, package_),
  };
  const url = host === '*' ? anyEgress : `https://${host}/*`;
  capability(
    out,
    call,
    { kind: 'egress', url, methods: ['*'] },
    host === '*' ? 'widened' : 'lexical',
  );
}

function visitOption(out: Out, node: ts.PropertyAssignment): void {
  const name =
    ts.isIdentifier(node.name) || ts.isStringLiteralLike(node.name) ? node.name.text : '';
  if (name === 'rejectUnauthorized' && node.initializer.kind === ts.SyntaxKind.FalseKeyword)
    trait(out, { api: 'tls', node }, 'tls-off', 'rejectUnauthorized: false');
}

// Assignments with an effect of their own.

/**
 * An API that is replaced (`fs.readFile = …`: later callers call something else), or that is used
 * by assigning to it.
 */
function noteAssignment(
  out: Out,
  node: ts.BinaryExpression,
  use: (node: ts.Node, api: string) => Use,
): void {
  const target = node.left;
  if (
    ts.isIdentifier(target)
      ? !Object.hasOwn(assignedRows, target.text)
      : !ts.isPropertyAccessExpression(target) && !ts.isElementAccessExpression(target)
  )
    return;
  for (const value of alternatives(out.self.valueOf(target))) {
    const reached = value.kind === 'api' ? own(assignedRows, value.name)?.effects : undefined;
    if (value.kind === 'api' && reached !== undefined) {
      const args = [{ value: out.self.valueOf(node.right), node: node.right }];
      const call = { api: value.name, built: value.built, args, node, use: use(node, value.name) };
      for (const effect of reached) applyEffect(out, call, effect);
      continue;
    }
    if (
      value.kind === 'api' &&
      (own(apis, value.name)?.effects.some(({ does }) => !replaceable.has(does)) === true ||
        /^(module\._(load|extensions|resolve)|require\.(extensions|cache))/.test(value.name))
    ) {
      trait(out, { api: value.name, node }, 'patch-builtin', value.name);
    }
  }
}

const replaceable: ReadonlySet<RowEffect['does']> = new Set([
  'output',
  'input',
  'observe',
  'fill',
  'call',
]);
