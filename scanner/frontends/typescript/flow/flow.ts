/** How values move through a program: assignments, members, calls and their results, callbacks. */
import { ts } from 'ts-morph';
import type { Steps } from '../../../fact/steps.ts';
import type { FlowGraph, FlowStart } from '../../../flow/graph.ts';
import { own } from '../../../lookup-tables/api.ts';
import { isEnvironment } from '../effects/environment.ts';
import { apis, sendsClient } from '../library.ts';
import { type Out, spanOf, type Use } from '../out.ts';
import { bareOf, type Functionish, memberName, ownerOf } from '../syntax.ts';
import { alternatives, type JsValue } from '../values/values.ts';
import { isDecoder } from '../values/words.ts';
import {
  addBinary,
  addBinding,
  addVariable,
  assign,
  partsOf,
  settleWrites,
} from './assignments.ts';
import { addCall, addTagged } from './calls.ts';
import { settleKept } from './function-sets.ts';
import { addStreamMethod, settleThrown } from './handed/thrown.ts';
import { addStoredRun } from './known-calls.ts';
import { createFlowNodes, type Flow, type FlowNodes, toThreads } from './nodes.ts';
import {
  addField,
  addImplicit,
  addWhole,
  give,
  membersOf,
  parameterHolder,
  parameterNode,
  readFrom,
  resultHolder,
  settleMembers,
  textOfOwn,
} from './objects.ts';
import { callsElsewhere } from './several-hosts/calls-elsewhere.ts';

/**
 * The flow graph of all files of a program; empty when nothing sensitive is read or nothing is
 * sent.
 */
export function flowGraph(outs: ReadonlyMap<ts.SourceFile, Out>, steps: Steps): FlowGraph {
  const uses = [...outs.values()].flatMap((out) =>
    [...out.uses.values()].map((use) => ({ out, use })),
  );
  const runsFiles = uses.some(({ use }) => use.sinks.some(({ sink }) => sink.part === 'program'));
  const isWorth =
    uses.some(({ use }) => use.sources.length > 0 || use.starts.length > 0) &&
    uses.some(({ use }) => use.sinks.length > 0);
  if (!isWorth && !runsFiles) return { nodes: [], edges: [], sources: [], sinks: [] };
  const nodes = createFlowNodes((file) => outs.get(file));
  const sources = uses.flatMap(({ out, use }) =>
    use.sources.map((source) => ({
      node: sourceNode({ out, nodes }, use, noteOfSource(source)),
      source,
      certainty:
        source.name === '*' && source.what === 'env' ? ('widened' as const) : ('exact' as const),
    })),
  );
  for (const out of outs.values()) {
    steps.take(out.nodes.length);
    const flow = { out, nodes };
    for (const node of out.nodes) addEdges(flow, node);
  }
  for (const { out, use } of uses)
    for (const { at, sink, path } of use.sinks)
      if (sink.part === 'program') addStoredRun({ out, nodes }, at, path);
  settleWrites(nodes, steps);
  settleMembers(nodes, steps);
  settleKept(nodes, outs.values(), steps);
  const [first] = outs.values();
  if (first !== undefined) settleThrown({ out: first, nodes }, steps);
  settleMembers(nodes, steps);
  const sinks = uses.flatMap(({ out, use }) => {
    const elsewhere = callsElsewhere({ out, nodes }, use);
    return use.sinks.map(({ at, sink, certainty }) => ({
      node: nodes.at(at),
      sink,
      span: spanOf(use.node, out.source),
      context: out.source.context,
      certainty,
      ...elsewhere(sink),
    }));
  });
  const starts = uses.flatMap(({ out: { source }, use }) =>
    use.starts.map(
      ({ program, language, arguments: given, stdin, env }, i): FlowStart => ({
        by: source.path,
        program,
        ...(language !== undefined && { language }),
        call: `${nodes.at(use.node)} starts ${i}`,
        span: spanOf(use.node, source),
        context: source.context,
        arguments: given.map((argument) => nodes.at(argument)),
        stdin: stdin.map((argument) => nodes.at(argument)),
        env: env.map(({ name, value }) => ({ name, node: nodes.at(value) })),
        output: nodes.at(use.node),
      }),
    ),
  );
  const exports = [...outs.values()].flatMap((out) =>
    out.nodes.flatMap((node) => exportedBy(out, node, nodes)),
  );
  const decoders = runsFiles ? [...outs.values()].flatMap((out) => decodersOf(out, nodes)) : [];
  return { ...nodes.graph(), sources: [...sources, ...decoders], sinks, starts, exports };
}

function decodersOf(out: Out, nodes: FlowNodes): FlowGraph['sources'] {
  return out.nodes.flatMap((node) => {
    if (!ts.isCallExpression(node) || !isDecoder(out, node)) return [];
    // Readers of binary formats make texts of bytes.
    if (/^(String|Uint8Array)\./.test(node.expression.getText())) return [];
    const source = { what: 'decoded', name: node.expression.getText().slice(0, 40) } as const;
    return [{ node: nodes.at(node, noteOfSource(source)), source, certainty: 'exact' as const }];
  });
}

// `process.env.X = …`: every program that is started later gets it.
function exportedBy(
  { self, source }: Out,
  node: ts.Node,
  nodes: FlowNodes,
): NonNullable<FlowGraph['exports']> {
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken)
    return [];
  const { left } = node;
  if (!ts.isPropertyAccessExpression(left) && !ts.isElementAccessExpression(left)) return [];
  if (!isEnvironment(self.valueOf(left.expression))) return [];
  return [{ by: source.path, name: memberName(left), node: nodes.at(node.right) }];
}

function sourceNode({ out, nodes }: Flow, { node }: Use, note: string): string {
  if (!ts.isBindingElement(node)) return nodes.at(node, note);
  const symbol = out.self.symbols.symbolOf(node.name);
  const id = nodes.at(node, note);
  if (symbol !== undefined)
    for (const to of [nodes.variable(symbol), nodes.variable(symbol, '*')]) nodes.value(id, to);
  return id;
}

function noteOfSource({ what, name }: Use['sources'][number]): string {
  switch (what) {
    case 'env':
      return name === '*'
        ? 'reads an environment variable whose name is computed'
        : `reads environment variable ${name}`;
    case 'whole-env':
      return 'reads every environment variable';
    case 'file':
      return `reads ${name === '*' ? 'a file' : name}`;
    case 'network':
      return `receives from ${name}`;
    case 'input':
      return 'takes input';
    case 'command':
      return `takes the output of ${name}`;
    case 'observed':
      return `tells the ${name}`;
    case 'decoded':
      return `${name} decodes it`;
  }
}

function addEdges(flow: Flow, node: ts.Node): void {
  const { nodes } = flow;
  if (ts.isNewExpression(node) || isThis(node)) addWhole(flow, node);
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) addCall(flow, node);
  else if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
    addMember(flow, node);
  else if (ts.isIdentifier(node)) addName(flow, node);
  else if (ts.isVariableDeclaration(node)) addVariable(flow, node);
  else if (ts.isBindingElement(node)) addBinding(flow, node);
  else if (ts.isBinaryExpression(node)) addBinary(flow, node);
  else if (ts.isReturnStatement(node) || ts.isYieldExpression(node))
    addReturn(flow, node, node.expression);
  else if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) addResult(flow, node, node.body);
  else if (ts.isThrowStatement(node))
    nodes.thrown.throws.push({ at: node, value: node.expression });
  else if (ts.isExportAssignment(node)) addDefault(flow, node);
  else if (ts.isPropertyDeclaration(node)) addField(flow, node);
  else if (ts.isParameter(node)) addParameter(flow, node);
  else if (ts.isClassLike(node)) addMembersOfClass(flow, node);
  else if (isCombined(node)) {
    if (ts.isTaggedTemplateExpression(node)) addTagged(flow, node);
    ts.forEachChild(node, (child) => {
      addImplicit(flow, child);
      for (const part of partsOf(child)) {
        nodes.value(nodes.at(part), nodes.at(node));
        for (const from of textOfOwn(flow, part)) nodes.value(from, nodes.at(node));
      }
    });
  }
}

function addMembersOfClass(flow: Flow, { members }: ts.ClassLikeDeclaration): void {
  for (const member of members) {
    addImplicit(flow, member);
    addStreamMethod(flow, member);
  }
}

function isThis(node: ts.Node): node is ts.ThisExpression {
  return node.kind === ts.SyntaxKind.ThisKeyword;
}

function addParameter(flow: Flow, node: ts.ParameterDeclaration): void {
  if (node.initializer !== undefined) {
    flow.nodes.value(flow.nodes.at(node.initializer), parameterNode(flow, node));
    give(flow, parameterHolder(flow.nodes, node), node.initializer);
  }
  if (ts.isConstructorDeclaration(node.parent) && (node.modifiers?.length ?? 0) > 0)
    addField(flow, node);
}

function isCombined(node: ts.Node): boolean {
  return (
    ts.isTemplateExpression(node) ||
    ts.isConditionalExpression(node) ||
    ts.isObjectLiteralExpression(node) ||
    ts.isArrayLiteralExpression(node) ||
    ts.isSpreadElement(node) ||
    ts.isTaggedTemplateExpression(node) ||
    ts.isJsxElement(node) ||
    ts.isJsxExpression(node)
  );
}

// What a thread was given by the program that started it.
const ofThread = /^(workerData|parentPort)$/;

function addName({ out, nodes }: Flow, node: ts.Identifier): void {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return;
  const symbol = out.self.symbols.symbolOf(node);
  if (ofThread.test(node.text) && isOfThread(out.self.valueOf(node)))
    nodes.value(toThreads, nodes.at(node));
  if (node.text === 'arguments' && symbol?.declarations === undefined) {
    const owner = ownerOf(node);
    if (owner !== undefined) nodes.value(nodes.given(owner), nodes.at(node));
  }
  const api = symbol === undefined ? undefined : out.self.symbols.apiOf(symbol);
  // A client that a package exports keeps default headers for all of its requests.
  if (symbol !== undefined && (api === undefined || sendsClient(own(apis, api))))
    nodes.value(nodes.variable(symbol), nodes.at(node));
}

function isOfThread(value: JsValue): boolean {
  return alternatives(value).some(
    (one) => one.kind === 'api' && /^worker_threads\.(workerData|parentPort)$/.test(one.name),
  );
}

const notCarried = new Set([
  'length',
  'size',
  'ok',
  'status',
  'statusText',
  'byteLength',
  'exitCode',
  'pid',
]);

// Members that stand for the whole object, or that are computed from its other members.
const wholes = new Set(['href', 'search', 'searchParams', 'body', 'buffer', 'data', 'options']);

function addMember(
  flow: Flow,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
): void {
  const { out, nodes } = flow;
  const name = memberName(node);
  if (notCarried.has(name)) return;
  if (isEnvironment(out.self.valueOf(node.expression))) {
    // Whoever goes through all names reads all variables: `all[name] = process.env[name]`.
    if (ts.isElementAccessExpression(node))
      nodes.value(nodes.at(node.argumentExpression), nodes.at(node));
    return;
  }
  if (ofThread.test(name) && isOfThread(out.self.valueOf(node)))
    nodes.value(toThreads, nodes.at(node));
  const object = bareOf(node.expression);
  const read = readFrom(flow, object, name);
  for (const from of read) nodes.value(from, nodes.at(node));
  if (object.kind === ts.SyntaxKind.ThisKeyword && ts.isPropertyAccessExpression(node)) {
    if (read.length > 0) return;
    const symbol = out.self.symbols.symbolOf(node.name);
    if (symbol !== undefined) nodes.value(nodes.variable(symbol), nodes.at(node));
    return;
  }
  for (const candidate of alternatives(out.self.valueOf(object))) {
    if (candidate.kind !== 'module') continue;
    const symbol = out.self.symbols.exportOf(candidate.file, name);
    if (symbol !== undefined) nodes.value(nodes.variable(symbol), nodes.at(node));
    for (const value of commonValues(out, candidate.file, name))
      nodes.value(nodes.at(value), nodes.at(node));
  }
  if (name === '*') nodes.value(nodes.at(object), nodes.at(node));
  else {
    for (const from of membersOf(flow, object, name)) nodes.value(from, nodes.at(node));
    if (wholes.has(name)) nodes.value(nodes.at(object), nodes.at(node));
  }
}

function commonValues(out: Out, file: ts.SourceFile, name: string): ts.Expression[] {
  const common = out.self.symbols.commonExports(file);
  const fromObject = (common.get('') ?? []).flatMap((value): ts.Expression[] => {
    const bare = bareOf(value);
    if (!ts.isObjectLiteralExpression(bare)) return [];
    return bare.properties.filter((property) => property.name?.getText() === name).flatMap(partsOf);
  });
  return [...(common.get(name) ?? []), ...fromObject];
}

function addReturn(flow: Flow, node: ts.Node, value: ts.Expression | undefined): void {
  const owner = ownerOf(node);
  if (value !== undefined && owner !== undefined) addResult(flow, owner, value);
}

function addResult(flow: Flow, owner: Functionish, value: ts.Expression): void {
  const { nodes } = flow;
  nodes.value(nodes.at(value), nodes.result(owner));
  give(flow, resultHolder(nodes, owner), value);
}

function addDefault(flow: Flow, node: ts.ExportAssignment): void {
  const symbol = flow.out.self.symbols.exportOf(node.getSourceFile(), 'default');
  if (symbol !== undefined) assign(flow, symbol, node.expression);
}
