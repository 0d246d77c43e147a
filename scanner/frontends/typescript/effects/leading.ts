/**
 * Which parts of an address say what host it is: those before the first slash behind its scheme.
 * `fetch(base + '/tasks/' + answer.id)` asks the host that `base` says, whatever the answer is.
 */
import { ts } from 'ts-morph';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { Out } from '../out.ts';
import { argumentsGiven, bareOf } from '../syntax.ts';
import { alternatives } from '../values/values.ts';

/** Expressions, and whether the host has surely ended behind them. */
interface Leading {
  readonly parts: readonly ts.Expression[];
  readonly ends: boolean;
}

/** The expressions within an address that may say its host. */
export function leadingParts(out: Out, address: ts.Expression): readonly ts.Expression[] {
  return [...new Set(leadingOf(out, address, new Set()).parts)];
}

function leadingOf(out: Out, expression: ts.Expression, seen: Set<ts.Node>): Leading {
  const bare = bareOf(expression);
  out.self.steps.take();
  const whole = (): Leading => ({ parts: [expression], ends: endsHost(out, expression) });
  if (seen.has(bare)) return { parts: [], ends: false };
  if (seen.size > leadingPartsMax) return whole();
  seen.add(bare);
  const inner = (one: ts.Expression): Leading => leadingOf(out, one, seen);
  if (ts.isStringLiteralLike(bare)) return { parts: [], ends: hasSlash(bare.text) };
  if (ts.isTemplateExpression(bare))
    return inOrder([
      () => ({ parts: [], ends: hasSlash(bare.head.text) }),
      ...bare.templateSpans.flatMap((span) => [
        () => inner(span.expression),
        () => ({ parts: [], ends: hasSlash(span.literal.text) }),
      ]),
    ]);
  if (ts.isBinaryExpression(bare)) {
    const { left, right, operatorToken } = bare;
    if (operatorToken.kind === ts.SyntaxKind.PlusToken)
      return inOrder([() => inner(left), () => inner(right)]);
    if (isEither(operatorToken.kind)) return anyOf([inner(left), inner(right)]);
  }
  if (ts.isConditionalExpression(bare)) return anyOf([inner(bare.whenTrue), inner(bare.whenFalse)]);
  if (
    ts.isNewExpression(bare) &&
    ts.isIdentifier(bare.expression) &&
    bare.expression.text === 'URL'
  ) {
    const [path, base] = bare.arguments ?? [];
    // A path that begins with a slash keeps the host of the base; any other may be an address.
    if (path !== undefined) return anyOf([path, ...(base ? [base] : [])].map(inner));
  }
  if (ts.isIdentifier(bare)) return ofName(out, bare, inner) ?? whole();
  return whole();
}

function ofName(
  out: Out,
  name: ts.Identifier,
  inner: (one: ts.Expression) => Leading,
): Leading | undefined {
  const { symbols } = out.self;
  const symbol = symbols.symbolOf(name);
  const [declaration, second] = symbol?.declarations ?? [];
  if (symbol === undefined || declaration === undefined || second !== undefined) return undefined;
  if (symbols.assignments(symbol).length > 0) return undefined;
  if (ts.isVariableDeclaration(declaration))
    return declaration.initializer === undefined || !ts.isIdentifier(declaration.name)
      ? undefined
      : inner(declaration.initializer);
  if (!ts.isParameter(declaration) || declaration.dotDotDotToken !== undefined) return undefined;
  const callee = declaration.parent;
  if (!ts.isIdentifier(declaration.name) || !('body' in callee)) return undefined;
  const at = callee.parameters.indexOf(declaration);
  const calls = symbols.callers(callee).map(({ call, given }) => given ?? argumentsGiven(call));
  const given = calls.map((all) => all[at]?.node);
  const isSpread = calls.some((all) => all.some(({ isList }) => isList));
  if (calls.length === 0 || isSpread || symbols.handedTo(callee).length > 0) return undefined;
  const all = [...given, declaration.initializer].filter((one) => one !== undefined);
  return all.length === 0 ? undefined : anyOf(all.map(inner));
}

function isEither(kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.QuestionQuestionToken;
}

function endsHost(out: Out, expression: ts.Expression): boolean {
  return alternatives(out.self.valueOf(expression)).every(
    (value) => value.kind === 'text' && hasSlash(value.text),
  );
}

function inOrder(all: readonly (() => Leading)[]): Leading {
  const found: ts.Expression[] = [];
  for (const one of all) {
    const { parts, ends } = one();
    found.push(...parts);
    if (ends) return { parts: found, ends };
  }
  return { parts: found, ends: false };
}

function anyOf(all: readonly Leading[]): Leading {
  return { parts: all.flatMap(({ parts }) => parts), ends: all.every(({ ends }) => ends) };
}

// `//` begins a host as a scheme does; what is not known may hold the slash, or not.
function hasSlash(text: string): boolean {
  const rest = text.replace(/^(\w{1,20}:)?\/\//, '');
  return /[/?#]/.test(rest) && !rest.startsWith(unknownPart);
}

const leadingPartsMax = 64;
