/**
 * What a function gets whose name is handed to another one, with its arguments beside it:
 * `pool.submit(send, url)`, `Thread(target=send, args=(url,))`, `partial(send, url)`.
 */
import { argumentsOf, childrenOf, nameOf } from '../nodes.ts';
import type { PyNode, PythonFunction, PythonModule } from '../program.ts';
import type { PythonRun } from '../run.ts';

interface Handing {
  readonly module: PythonModule;
  readonly positional: readonly PyNode[];
  readonly keywords: ReadonlyMap<string, PyNode>;
}

// Functions of the library that hand on what stands behind a function.
const takers =
  'partial submit to_thread run_in_executor call_soon call_soon_threadsafe call_later call_at apply apply_async start_new_thread register Thread Process Timer'.split(
    ' ',
  );

const handings = new WeakMap<PythonFunction, readonly Handing[]>();

/** The nodes that a parameter gets so, with their modules. */
export function handedFor(
  run: PythonRun,
  definition: PythonFunction,
  index: number,
): { readonly module: PythonModule; readonly node: PyNode }[] {
  const known = handings.get(definition) ?? handingsOf(run, definition.name);
  handings.set(definition, known);
  const name = definition.parameters[index]?.name ?? '';
  return known.flatMap(({ module, positional, keywords }) => {
    const node = keywords.get(name) ?? positional[definition.bound ? index - 1 : index];
    return node === undefined ? [] : { module, node };
  });
}

function handingsOf(run: PythonRun, name: string): readonly Handing[] {
  return takers
    .flatMap((taker) => {
      const calls = run.calls.get(taker) ?? [];
      run.context.steps.take(1 + calls.length);
      return calls.flatMap(({ module, call }) => handingIn(module, call, name) ?? []);
    })
    .concat(eachHandings(run, name));
}

// `map(send, (first, second))`: each item of a list that is written at the call.
function eachHandings(run: PythonRun, name: string): readonly Handing[] {
  return mappers.flatMap((mapper) => {
    const calls = run.calls.get(mapper) ?? [];
    run.context.steps.take(1 + calls.length);
    return calls.flatMap(({ module, call }) => {
      const { positional } = argumentsOf(module, call);
      const [callee, list] = positional;
      if (callee === undefined || !isNamed(module, callee, name)) return [];
      return itemsOf(list).map((item) => ({ module, positional: [item], keywords: new Map() }));
    });
  });
}

const mappers = 'map imap imap_unordered map_async filter'.split(' ');

function handingIn(module: PythonModule, call: PyNode, name: string): Handing | undefined {
  const { positional, keywords, starred } = argumentsOf(module, call);
  if (starred.length > 0) return undefined;
  const target = keywords.get('target') ?? keywords.get('function');
  if (target !== undefined && isNamed(module, target, name))
    return { module, positional: itemsOf(keywords.get('args')), keywords: new Map() };
  const at = positional.findIndex((one) => isNamed(module, one, name));
  if (at < 0) return undefined;
  const args = keywords.get('args');
  const behind = positional.slice(at + 1);
  return { module, positional: args === undefined ? listed(behind) : itemsOf(args), keywords };
}

// `apply_async(send, (url,))`, `start_new_thread(send, (url,))`
function listed(behind: readonly PyNode[]): readonly PyNode[] {
  const [only] = behind;
  return behind.length === 1 && only !== undefined && isList.test(only.name)
    ? itemsOf(only)
    : behind;
}

function itemsOf(list: PyNode | undefined): readonly PyNode[] {
  return list === undefined || !isList.test(list.name)
    ? []
    : childrenOf(list).filter(({ name }) => /^\w/.test(name));
}

const isList = /^(Tuple|Array)Expression$/;

function isNamed(module: PythonModule, node: PyNode, name: string): boolean {
  const last = node.name === 'MemberExpression' ? node.lastChild : node;
  return (
    last !== null &&
    /^(VariableName|PropertyName)$/.test(last.name) &&
    nameOf(module, last) === name
  );
}
