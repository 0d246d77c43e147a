/** The words of a command line, from a program's name and its list of arguments. */
import { ts } from 'ts-morph';
import type { ResolvedCall } from '../effects/calls.ts';
import { type Called, literalMap, type Out, shown, trait } from '../out.ts';
import { eachNode } from '../syntax.ts';
import { alternatives, type JsValue, text, textOr, unknown } from './values.ts';

export type Words = ResolvedCall['args'];

/**
 * The program and its arguments: from one list, from a name and a list, from a name and options
 * with a list, or one by one.
 */
export function wordsOf(
  out: Out,
  { node: at }: Called,
  program: Words[number],
  rest: Words | Words[number] | undefined,
): Words {
  if (program.value.kind === 'array') return spread(program.value, program.node);
  if (rest === undefined) return [program];
  if (!('value' in rest)) return [program, ...rest];
  // `new Deno.Command("git", { args: ["status"] })`
  const list =
    rest.value.kind === 'object' ? out.self.memberOf(rest.value, text('args'), at) : rest.value;
  return list.kind === 'method' || list.kind === 'function'
    ? [program]
    : [program, ...spread(list, rest.node)];
}

function spread(value: JsValue, from: ts.Expression | undefined): Words {
  const literal =
    from !== undefined && ts.isArrayLiteralExpression(from) ? from.elements : undefined;
  return value.kind === 'array'
    ? value.items.map((value, i) => ({ value: value, node: literal?.[i] }))
    : [{ value: unknown, node: from }];
}

/**
 * Passes words to the shell front end as one line. Words that a shell would split are quoted, so
 * that each stays whole.
 */
export function embedLine(out: Out, call: Called, words: Words): string {
  const map: { at: number; raw: number; fixed?: true }[] = [];
  let line = '';
  for (const { value, node } of words) {
    const word = textOr(value);
    const plain = /^[\w./:@%+=,-]+$/.test(word);
    if (line !== '') line += ' ';
    const inner = literalMap(out.self, node, word, call.node);
    const at = line.length + (plain ? 0 : 1);
    // Behind a quote in the word, the two offsets no longer advance together.
    map.push(
      ...(word.includes("'")
        ? inner.slice(0, 1).map((piece) => ({ ...piece, fixed: true as const }))
        : inner
      ).map((piece) => ({
        ...piece,
        at: piece.at + at,
      })),
    );
    line += plain ? word : `'${word.replaceAll("'", "'\\''")}'`;
  }
  out.embedded.push({
    within: out.source.path,
    language: 'shell',
    text: line,
    context: out.source.context,
    map,
  });
  return `${out.source.path}#shell@${map[0]?.raw ?? 0}`;
}

/** Notes that a call starts an embedded program, with its inputs: variables and standard input. */
export function start(
  call: Called,
  program: string,
  given: readonly (ts.Expression | undefined)[],
  options: Words[number] | undefined,
): void {
  const value = options?.value;
  const parts = value?.kind === 'object' ? value.node.properties : undefined;
  const part = (name: string): ts.Expression | undefined => {
    const found = parts?.find(
      (property) =>
        property.name !== undefined &&
        ts.isIdentifier(property.name) &&
        property.name.text === name,
    );
    if (found === undefined) return undefined;
    return ts.isPropertyAssignment(found)
      ? found.initializer
      : ts.isShorthandPropertyAssignment(found)
        ? found.name
        : undefined;
  };
  const env = part('env');
  const input = part('input');
  const variables = env !== undefined && ts.isObjectLiteralExpression(env) ? env.properties : [];
  call.use.starts.push({
    program,
    arguments: given.filter((argument) => argument !== undefined),
    stdin: input === undefined ? [] : [input],
    env: variables.flatMap((property) =>
      ts.isPropertyAssignment(property) &&
      (ts.isIdentifier(property.name) || ts.isStringLiteralLike(property.name))
        ? [{ name: property.name.text, value: property.initializer }]
        : ts.isShorthandPropertyAssignment(property)
          ? [{ name: property.name.text, value: property.name }]
          : [],
    ),
  });
}

/** Text that a shell or interpreter reads and runs, when the text itself is unknown. */
export function noteCode(out: Out, call: Called, { value, node }: Words[number]): void {
  if (isDecoded(out, node)) trait(out, call, 'decode-to-code', shown(value), 'exact');
  else if (value.kind !== 'text') trait(out, call, 'code-from-string', shown(value), 'widened');
}

// Whether the skill itself decoded code from data.

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
