/**
 * Which calls of a helper mean which host: `get(url, headers)` is called with the address and the
 * key of several services, and each key goes to its own address.
 */
import { parseEgressUrl } from '../../../../skills-index/skill/egress-target.ts';
import type { NotAfter } from '../../../flow/graph.ts';
import { pythonCallSitesMax } from '../../../limits.ts';
import { anyEgress, egressOf } from '../../../lookup-tables/egress-of.ts';
import { lookUp } from '../names/lookup.ts';
import { givenFor } from '../names/parameters.ts';
import { argumentsOf, nameOf, scopeOf } from '../nodes.ts';
import type { PyNode, PythonModule, PyValue } from '../program.ts';
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
  const sites = sitesOf(run, module, address);
  if (sites === undefined || sites.length < 2) return undefined;
  const all = sites.map((site) => ({
    call: site.call,
    hosts: hostsGiven(run, site),
    // `def get(url, headers): return request("GET", url, headers)`
    outer: (sitesOf(run, site.module, site.given) ?? []).map((outer) => ({
      call: outer.call,
      hosts: hostsGiven(run, outer),
    })),
  }));
  return (host) =>
    all.flatMap(({ call, hosts, outer }): NotAfter[] => {
      if (hosts !== undefined && !hosts.has(host)) return [{ call }];
      const after = outer.filter((one) => one.hosts?.has(host) === false).map((one) => one.call);
      return after.length === 0 ? [] : [{ call, after }];
    });
}

// The calls of the function whose parameter this name is, when the name is bound to nothing else.
function sitesOf(run: PythonRun, module: PythonModule, node: PyNode): Site[] | undefined {
  if (node.name !== 'VariableName') return undefined;
  const [binding, ...others] = lookUp(scopeOf(module, node), nameOf(module, node))?.bindings ?? [];
  if (binding?.kind !== 'parameter' || others.length > 0) return undefined;
  const { definition, index } = binding;
  const isDecorated = definition.node.parent?.parent?.name === 'DecoratedStatement';
  if (isDecorated || run.replaced.has(definition.id) || definition.parameters[index]?.star !== '')
    return undefined;
  const sites = run.calls.get(definition.name) ?? [];
  if (sites.length > pythonCallSitesMax) return undefined;
  run.context.steps.take(sites.length);
  return sites.flatMap(({ module: by, call }): Site[] => {
    const { positional, keywords, starred } = argumentsOf(by, call);
    const given = givenFor(definition, index, positional, keywords);
    return given === undefined || starred.length > 0
      ? []
      : [{ module: by, call: `${by.source.path}@${call.from}`, given }];
  });
}

function hostsGiven(run: PythonRun, { module, given }: Site): ReadonlySet<string> | undefined {
  const value: PyValue = run.evaluate(run, module, given);
  if (value.texts.length === 0 || value.otherTexts.length > 0) return undefined;
  const urls = value.texts.map((text) => egressOf(text, ['*'])?.url ?? anyEgress);
  return urls.includes(anyEgress)
    ? undefined
    : new Set(urls.map((url) => parseEgressUrl(url).host));
}
