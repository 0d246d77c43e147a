/**
 * `skillgate host …`: shows and changes host policy, so that nobody has to write host.json by hand.
 * An agent's sandbox lacks the folder of host policy, so an agent that calls these commands changes
 * nothing on the host.
 */
import { existsSync } from 'node:fs';
import { emptyHostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { calledName } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, inkFor, joined, safe } from '../terminal/output.ts';
import {
  addAdvisoryRule,
  advisoryRulesTable,
  listAdvisoryRules,
  removeAdvisoryRule,
} from './advisories.ts';
import { addApprover, approverTable, listApprovers, removeApprover } from './approvers.ts';
import { readPolicy } from './change.ts';
import { addIndex, indexTable, listIndexes, removeIndex } from './indexes.ts';
import { addLimit, limitTable, listLimits, removeLimit } from './limits-of-egress.ts';
import { addModel, listModels, modelTable, removeModel } from './models.ts';
import { addToolchain, listToolchains, removeToolchain, toolchainTable } from './toolchains.ts';
import { addWorkspace, listWorkspaces, removeWorkspace, workspaceTable } from './workspaces.ts';

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
