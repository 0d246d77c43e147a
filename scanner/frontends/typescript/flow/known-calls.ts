/** A call of a function of the skill: arguments into parameters, and the result back. */

import { posix } from 'node:path';
import { ts } from 'ts-morph';
import type { EffectOf, Row } from '../../../knowledge/row.ts';
import { positionOf } from '../effects/arguments.ts';
import { instanceOf } from '../library.ts';
import { push } from '../names/assignments.ts';
import { bareOf, type Functionish, ownerOf, parametersOf } from '../syntax.ts';
import { alternatives, isWhole } from '../values/values.ts';
import { type Flow, nameOfFunction } from './nodes.ts';
import { give, linkBack, parameterHolder, symbolOfParameter } from './objects.ts';

/** A call of a function of the skill: arguments go into parameters, and its result comes back. */
export function addKnownCall(
  flow: Flow,
  node: ts.CallExpression | ts.NewExpression,
  { callee, isNamed }: { readonly callee: Functionish; readonly isNamed: boolean },
  resolved: readonly { readonly node: ts.Expression | undefined }[] | undefined,
): void {
  const { nodes } = flow;
  const call = nodes.at(node, '');
  const name = nameOfFunction(callee);
  const args = resolved ?? (node.arguments ?? []).map((argument) => ({ node: argument }));
  const isKnown = args.every((arg) => arg.node !== undefined);
  const parameters = parametersOf(callee);
  for (const argument of node.arguments ?? []) {
    const from = nodes.at(ts.isSpreadElement(argument) ? argument.expression : argument);
    nodes.edges.push({ kind: 'argument', from, to: nodes.given(callee), call });
    if (ts.isSpreadElement(argument) && !isKnown)
      for (const parameter of callee.parameters) passTo(flow, parameter, argument, from, call);
  }
  nodes.edges.push({ kind: 'result', from: nodes.result(callee), to: call, call });
  push(nodes.thrown.calls, callee, node);
  // A function that another one gave back holds what the call that made it was given.
  if (ownerOf(callee) !== undefined)
    for (const made of callsThatMade(flow, node.expression))
      nodes.edges.push({ kind: 'result', from: nodes.result(callee), to: call, call: made });
  args.forEach(({ node: argument }, i) => {
    const parameter =
      parameters[i] ?? parameters.findLast((parameter) => parameter.dotDotDotToken !== undefined);
    if (argument === undefined || parameter === undefined) return;
    const bare = bareOf(argument);
    const from = nodes.at(bare, name === '' ? '' : `passed to ${name}`);
    passTo(flow, parameter, bare, from, call);
    const stored = storedNode(flow, parameter);
    if (stored !== undefined) addStoredBack(flow, stored, bare, call);
    // Which function of a table is called is not known, and each module of a bundle is one.
    const symbol = symbolOfParameter(parameter);
    if (symbol !== undefined && parameter.dotDotDotToken === undefined && isNamed)
      linkBack(flow, symbol, bare, call);
  });
}

/**
 * An argument into a parameter. The members of what a parameter gets as one of a list are not
 * known.
 */
export function passTo(
  flow: Flow,
  parameter: ts.ParameterDeclaration,
  argument: ts.Expression,
  from: string,
  call: string,
): void {
  const holder = parameterHolder(flow.nodes, parameter);
  flow.nodes.edges.push({ kind: 'argument', from, to: holder.id, call });
  if (ts.isSpreadElement(argument) || parameter.dotDotDotToken !== undefined)
    flow.nodes.edges.push({ kind: 'argument', from, to: holder.member('*'), call });
  else give(flow, holder, argument, { kind: 'argument', call });
}

/** `const get = keep(value); get()`, `box(value).get()`: the calls that made what is called. */
export function callsThatMade({ out, nodes }: Flow, called: ts.Expression): readonly string[] {
  const { symbols } = out.self;
  const found: string[] = [];
  let at: ts.Node | undefined = called;
  for (let step = 0; step < makersMax && at !== undefined; step++) {
    const bare: ts.Node = ts.isExpression(at) ? bareOf(at) : at;
    if (ts.isCallExpression(bare)) found.push(nodes.at(bare, ''));
    if (ts.isIdentifier(bare)) at = initialOf(symbols.symbolOf(bare)?.declarations?.[0]);
    else
      at =
        ts.isCallExpression(bare) ||
        ts.isPropertyAccessExpression(bare) ||
        ts.isElementAccessExpression(bare)
          ? bare.expression
          : undefined;
  }
  return found;
}

const makersMax = 16;

// What a variable, or a name of its pattern, begins with.
function initialOf(declaration: ts.Declaration | undefined): ts.Expression | undefined {
  let at: ts.Node | undefined = declaration;
  while (at !== undefined && (ts.isBindingElement(at) || isBindingPattern(at))) at = at.parent;
  return at !== undefined && (ts.isVariableDeclaration(at) || ts.isPropertyDeclaration(at))
    ? at.initializer
    : undefined;
}

function isBindingPattern(node: ts.Node): boolean {
  return ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node);
}

// How values move through files whose paths are known by variable only: `spawn(file)` runs the data
// written to `file`.

/** A call that writes, moves, copies or opens for writing: its data is stored at its path. */
export function addStored(
  flow: Flow,
  node: ts.CallExpression | ts.NewExpression,
  row: Row | undefined,
): void {
  for (const effect of row?.effects ?? []) {
    if (effect.does !== 'write' && effect.does !== 'read') continue;
    const path = node.arguments?.[positionOf(effect.path)];
    if (path === undefined || (effect.does === 'read' && effect.to === undefined)) continue;
    for (const from of contentOf(flow, node, effect, row)) store(flow, from, path);
    const target = node.arguments?.[positionOf(effect.to)];
    if (target === undefined) continue;
    for (const from of [flow.nodes.at(path), ...placesOf(flow, path)]) store(flow, from, target);
  }
}

function contentOf(
  { out, nodes }: Flow,
  node: ts.Node,
  effect: EffectOf<'read' | 'write' | 'delete' | 'open'>,
  row: Row | undefined,
): string[] {
  if (effect.content !== undefined && (ts.isCallExpression(node) || ts.isNewExpression(node))) {
    const content = node.arguments?.[positionOf(effect.content)];
    return content === undefined ? [] : [nodes.at(content)];
  }
  if (!/Stream|FileHandle|FileSink|FsFile/.test(instanceOf(row) ?? '')) return [];
  // Data piped into a stream goes to the call that created it, or to the variable that has it.
  let holder: ts.Node = node.parent;
  while (ts.isAwaitExpression(holder) || ts.isParenthesizedExpression(holder))
    holder = holder.parent;
  const held = ts.isVariableDeclaration(holder)
    ? out.self.symbols.symbolOf(holder.name)
    : undefined;
  return [nodes.at(node), ...(held === undefined ? [] : [nodes.variable(held)])];
}

/**
 * A path passed to a function of the skill, which may write there.
 * @param stored what the function writes to the path
 */
export function addStoredBack(
  { out, nodes }: Flow,
  stored: string,
  argument: ts.Expression,
  call: string,
): void {
  for (const to of placesOf({ out, nodes }, argument))
    nodes.edges.push({ kind: 'result', from: stored, to, call });
}

/** What is written to the path that a parameter has; undefined for a pattern. */
export function storedNode(
  { out, nodes }: Flow,
  parameter: ts.ParameterDeclaration,
): string | undefined {
  const symbol = ts.isIdentifier(parameter.name)
    ? out.self.symbols.symbolOf(parameter.name)
    : undefined;
  return symbol === undefined ? undefined : nodes.variable(symbol, storedMember);
}

/** The data stored at the path of a started program or a loaded module. */
export function addStoredRun(flow: Flow, at: ts.Expression, path: string | undefined): void {
  const known = path === undefined ? [] : [placeNamed(flow.out, path)];
  for (const from of [...placesOf(flow, at), ...known]) flow.nodes.value(from, flow.nodes.at(at));
}

function placeNamed({ source }: Flow['out'], path: string): string {
  return `${source.path} stored ${posix.normalize(path)}`;
}

// Not a member name, so no program can read it by mistake.
const storedMember = ' stored';

function store(flow: Flow, from: string, path: ts.Expression): void {
  for (const to of placesOf(flow, path))
    flow.nodes.edges.push({ kind: 'value', from, to, stored: true });
}

// The node for the data at a path: by the path's variable, and by the way the path is built.
function placesOf({ out, nodes }: Flow, path: ts.Expression): string[] {
  const bare = bareOf(path);
  const places: string[] = [];
  for (const value of alternatives(out.self.valueOf(path)))
    if (isWhole(value) && value.text !== '') places.push(placeNamed(out, value.text));
  const symbol = ts.isIdentifier(bare) ? out.self.symbols.symbolOf(bare) : undefined;
  if (symbol !== undefined) {
    const stored = nodes.variable(symbol, storedMember);
    nodes.value(stored, nodes.variable(symbol));
    places.push(stored);
  }
  const declaration = symbol?.declarations?.[0];
  const made =
    declaration !== undefined && ts.isVariableDeclaration(declaration)
      ? declaration.initializer
      : bare;
  if (made !== undefined && isPutTogether(made))
    places.push(`${out.source.path} stored ${made.getText().replace(/\s+/g, '')}`);
  return places;
}

function isPutTogether(made: ts.Expression): boolean {
  const bare = bareOf(made);
  const isMade =
    ts.isCallExpression(bare) ||
    ts.isTemplateExpression(bare) ||
    ts.isBinaryExpression(bare) ||
    ts.isPropertyAccessExpression(bare);
  return isMade && bare.getText().length <= putTogetherCharsMax;
}

const putTogetherCharsMax = 200;
