/**
 * Functions that a program hands to its client of HTTP, or to Node's channels: they see each
 * request of the program before it leaves, with its credentials.
 */
import { ts } from 'ts-morph';
import type { Effect } from '../../../lookup-tables/api.ts';
import { anyEgress, imageEgressOf } from '../../../lookup-tables/egress-of.ts';
import { recordings } from '../../../lookup-tables/observations.ts';
import { type Called, type Out, shown, sink, trait } from '../out.ts';
import { eachNode, isFunctionish, parametersOf } from '../syntax.ts';
import { addressOf } from '../values/address.ts';
import type { Evaluator } from '../values/evaluator.ts';
import { alternatives, unknown } from '../values/values.ts';
import { readAll } from './environment.ts';
import { useFiles } from './files.ts';
import { connect, datagram, request, resolveName } from './network.ts';
import { loadModule, runCode, runProgram, runScript, runShell } from './programs.ts';
import { sendOver } from './sending.ts';

const isRequest = /^(request|config|message|options)$/;
const secretParts = /^(headers|headersList|body|data|auth)$/;

/** The places where such a function takes the headers or the body of a request. */
export function interceptedParts(self: Evaluator, handler: ts.Expression): readonly ts.Node[] {
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

// The effects of one API call by the tables, each noted by its own function.

type Does = Effect['does'];
type Apply = {
  readonly [Kind in Does]: (
    out: Out,
    call: Called,
    effect: Extract<Effect, { does: Kind }>,
  ) => void;
};

const apply: Apply = {
  read: useFiles,
  write: useFiles,
  delete: useFiles,
  shell: (out, call, effect) => runShell(out, call, effect.command, effect.options),
  program: runProgram,
  fork: (out, call, effect) => runScript(out, call, effect.script),
  request,
  connect: (out, call, effect) => connect(out, call, effect.scheme, effect.at),
  datagram,
  resolve: (out, call, effect) => resolveName(out, call, effect.name),
  send: (out, call, effect) => sendOver(out, call, effect.content),
  listen: (out, call) => {
    // Any client that connects decides what the handlers get.
    call.use.sources.push({ what: 'network', name: anyEgress });
    trait(out, call, 'listen', call.api);
  },
  code: (out, call, effect) => runCode(out, call, effect.code),
  load: (out, call, effect) => loadModule(out, call, effect.module),
  environment: (out, call) => readAll(out, call.node, call.api, () => call.use),
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
  trait: (out, call, effect) =>
    trait(
      out,
      call,
      effect.trait,
      effect.at === undefined ? call.api : shown(call.args[effect.at]?.value ?? unknown),
    ),
};

/** Notes the facts of an effect. */
export function applyEffect<Kind extends Does>(
  out: Out,
  call: Called,
  effect: Extract<Effect, { does: Kind }>,
): void {
  apply[effect.does as Kind](out, call, effect);
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
