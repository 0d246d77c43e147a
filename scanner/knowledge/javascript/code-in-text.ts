/** What code gives its caller that stands whole in a text. */
import { ts } from 'ts-morph';
import type { CodeGiven } from '../row.ts';

/**
 * Code that stands there whole is read as the rest of the program is, but what it gives to its
 * caller is not followed. So it may give the global object, which is known, or a function that
 * names nothing with powers.
 */
export function givenByCode(code: string, api: string): CodeGiven {
  if (!/^(Function|eval)$/.test(api)) return 'unseen';
  if (globalCode.test(code)) return { api: api === 'eval' ? globalOfCode : globalMaker };
  return /^return function\b/.test(code) && namesNoPower(code) ? 'harmless' : 'unseen';
}

/** The global object as code gives it: no variable has this name. */
export const globalOfCode = 'this';
/** What `Function("return this")` gives: its call gives the global object. */
export const globalMaker = 'this()';

const globalCode =
  /^\s{0,9}(?:["']use strict["'];\s{0,9})?(?:(?:return )?this|\(\s?function\s?\(\) ?\{ ?return this;? ?\}\)\(\))\s{0,9};?\s{0,9}$/;

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
