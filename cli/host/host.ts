/**
 * `skillgate host …`: shows and changes host policy, so that nobody has to write host.json by hand.
 * An agent's sandbox lacks the folder of host policy, so an agent that calls these commands changes
 * nothing on the host.
 */

import { existsSync } from 'node:fs';
import {
  type ModelEndpoint,
  modelKinds,
  parseModelUrl,
} from '../../skills-index/run/agents/agent-policy.ts';
import { canAnswer } from '../../skills-index/run/holds/hold-action.ts';
import type { Approver } from '../../skills-index/run/holds/hold-policy.ts';
import { emptyHostPolicy, type HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { egressRequestsPerMinuteMax, egressRunBytesMax } from '../../skills-index/run/plan/plan.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { calledName } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes, listOf } from '../command.ts';
import { approverEntry } from '../holds/approver-entry.ts';
import { answer, inkFor, joined, type Safe, safe, table } from '../terminal/output.ts';
import {
  addAdvisoryRule,
  addIndex,
  advisoryRulesTable,
  indexTable,
  listAdvisoryRules,
  listIndexes,
  removeAdvisoryRule,
  removeIndex,
} from './advisories.ts';
import { applyHostChange, readPolicy } from './change.ts';
import { removeProxy, setProxy } from './proxy.ts';
import { addToolchain, listToolchains, removeToolchain, toolchainTable } from './toolchains.ts';
import {
  addWorkspace,
  agentsWith,
  listIn,
  listWorkspaces,
  removeWorkspace,
  requireFree,
  requireNamed,
  withEntry,
  withMember,
  withoutEntry,
  workspaceTable,
} from './workspaces.ts';

// `skillgate host model …`: the model endpoints that sessions may use.

function addModel(context: CommandContext, name: string, url: string): void {
  const endpoint = endpointOf(context, name, url);
  const host = parseModelUrl(url)?.host ?? url;
  const { secret } = endpoint;
  applyHostChange(context, {
    change: (members, { models }) => {
      const urls = Object.entries(models).map(([other, one]) => [other, one.url]);
      requireFree('model', name, url, Object.fromEntries(urls));
      return withEntry(members, 'models', name, endpoint);
    },
    means: [
      safe`Agents with model ${name} may send ${endpoint.kind} requests to ${url}, and to nothing else of that server. The prompts of these agents leave their sandboxes for ${host}.`,
      safe`Next: skillgate agent grant NAME --model ${name}`,
    ],
    notes:
      secret === undefined
        ? []
        : [safe`the endpoint’s key: skillgate secret set ${secret} --host ${host} --agent NAME`],
  });
}

function removeModel(context: CommandContext, name: string): void {
  requireNamed(Object.keys(readPolicy(context).models), 'model', name);
  const users = agentsWith(context, ({ model }) => model === name);
  applyHostChange(context, {
    change: (members) => withoutEntry(members, 'models', name),
    means: [safe`No session reaches model ${name} any more.`],
    notes: users.map(
      (user) =>
        safe`agent ${user} uses model ${name}: name another one: skillgate agent grant ${user} --model NAME`,
    ),
  });
}

function listModels(context: CommandContext): void {
  const { file, models } = readPolicy(context);
  const list = Object.entries(models).map(([name, endpoint]) => ({ name, ...endpoint }));
  answer(context, { schema: 'skillgate.host-models/1', file, models: list }, () =>
    list.length === 0
      ? safe`Host policy has no model. Add one: skillgate host model add NAME URL --kind ${joined(modelKinds, '|')}`
      : modelTable(models),
  );
}

function modelTable(models: HostPolicy['models']): Safe {
  return table(
    Object.entries(models).map(([name, { kind, paths, secret, url }]) => [
      name,
      kind,
      url,
      secret === undefined ? 'no key' : `key: secret ${secret}`,
      (paths ?? []).join(' '),
    ]),
  );
}

function endpointOf({ options }: CommandContext, name: string, url: string): ModelEndpoint {
  const kind = modelKinds.find((known) => known === options.kind);
  if (kind === undefined)
    throw new Problem(
      'usage',
      `Cannot add model ${name}: --kind must be ${modelKinds.join(' or ')}`,
      {
        hint: 'llama.cpp, vLLM and Ollama are openai; --kind names the interface, not the maker',
      },
    );
  const paths = listOf(options.path);
  return {
    url,
    kind,
    ...(typeof options.secret === 'string' ? { secret: options.secret } : {}),
    ...(paths.length > 0 ? { paths } : {}),
  };
}

// `skillgate host approver …`: the people who may answer holds on this host.

/** @param written the entry that `skillgate key approver` prints, or the name of a key here */
async function addApprover(context: CommandContext, written: string): Promise<void> {
  const entry = written.trimStart().startsWith('{')
    ? parseEntry(written)
    : (await approverEntry(context, written)).approver;
  const name = nameOf(entry);
  applyHostChange(context, {
    change: (members, { approvers }) => {
      const others = listIn(members, 'approvers');
      const at = approvers.findIndex((approver) => approver.name === name);
      if (JSON.stringify(others[at]) === JSON.stringify(entry)) return members;
      if (at !== -1)
        throw new Problem('usage', `Cannot add approver ${name}: host policy has one already`, {
          hint: `to replace the entry, first: skillgate host approver remove ${name}`,
        });
      return withMember(members, 'approvers', [...others, entry], true);
    },
    means: [
      safe`${name} may answer the holds of this host, such as an agent’s changes that wait: skillgate hold show, then skillgate hold allow ID.`,
    ],
  });
}

function removeApprover(context: CommandContext, name: string): void {
  const { approvers } = readPolicy(context);
  requireNamed(
    approvers.map((approver) => approver.name),
    'approver',
    name,
  );
  const others = approvers.filter((approver) => approver.name !== name);
  const isAnswered = others.some((other) => canAnswer(other, [process.getuid?.() ?? 0]));
  applyHostChange(context, {
    change: (members, policy) => {
      const at = policy.approvers.findIndex((approver) => approver.name === name);
      const rest = listIn(members, 'approvers').filter((_, index) => index !== at);
      return withMember(members, 'approvers', rest, rest.length > 0);
    },
    means: [safe`${name} can no longer answer holds on this host.`],
    notes: isAnswered
      ? []
      : [safe`nobody can answer holds on this host now, so each held action is denied`],
  });
}

function listApprovers(context: CommandContext): void {
  const { approvers, file } = readPolicy(context);
  answer(context, { schema: 'skillgate.host-approvers/1', file, approvers }, () =>
    approvers.length === 0
      ? safe`Host policy has no approver, so each held action is denied. Create a key: skillgate key create operator --passphrase. Then: skillgate host approver add operator`
      : approverTable(approvers),
  );
}

function approverTable(approvers: HostPolicy['approvers']): Safe {
  return table(
    approvers.map((approver) => [
      approver.name,
      proofText(approver),
      approver.mailboxKey === undefined ? '' : 'also by mailbox',
    ]),
  );
}

function proofText({ key, passkey, user }: Approver): string {
  if (key !== undefined) return `key ${key.keyId}`;
  return passkey === undefined
    ? `user ${user?.uid}, who answers in ${user?.folder}`
    : `passkey of ${passkey.rpId}`;
}

function parseEntry(written: string): unknown {
  return parseJson(written, 'the approver’s entry').value;
}

// The parser of host policy judges the whole entry; the name is needed for messages before that.
function nameOf(entry: unknown): string {
  const name = typeof entry === 'object' && entry !== null && 'name' in entry ? entry.name : '';
  return String(name);
}

// `skillgate host egress …`: how much each run of this host may send.

interface Limit {
  /** The word on the command line. */
  readonly word: string;
  readonly member: 'requestsPerMinute' | 'sentBytes';
  readonly atMost: (number: number) => string;
  readonly max: number;
}

const limits: readonly Limit[] = [
  {
    word: 'requests-per-minute',
    member: 'requestsPerMinute',
    atMost: (number) => `make at most ${number} requests a minute`,
    max: egressRequestsPerMinuteMax,
  },
  {
    word: 'sent-bytes',
    member: 'sentBytes',
    atMost: (number) => `send at most ${number} bytes`,
    max: egressRunBytesMax,
  },
];

function addLimit(context: CommandContext, word: string, number: string): void {
  const { atMost, max, member } = limitOf(word);
  if (!/^[1-9]\d{0,14}$/.test(number))
    throw new Problem('usage', `Cannot limit ${word}: ${number} is not a whole number from 1`);
  applyHostChange(context, {
    change: (members) => withEntry(members, 'egress', member, Number(number)),
    means: [
      safe`Each run may ${atMost(Math.min(Number(number), max))}. The proxy denies requests beyond.`,
    ],
    notes:
      Number(number) > max
        ? [safe`${number} has no effect, because Skillgate’s own limit is lower`]
        : [],
  });
}

function removeLimit(context: CommandContext, word: string): void {
  if (word === 'proxy') {
    removeProxy(context);
    return;
  }
  const { atMost, max, member } = limitOf(word);
  const { egress } = readPolicy(context);
  const named = limits.filter((limit) => egress[limit.member] !== undefined);
  requireNamed(
    named.map((limit) => limit.word),
    'egress',
    word,
  );
  applyHostChange(context, {
    change: (members) => withoutEntry(members, 'egress', member),
    means: [safe`Each run may ${atMost(max)}: Skillgate’s own limit applies again.`],
  });
}

function listLimits(context: CommandContext): void {
  const { egress, file, proxy } = readPolicy(context);
  answer(context, { schema: 'skillgate.host-egress/1', file, egress, proxy }, () =>
    joined([limitTable(egress), ...othersText({ proxy })], '\n'),
  );
}

function limitTable(egress: Readonly<Partial<Record<Limit['member'], number>>>): Safe {
  return table(
    limits.map(({ atMost, max, member, word }) => [
      word,
      `each run may ${atMost(Math.min(egress[member] ?? max, max))}`,
      egress[member] === undefined ? 'Skillgate’s own limit' : 'host policy',
    ]),
  );
}

function limitOf(word: string): Limit {
  const found = limits.find((limit) => limit.word === word);
  if (found !== undefined) return found;
  const words = limits.map((limit) => limit.word).join(' or ');
  throw new Problem('usage', `There is no limit ${word}: write ${words}`);
}

interface Kind {
  /** The words after `add`, for messages. */
  readonly adds: string;
  readonly words: number;
  readonly add: (context: CommandContext, first: string, second: string) => void | Promise<void>;
  readonly remove: (context: CommandContext, name: string) => void;
  readonly list: (context: CommandContext) => void;
}

const kinds: Readonly<Record<string, Kind>> = {
  'host workspace': {
    adds: 'NAME DIR',
    words: 2,
    add: addWorkspace,
    remove: removeWorkspace,
    list: listWorkspaces,
  },
  'host model': {
    adds: 'NAME URL --kind KIND',
    words: 2,
    add: addModel,
    remove: removeModel,
    list: listModels,
  },
  'host approver': {
    adds: 'KEY',
    words: 1,
    add: addApprover,
    remove: removeApprover,
    list: listApprovers,
  },
  'host egress': {
    adds: 'LIMIT NUMBER',
    words: 2,
    add: addLimit,
    remove: removeLimit,
    list: listLimits,
  },
  'host toolchain': {
    adds: 'NAME DIR',
    words: 2,
    add: addToolchain,
    remove: removeToolchain,
    list: listToolchains,
  },
  'host index': {
    adds: 'ECOSYSTEM URL',
    words: 2,
    add: addIndex,
    remove: removeIndex,
    list: listIndexes,
  },
  'host advisories': {
    adds: 'RULE VALUE',
    words: 2,
    add: addAdvisoryRule,
    remove: removeAdvisoryRule,
    list: listAdvisoryRules,
  },
};

export async function run(context: CommandContext): Promise<ExitCode> {
  const kind = kinds[context.command];
  if (kind === undefined) show(context);
  else await act(context, kind);
  return exitCodes.ok;
}

async function act(context: CommandContext, { add, adds, list, remove, words }: Kind) {
  const [verb = 'list', ...given] = context.args;
  const [first = '', second = ''] = given;
  if (context.command === 'host egress' && verb === 'proxy') return setProxy(context, given);
  const wanted = { add: words, remove: 1, list: 0 }[verb];
  if (wanted === undefined || given.length !== wanted)
    throw new Problem(
      'usage',
      `Cannot run ${calledName()} ${context.command} ${verb}: write add ${adds}, list, or remove NAME`,
    );
  if (verb === 'add') await add(context, first, second);
  else if (verb === 'remove') remove(context, first);
  else list(context);
}

function show(context: CommandContext): void {
  const policy = readPolicy(context);
  const { file, ...members } = policy;
  const exists = existsSync(file);
  const ink = inkFor(context.stdout, context.env);
  const sections = [
    { title: 'workspaces', count: Object.keys(policy.workspaces).length, text: workspaceTable },
    {
      title: 'models',
      count: Object.keys(policy.models).length,
      text: () => modelTable(policy.models),
    },
    {
      title: 'approvers',
      count: policy.approvers.length,
      text: () => approverTable(policy.approvers),
    },
    {
      title: 'package indexes',
      count: Object.keys(policy.indexes).length,
      text: () => indexTable(policy.indexes),
    },
    { title: 'advisories about packages', count: 1, text: advisoryRulesTable },
    {
      title: 'toolchains',
      count: Object.keys(policy.toolchains).length,
      text: () => toolchainTable(policy.toolchains),
    },
    { title: 'egress of each run', count: 1, text: () => limitTable(policy.egress) },
  ];
  answer(context, { schema: 'skillgate.host/1', file, exists, policy: members }, () =>
    joined(
      [
        exists
          ? safe`${ink.bold(file)} says what agents and skills may do on this host.`
          : safe`${ink.bold(file)} does not exist: each member has its default.`,
        ...sections.map(({ count, text, title }) =>
          count === 0 ? safe`${ink.bold(title)}: none` : safe`${ink.bold(title)}\n${text(policy)}`,
        ),
        ...othersText(members),
      ],
      '\n',
    ),
  );
}

const shownMembers = [
  'workspaces',
  'writable',
  'ownLocks',
  'models',
  'approvers',
  'indexes',
  'advisories',
  'packages',
  'toolchains',
  'egress',
];

function othersText(members: Readonly<Record<string, unknown>>) {
  const defaults: Readonly<Record<string, unknown>> = { ...emptyHostPolicy };
  return Object.entries(members)
    .filter(([name]) => !shownMembers.includes(name))
    .map(([name, value]) => [name, JSON.stringify(value)] as const)
    .filter(([name, text]) => text !== JSON.stringify(defaults[name]))
    .map(([name, text]) => safe`${name}: ${text}`);
}
