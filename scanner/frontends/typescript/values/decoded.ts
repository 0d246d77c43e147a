/** Whether the skill itself decoded code from data. */
import { ts } from 'ts-morph';
import type { Out } from '../out.ts';
import { eachNode } from '../syntax.ts';
import { alternatives, textOr } from './values.ts';

const decoders =
  /^(atob|unescape|zlib\.(gunzip|inflate|brotliDecompress|unzip|zstdDecompress)\w*|crypto\.(createDecipheriv|privateDecrypt))$/;
const decodeHops = 4;
/** Expressions of one variable that are examined. */
const expressionsMax = 64;

/** Whether an expression, or the values of its variables, decode data. */
export function isDecoded(out: Out, start: ts.Expression | undefined): boolean {
  const open = start === undefined ? [] : [start];
  const seen = new Set<ts.Node>();
  for (let hop = 0; hop < decodeHops && open.length > 0; hop++) {
    for (const expression of open.splice(0)) {
      if (seen.has(expression)) continue;
      seen.add(expression);
      let found = false;
      eachNode(expression, (node) => {
        if (ts.isCallExpression(node) && isDecoder(out, node)) found = true;
        if (ts.isIdentifier(node)) open.push(...initializersOf(out, node));
        if (ts.isCallExpression(node)) {
          const callee = out.self.symbols.functionOf(node.expression);
          if (callee !== undefined) open.push(...out.self.returnsOf(callee));
        }
      });
      if (found) return true;
    }
  }
  return false;
}

// The values of a variable: its initialiser, and assignments to it and to members of its object.
function initializersOf(out: Out, name: ts.Identifier): ts.Expression[] {
  const symbol = out.self.symbols.symbolOf(name);
  if (symbol === undefined) return [];
  const made = (symbol.declarations ?? []).flatMap((declaration) =>
    ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined
      ? [declaration.initializer]
      : [],
  );
  const assigned = out.self.symbols.assignments(symbol).map(({ value }) => value);
  return [...made, ...assigned, ...(out.settled().writes?.writtenTo(symbol) ?? [])].slice(
    0,
    expressionsMax,
  );
}

/** Whether a call decodes data. */
export function isDecoder(out: Out, node: ts.CallExpression): boolean {
  if (/^(String\.from(CharCode|CodePoint)|Uint8Array\.from)$/.test(node.expression.getText()))
    return true;
  if (
    alternatives(out.self.valueOf(node.expression)).some(
      (value) => value.kind === 'api' && decoders.test(value.name),
    )
  )
    return true;
  if (!/\bfrom$/.test(node.expression.getText())) return false;
  const encoding = node.arguments[1];
  return (
    encoding !== undefined && /^(base64|base64url|hex)$/.test(textOr(out.self.valueOf(encoding)))
  );
}
