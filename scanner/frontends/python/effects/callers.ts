/**
 * Which calls of a helper mean which host: `get(url, headers)` is called with the address and the
 * key of several services, and each key goes to its own address.
 */
import { parseEgressUrl } from '../../../../skills-index/skill/egress-target.ts';
import { callPairsMax, callSitesMax } from '../../../fact/shared-limits.ts';
import type { NotAfter } from '../../../flow/graph.ts';
import { anyEgress, egressOf } from '../../../lookup-tables/egress-of.ts';
import { lookUp } from '../names/lookup.ts';
import { givenFor, isByClass } from '../names/parameters.ts';
import { argumentsOf, nameOf, scopeOf } from '../nodes.ts';
import type { Binding, PyNode, PythonModule, PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';

interface Site {
  readonly module: PythonModule;
  /** As edges into the function name the call. */
  readonly call: string;
  readonly given: PyNode;
}

/**
 * The calls that give another address than one of this host, where the address is a parameter that
 * nothing changes. Calls whose address is not known to the letter are not among them.
 */
export function callsElsewhere(
  run: PythonRun,
  module: PythonModule,
  address: PyNode,
): ((host: string) => readonly NotAfter[]) | undefined {
  const parameter = parameterOf(run, module, address);
  if (parameter === undefined) return undefined;
  const known = run.elsewhere.get(parameter);
  if (known !== undefined) return known.of;
  const of = elsewhereBy(run, parameter);
  run.elsewhere.set(parameter, { of });
  return of;
}

// All requests of one address share the lists: flows are compared with each list once.
function elsewhereBy(
  run: PythonRun,
  parameter: ParameterBinding,
): ((host: string) => readonly NotAfter[]) | undefined {
  const sites = sitesOf(run, parameter);
  if (sites === undefined) return undefined;
  const around = new Map<ParameterBinding, readonly Meant[]>();
  const all = sites.map((site) => {
    // `def get(url, headers): return request("GET", url, headers)`
    const outer = parameterOf(run, site.module, site.given);
    if (outer !== undefined && !around.has(outer))
      around.set(outer, meantBy(run, sitesOf(run, outer) ?? []));
    return { meant: meantBy(run, [site]), outer };
  });
  const pairs = [...around.values()].reduce((sum, { length }) => sum + length, all.length);
  if (pairs < 2 || pairs > callPairsMax) return undefined;
  const lists = new Map<string, readonly NotAfter[]>();
  return (host) => {
    const known = lists.get(host);
    if (known !== undefined) return known;
    run.context.steps.take(pairs);
    const isElsewhere = ({ hosts }: Meant): boolean => hosts?.has(host) === false;
    const afters = new Map(
      [...around].map(([outer, these]) => [
        outer,
        these.filter(isElsewhere).map(({ call }) => call),
      ]),
    );
    const list = all.flatMap(({ meant, outer }) =>
      meant.flatMap((one): NotAfter[] => {
        if (isElsewhere(one)) return [{ call: one.call }];
        const after = (outer && afters.get(outer)) ?? [];
        return after.length === 0 ? [] : [{ call: one.call, after }];
      }),
    );
    lists.set(host, list);
    return list;
  };
}

/** A call, and the hosts that it means where they are known. */
interface Meant {
  readonly call: string;
  readonly hosts: ReadonlySet<string> | undefined;
}

function meantBy(run: PythonRun, sites: readonly Site[]): readonly Meant[] {
  return sites.map((site) => ({ call: site.call, hosts: hostsGiven(run, site) }));
}

type ParameterBinding = Extract<Binding, { kind: 'parameter' }>;

// The parameter whose name this is, when the name is bound to nothing else.
function parameterOf(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
): ParameterBinding | undefined {
  if (node.name !== 'VariableName') return undefined;
  const [binding, ...others] = lookUp(scopeOf(module, node), nameOf(module, node))?.bindings ?? [];
  if (binding?.kind !== 'parameter' || others.length > 0) return undefined;
  const { definition, index } = binding;
  const isDecorated = definition.node.parent?.parent?.name === 'DecoratedStatement';
  return isDecorated || run.replaced.has(definition.id) || definition.parameters[index]?.star !== ''
    ? undefined
    : binding;
}

// The calls of its function that give the parameter something.
function sitesOf(run: PythonRun, { definition, index }: ParameterBinding): Site[] | undefined {
  const all = run.calls.get(definition.name) ?? [];
  run.context.steps.take(all.length);
  const sites = definition.bound ? all : all.filter(({ module, call }) => isPlain(module, call));
  if (sites.length > callSitesMax) return undefined;
  run.context.steps.take(sites.length);
  return sites.flatMap(({ module: by, call }): Site[] => {
    const { positional, keywords, starred } = argumentsOf(by, call);
    const given = givenFor(definition, index, positional, keywords);
    // What is called through its class may be given the object itself as its first argument.
    const byClass = definition.bound && isByClass(run, by, call, 0);
    // `**options` gives no parameter that the call gives as well; `*words` moves the others.
    const isMoved = starred.some(({ prevSibling }) => prevSibling?.name !== '**');
    return given === undefined || isMoved || byClass
      ? []
      : [{ module: by, call: `${by.source.path}@${call.from}`, given }];
  });
}

// `get(url)` or `http.get(url)`, where `http` is imported: no method of an object. A call that is
// left out here is taken for one of every host.
function isPlain(module: PythonModule, { firstChild }: PyNode): boolean {
  if (firstChild?.name !== 'MemberExpression') return true;
  const owner = firstChild.firstChild;
  if (owner === null || owner.name !== 'VariableName') return false;
  const bindings = lookUp(scopeOf(module, owner), nameOf(module, owner))?.bindings ?? [];
  return bindings.some(({ kind }) => kind === 'import');
}

function hostsGiven(run: PythonRun, { module, given }: Site): ReadonlySet<string> | undefined {
  const value: PyValue = run.evaluate(run, module, given);
  if (value.texts.length === 0 || value.otherTexts.length > 0) return undefined;
  const urls = value.texts.map(
    (text) => egressOf(text.includes('/') ? text : `https://${text}/`, ['*'])?.url ?? anyEgress,
  );
  return urls.includes(anyEgress)
    ? undefined
    : new Set(urls.map((url) => parseEgressUrl(url).host));
}
