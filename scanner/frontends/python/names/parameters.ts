/** What the calls of the skill give a parameter of its functions. */

import { alternativesMax, callSitesMax } from '../../../fact/shared-limits.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { anyText, either, fewTexts, unknownPy } from '../assignments/alternatives.ts';
import { type GivenValues, givenIn } from '../interpret.ts';
import { argumentsOf, childrenOf, functionOf, nameOf } from '../nodes.ts';
import type { PyNode, PythonFunction, PythonModule, PythonScope, PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { basesOf } from './classes.ts';

/**
 * What a call gives a parameter of a function, as a value or as the node where it stands. With
 * `byClass` the call names the class, and gives the object itself: `C.go(C(), url)`.
 */
export function givenFor<Given>(
  { parameters, bound, ofClass }: PythonFunction,
  index: number,
  args: readonly Given[],
  keywords: ReadonlyMap<string, Given>,
  byClass = false,
): Given | undefined {
  const name = parameters[index]?.name;
  const named = name === undefined ? undefined : keywords.get(name);
  return named ?? args[bound && (ofClass || !byClass) ? index - 1 : index];
}

/** Text only: flows have edges of their own. */
export function parameterValue(
  run: PythonRun,
  definition: PythonFunction,
  index: number,
  depth: number,
): PyValue {
  const parameter = definition.parameters[index];
  if (parameter === undefined) return unknownPy;
  const isBound = definition.bound;
  if (isBound && index === 0 && definition.owner !== undefined)
    return { ...unknownPy, qual: `${definition.ofClass ? 'class' : 'object'} ${definition.owner}` };
  const given: PyValue[] = [];
  let isOpen = run.open.has(definition.id) || run.replaced.has(definition.id);
  const sites = callsOf(run, definition);
  if (sites.length > callSitesMax) given.push(anyText);
  for (const { module, call } of sites.slice(0, callSitesMax)) {
    if (!isBound && !isOwnCall(run, module, call, depth)) continue;
    const byClass = isBound && isByClass(run, module, call, depth);
    const site = givenAt(run, module, call, depth);
    const isKnown = site.starred.every((one) => isWhole(one()));
    if (parameter.star === '*') {
      const items = site.args.slice(isBound && !byClass ? index - 1 : index).map((one) => one());
      given.push(isKnown ? { ...unknownPy, items } : anyText);
      continue;
    }
    if (parameter.star === '**') {
      const named = [...site.keywords]
        .filter(([name]) => !isParameter(definition, name))
        .map(([name, one]) => [name, one()] as const);
      given.push({
        ...unknownPy,
        entries: new Map(named),
        otherTexts: isKnown ? [] : [unknownPart],
      });
      continue;
    }
    const value = givenFor(definition, index, site.args, site.keywords, byClass)?.();
    // A function that calls itself with what it finds was called with something else before.
    const isAgain = functionOf(module, call) === definition && value?.texts.length === 0;
    if (value !== undefined && !isAgain) given.push(value);
    isOpen ||= !isKnown || isAgain;
  }
  for (const { module, node } of handedFor(run, definition, index))
    given.push(run.evaluate(run, module, node, depth));
  if (index === (isBound ? 1 : 0)) given.push(...decoratedBy(run, definition));
  if (parameter.fallback !== undefined)
    given.push(run.evaluate(run, definition.module, parameter.fallback, depth));
  if (given.length === 0) return unknownPy;
  const value = either(given);
  // None is no text. Where it stands for an argument that nobody gave, `host or "a.example"` gives
  // the other text.
  const others = given.filter(({ whole }) => whole !== null);
  const isNothing = others.length < given.length;
  const texts = others.some((one) => one.texts.length === 0)
    ? []
    : fewTexts(others.flatMap((one) => one.texts));
  // What other callers give is seen by whoever runs it; the rest goes by what is written here.
  return {
    ...value,
    nodes: [],
    texts,
    otherTexts: isOpen || isNothing ? [...value.otherTexts, unknownPart] : value.otherTexts,
  };
}

// What a call gives. Only what somebody asks for is evaluated, since the values of calls may depend
// on one another.
function givenAt(
  run: PythonRun,
  module: PythonModule,
  call: PyNode,
  depth: number,
): GivenValues<() => PyValue> {
  const later = (value: PyValue) => () => value;
  return givenIn(
    {
      module,
      of: (node) => () => (node ? run.evaluate(run, module, node, depth) : unknownPy),
      itemsIn: (one) => (one().items ?? []).map(later),
      entriesIn: (one) => [...(one().entries ?? [])].map(([name, value]) => [name, later(value)]),
    },
    call,
  );
}

function isWhole({ items, entries, otherTexts }: PyValue): boolean {
  return (items ?? entries) !== undefined && otherTexts.length === 0;
}

// Where the function is called, also as `cls(…)` in a method of its class.
function callsOf(
  run: PythonRun,
  { name, owner }: PythonFunction,
): readonly { readonly module: PythonModule; readonly call: PyNode }[] {
  if (name !== '__init__' || owner === undefined)
    return [
      ...(run.calls.get(name) ?? []),
      ...(run.decorated.get(name) ?? []).flatMap(({ module, decorator }) =>
        decorator.getChild('ArgList') === null ? [] : [{ module, call: decorator }],
      ),
    ];
  const byClass = (run.calls.get('cls') ?? []).filter(
    ({ module, call }) => functionOf(module, call)?.owner === owner,
  );
  return [...(run.calls.get(owner) ?? []), ...byClass, ...callsOfHeirs(run, owner)];
}

// `super().__init__(…)` and `Base.__init__(self, …)` in the class that is made from this one. Of
// several such classes each gives values of its own, which must not be taken for one another's.
function callsOfHeirs(run: PythonRun, owner: string) {
  const calls = (run.calls.get('__init__') ?? []).flatMap(({ module, call }) => {
    const heir = functionOf(module, call)?.owner;
    const isHeir = heir !== undefined && basesOf(run, heir).includes(`class ${owner}`);
    return isHeir ? [{ module, call, heir }] : [];
  });
  return new Set(calls.map(({ heir }) => heir)).size > 1 ? [] : calls;
}

// What a decorator is given: `@rule` gives `rule` the function below it, and `@act("run")` what
// `act` returns.
function decoratedBy(run: PythonRun, { name, scope }: PythonFunction): PyValue[] {
  const outer = scope.parent?.kind === 'function' ? outerName(scope.parent) : '';
  const all = [
    ...(run.decorated.get(name) ?? []).filter(({ decorator }) => !decorator.getChild('ArgList')),
    ...(run.decorated.get(outer) ?? []).filter(({ decorator }) => decorator.getChild('ArgList')),
  ];
  run.context.steps.take(1 + all.length);
  return all
    .slice(0, alternativesMax)
    .map(({ of }) =>
      typeof of === 'string' ? { ...unknownPy, qual: `class ${of}` } : { ...unknownPy, own: of },
    );
}

function outerName({ id }: PythonScope): string {
  return /(?:^|[.:])(\w+)@\d+\.$/.exec(id)?.[1] ?? '';
}

function isParameter({ parameters }: PythonFunction, name: string): boolean {
  return parameters.some((one) => one.star === '' && one.name === name);
}

// `post(…)` calls the skill's function of that name, `requests.post(…)` does not.
export function isOwnCall(
  run: PythonRun,
  module: PythonModule,
  call: PyNode,
  depth: number,
): boolean {
  const callee = call.firstChild;
  if (callee?.name !== 'MemberExpression') return true;
  const [object] = childrenOf(callee);
  return (
    object !== undefined &&
    run.evaluate(run, module, object, depth).qual?.startsWith('own ') === true
  );
}

/** Whether the callee is a member of a class of the skill: `C.go`, not `C().go`. */
export function isByClass(
  run: PythonRun,
  module: PythonModule,
  call: PyNode,
  depth: number,
): boolean {
  const callee = call.firstChild;
  const [object] = callee?.name === 'MemberExpression' ? childrenOf(callee) : [];
  return (
    object !== undefined &&
    run.evaluate(run, module, object, depth).qual?.startsWith('class ') === true
  );
}

// What a function gets whose name is handed to another one, with its arguments beside it:
// `pool.submit(send, url)`, `Thread(target=send, args=(url,))`, `partial(send, url)`.

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
function handedFor(
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
