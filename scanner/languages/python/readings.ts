/**
 * A package may have a file with the name of a library. Which of the two an import gives depends on
 * how the program is started, so the skill is read in every way.
 */

import type { Fact } from '../../fact/fact.ts';
import { type Steps, scanSteps } from '../../fact/steps.ts';
import type { FlowGraph } from '../../flow/graph.ts';
import { type FrontEndResult, joinResults } from '../../programs/frontend.ts';

/** Steps of all readings of the Python of a skill but the first. */
const otherReadingsStepsMax = scanSteps / 10;

/**
 * Folders with files named as libraries for which the Python of a skill is read in every way.
 */
const shadowingFoldersMax = 3;

/** The facts of one reading. */
export interface ReadSkill {
  readonly result: FrontEndResult;
  /**
   * Facts that name the imports that another reading gives another module, by the folder that
   * decides.
   */
  readonly shadows: ReadonlyMap<string, readonly Fact[]>;
}

/**
 * The facts of all readings together. Facts name the imports that were not read in every way: the
 * folders are too many, or the skill is too long.
 */
export function inAllReadings(
  read: (roots: ReadonlySet<string>) => ReadSkill,
  steps: Steps,
): FrontEndResult {
  const before = steps.taken;
  const first = read(new Set());
  if (first.shadows.size === 0) return first.result;
  const cost = steps.taken - before;
  const all = [...first.shadows.keys()];
  const single = all.length > 1 ? all.map((root) => new Set([root])) : [];
  const every = [new Set(all), ...(all.length > shadowingFoldersMax ? [] : single)];
  const isAffordable = (readings: number): boolean =>
    readings * cost <= otherReadingsStepsMax && steps.has(2 * readings * cost);
  const wanted = [every, every.slice(0, 1)].find(({ length }) => isAffordable(length)) ?? [];
  const others = wanted.map((roots) => read(roots));
  const isWhole = all.length <= shadowingFoldersMax && wanted.length === every.length;
  const left = [first, ...others].flatMap(({ shadows }) =>
    [...shadows].flatMap(([root, facts]) => (isWhole && all.includes(root) ? [] : facts)),
  );
  const joined = joinResults([first, ...others].map(({ result }) => result));
  return {
    ...joined,
    facts: unique([...joined.facts, ...left]),
    embedded: unique(joined.embedded),
    written: unique(joined.written ?? []),
    moved: unique(joined.moved ?? []),
    unanalysed: unique(joined.unanalysed),
    ...(joined.graph !== undefined && { graph: uniqueGraph(joined.graph) }),
  };
}

function uniqueGraph(graph: FlowGraph): FlowGraph {
  return {
    ...graph,
    nodes: [...new Map(graph.nodes.map((node) => [node.id, node])).values()],
    edges: unique(graph.edges),
    sources: unique(graph.sources),
    sinks: unique(graph.sinks),
    starts: unique(graph.starts ?? []),
    exports: unique(graph.exports ?? []),
  };
}

// Each value once.
function unique<Value>(values: readonly Value[]): Value[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const key = JSON.stringify(value);
    return !seen.has(key) && seen.add(key);
  });
}
