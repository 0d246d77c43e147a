/**
 * Which calls of a helper mean which host: `get(url, options)` is called with the address and the
 * key of several services, and each key goes to its own address.
 */
import { ts } from 'ts-morph';
import { parseEgressUrl } from '../../../../../skills-index/skill/egress-target.ts';
import type { FlowSink } from '../../../../fact/fact.ts';
import { remembered } from '../../../../fact/remembered.ts';
import { callPairsMax, callSitesMax } from '../../../../fact/shared-limits.ts';
import type { FlowGraph, NotAfter } from '../../../../flow/graph.ts';
import { resolveCall } from '../../effects/calls.ts';
import type { Out, Use } from '../../out.ts';
import type { Program } from '../../program.ts';
import {
  bareOf,
  eachNode,
  type Functionish,
  isFunctionish,
  ownerOf,
  parametersOf,
} from '../../syntax.ts';
import type { CallNode, Evaluator } from '../../values/evaluator.ts';
import type { Frame } from '../../values/values.ts';
import type { Flow } from '../nodes.ts';

type Elsewhere = Pick<FlowGraph['sinks'][number], 'notAfter' | 'within'>;
type Hosts = ReadonlySet<string> | undefined;

/** A function that sends to the host that its caller says. */
interface Helper {
  readonly helper: Functionish;
  /** The parameter that says the host. */
  readonly parameter: ts.ParameterDeclaration;
}

/** A call of a helper, and the hosts that the request means then where they are known. */
interface MeantAlone {
  readonly call: string;
  readonly hosts: Hosts;
}

interface Meant extends MeantAlone {
  /** The helper around the call, with its own calls. */
  readonly around:
    | { readonly within: ReadonlySet<string>; readonly calls: readonly MeantAlone[] }
    | undefined;
}

/**
 * For a request that may go to several hosts: the calls of the function around the request that
 * mean another host than a sink has. A sink gets no such calls where any call may mean any host.
 */
export function callsElsewhere(flow: Flow, use: Use): (sink: FlowSink) => Elsewhere {
  const hosts = new Set(use.sinks.flatMap(({ sink }) => hostOf(sink) ?? []));
  const [request, ...others] = use.requests;
  // Where one host is not known, or there were too many of them, any call may mean it.
  if (request === undefined || others.length > 0 || hosts.size < 2 || hosts.has('*'))
    return () => ({});
  const { self } = flow.out;
  if (!isPlain(self.program)) return () => ({});
  const sender = helperBy(self, request.address);
  if (sender === undefined || ownerOf(use.node) !== sender.helper) return () => ({});
  const calls = meantIn(flow, request.hostsIn, sender).map(
    ({ outer, ...one }): Meant => ({
      ...one,
      around: outer && {
        within: ownNodes(flow, outer.helper),
        calls: meantIn(flow, outer.hostsIn, outer),
      },
    }),
  );
  const pairs = calls.reduce((sum, { around }) => sum + 1 + (around?.calls.length ?? 0), 0);
  if (pairs > callPairsMax || calls.some((one) => isAnother(one, hosts))) return () => ({});
  const within = ownNodes(flow, sender.helper);
  const lists = new Map<string, Elsewhere>();
  return (sink) => {
    const host = hostOf(sink);
    if (host === undefined) return {};
    const known = lists.get(host);
    if (known !== undefined) return known;
    self.steps.take(pairs);
    const found = { notAfter: notAfterOf(calls, host), within };
    lists.set(host, found);
    return found;
  };
}

// A program with one of these words may give names and functions another meaning.
const changesMeanings =
  /\\u|undici|ispatcher|\bglobal(This)?\b|\bprototype\b|__proto__|setPrototypeOf|defineProperty|\bReflect\b|\beval\b|\bnamespace\b|\barguments\b|\bwith\s*\(|\bimport\.meta\b/;

const isPlain = remembered(({ files }: Program) =>
  files.every(({ source }) => !changesMeanings.test(source.text)),
);

function hostOf({ what, capability }: FlowSink): string | undefined {
  return what === 'network' && capability?.kind === 'egress'
    ? parseEgressUrl(capability.url).host
    : undefined;
}

// Whether a call means a host that no sink has.
function isAnother({ hosts, around }: Meant, known: ReadonlySet<string>): boolean {
  return [hosts, ...(around?.calls ?? []).map((outer) => outer.hosts)].some(
    (all) => all?.isSubsetOf(known) === false,
  );
}

function helperBy(self: Evaluator, address: ts.Expression): Helper | undefined {
  const parameter = leadingParameter(self, address);
  const helper = parameter && helperOf(self, parameter);
  return helper && { helper, parameter };
}

// The parameter with which an address begins, and which nothing changes.
function leadingParameter(
  self: Evaluator,
  address: ts.Expression,
): ts.ParameterDeclaration | undefined {
  const bare = bareOf(address);
  const first = firstPart(bare);
  if (first !== undefined) return leadingParameter(self, first);
  if (!ts.isIdentifier(bare)) return undefined;
  const declaration = declarationOf(self, bare);
  return declaration !== undefined &&
    ts.isParameter(declaration) &&
    declaration.dotDotDotToken === undefined &&
    declaration.initializer === undefined
    ? declaration
    : undefined;
}

// `base` of `${base}/v1` and of `base + path`
function firstPart(bare: ts.Expression): ts.Expression | undefined {
  if (ts.isTemplateExpression(bare))
    return bare.head.text === '' ? bare.templateSpans[0]?.expression : undefined;
  return ts.isBinaryExpression(bare) && bare.operatorToken.kind === ts.SyntaxKind.PlusToken
    ? bare.left
    : undefined;
}

// A function with a name of its own that stands in no other function, and that is called by its
// name alone: no call leaves it another meaning.
function helperOf(self: Evaluator, { parent }: ts.ParameterDeclaration): Functionish | undefined {
  if (!isFunctionish(parent) || ownerOf(parent) !== undefined) return undefined;
  if (parent.asteriskToken !== undefined) return undefined;
  const name = nameOf(parent);
  if (name === undefined || declarationOf(self, name) === undefined) return undefined;
  const symbol = self.symbols.symbolOf(name);
  const callers = self.symbols.callers(parent);
  self.steps.take(callers.length);
  const file = parent.getSourceFile();
  // A CommonJS module's exports may be replaced.
  const isHere =
    !commonModule.test(file.text) || callers.every(({ call }) => call.getSourceFile() === file);
  const isCalledByName =
    isHere &&
    callers.length <= callSitesMax &&
    self.symbols.handedTo(parent).length === 0 &&
    callers.every(
      ({ call }) =>
        ts.isIdentifier(call.expression) && self.symbols.symbolOf(call.expression) === symbol,
    );
  return isCalledByName ? parent : undefined;
}

const commonModule = /\b(exports|require)\b/;

// `function get(url) { … }`, `const get = (url) => …`
function nameOf(helper: Functionish): ts.Identifier | undefined {
  if (ts.isFunctionDeclaration(helper)) return helper.name;
  const { parent } = helper;
  return ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name) ? parent.name : undefined;
}

function meantIn(
  flow: Flow,
  hostsIn: (frame: Frame) => Hosts,
  { helper, parameter }: Helper,
): readonly (MeantAlone & { readonly outer: (Helper & Inside) | undefined })[] {
  const { self } = flow.out;
  const calls = new Set(self.symbols.callers(helper).map(({ call }) => call));
  return [...calls].map((call) => {
    const given = givenTo(call, parameter);
    const outer = given && helperBy(self, given);
    const isOwn = (call.arguments ?? []).every((one) => isUnshared(self, one));
    const inFrame = (frame: Frame): Hosts =>
      together(framesOf(flow.out, helper, call, frame)?.map(hostsIn));
    return {
      call: flow.nodes.at(call),
      hosts: isOwn && given !== undefined && isFixed(self, given) ? inFrame(undefined) : undefined,
      outer:
        outer === undefined || ownerOf(call) !== outer.helper || !isOwn
          ? undefined
          : { ...outer, hostsIn: inFrame },
    };
  });
}

interface Inside {
  /** The hosts of a call in one call of the helper around it. */
  hostsIn(frame: Frame): Hosts;
}

function givenTo(call: CallNode, parameter: ts.ParameterDeclaration): ts.Expression | undefined {
  const list = call.arguments ?? [];
  const { parent } = parameter;
  return isFunctionish(parent) && !list.some(ts.isSpreadElement)
    ? list[parametersOf(parent).indexOf(parameter)]
    : undefined;
}

// A text that names the host itself, or a constant that has one. Objects such as addresses have
// members that a program may change in ways that nobody sees.
function isFixed(self: Evaluator, given: ts.Expression): boolean {
  const bare = bareOf(given);
  if (ts.isStringLiteralLike(bare)) return true;
  if (ts.isTemplateExpression(bare) && /^\w+:\/\/[^/]/.test(bare.head.text)) return true;
  const first = firstPart(bare);
  if (first !== undefined) return isFixed(self, first);
  const declaration = ts.isIdentifier(bare) ? declarationOf(self, bare) : undefined;
  return (
    declaration !== undefined &&
    ts.isVariableDeclaration(declaration) &&
    declaration.initializer !== undefined &&
    isFixed(self, declaration.initializer)
  );
}

// A call as the frames in which the parts of the helper are computed.
function framesOf(
  out: Out,
  helper: Functionish,
  call: CallNode,
  frame: Frame,
): readonly Frame[] | undefined {
  const self = out.settled();
  const resolved = resolveCall(self, call, frame);
  const isAlone = resolved.every(
    ({ callee }) =>
      callee.kind === 'function' && callee.node === helper && callee.frame === undefined,
  );
  return isAlone
    ? resolved.map(({ args }) =>
        self.frameOf(
          helper,
          args.map(({ value }) => value),
          undefined,
        ),
      )
    : undefined;
}

function together(all: readonly Hosts[] | undefined): Hosts {
  const hosts = new Set<string>();
  for (const one of all ?? []) {
    if (one === undefined) return undefined;
    for (const host of one) hosts.add(host);
  }
  return hosts.size === 0 ? undefined : hosts;
}

function notAfterOf(calls: readonly Meant[], host: string): readonly NotAfter[] {
  const isElsewhere = ({ hosts }: MeantAlone): boolean => hosts?.has(host) === false;
  return calls.flatMap((one): NotAfter[] => {
    if (isElsewhere(one)) return [{ call: one.call }];
    const after = one.around?.calls.filter(isElsewhere).map(({ call }) => call) ?? [];
    return one.around === undefined || after.length === 0
      ? []
      : [{ call: one.call, after, within: one.around.within }];
  });
}

// Names and values that nothing else in a program may change, or see changed.

/**
 * The declaration of a name in its own file, where nothing else there declares or assigns the name.
 */
function declarationOf(self: Evaluator, name: ts.Identifier): ts.Declaration | undefined {
  const symbol = self.symbols.symbolOf(name);
  const [declaration] = symbol?.declarations ?? [];
  if (symbol === undefined || declaration === undefined) return undefined;
  if (declaration.getSourceFile() !== name.getSourceFile()) return undefined;
  if (self.symbols.assignments(symbol).length > 0) return undefined;
  if (ts.isVariableDeclaration(declaration))
    return isConstant(declaration) ? declaration : undefined;
  const scope = ts.isParameter(declaration) ? declaration.parent : name.getSourceFile();
  let count = 0;
  eachNode(scope, (node) => {
    if (ts.isIdentifier(node) && node.text === name.text && isDeclared(node)) count++;
  });
  self.steps.take(scope.end - scope.pos);
  return count === 1 ? declaration : undefined;
}

function isConstant(declaration: ts.VariableDeclaration): boolean {
  return (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
}

// TypeScript gives a second declaration that it refuses a symbol of its own.
function isDeclared(name: ts.Identifier): boolean {
  const { parent } = name;
  return (
    (ts.isParameter(parent) ||
      ts.isVariableDeclaration(parent) ||
      ts.isBindingElement(parent) ||
      ts.isFunctionLike(parent) ||
      ts.isClassLike(parent)) &&
    parent.name === name
  );
}

/**
 * The nodes that each call of a function has for itself. A variable that has a second use may be
 * changed there, or be seen by others.
 */
function ownNodes({ out: { self }, nodes }: Flow, helper: Functionish): ReadonlySet<string> {
  const uses = new Map<ts.Symbol, number>();
  self.steps.take(helper.end - helper.pos);
  eachNode(helper, (node) => {
    if (!ts.isIdentifier(node) || isDeclared(node) || isOnlyAsked(node)) return;
    const symbol = self.symbols.symbolOf(node);
    if (symbol !== undefined) uses.set(symbol, (uses.get(symbol) ?? 0) + 1);
  });
  return nodes.within(helper, (variable) => (uses.get(variable) ?? 0) < 2);
}

// `if (!key)`, `key === undefined`
function isOnlyAsked(name: ts.Identifier): boolean {
  const { parent } = name;
  return (
    (ts.isIfStatement(parent) && parent.expression === name) ||
    (ts.isPrefixUnaryExpression(parent) && parent.operator === ts.SyntaxKind.ExclamationToken) ||
    (ts.isBinaryExpression(parent) && /^[!=]==?$/.test(parent.operatorToken.getText()))
  );
}

/**
 * Whether an argument is made where it stands, of texts and of variables of the environment: no
 * other name means the same object.
 */
function isUnshared(self: Evaluator, given: ts.Expression): boolean {
  return isMadeHere(self, given, new Map());
}

/** Answers for names; false for the names that are being asked, since none is made of itself. */
type Asked = Map<ts.Declaration, boolean>;

function isMadeHere(self: Evaluator, given: ts.Expression, asked: Asked): boolean {
  const isMade = (one: ts.Expression): boolean => isMadeHere(self, one, asked);
  const bare = bareOf(given);
  if (ts.isLiteralExpression(bare) || isKeyword.has(bare.kind)) return true;
  if (ts.isTemplateExpression(bare))
    return bare.templateSpans.every(({ expression }) => isMade(expression));
  if (ts.isBinaryExpression(bare)) return [bare.left, bare.right].every(isMade);
  if (ts.isObjectLiteralExpression(bare))
    return bare.properties.every(
      (property) =>
        (ts.isPropertyAssignment(property) && isMade(property.initializer)) ||
        (ts.isShorthandPropertyAssignment(property) && isMade(property.name)),
    );
  if (ts.isArrayLiteralExpression(bare)) return bare.elements.every(isMade);
  if (ts.isPropertyAccessExpression(bare)) return bare.expression.getText() === 'process.env';
  if (ts.isCallExpression(bare))
    return bare.expression.getText() === 'JSON.stringify' && bare.arguments.every(isMade);
  return ts.isIdentifier(bare) && isUnsharedName(self, bare, asked);
}

const isKeyword: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.TrueKeyword,
  ts.SyntaxKind.FalseKeyword,
  ts.SyntaxKind.NullKeyword,
]);

// A parameter, or a constant. An object has to have this one use.
function isUnsharedName(self: Evaluator, name: ts.Identifier, asked: Asked): boolean {
  const declaration = declarationOf(self, name);
  if (declaration === undefined) return false;
  if (ts.isParameter(declaration)) return true;
  const known = asked.get(declaration);
  if (known !== undefined) return known;
  asked.set(declaration, false);
  const isMade = isMadeAlone(self, name, declaration, asked);
  asked.set(declaration, isMade);
  return isMade;
}

function isMadeAlone(
  self: Evaluator,
  name: ts.Identifier,
  declaration: ts.Declaration,
  asked: Asked,
): boolean {
  const value = ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  if (value === undefined || !isMadeHere(self, value, asked)) return false;
  const made = bareOf(value);
  if (!ts.isObjectLiteralExpression(made) && !ts.isArrayLiteralExpression(made)) return true;
  const file = name.getSourceFile();
  const symbol = self.symbols.symbolOf(name);
  self.steps.take(file.end);
  let uses = 0;
  eachNode(file, (node) => {
    if (!ts.isIdentifier(node) || node.text !== name.text || isDeclared(node)) return;
    if (self.symbols.symbolOf(node) === symbol) uses++;
  });
  return uses === 1;
}
