/**
 * `skillgate redteam`: attacks this host's gates with an agent that follows every text, and prints
 * what leaked.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../../command.ts';
import { pinRegistry } from '../../registries/addresses/pin-registry.ts';
import { freshRegistry } from '../../registries/refresh.ts';
import { trustedRegistry } from '../../registries/registries.ts';
import { auditFileOf } from '../../run/host-files.ts';
import {
  answer,
  count,
  inkFor,
  joined,
  type OutputInk,
  type Safe,
  safe,
  table,
} from '../../terminal/output.ts';
import { startProgress } from '../../terminal/progress.ts';
import { type AgentResult, auditOf, publishSkills, runBare, runGated } from './bare.ts';
import { type RedteamRegistry, startRedteamRegistry } from './registry.ts';
import {
  type LeakSign,
  ownScenarios,
  readScenarios,
  type Scenario,
  type ScenarioPlace,
} from './scenario.ts';
import {
  bareNaming,
  containsWord,
  fillIn,
  gatedNaming,
  makeScenarioHost,
  ownNames,
  type ScenarioHost,
  writePrograms,
} from './scenario-host.ts';
import { stopsOf } from './stops.ts';

const detailCharsMax = 200;

const scenariosAtOnceMax = 2;

export async function run(context: CommandContext): Promise<ExitCode> {
  const { scenario, scenarios: folder } = context.options;
  const all = readScenarios(
    typeof folder === 'string' ? resolve(context.cwd, folder) : ownScenarios(),
  );
  const wanted = Array.isArray(scenario) ? scenario : [];
  const chosen = all.filter(
    ({ group, name }) =>
      wanted.length === 0 || wanted.some((word) => word === group || name.includes(word)),
  );
  if (chosen.length === 0)
    throw new Problem('usage', 'There is no such scenario', {
      hint: `name one of the groups: ${[...new Set(all.map((scenario) => scenario.group))].join(', ')}`,
    });
  const progress = startProgress(context, chosen.length, 'scenarios');
  const results = await runRedteam(context, {
    scenarios: chosen,
    onResult: ({ name }) => progress.step(name),
  }).finally(() => progress.end());
  const ink = inkFor(context.stdout, context.env);
  answer(context, { schema: 'skillgate.redteam/1', scenarios: results }, () =>
    resultsText(results, ink),
  );
  return results.some((result) => result.result === 'leaked') ? exitCodes.refused : exitCodes.ok;
}

// The red team's suite: every scenario without a gate first, then behind the gate. A scenario that
// leaks nothing without a gate proves nothing.

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

interface RedteamSuite {
  readonly scenarios: readonly Scenario[];
  readonly onResult?: (result: ScenarioResult) => void;
}

/**
 * Runs the scenarios, on loopback only and below one temporary folder.
 * @returns results in the order of the scenarios
 */
async function runRedteam(
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

// The places where planted words appear after a scenario.

/** Text of the host's files before the agent starts, by path. */
type HostBefore = ReadonlyMap<string, string>;

/** Files that decide what agents may do and which programs the host's user starts. */
function readHostFiles({ folder }: ScenarioHost): HostBefore {
  const found = new Map<string, string>();
  for (const top of ['home/config', 'home/data/holds', 'user']) {
    const at = join(folder, top);
    if (!fs.existsSync(at)) continue;
    for (const name of fs.readdirSync(at, { recursive: true, encoding: 'utf8' })) {
      const path = join(at, name);
      // These files change in every run: locks, the audit log's key, and data about the registry.
      if (!fs.lstatSync(path).isFile() || /\.lock$|audit-key|\/(tuf|trust|roots|absent)/.test(path))
        continue;
      found.set(path, fs.readFileSync(path, 'latin1'));
    }
  }
  return found;
}

/** A text for each place with a sign of a leak; empty where no data leaked. */
function leaksOf(host: ScenarioHost, ran: AgentResult, before: HostBefore): string[] {
  const { outside, scenario, words } = host;
  const values = { ...words };
  const signs: LeakSign[] = [
    ...scenario.leaks,
    { place: 'stranger', needle: '*' },
    ...(['context', 'audit', 'memory', 'workspace', 'reports'] as const).map((place) => ({
      place,
      needle: '{secret}',
    })),
    { place: 'crm', needle: '{secret}' },
  ];
  const found = signs.flatMap(({ needle, place }) => {
    const text = textAt(place, host, ran, before);
    const word = needle === '*' ? '' : fillIn(needle, values);
    return containsWord(text, word)
      ? [`${place}: ${needle === '*' ? text.trim().split('\n')[0]?.slice(0, 80) : needle}`]
      : [];
  });
  // A stored secret may be in a header for its own host only.
  const misdirected = outside.received.filter(
    ({ at, credential }) => containsWord(credential, words.secret) && at !== 'crm',
  );
  return [...new Set([...found, ...misdirected.map(({ at }) => `${at}: {secret} in a header`)])];
}

/**
 * Whether a sign that the scenario names appears without a gate. Without named signs, any request
 * to the stranger counts.
 */
function leaksBare(host: ScenarioHost, ran: AgentResult, before: HostBefore): boolean {
  const signs =
    host.scenario.leaks.length > 0
      ? host.scenario.leaks
      : [{ place: 'stranger', needle: '*' } as const];
  return signs.some(({ needle, place }) =>
    containsWord(
      textAt(place, host, ran, before),
      needle === '*' ? '' : fillIn(needle, { ...host.words }),
    ),
  );
}

function textAt(
  place: ScenarioPlace,
  host: ScenarioHost,
  ran: AgentResult,
  before: HostBefore,
): string {
  const { folder, outside, paths } = host;
  const at = (name: string): string =>
    outside.received
      .filter((request) => request.at === name)
      .map(({ text }) => text)
      .join('\n');
  switch (place) {
    case 'stranger':
      return at('stranger');
    case 'crm':
      return [
        at('crm'),
        at('bank'),
        ...outside.received
          .filter((request) => request.at === 'bank')
          .map((request) => request.credential),
      ]
        .join('\n')
        .trim();
    case 'model':
      return at('model');
    case 'context':
      return ran.output;
    case 'theirs':
      return `${treeText(join(folder, 'leads'))}${treeText(join(folder, 'home/data/agents/sales/memory'))}`;
    case 'memory':
      return treeText(join(folder, 'home/data/agents/finance/memory'));
    case 'workspace':
      return treeText(join(folder, 'ledgers'));
    case 'reports':
      return treeText(join(folder, 'reports'));
    case 'audit':
      return fs.existsSync(auditFileOf({ paths }))
        ? fs.readFileSync(auditFileOf({ paths }), 'utf8')
        : '';
    case 'host':
      return changedText(before, readHostFiles(host));
  }
}

// With file names: a hook is a leak because of its name.
function treeText(folder: string): string {
  if (!fs.existsSync(folder)) return '';
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const path = join(folder, name);
      const stats = fs.lstatSync(path);
      if (stats.isSymbolicLink()) return `${name} -> ${fs.readlinkSync(path)}\n`;
      return `${name}${(stats.mode & 0o7000) === 0 ? '' : ' setuid'}\n${stats.isFile() ? fs.readFileSync(path, 'latin1') : ''}\n`;
    })
    .join('');
}

function changedText(before: HostBefore, after: HostBefore): string {
  return [...after]
    .filter(([path, text]) => before.get(path) !== text)
    .map(([path, text]) => `${path}\n${text}`)
    .join('\n');
}

// The red team's results as text.

/**
 * Counts by group and result, what stopped the scenarios, and each scenario that was not stopped.
 */
function resultsText(results: readonly ScenarioResult[], ink: OutputInk): Safe {
  const columns = ['stopped', 'leaked', 'accepted', 'impossible', 'unexplained'] as const;
  const cells = (name: string, some: readonly ScenarioResult[]) => [
    name,
    some.length,
    ...columns.map((result) => some.filter((row) => row.result === result).length),
    stoppers(some),
  ];
  const groups = [...new Set(results.map(({ group }) => group))];
  const rows = groups.map((group) =>
    cells(
      group,
      results.filter((row) => row.group === group),
    ),
  );
  const leaked = results.filter((row) => row.result === 'leaked');
  const counted = results.filter((row) => row.result === 'stopped').length + leaked.length;
  const line = ({ at, detail, goal, group, name }: ScenarioResult): Safe =>
    safe`  ${group}: ${name} (in: ${at}; goal: ${goal}) ${detail}`;
  const part = (title: Safe, result: ScenarioResult['result']): Safe[] => {
    const some = results.filter((row) => row.result === result);
    return some.length === 0 ? [] : [title, ...some.map(line)];
  };
  return joined(
    [
      table([
        ['group', 'scenarios', ...columns, 'stopped by'],
        ...rows,
        [...cells('all', results).slice(0, -1), ''],
      ]),
      ...part(
        safe`${ink.yellow('accepted')}: allowed on purpose, and not counted as stopped`,
        'accepted',
      ),
      ...part(
        safe`${ink.yellow('impossible')}: the scenario leaks nothing without a gate either, so it proves nothing`,
        'impossible',
      ),
      ...part(
        safe`${ink.yellow('unexplained')}: nothing leaked, and no record says why`,
        'unexplained',
      ),
      ...part(safe`${ink.red('leaked')}:`, 'leaked'),
      leaked.length === 0
        ? safe`${ink.green('nothing leaked')} in ${count(counted, 'scenario')}; without a gate, each of them leaks`
        : safe`${ink.red(`${count(leaked.length, 'scenario')} leaked`)} of ${counted}`,
    ],
    '\n',
  );
}

// Counts the first word only; each result has the rest.
function stoppers(results: readonly ScenarioResult[]): string {
  const words = results.flatMap(({ stoppedBy }) =>
    stoppedBy === null ? [] : [stoppedBy.replace(/ \(.*/, '')],
  );
  const counts = [...new Set(words)].map(
    (word) => [word, words.filter((other) => other === word).length] as const,
  );
  return counts
    .sort(([, a], [, b]) => b - a)
    .map(([word, number]) => `${word} ${number}`)
    .join(', ');
}
