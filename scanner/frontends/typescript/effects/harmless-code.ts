/** Code in a text that stands there whole and gives nothing with powers to its caller. */
import { ts } from 'ts-morph';
import { isWhole, type JsValue } from '../values/values.ts';
import { givesGlobal } from './global-object.ts';

/**
 * Code that stands there whole is read as the rest of the program is, but what it gives to its
 * caller is not followed. So it may give the global object, which is known, or a function that
 * names nothing with powers.
 */
export function isHarmlessCode(
  value: JsValue,
  { api, built }: { readonly api: string; readonly built: boolean },
): boolean {
  if (built || !isWhole(value) || !/^(Function|eval)$/.test(api)) return false;
  if (givesGlobal(value)) return true;
  return /^return function\b/.test(value.text) && namesNoPower(value.text);
}

// Texts, templates and patterns could hold names: code with one is not looked at further.
function namesNoPower(code: string): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, code);
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (!allowed.has(token) && (token < first || token > last)) return false;
    if (token === ts.SyntaxKind.Identifier && powerful.test(scanner.getTokenValue())) return false;
    if (token === ts.SyntaxKind.ThisKeyword || token === ts.SyntaxKind.ImportKeyword) return false;
    if (token === ts.SyntaxKind.SlashToken || token === ts.SyntaxKind.SlashEqualsToken)
      return false;
  }
  return true;
}

const first = ts.SyntaxKind.FirstPunctuation;
const last = ts.SyntaxKind.LastKeyword;
const allowed: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.Identifier,
  ts.SyntaxKind.NumericLiteral,
]);

const powerful =
  /^(process|require|global.*|eval|Function|constructor|prototype|module|exports|window|self|frames|parent|top|Reflect|Proxy|fetch|XMLHttpRequest|WebSocket|EventSource|Worker|WebAssembly|Deno|Bun|document|navigator|location|localStorage|arguments|caller|callee|set(Timeout|Interval|Immediate)|__.*)$/;
