/** Code in a text that stands there whole and gives nothing with powers to its caller. */
import { ts } from 'ts-morph';
import { choosesOperand } from '../syntax.ts';
import { isWhole, type JsValue } from '../values/values.ts';

/**
 * Code that stands there whole is read as the rest of the program is, but what it gives to its
 * caller is not followed. So it may give the global object, which is known, or a function that
 * names nothing with powers.
 */
export function isHarmlessCode(
  value: JsValue,
  { api, built, node }: { readonly api: string; readonly built: boolean; readonly node: ts.Node },
): boolean {
  if (built || !isWhole(value) || !/^(Function|eval)$/.test(api)) return false;
  if (givesGlobal(value)) return staysInSight(node, api);
  return /^return function\b/.test(value.text) && namesNoPower(value.text);
}

// The global object is followed from where code names it: into a variable, a return, a property
// with a written name. As an argument or under a computed name it is lost.
function staysInSight(node: ts.Node, api: string): boolean {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return false;
  if (!/^(\(\s*(?:0|void 0)\s*,\s*)?(Function|eval)\s*\)?$/.test(node.expression.getText()))
    return false;
  let at: ts.Node = node;
  if (api === 'Function') {
    while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
    if (!ts.isCallExpression(at.parent) || at.parent.expression !== at) return false;
    at = at.parent;
  }
  while (isPassedOn(at.parent)) at = at.parent;
  const { parent } = at;
  if (ts.isVariableDeclaration(parent)) return ts.isIdentifier(parent.name);
  if (ts.isBinaryExpression(parent))
    return (
      parent.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      parent.right === at &&
      (ts.isIdentifier(parent.left) || ts.isPropertyAccessExpression(parent.left))
    );
  return (
    ts.isReturnStatement(parent) ||
    ts.isExpressionStatement(parent) ||
    ts.isPropertyAccessExpression(parent)
  );
}

function isPassedOn(node: ts.Node): boolean {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isConditionalExpression(node) ||
    (ts.isBinaryExpression(node) && choosesOperand(node.operatorToken.kind))
  );
}

// Texts, templates and patterns could hold names: code with one is not looked at further.
function namesNoPower(code: string): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, code);
  let before: Token = { kind: ts.SyntaxKind.Unknown, text: '' };
  let name = before;
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (callsGiven(token, before, name)) return false;
    name = before;
    before = { kind: token, text: scanner.getTokenText() };
    if (!allowed.has(token) && (token < first || token > last)) return false;
    if (token === ts.SyntaxKind.Identifier && powerful.test(scanner.getTokenValue())) return false;
    if (token === ts.SyntaxKind.ThisKeyword || token === ts.SyntaxKind.ImportKeyword) return false;
    if (token === ts.SyntaxKind.SlashToken || token === ts.SyntaxKind.SlashEqualsToken)
      return false;
  }
  return true;
}

interface Token {
  readonly kind: ts.SyntaxKind;
  readonly text: string;
}

// The caller may give `require` or a module. `f(x)`, `f(x)(y)`, `o.f(x)`, `list.map(f)`, `new f(x)`
// and `o[x]` have their powers; a method of texts and lists only calls what orders a list.
function callsGiven(token: ts.SyntaxKind, before: Token, name: Token): boolean {
  if (token === ts.SyntaxKind.OpenBracketToken || token === ts.SyntaxKind.NewKeyword) return true;
  if (token !== ts.SyntaxKind.OpenParenToken) return false;
  if (
    before.kind === ts.SyntaxKind.CloseParenToken ||
    before.kind === ts.SyntaxKind.QuestionDotToken
  )
    return true;
  if (before.kind !== ts.SyntaxKind.Identifier || name.kind === ts.SyntaxKind.FunctionKeyword)
    return false;
  return name.kind !== ts.SyntaxKind.DotToken || !plainMethods.test(before.text);
}

const plainMethods =
  /^(charAt|charCodeAt|codePointAt|concat|endsWith|hasOwnProperty|includes|indexOf|join|lastIndexOf|pop|push|reverse|shift|slice|sort|splice|split|startsWith|substr|substring|toLowerCase|toString|toUpperCase|trim|unshift)$/;

const first = ts.SyntaxKind.FirstPunctuation;
const last = ts.SyntaxKind.LastKeyword;
const allowed: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.Identifier,
  ts.SyntaxKind.NumericLiteral,
]);

const powerful =
  /^(process|require|global.*|eval|Function|constructor|prototype|module|exports|window|self|frames|parent|top|Reflect|Proxy|fetch|XMLHttpRequest|WebSocket|EventSource|Worker|WebAssembly|Deno|Bun|document|navigator|location|localStorage|arguments|caller|callee|call|apply|bind|set(Timeout|Interval|Immediate)|__.*)$/;

// The global object as code in a text gives it, and calls by way of `Function.call`.

// What `Function("return this")` gives: its call gives the global object.
export const globalMaker = 'Function()';

/** Whether code gives the global object, and does nothing else. */
export function givesGlobal(code: JsValue | undefined): boolean {
  return code !== undefined && isWhole(code) && globalCode.test(code.text);
}

const globalCode =
  /^\s{0,9}(?:["']use strict["'];\s{0,9})?(?:(?:return )?this|\(\s?function\s?\(\) ?\{ ?return this;? ?\}\)\(\))\s{0,9};?\s{0,9}$/;

/** `Function.call.bind(f)` is `f.call`; undefined for any other function. */
export function boundCall(name: string, args: readonly JsValue[]): JsValue | undefined {
  const [, method] = /^Function(?:\.prototype)?\.(call|apply)[.#]bind$/.exec(name) ?? [];
  const [first, ...given] = args;
  if (method === undefined || first === undefined) return undefined;
  if (first.kind === 'api' && takesFunction.test(first.name)) return undefined;
  const callee: JsValue =
    first.kind === 'api'
      ? { kind: 'api', name: `${first.name}.${method}`, built: first.built }
      : { kind: 'method', of: first, name: method, built: false };
  return { kind: 'bound', callee, given };
}

// What a function does with a function that it is given is not followed through `call`.
const takesFunction =
  /[.#](map|forEach|filter|reduce|reduceRight|some|every|find\w*|sort|flatMap|from|replace\w*|then|call|apply|bind)$/;
