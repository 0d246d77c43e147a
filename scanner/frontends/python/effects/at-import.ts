/**
 * What runs when Python imports a package: the statements of its `__init__.py`, those of the
 * modules that these import, and all functions that they call.
 */
import { classIn } from '../names/canonical.ts';
import { methodOf } from '../names/classes.ts';
import { ownModule } from '../names/lookup.ts';
import { argumentsOf, functionOf, textOf } from '../nodes.ts';
import type { PyNode, PythonFunction, PythonModule, PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';

/**
 * Adds the trait `at-import` to the requests among the facts that an import makes, and a fact with
 * the trait where an import starts a program that another front end reads.
 */
export function noteAtImport(run: PythonRun): void {
  const reached = runAtImport(run);
  if (reached.modules.size === 0 && reached.functions.size === 0) return;
  run.facts.forEach((fact, at) => {
    if (fact.kind !== 'capability' || fact.capability.kind !== 'egress') return;
    if (isReached(run, reached, fact.span.path, fact.span.start))
      run.facts[at] = { ...fact, traits: [...fact.traits, 'at-import'] };
  });
  for (const { within: path, context, language, map } of run.embedded) {
    const start = map[0]?.raw ?? 0;
    if (!isReached(run, reached, path, start)) continue;
    const span = { path, start, end: start + 1 };
    const said = { api: language, detail: '', certainty: 'exact' as const };
    run.facts.push({ kind: 'trait', trait: 'at-import', span, context, ...said });
  }
}

function isReached(
  run: PythonRun,
  { modules, functions }: AtImport,
  path: string,
  at: number,
): boolean {
  const module = run.modules.get(path);
  if (module === undefined) return false;
  const around = innermost(run, module, at);
  return around === undefined
    ? modules.has(module) && !standsIn(programParts(module), at)
    : functions.has(around);
}

interface AtImport {
  readonly modules: ReadonlySet<PythonModule>;
  readonly functions: ReadonlySet<PythonFunction>;
}

function runAtImport(run: PythonRun): AtImport {
  const modules = new Set([...run.modules.values()].filter(isPackageStart));
  const functions = new Set<PythonFunction>();
  for (const module of modules) {
    for (const one of importedBy(run, module)) modules.add(one);
    const parts = programParts(module);
    for (const call of callsIn(run, module, undefined))
      if (!standsIn(parts, call.from)) addCalled(run, module, call, functions);
  }
  // A set also gives what is added while it is gone through.
  for (const definition of functions) {
    const { module } = definition;
    for (const call of callsIn(run, module, definition)) addCalled(run, module, call, functions);
    for (const inner of module.functions)
      if (inner.scope.parent === definition.scope) functions.add(inner);
  }
  return { modules, functions };
}

function isPackageStart({ source }: PythonModule): boolean {
  return source.depth === 0 && source.context === 'code' && /(^|\/)__init__\.py$/.test(source.path);
}

// The modules of the same package that the top of a module imports.
function importedBy(run: PythonRun, module: PythonModule): PythonModule[] {
  const folder = module.source.path.slice(0, module.source.path.lastIndexOf('/') + 1);
  const named = [...module.scope.names.values()]
    .flat()
    .flatMap((binding) => (binding.kind === 'import' ? [binding.qual] : []));
  return [...named, ...named.map((one) => one.replace(/\.[^.]*$/, '')), ...module.stars].flatMap(
    (qual) => {
      const found = /[^.]/.test(qual) ? ownModule(run, module, qual) : undefined;
      const isInside = found?.source.path.startsWith(folder) === true;
      return found !== undefined && isInside && found.source.context === 'code' ? [found] : [];
    },
  );
}

function callsIn(
  run: PythonRun,
  module: PythonModule,
  definition: PythonFunction | undefined,
): readonly PyNode[] {
  const all = [...module.calls.values()].flat();
  run.context.steps.take(all.length);
  return all.filter((call) => functionOf(module, call) === definition);
}

// Functions of libraries that call at once what they are given: threads, loops, executors.
const callers =
  /(^|\.)(Thread|Timer|Process|start_new_thread|submit|map|run|run_until_complete|create_task|ensure_future|gather|wait_for|call_soon|to_thread)$/;

// The functions of the skill that a call calls, and those that it has a library call.
function addCalled(
  run: PythonRun,
  module: PythonModule,
  call: PyNode,
  to: Set<PythonFunction>,
): void {
  const { firstChild } = call;
  if (firstChild === null) return;
  const { positional, keywords } = argumentsOf(module, call);
  const given = callers.test(textOf(module, firstChild))
    ? [...positional, ...keywords.values()]
    : [];
  const values = [firstChild, ...given].map((node) => run.evaluate(run, module, node));
  for (const value of values.flatMap((one) => [one, ...one.others]))
    for (const own of ownOf(run, value)) to.add(own);
}

function ownOf(run: PythonRun, { own, qual }: PyValue): PythonFunction[] {
  const made = methodOf(run, classIn('class', qual), '__init__');
  return [own, made].filter((one) => one !== undefined);
}

interface Part {
  readonly from: number;
  readonly to: number;
}

// `if __name__ == '__main__':` is what the module does as a program.
function programParts(module: PythonModule): Part[] {
  return module.top.children.filter(
    (node) => node.name === 'IfStatement' && /^if\s[^:]{0,40}__name__/.test(textOf(module, node)),
  );
}

function standsIn(parts: readonly Part[], at: number): boolean {
  return parts.some(({ from, to }) => from <= at && at < to);
}

function innermost(run: PythonRun, module: PythonModule, at: number): PythonFunction | undefined {
  run.context.steps.take(module.functions.length);
  return module.functions
    .map((definition) => ({ definition, node: bodyOf(definition) }))
    .filter(({ node }) => standsIn([node], at))
    .reduce<{ readonly definition: PythonFunction; readonly node: PyNode } | undefined>(
      (best, one) => (best === undefined || one.node.from >= best.node.from ? one : best),
      undefined,
    )?.definition;
}

// A function is known by the node of its name, a lambda by its own.
function bodyOf({ node }: PythonFunction): PyNode {
  return node.name === 'LambdaExpression' ? node : (node.parent ?? node);
}
