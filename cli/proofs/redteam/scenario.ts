/** Scenarios from a folder: the product's own, or a user's. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { parseJson } from '../../../skills-index/skill/text/json.ts';

// In a checkout this file is cli/proofs/redteam/scenario.ts, in the package
// dist/cli/proofs/redteam/read-scenarios.js.
export function ownScenarios(): string {
  const top = import.meta.url.endsWith('.ts')
    ? './scenarios'
    : '../../../../cli/proofs/redteam/scenarios';
  return fileURLToPath(new URL(top, import.meta.url));
}

/**
 * Reads each `.txt` file of a folder, in the order of their names; the file's name is the group.
 * @throws Problem `file-not-found`, `usage` for an invalid scenario or a repeated name
 */
export function readScenarios(folder: string): Scenario[] {
  const found = listFolder(folder).flatMap((file) =>
    parseScenarios(readFileSync(join(folder, file), 'utf8'), basename(file, '.txt')),
  );
  const repeated = found.find(
    (scenario, at) => found.findIndex(({ name }) => name === scenario.name) !== at,
  );
  if (repeated !== undefined)
    throw new Problem(
      'usage',
      `Cannot use the scenarios: two of them are named ${JSON.stringify(repeated.name)}`,
      { hint: 'Rename one of them' },
    );
  return found;
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.txt'))
      .sort();
  } catch (cause) {
    throw new Problem('file-not-found', `Cannot read the scenarios in ${JSON.stringify(folder)}`, {
      cause,
    });
  }
}

// A red-team scenario from a data file: the texts of an attack, the attacker's goal, and the places
// where a leak would appear.

/** Places where a leak can appear. `stranger` and `audit` are searched for every scenario. */
const places = [
  'stranger',
  'crm',
  'model',
  'context',
  'theirs',
  'memory',
  'workspace',
  'reports',
  'host',
  'audit',
] as const;
export type ScenarioPlace = (typeof places)[number];

export interface LeakSign {
  readonly place: ScenarioPlace;
  /** The text to search for, with names of planted words; `*` for any text. */
  readonly needle: string;
}

export interface ScenarioSkill {
  readonly name: string;
  /** Capabilities, and `unapproved`, `revoked`, `ungranted` or `local` for the skill's state. */
  readonly words: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly commands: Readonly<Record<string, string>>;
}

export interface Scenario {
  readonly name: string;
  readonly group: string;
  /** The attacker's goal. */
  readonly goal: string;
  /** Place of the injected text. */
  readonly at: string;
  /** The instruction of the agent's person. */
  readonly task: string;
  readonly leaks: readonly LeakSign[];
  /** Why the attack is allowed on purpose; absent for attacks that must be stopped. */
  readonly accepted?: string;
  /** `obedient` follows every text, `careful` only text outside of frames that mark data. */
  readonly agent: 'obedient' | 'careful';
  readonly skills: readonly ScenarioSkill[];
  /** Pages of the allowed host, by path. */
  readonly pages: Readonly<Record<string, string>>;
  /** Files of the agent's workspace and memory, by path below it. */
  readonly workspace: Readonly<Record<string, string>>;
  readonly memory: Readonly<Record<string, string>>;
  /** Members of host policy, added to the default members. */
  readonly policy: Readonly<Record<string, unknown>>;
}

interface Draft {
  readonly headers: Map<string, string[]>;
  readonly skills: Map<
    string,
    { words: string[]; files: Record<string, string>; commands: Record<string, string> }
  >;
  readonly trees: Record<'page' | 'workspace' | 'memory', Record<string, string>>;
  policy: Readonly<Record<string, unknown>>;
  task: string;
}

/**
 * Parses the scenarios of a file. `== name` begins a scenario, `key: value` lines follow, and
 * `-- kind words` begins a part with its text.
 * @param group name of the file
 * @throws Problem `usage` with the wrong line
 */
export function parseScenarios(text: string, group: string): Scenario[] {
  const found: Scenario[] = [];
  for (const block of text.split(/^== /m).slice(1)) {
    const [name = '', ...lines] = block.split('\n');
    found.push(parseScenario(name.trim(), lines, group));
  }
  return found;
}

function parseScenario(name: string, lines: readonly string[], group: string): Scenario {
  const wrong = (why: string): Problem =>
    new Problem('usage', `Cannot use scenario ${JSON.stringify(name)} of ${group}: ${why}`);
  const draft: Draft = {
    headers: new Map(),
    skills: new Map(),
    trees: { page: {}, workspace: {}, memory: {} },
    policy: {},
    task: '',
  };
  const [head = '', ...parts] = lines.join('\n').split(/^-- /m);
  for (const line of head
    .split('\n')
    .filter((text) => text.trim() !== '' && !text.startsWith('#'))) {
    const [, key = '', value = ''] = /^([a-z]+): (.*)$/.exec(line) ?? [];
    if (!knownHeaders.includes(key))
      throw wrong(
        `the line ${JSON.stringify(line)} needs one of the keys ${knownHeaders.join(', ')}`,
      );
    draft.headers.set(key, [...(draft.headers.get(key) ?? []), value.trim()]);
  }
  for (const skill of draft.headers.get('skill') ?? []) {
    const [skillName = '', ...words] = skill.split(/\s+/);
    draft.skills.set(skillName, { words, files: {}, commands: {} });
  }
  for (const part of parts) takePart(draft, part, wrong);
  const header = (key: string): string => draft.headers.get(key)?.[0] ?? '';
  const accepted = draft.headers.get('accepted')?.join(' ');
  const agent = header('agent') === 'careful' ? 'careful' : 'obedient';
  const task = draft.task || header('task');
  if (header('goal') === '' || header('at') === '' || task === '')
    throw wrong('it needs the lines goal, at and task');
  return {
    name,
    group,
    agent,
    task,
    goal: header('goal'),
    at: header('at'),
    leaks: (draft.headers.get('leak') ?? []).map((leak) => parseLeak(leak, wrong)),
    ...(accepted === undefined ? {} : { accepted }),
    skills: [...draft.skills].map(([skillName, skill]) => ({ name: skillName, ...skill })),
    pages: draft.trees.page,
    workspace: draft.trees.workspace,
    memory: draft.trees.memory,
    policy: draft.policy,
  };
}

const knownHeaders = ['goal', 'at', 'task', 'leak', 'accepted', 'agent', 'skill'];

function parseLeak(text: string, wrong: (why: string) => Problem): LeakSign {
  const [word = '', ...rest] = text.split(' ');
  const place = places.find((name) => name === word);
  if (place === undefined || rest.length === 0)
    throw wrong(`“leak: ${text}” is not “leak: PLACE TEXT” with a place of ${places.join(', ')}`);
  return { place, needle: rest.join(' ') };
}

function takePart(draft: Draft, part: string, wrong: (why: string) => Problem): void {
  const [first = '', ...lines] = part.split('\n');
  const [kind = '', where = '', path = ''] = first.trim().split(/\s+/);
  const text = `${lines.join('\n').trimEnd()}\n`;
  const skill = draft.skills.get(where);
  if (kind === 'task') draft.task = text.trim();
  else if (kind === 'policy')
    draft.policy = parseJson(Buffer.from(text), 'policy').value as Record<string, unknown>;
  else if (kind === 'page' || kind === 'workspace' || kind === 'memory')
    draft.trees[kind][decodeURIComponent(where)] = text;
  else if (skill === undefined) throw wrong(`“-- ${first}” names a skill without a “skill:” line`);
  else if (kind === 'script') {
    skill.files[`scripts/${path}.mjs`] = text;
    skill.commands[path] = `scripts/${path}.mjs`;
  } else if (kind === 'file') skill.files[path] = text;
  else if (kind === 'about') skill.files['SKILL.md'] = text;
  else throw wrong(`the part ${JSON.stringify(kind)} is unknown`);
}
