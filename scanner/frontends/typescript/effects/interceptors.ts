/**
 * Functions that a program hands to its client of HTTP, or to Node's channels: they see each
 * request of the program before it leaves, with its credentials.
 */
import { ts } from 'ts-morph';
import type { ArgOf, EffectOf, RowEffect } from '../../../knowledge/row.ts';
import { anyEgress, imageEgressOf } from '../../../lookup-tables/egress-of.ts';
import { recordings } from '../../../lookup-tables/observations.ts';
import { type Called, type Out, shown, sink, trait, useAt } from '../out.ts';
import { eachNode, isFunctionish, parametersOf } from '../syntax.ts';
import { addressOf } from '../values/address.ts';
import type { Evaluator } from '../values/evaluator.ts';
import { alternatives, unknown } from '../values/values.ts';
import { argumentOf, positionOf } from './arguments.ts';
import { readAll } from './environment.ts';
import { useFiles } from './files.ts';
import { connect, request } from './network.ts';
import { loadModule, runCode, runProgram, runScript } from './programs.ts';
import { sendOver } from './sending.ts';

const isRequest = /^(request|config|message|options)$/;
const secretParts = /^(headers|headersList|body|data|auth)$/;

// The places where such a function takes the headers or the body of a request.
function interceptedParts(self: Evaluator, handler: ts.Expression): readonly ts.Node[] {
  const callee = isFunctionish(handler) ? handler : self.symbols.functionOf(handler);
  const parameter = callee === undefined ? undefined : parametersOf(callee)[0];
  if (callee?.body === undefined || parameter === undefined) return [];
  const requests = new Set<ts.Symbol>();
  const parts = new Set<ts.Symbol>();
  const take = (name: ts.BindingName, to: Set<ts.Symbol>): void => {
    if (ts.isIdentifier(name)) {
      const symbol = self.symbols.symbolOf(name);
      if (symbol !== undefined) to.add(symbol);
      return;
    }
    for (const element of name.elements) {
      if (!ts.isBindingElement(element)) continue;
      if (secretParts.test(nameOf(element))) take(element.name, parts);
      else if (element.dotDotDotToken !== undefined || isRequest.test(nameOf(element)))
        take(element.name, requests);
    }
  };
  take(parameter.name, requests);
  const found: ts.Node[] = [];
  eachNode(callee.body, (node) => {
    if (ts.isVariableDeclaration(node) && node.initializer !== undefined) {
      const root = rootOf(node.initializer);
      const isWhole =
        !ts.isPropertyAccessExpression(node.initializer) ||
        isRequest.test(node.initializer.name.text);
      if (root !== undefined && requests.has(root) && isWhole) take(node.name, requests);
    }
    if (isUnsaid(node)) return;
    if (ts.isPropertyAccessExpression(node) && secretParts.test(node.name.text)) {
      const root = rootOf(node);
      if (root !== undefined && requests.has(root)) found.push(node);
    } else if (ts.isIdentifier(node) && isValue(node)) {
      const symbol = self.symbols.symbolOf(node);
      const isMember = ts.isPropertyAccessExpression(node.parent);
      if (symbol !== undefined && (parts.has(symbol) || (!isMember && requests.has(symbol))))
        found.push(node);
    }
  });
  return found;

  function rootOf(expression: ts.Expression): ts.Symbol | undefined {
    let at = expression;
    while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at))
      at = at.expression;
    return ts.isIdentifier(at) ? self.symbols.symbolOf(at) : undefined;
  }
}

function nameOf({ propertyName, name }: ts.BindingElement): string {
  const from = propertyName ?? name;
  return ts.isIdentifier(from) || ts.isStringLiteralLike(from) ? from.text : '';
}

// A number of headers says nothing of them.
function isUnsaid({ parent }: ts.Node): boolean {
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name.text === 'length') ||
    (ts.isCallExpression(parent) && parent.expression.getText() === 'Array.isArray')
  );
}

// The whole request as an argument or as a part of something; what is given back goes on its way.
function isValue({ parent }: ts.Identifier): boolean {
  return (
    ts.isCallExpression(parent) ||
    ts.isSpreadAssignment(parent) ||
    ts.isSpreadElement(parent) ||
    ts.isShorthandPropertyAssignment(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isTemplateSpan(parent) ||
    ts.isArrayLiteralExpression(parent) ||
    ts.isConditionalExpression(parent) ||
    ts.isBinaryExpression(parent) ||
    ts.isElementAccessExpression(parent) ||
    ts.isPropertyAccessExpression(parent)
  );
}

// The effects of one call by the tables, each noted by its own function.

const apply: {
  readonly [Kind in RowEffect['does']]?: (out: Out, call: Called, effect: EffectOf<Kind>) => void;
} = {
  read: useFiles,
  write: useFiles,
  delete: useFiles,
  open: useFiles,
  program: runProgram,
  load: (out, call, { path, isApart }) =>
    (isApart ? runScript : loadModule)(out, call, positionOf(path)),
  code: (out, call, { code }) => runCode(out, call, positionOf(code)),
  request,
  connect,
  send: (out, call, { content }) => sendOver(out, call, positionOf(content)),
  listen: (out, call) => {
    // Any client that connects decides what the handlers get.
    call.use.sources.push({ what: 'network', name: anyEgress });
    trait(out, call, 'listen', call.api);
  },
  'whole-env': (out, call) => readAll(out, call.node, call.api, () => call.use),
  output: print,
  input: (out, call) => {
    call.use.sources.push({ what: 'input', name: call.api });
    trait(out, call, 'input', call.api);
  },
  observe: (out, call, { what }) => {
    call.use.sources.push({ what: 'observed', name: what });
    if (recordings.has(what))
      trait(out, call, what === 'keys' ? 'keylogging' : 'surveillance', call.api);
  },
  call: noteObserver,
  native: (out, call, { what }) => trait(out, call, 'native', shownArgument(call, what)),
  deserialize: (out, call) => trait(out, call, 'deserialize', call.api),
  trait: (out, call, effect) =>
    trait(
      out,
      call,
      effect.trait,
      effect.detail === undefined ? call.api : shownArgument(call, effect.detail),
    ),
};

/** Notes the facts of an effect. */
export function applyEffect<Kind extends RowEffect['does']>(
  out: Out,
  call: Called,
  effect: EffectOf<Kind>,
): void {
  apply[effect.does as Kind]?.(out, call, effect);
}

function shownArgument({ args }: Called, of: ArgOf): string {
  return shown(argumentOf(args, of)?.value ?? unknown);
}

function noteObserver(
  out: Out,
  { api, args }: Called,
  { callee, observes }: EffectOf<'call'>,
): void {
  const handler = argumentOf(args, callee)?.node;
  if (handler === undefined || observes === undefined) return;
  for (const part of interceptedParts(out.self, handler))
    useAt(out, part, api).sources.push({ what: 'observed', name: observes });
}

function print(out: Out, call: Called): void {
  const { api } = call;
  for (const arg of call.args) {
    const { node, value } = arg;
    // `addressOf` looks at each argument of a call, which for all of them costs a square.
    const alone = { ...call, args: [arg] };
    sink(call, node, { what: 'output', api, part: 'content' }, 'exact');
    for (const one of alternatives(value))
      for (const egress of imageEgressOf(addressOf(out, alone, one, undefined) ?? '')) {
        const capability = { kind: 'egress', ...egress } as const;
        sink(call, node, { what: 'network', capability, api, part: 'url' }, 'exact');
      }
  }
}
