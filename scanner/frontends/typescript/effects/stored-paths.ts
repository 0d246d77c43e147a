/**
 * Paths of files that are written and started, and data written to a file that was opened before.
 */
import { posix } from 'node:path';
import { ts } from 'ts-morph';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { type Called, type Out, write } from '../out.ts';
import { bareOf } from '../syntax.ts';
import { alternatives, type JsValue, textOr, unknown } from '../values/values.ts';

/**
 * The possible paths of an expression. An unknown path is identified by its variable: each use of
 * the variable means the same file.
 */
export function storedPaths(
  out: Out,
  value: JsValue,
  node: ts.Expression | undefined,
): readonly string[] {
  const known = alternatives(value).flatMap((value) =>
    value.kind === 'text' && value.text.replaceAll(unknownPart, '') !== '' ? [value.text] : [],
  );
  if (known.length > 0 || node === undefined) return known;
  const bare = bareOf(node);
  const declaration = ts.isIdentifier(bare)
    ? out.self.symbols.symbolOf(bare)?.declarations?.[0]
    : undefined;
  const source =
    declaration === undefined ? undefined : out.self.program.sourceOf(declaration.getSourceFile());
  return source === undefined || declaration === undefined
    ? []
    : [`${unknownPart}.of ${source.path}:${declaration.pos}`];
}

/** A file that is renamed or copied. */
export function noteMoved(out: Out, call: Called, from: number, to: number): void {
  const pathsAt = (at: number): readonly string[] =>
    storedPaths(out, call.args[at]?.value ?? unknown, call.args[at]?.node).map((path) =>
      posix.normalize(path),
    );
  for (const old of pathsAt(from))
    for (const path of pathsAt(to)) out.moved.push({ from: old, to: path });
}

/**
 * `fs.writeSync(file, text)`, `stream.write(text)`: the text goes to the path that the file or
 * stream was opened with.
 */
export function writeOpened(out: Out, call: Called, at: number, makers: readonly ts.Node[]): void {
  const content = call.args[at];
  if (content === undefined) return;
  const opened = /^fs\.writev?(Sync)?$/.test(call.api)
    ? openingOf(out, call.args[0]?.node)
    : makers;
  for (const made of opened) {
    if (!ts.isCallExpression(made) || !opener.test(made.expression.getText())) continue;
    const [path, flags] = made.arguments;
    if (path === undefined) continue;
    const isAppended = flags !== undefined && textOr(out.self.valueOf(flags)).startsWith('a');
    for (const storedPath of storedPaths(out, out.self.valueOf(path), path))
      write(out, call, { path: storedPath, isAppended, opening: made }, content);
  }
}

const opener = /(^|\.)(open(Sync)?|createWriteStream)$/;

function openingOf(out: Out, file: ts.Expression | undefined): readonly ts.Node[] {
  const bare = file === undefined ? undefined : bareOf(file);
  if (bare === undefined || !ts.isIdentifier(bare)) return bare === undefined ? [] : [bare];
  return (out.self.symbols.symbolOf(bare)?.declarations ?? []).flatMap((declaration) =>
    ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined
      ? [bareOf(declaration.initializer)]
      : [],
  );
}
