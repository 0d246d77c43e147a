/**
 * The red team's suite: every scenario without a gate first, then behind the gate. A scenario that
 * leaks nothing without a gate proves nothing.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { CommandContext } from '../../command.ts';
import { pinRegistry } from '../../registries/addresses/pin-registry.ts';
import { freshRegistry } from '../../registries/refresh.ts';
import { trustedRegistry } from '../../registries/registries.ts';
import { runBare } from './bare.ts';
import { auditOf, publishSkills, runGated } from './gated.ts';
import { leaksBare, leaksOf, readHostFiles } from './leaks.ts';
import { detailCharsMax, scenariosAtOnceMax } from './limits.ts';
import { type RedteamRegistry, startRedteamRegistry } from './registry.ts';
import type { Scenario } from './scenario.ts';
import {
  bareNaming,
  gatedNaming,
  makeScenarioHost,
  ownNames,
  writePrograms,
} from './scenario-host.ts';
import { stopsOf } from './stops.ts';

/** One line of `skillgate.redteam/1`. */
export interface ScenarioResult {
  readonly name: string;
  readonly group: string;
  readonly goal: string;
  /** Place of the injected text. */
  readonly at: string;
  /**
   * `impossible`: the scenario leaks nothing without a gate either. `unexplained`: it leaked
   * nothing and no record says why. Neither counts. `accepted`: it is allowed on purpose; see
   * `detail`.
   */
  readonly result: 'stopped' | 'leaked' | 'accepted' | 'impossible' | 'unexplained';
  readonly leaked: boolean;
  readonly stoppedBy: string | null;
  readonly detail: string;
}

export interface RedteamSuite {
  readonly scenarios: readonly Scenario[];
  readonly onResult?: (result: ScenarioResult) => void;
}

/**
 * Runs the scenarios, on loopback only and below one temporary folder.
 * @returns results in the order of the scenarios
 */
export async function runRedteam(
  context: CommandContext,
  { onResult, scenarios }: RedteamSuite,
): Promise<readonly ScenarioResult[]> {
  const folder = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'skillgate-redteam-'));
  fs.chmodSync(folder, 0o755);
  const opened: RedteamRegistry[] = [];
  try {
    const registry = await startRedteamRegistry(context, join(folder, 'registry'));
    opened.push(registry);
    const stage = {
      context,
      folder,
      registry,
      template: await makeTemplate(context, folder, registry),
    };
    const found = new Map<number, ScenarioResult>();
    const left = scenarios.entries();
    const work = async (): Promise<void> => {
      for (const [index, scenario] of left) {
        context.signal.throwIfAborted();
        const result = await tryScenario(stage, scenario, index);
        found.set(index, result);
        onResult?.(result);
      }
    };
    await Promise.all(Array.from({ length: scenariosAtOnceMax }, work));
    return [...found].sort(([a], [b]) => a - b).map(([, result]) => result);
  } finally {
    for (const registry of opened) await registry.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

interface Stage {
  readonly context: CommandContext;
  readonly folder: string;
  readonly registry: RedteamRegistry;
  readonly template: string;
}

// A host that pinned the registry and fetched its root of trust, copied for each scenario.
async function makeTemplate(
  context: CommandContext,
  folder: string,
  { base, root }: RedteamRegistry,
): Promise<string> {
  const template = join(folder, 'template');
  const home = join(template, 'home');
  const paths = {
    config: join(home, 'config'),
    data: join(home, 'data'),
    cache: join(home, 'cache'),
  };
  for (const path of Object.values(paths)) fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  await pinRegistry(paths, base, root, []);
  await freshRegistry({ ...context, paths }, trustedRegistry({ paths }, base), {
    offline: false,
    graceHours: 0,
  });
  writePrograms(join(template, 'programs'));
  return template;
}

async function tryScenario(stage: Stage, given: Scenario, index: number): Promise<ScenarioResult> {
  const scenario = JSON.parse(ownNames(JSON.stringify(given), `r${index}`)) as Scenario;
  const { at, goal, group, name } = given;
  const about = { name, group, goal, at };
  const bare = await makeScenarioHost(
    scenario,
    join(stage.folder, `bare${index}`),
    stage.template,
    bareNaming,
  );
  try {
    const before = readHostFiles(bare);
    const ran = await runBare(bare);
    if (!leaksBare(bare, ran, before)) {
      const detail = `bare: ${ran.steps.map(({ did, answer }) => `${did} → ${answer}`).join(' | ')}`;
      return {
        ...about,
        result: 'impossible',
        leaked: false,
        stoppedBy: null,
        detail: short(detail),
      };
    }
  } finally {
    remove(bare);
  }
  const host = await makeScenarioHost(
    scenario,
    join(stage.folder, `gated${index}`),
    stage.template,
    gatedNaming,
  );
  try {
    await publishSkills(host, stage.registry);
    const before = readHostFiles(host);
    const ran = await runGated(stage.context, host, stage.registry);
    const leaks = leaksOf(host, ran, before);
    const stops = stopsOf(host, auditOf(host), ran);
    const done = ran.steps
      .slice(-1)
      .map(({ did, answer }) => `${did} → ${answer}`)
      .join('');
    if (given.accepted !== undefined)
      return {
        ...about,
        result: 'accepted',
        leaked: leaks.length > 0,
        stoppedBy: null,
        detail: short(given.accepted),
      };
    if (leaks.length > 0)
      return {
        ...about,
        result: 'leaked',
        leaked: true,
        stoppedBy: null,
        detail: short(`${leaks.join('; ')}: ${done}`),
      };
    const result = stops.length > 0 ? 'stopped' : 'unexplained';
    return {
      ...about,
      result,
      leaked: false,
      stoppedBy: stops[0] ?? null,
      detail: short(
        stops.length > 1 ? `then ${stops.slice(1).join(', ')}` : `${ran.failure} ${done}`,
      ),
    };
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const reasons = cause.reasons.map(({ message }) => message).join('; ');
    throw new Problem(
      'internal',
      `Cannot run the scenario ${name}: ${cause.code}: ${cause.message} ${reasons}`,
      { cause },
    );
  } finally {
    remove(host);
  }
}

function remove(host: { readonly folder: string; close(): void }): void {
  host.close();
  fs.rmSync(host.folder, { recursive: true, force: true });
}

function short(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, detailCharsMax);
}
