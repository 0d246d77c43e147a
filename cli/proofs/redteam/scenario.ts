/**
 * A red-team scenario as a data file: an attack in words, what the attacker wants, and where it
 * would show that they got it.
 */
import { parseJson } from '../../../skills-index/skill/json.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

/** Where a leak shows. `stranger` and `audit` are looked into for every scenario. */
export const places = [
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
  /** What is looked for there, with the names of planted words in it; `*` for anything at all. */
  readonly needle: string;
}

export interface ScenarioSkill {
  readonly name: string;
  /**
   * Approved unless it says `unapproved` or `revoked`; granted to the agent unless it says
   * `ungranted`.
   */
  readonly words: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly commands: Readonly<Record<string, string>>;
}

export interface Scenario {
  readonly name: string;
  readonly group: string;
  /** What the attacker wants. */
  readonly goal: string;
  /** Where the injection sits. */
  readonly at: string;
  /** What the agent is told by its person. */
  readonly task: string;
  readonly leaks: readonly LeakSign[];
  /** Why it is taken as it is; absent for what has to be stopped. */
  readonly accepted?: string;
  /** Obeys every text, or only what no frame marks as data. */
  readonly agent: 'obedient' | 'careful';
  readonly skills: readonly ScenarioSkill[];
  /** Pages of the allowed host, by path. */
  readonly pages: Readonly<Record<string, string>>;
  /** Files of the agent's workspace and memory, by path below it. */
  readonly workspace: Readonly<Record<string, string>>;
  readonly memory: Readonly<Record<string, string>>;
  /** Members of host policy beside the harness's own. */
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
 * Reads the scenarios of a file: `== name` begins one, `key: value` lines follow, `-- kind words`
 * begins a part with a text of its own.
 * @param group name of the file
 * @throws Problem `usage` with the line that is wrong
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
  for (const line of head.split('\n').filter((one) => one.trim() !== '' && !one.startsWith('#'))) {
    const [, key = '', value = ''] = /^([a-z]+): (.*)$/.exec(line) ?? [];
    if (!knownHeaders.includes(key)) throw wrong(`${JSON.stringify(line)} is no line of its head`);
    draft.headers.set(key, [...(draft.headers.get(key) ?? []), value.trim()]);
  }
  for (const skill of draft.headers.get('skill') ?? []) {
    const [skillName = '', ...words] = skill.split(/\s+/);
    draft.skills.set(skillName, { words, files: {}, commands: {} });
  }
  for (const part of parts) takePart(draft, part, wrong);
  const one = (key: string): string => draft.headers.get(key)?.[0] ?? '';
  const accepted = draft.headers.get('accepted')?.join(' ');
  const agent = one('agent') === 'careful' ? 'careful' : 'obedient';
  const task = draft.task || one('task');
  if (one('goal') === '' || one('at') === '' || task === '')
    throw wrong('it needs goal, at and task');
  return {
    name,
    group,
    agent,
    task,
    goal: one('goal'),
    at: one('at'),
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
  const place = places.find((one) => one === word);
  if (place === undefined || rest.length === 0)
    throw wrong(`"leak: ${text}" is not PLACE WHAT, with one of ${places.join(', ')}`);
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
  else if (skill === undefined) throw wrong(`"-- ${first}" belongs to no skill of its head`);
  else if (kind === 'script') {
    skill.files[`scripts/${path}.mjs`] = text;
    skill.commands[path] = `scripts/${path}.mjs`;
  } else if (kind === 'file') skill.files[path] = text;
  else if (kind === 'about') skill.files['SKILL.md'] = text;
  else throw wrong(`there is no part ${JSON.stringify(kind)}`);
}
