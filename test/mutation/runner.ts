/**
 * Runs the judges' tests against mutants inside one process, as a Stryker test runner: everything
 * is loaded once, a mutant is switched on, the tests that reach its line run until one fails. A
 * mutant that only counts while modules load gets a process of its own.
 */
import { globSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { type ParsedPath, parse, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import type { Case } from './suite.ts';

interface Stryker {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: { static: Hits; perTest: Record<string, Hits> };
}
type Hits = Record<string, number>;

interface MutantRun {
  readonly activeMutant: { readonly id: string; readonly fileName: string };
  readonly mutantActivation: 'static' | 'runtime';
  readonly testFilter?: readonly string[];
  readonly hitLimit?: number;
}

const tests = 'test/skills-index/{skill,statement,log,trust}/**/*.test.ts';
/**
 * Random bits through every judge: seconds for each mutant, and nothing that the tables do not
 * find. And the suite whose data is not here.
 */
const leftOut = [
  'test/skills-index/trust/sigstore-conformance.test.ts',
  'test/skills-index/trust/hostile/mutations.test.ts',
  'test/skills-index/trust/mutated-evidence.test.ts',
];
// CPU time: who is not found by then counts as a survivor. More for who counts only while modules
// load: no test is known to reach it.
const patienceMs = { runtime: 4_000, static: 15_000 } as const;
const suite = new URL('./suite.ts', import.meta.url).href;

export const strykerPlugins = [
  { kind: 'TestRunner', name: 'in-process', factory: () => new Runner() },
];

class Runner {
  readonly #stryker: Stryker;
  #cases: readonly Case[] | undefined;
  #mutants = 0;
  readonly #killers = new Set<string>();
  readonly #took = new Map<string, number>();
  #spoilt = false;

  constructor() {
    const world = globalThis as { __stryker__?: Stryker };
    this.#stryker = world.__stryker__ ??= {};
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  async dryRun() {
    const tests = [];
    for (const one of await this.#load(undefined)) {
      this.#stryker.currentTestId = one.id;
      const start = performance.now();
      const failure = await fails(one);
      const result = { id: one.id, name: one.id, timeSpentMs: performance.now() - start };
      tests.push(
        failure === undefined
          ? { ...result, status: 0 }
          : { ...result, status: 1, failureMessage: failure },
      );
      this.#stryker.currentTestId = undefined;
    }
    return {
      status: 'complete',
      tests,
      mutantCoverage: onlyOnce(this.#stryker.mutantCoverage ?? { static: {}, perTest: {} }),
    };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }: MutantRun) {
    if (this.#spoilt) throw new Error('a mutant left something behind: a new process, please');
    Object.assign(this.#stryker, { hitCount: 0, hitLimit, activeMutant: undefined });
    const cases = await this.#load(
      mutantActivation === 'static' ? activeMutant.id : undefined,
    ).catch(String);
    if (typeof cases === 'string')
      return { status: 'killed', killedBy: [], failureMessage: cases, nrOfTests: 0 };
    this.#stryker.activeMutant = activeMutant.id;
    this.#mutants += 1;
    let nrOfTests = 0;
    const start = process.cpuUsage();
    for (const one of this.#inOrder(cases, testFilter, parse(activeMutant.fileName))) {
      if (process.cpuUsage(start).user > patienceMs[mutantActivation] * 1000) break;
      nrOfTests += 1;
      const failureMessage = await this.#fails(one);
      if ((this.#stryker.hitCount ?? 0) > (hitLimit ?? Number.POSITIVE_INFINITY)) {
        this.#spoilt = true;
        return { status: 'timeout', reason: 'hit limit' };
      }
      if (failureMessage === undefined) continue;
      this.#killers.add(one.id);
      if (mutantActivation === 'runtime') await this.#demandClean(one);
      return { status: 'killed', killedBy: [one.id], failureMessage, nrOfTests };
    }
    return { status: 'survived', nrOfTests };
  }

  // Those first that are named like the file, then those that found a mutant before, then those of
  // its room; in each the quick ones first. Slow ones would use up the time of the others.
  #inOrder(
    cases: readonly Case[],
    testFilter: readonly string[] | undefined,
    { name, dir }: ParsedPath,
  ): readonly Case[] {
    const wanted = testFilter && new Set(testFilter);
    const named = new RegExp(`/${name}[^/ ]*\\.test\\.ts `);
    const [room = dir] = /skills-index\/[a-z]+\b/.exec(dir) ?? [];
    const rank = ({ id }: Case) =>
      named.test(id) ? 0 : this.#killers.has(id) ? 1 : id.includes(room) ? 2 : 3;
    const took = ({ id }: Case) => this.#took.get(id) ?? 0;
    const reaching = wanted ? cases.filter(({ id }) => wanted.has(id)) : cases;
    return reaching.toSorted((a, b) => rank(a) - rank(b) || took(a) - took(b));
  }

  async #fails(one: Case): Promise<string | undefined> {
    const start = performance.now();
    const failure = await fails(one);
    this.#took.set(one.id, performance.now() - start);
    return failure;
  }

  /**
   * What fails without the mutant too was broken by an earlier one: thrown, so that it is asked
   * again in a new process.
   */
  async #demandClean(one: Case): Promise<void> {
    Object.assign(this.#stryker, {
      activeMutant: undefined,
      hitCount: undefined,
      hitLimit: undefined,
    });
    this.#spoilt = (await fails(one)) !== undefined;
    if (this.#spoilt && this.#mutants > 1)
      throw new Error('an earlier mutant left something behind: a new process, please');
  }

  async #load(mutant: string | undefined): Promise<readonly Case[]> {
    if (this.#cases) return this.#cases;
    this.#stryker.activeMutant = mutant;
    fc.configureGlobal({ endOnFailure: true, seed: 1 });
    registerHooks({
      resolve: (specifier, context, next) =>
        specifier === 'vitest' && context.parentURL !== suite
          ? { url: suite, shortCircuit: true }
          : next(specifier, context),
    });
    // Vitest's `expect` asks a worker where it is.
    Object.assign(globalThis, { __vitest_worker__: { config: {} } });
    const { cases, loadFile } = await import('./suite.ts');
    for (const path of globSync(tests).toSorted()) {
      if (!leftOut.includes(path)) await loadFile(pathToFileURL(resolve(path)).href, path);
    }
    this.#cases = cases;
    return cases;
  }
}

async function fails(one: Case): Promise<string | undefined> {
  try {
    await one.run();
    return undefined;
  } catch (error) {
    return String(error).slice(0, 500);
  }
}

/**
 * A line that tests reach counts by these tests alone, also where fixtures that are made while
 * loading reach it too.
 */
function onlyOnce({ static: atLoad, perTest }: { static: Hits; perTest: Record<string, Hits> }) {
  const reached = new Set(Object.values(perTest).flatMap((hits) => Object.keys(hits)));
  return {
    static: Object.fromEntries(Object.entries(atLoad).filter(([id]) => !reached.has(id))),
    perTest,
  };
}
