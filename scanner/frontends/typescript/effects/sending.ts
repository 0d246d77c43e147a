/** Data that goes over an open connection: sent, written, or piped into it. */

import { posix } from 'node:path';
import { ts } from 'ts-morph';
import { own } from '../../../lookup-tables/api.ts';
import { anyEgress, unknownPart } from '../../../lookup-tables/egress-of.ts';
import { interpreters } from '../../../lookup-tables/shell.ts';
import { behindWrappers } from '../../../programs/behind-wrappers.ts';
import { apis } from '../library.ts';
import { type Called, embed, type Out, sink, type Use, write } from '../out.ts';
import { bareOf } from '../syntax.ts';
import { madeByLibrary } from '../values/library-objects.ts';
import { alternatives, isWhole, type JsValue, text, textOr, unknown } from '../values/values.ts';
import { noteCode } from '../values/words.ts';

/** The calls that made a method's object: `https.request(url)` for `request.write(data)`. */
export function madeBy(out: Out, call: Called): readonly Use[] {
  const callee = ts.isCallExpression(call.node) ? bareOf(call.node.expression) : undefined;
  if (callee === undefined) return [];
  const itself = usesOf(out, out.self.valueOf(callee));
  if (!ts.isPropertyAccessExpression(callee) && !ts.isElementAccessExpression(callee))
    return itself;
  // `child.stdin.write`: the object is one member further inside.
  const inner = bareOf(callee.expression);
  const receivers = ts.isPropertyAccessExpression(inner)
    ? [callee.expression, inner.expression]
    : [callee.expression];
  return [...itself, ...receivers.flatMap((receiver) => usesOf(out, out.self.valueOf(receiver)))];
}

function usesOf(out: Out, made: JsValue): readonly Use[] {
  return alternatives(made).flatMap((value) =>
    value.kind === 'instance' ? (out.useOf(value.made) ?? []) : [],
  );
}

/** A stream that is piped into another: its data is sent. */
export function pipeInto(out: Out, call: Called, from: ts.Expression, to: ts.Expression): void {
  const target = out.self.valueOf(to);
  const bare = bareOf(to);
  const fed =
    ts.isPropertyAccessExpression(bare) && bare.name.text === 'stdin'
      ? usesOf(out, out.self.valueOf(bare.expression))
      : [];
  if (fed.length > 0) noteSent(call, 'child_process.ChildProcess#stdin.write', from, fed);
  for (const value of alternatives(target)) {
    if (value.kind !== 'instance') continue;
    const takes = own(apis, `${value.of}#write`) ?? own(apis, `${value.of}#send`);
    if (takes?.effects.some(({ does }) => does === 'send') === true)
      noteSent(call, `${value.of}#write`, from, usesOf(out, value));
  }
}

/** Data sent over an open connection. */
export function sendOver(out: Out, call: Called, at: number): void {
  const uses = madeBy(out, call);
  // The connection may be opened further down.
  if (uses.some(({ opened, starts }) => opened.length + starts.length > 0))
    sendTo(out, call, at, uses);
  else out.later.push(() => sendTo(out, call, at, [...uses, ...usesOfMakers(out, call)]));
}

// `client.db('a').collection('b').insertOne(data)`: the connection is further inside.
function usesOfMakers(out: Out, { node }: Called): readonly Use[] {
  const callee = ts.isCallExpression(node) ? bareOf(node.expression) : undefined;
  if (callee === undefined || !ts.isPropertyAccessExpression(callee)) return [];
  return madeByLibrary(out.self, callee.expression).flatMap((made) => out.useOf(made) ?? []);
}

function sendTo(out: Out, call: Called, at: number, uses: readonly Use[]): void {
  noteSent(call, call.api, call.args[at]?.node, uses);
  writeOpened(
    out,
    call,
    at,
    uses.map(({ node }) => node),
  );
  // Code for a shell or interpreter, on its input.
  const content = call.args[at];
  const runner = uses.flatMap((use) => use.runsInput).find((program) => program !== '*');
  if (content !== undefined && runner !== undefined) {
    noteCode(out, call, content);
    if (content.value.kind === 'text' || content.value.kind === 'bytes')
      runInputText(out, call, runner, content);
  }
  call.use.opened.push(...uses.flatMap((use) => use.opened));
}

function noteSent(
  call: Called,
  api: string,
  content: ts.Expression | undefined,
  uses: readonly Use[],
): void {
  const opened = uses.flatMap((use) => use.opened);
  const started = uses.flatMap((use) => use.starts);
  if (/^(child_process|node-pty)\./.test(api)) {
    for (const program of started) if (content !== undefined) program.stdin.push(content);
    const [runner] = uses.flatMap((use) => use.runsInput);
    const part = runner === undefined ? 'argument' : 'code';
    sink(
      call,
      content,
      { what: 'exec', capability: { kind: 'exec', program: runner ?? '*' }, api, part },
      'exact',
    );
  } else if (/^(fs|fs\/promises|Bun)\b/.test(api) && !api.startsWith('Bun.S')) {
    const [file] = opened.filter((capability) => capability.kind === 'mount');
    sink(
      call,
      content,
      { what: 'file', api, part: 'content', ...(file === undefined ? {} : { capability: file }) },
      'exact',
    );
  } else {
    const to = opened.filter((capability) => capability.kind === 'egress');
    for (const address of to.length > 0
      ? to
      : [{ kind: 'egress' as const, url: anyEgress, methods: ['*'] }])
      sink(
        call,
        content,
        {
          what: 'network',
          capability: address,
          api,
          part: /#(set|setHeader|appendHeader)$/.test(api) ? 'header' : 'body',
        },
        'exact',
      );
  }
}

// Paths of files that are written and started, and data written to a file that was opened before.

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
function writeOpened(out: Out, call: Called, at: number, makers: readonly ts.Node[]): void {
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

// Code on the standard input of a child process: a shell or an interpreter runs what it reads.

/** The program that runs its standard input as code, behind wrappers; undefined for others. */
export function inputRunner(name: string, given: readonly JsValue[]): string | undefined {
  const words = [name, ...given.map((value) => textOr(value))];
  const [program = name] = behindWrappers(words);
  const before = words.length - behindWrappers(words).length;
  return runsItsInput(program, given.slice(before)) ? program : undefined;
}

// A shell or interpreter without a script or code argument reads its commands from its input.
function runsItsInput(name: string, given: readonly JsValue[]): boolean {
  const isShell =
    /^(cmd|powershell|pwsh)(\.exe)?$/i.test(posix.basename(name)) ||
    own(interpreters, posix.basename(name)) !== undefined;
  return (
    isShell &&
    given.every(
      (value) =>
        isWhole(value) &&
        (isInput.test(posix.normalize(value.text)) ||
          /^(-|--|-[a-bd-z]|--(?!eval|print|command|file|version|help)[a-z-]{2,30}(=.*)?|\/[a-bd-z]|-(login|interactive|noprofile|nologo|norc))$/i.test(
            value.text,
          )),
    )
  );
}

const isInput = /(?:^|\/)(?:dev\/(?:stdin|fd\/0)|proc\/self\/fd\/0)$/;

/** `spawnSync("bash", [], { input: program })` */
export function runInputOption(
  out: Out,
  call: Called,
  name: string | undefined,
  options: Called['args'][number] | undefined,
): void {
  if (options === undefined) return;
  const value = out.self.memberOf(options.value, text('input'), call.node);
  runInputText(out, call, name, { value, node: options.node });
}

/** Passes the text that a shell or interpreter reads to the front end of its language. */
function runInputText(
  out: Out,
  call: Called,
  name: string | undefined,
  { value, node }: Called['args'][number],
): void {
  const language = own(interpreters, posix.basename(name ?? ''))?.language ?? 'shell';
  for (const one of alternatives(value)) {
    const program =
      one.kind === 'bytes' ? Buffer.from(one.text, 'latin1').toString('utf8') : textOr(one, '');
    if (program.replaceAll(unknownPart, '').trim() !== '')
      embed(out, call, language, program, node);
  }
}
