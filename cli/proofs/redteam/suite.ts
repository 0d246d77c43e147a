/**
 * The red team's suite: every scenario without a gate first, then behind it; what does not leak
 * without one says nothing.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { CommandContext } from '../../command.ts';
import { pinRegistry, trustedRegistry } from '../../registries/registries.ts';
import { freshRegistry } from '../../registries/trust/refresh.ts';
import { runBare } from './bare.ts';
import { auditOf, publishSkills, runGated } from './gated.ts';
import { leaksOf, readHostFiles, showsItself, stopsOf } from './judge.ts';
import { bareNaming, gatedNaming, layOut, ownNames, writePrograms } from './laid-out.ts';
import { detailCharsMax, scenariosAtOnceMax } from './limits.ts';
import { type RedteamRegistry, startRedteamRegistry } from './registry.ts';
import type { Scenario } from './scenario.ts';

/** One line of `skillgate.redteam/1`. */
export interface ScenarioResult {
  readonly name: string;
  readonly group: string;
  readonly goal: string;
  /** Where the injection sat. */
  readonly at: string;
  /**
   * `impossible`: it leaks nothing without a gate either. `unexplained`: it leaked nothing, and
   * nothing says why. Neither counts. `accepted`: it is let through on purpose, and `detail` says
   * why.
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
 * Runs them, on loopback alone, below one throw-away folder; results come in the order of the
 * scenarios.
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
    for (const one of opened) await one.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

interface Stage {
  readonly context: CommandContext;
  readonly folder: string;
  readonly registry: RedteamRegistry;
  readonly template: string;
}

// A host that has pinned the registry and knows its root of trust: made once, copied for each
// scenario.
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
  const told = { name, group, goal, at };
  const bare = await layOut(
    scenario,
    join(stage.folder, `bare${index}`),
    stage.template,
    bareNaming,
  );
  try {
    const before = readHostFiles(bare);
    const ran = await runBare(bare);
    if (!showsItself(bare, ran, before)) {
      const detail = `bare: ${ran.steps.map(({ did, answer }) => `${did} → ${answer}`).join(' | ')}`;
      return {
        ...told,
        result: 'impossible',
        leaked: false,
        stoppedBy: null,
        detail: short(detail),
      };
    }
  } finally {
    remove(bare);
  }
  const laid = await layOut(
    scenario,
    join(stage.folder, `gated${index}`),
    stage.template,
    gatedNaming,
  );
  try {
    await publishSkills(laid, stage.registry);
    const before = readHostFiles(laid);
    const ran = await runGated(stage.context, laid, stage.registry);
    const leaks = leaksOf(laid, ran, before);
    const stops = stopsOf(laid, auditOf(laid), ran);
    const done = ran.steps
      .slice(-1)
      .map(({ did, answer }) => `${did} → ${answer}`)
      .join('');
    if (given.accepted !== undefined)
      return {
        ...told,
        result: 'accepted',
        leaked: leaks.length > 0,
        stoppedBy: null,
        detail: short(given.accepted),
      };
    if (leaks.length > 0)
      return {
        ...told,
        result: 'leaked',
        leaked: true,
        stoppedBy: null,
        detail: short(`${leaks.join('; ')}: ${done}`),
      };
    const result = stops.length > 0 ? 'stopped' : 'unexplained';
    return {
      ...told,
      result,
      leaked: false,
      stoppedBy: stops[0] ?? null,
      detail: short(stops.length > 1 ? `then ${stops.slice(1).join(', ')}` : `${ran.said} ${done}`),
    };
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const reasons = cause.reasons.map(({ message }) => message).join('; ');
    throw new Problem(
      'internal',
      `Scenario ${name} could not be tried: ${cause.code}: ${cause.message} ${reasons}`,
      { cause },
    );
  } finally {
    remove(laid);
  }
}

function remove(laid: { readonly folder: string; close(): void }): void {
  laid.close();
  fs.rmSync(laid.folder, { recursive: true, force: true });
}

function short(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, detailCharsMax);
}
