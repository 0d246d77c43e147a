/** Data that goes over an open connection: sent, written, or piped into it. */
import { ts } from 'ts-morph';
import { own } from '../../../lookup-tables/api.ts';
import { anyEgress } from '../../../lookup-tables/egress-of.ts';
import { apis } from '../library.ts';
import { type Called, type Out, sink, type Use } from '../out.ts';
import { bareOf } from '../syntax.ts';
import { madeByLibrary } from '../values/library-objects.ts';
import { alternatives, type JsValue } from '../values/values.ts';
import { noteCode } from '../values/words.ts';
import { runInputText } from './child-input.ts';
import { writeOpened } from './stored-paths.ts';

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
