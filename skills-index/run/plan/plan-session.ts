/**
 * Makes the plan of an agent's session from the agent's identity, host policy and facts about this
 * host. Pure. Every line of the plan has a reason.
 */
import type { Digest } from '../../skill/digest.ts';
import { canonicalDigest } from '../../skill/text/canonical-json.ts';
import { type Agent, grantLine, whyEnded } from '../agents/agent.ts';
import { modelRequests, parseModelUrl } from '../agents/agent-policy.ts';
import { modelHost } from '../agents/bridge.ts';
import type { PlannedHold } from '../holds/hold.ts';
import { type HeldPlan, plannedHolds } from '../holds/hold-state.ts';
import type { HostPolicy } from './host-policy.ts';
import type { LeftOut, PlannedEnv, PlannedMount, PlannedSecret, Refusal } from './plan.ts';
import { rootWrites, userOf } from './plan-capabilities.ts';
import type { SecretEntry } from './plan-input.ts';
import { planEgressLimits } from './plan-skill.ts';
import { planSurroundings } from './plan-surroundings.ts';
import {
  type PlannedFolder,
  type PlannedSkill,
  type SessionPlan,
  sessionSkill,
} from './session-plan.ts';

const sessionSecondsMax = 8 * 3_600;

const sessionMemoryMiB = 4_096;

const sessionOutputBytesMax = 256 * 1024 * 1024;

const sessionProcessesMax = 1_024;

/**
 * Sizes of `/tmp` and HOME, where package managers and builds have their caches, and of what a
 * session may write into one folder, with the packages that it installs there.
 */
const sessionSizes = { temporaryMiB: 1_024, homeMiB: 256, changesMiB: 512 };

/** The agent's program as found on this host, or the reason why no session can use the program. */
export type ProgramFact =
  | { readonly command: readonly string[]; readonly folder?: string }
  | { readonly why: string; readonly hint: string };

/** A toolchain of host policy as the runner found it, or why no session may see it. */
export type ToolchainFact = { readonly name: string; readonly path: string } & (
  | { readonly programs: string }
  | { readonly why: string }
);

/** Facts about this host that the runner gathers before planning a session. */
export interface SessionFacts {
  readonly uid: number;
  readonly gid: number;
  /** The folder of the identity's workspace; absent for an identity without a workspace. */
  readonly workspace?:
    | { readonly path: string; readonly id: string; readonly uid: number; readonly gid: number }
    | { readonly why: string };
  /**
   * Another identity that works in the workspace's folder, in a folder above the workspace or in a
   * folder below the workspace.
   */
  readonly sharedWith?: string;
  readonly memory: { readonly path: string; readonly id: string };
  /** The folders of the system, and further folders that the agent's program needs. */
  readonly folders: readonly PlannedFolder[];
  readonly program: ProgramFact;
  readonly secrets: readonly SecretEntry[];
  readonly toolchains: readonly ToolchainFact[];
  /** Whether the system has the Python that gives a session its terminal. */
  readonly hasPython: boolean;
}

export interface SessionInput {
  readonly agent: Agent;
  readonly hostPolicy: HostPolicy;
  readonly facts: SessionFacts;
  readonly skills: readonly PlannedSkill[];
  /** The kind of terminal that the session gets, as the variable TERM names it. */
  readonly terminal?: string;
  readonly sandbox: { readonly name: string; readonly gives: readonly string[] };
  readonly now: Date;
}

/** Plans a session. Never throws: a plan that must not start lists the reasons in `refused`. */
export function planSession(input: SessionInput): {
  readonly plan: SessionPlan;
  readonly digest: Digest;
} {
  const { agent, facts, hostPolicy, sandbox, skills, terminal } = input;
  const refused: Refusal[] = [];
  const leftOut: LeftOut[] = [];
  const ended = whyEnded(agent, input.now);
  if (ended !== undefined)
    refused.push({ code: 'plan-refused', message: ended, hint: grantLine(agent, '…') });
  for (const one of hostPolicy.require.filter(
    (requirement) => !sandbox.gives.includes(requirement),
  ))
    refused.push({
      code: 'sandbox-refused',
      message: `host policy requires ${one}, which the sandbox on this host does not have`,
    });
  const { program } = facts;
  if ('why' in program)
    refused.push({ code: 'plan-refused', message: program.why, hint: program.hint });
  const mounts = planMounts(input, refused, leftOut);
  const model = planModel(input, refused, leftOut);
  const own = planSurroundings(agent, hostPolicy, facts.secrets);
  leftOut.push(...own.leftOut);
  refused.push(...own.refused);
  if (terminal !== undefined && !facts.hasPython)
    refused.push({
      code: 'plan-refused',
      message: 'a session with a terminal needs python3 below /usr/bin',
      hint: 'apt-get install python3',
    });
  const tools = planToolchains(facts.toolchains, leftOut);
  const given = {
    egress: [...model.egress, ...own.egress],
    secrets: [...model.secrets, ...own.secrets],
    env: [pathOf(tools.programs), ...plainEnv, ...terminalEnv(terminal), ...model.env, ...own.env],
  };
  const plan: SessionPlan = {
    schema: 'skillgate.session/1',
    agent: agent.name,
    keyId: agent.keyId,
    command: 'why' in program ? [] : program.command,
    backend: sandbox.name,
    ...(terminal === undefined ? {} : { terminal }),
    ...ownerOf(facts, agent.workspace?.mode, refused),
    workingDirectory: mounts[0]?.target ?? '/tmp',
    folders: [...facts.folders, ...tools.folders],
    mounts,
    ...given,
    indexes: own.indexes,
    skills,
    limits: {
      seconds: sessionSecondsMax,
      memoryMiB: sessionMemoryMiB,
      outputBytes: sessionOutputBytesMax,
      processes: sessionProcessesMax,
      ...sessionSizes,
      ...hostPolicy.sizes,
    },
    egressLimits: planEgressLimits(hostPolicy),
    holds: holdsOf({ agent: agent.name, mounts, ...given }, input),
    leftOut,
    refused,
  };
  return { plan, digest: canonicalDigest(plan) };
}

// The operator who granted the workspace already allowed the agent to write to it, and the memory
// folder is the agent's own. So only rules of host policy can make the start of a session wait.
function holdsOf(
  given: Omit<HeldPlan, 'skill' | 'programs'>,
  { agent, hostPolicy }: SessionInput,
): PlannedHold[] {
  const writable = [
    ...hostPolicy.writable,
    'memory',
    ...(agent.workspace === undefined ? [] : [agent.workspace.name]),
  ];
  return plannedHolds({ ...given, programs: [], skill: sessionSkill }, { ...hostPolicy, writable });
}

const plainEnv: readonly PlannedEnv[] = [
  { name: 'HOME', value: '/home/skill', reason: 'a temporary folder, deleted with the session' },
  { name: 'TMPDIR', value: '/tmp', reason: 'a temporary folder, deleted with the session' },
  { name: 'USER', value: 'skill', reason: 'the user of the sandbox' },
  { name: 'LOGNAME', value: 'skill', reason: 'the user of the sandbox' },
  { name: 'SHELL', value: '/bin/sh', reason: 'the shell of the system' },
  { name: 'LANG', value: 'C.UTF-8', reason: 'the same on every host' },
  {
    name: 'SKILLGATE_MEMORY',
    value: '/memory',
    reason: 'the folder whose files outlast the session',
  },
];

function pathOf(programs: readonly string[]): PlannedEnv {
  const folders = ['/opt/skillgate/bin', '/usr/local/bin', '/usr/bin', '/bin'];
  const reason = 'the runner’s node and skillgate, then the system';
  return {
    name: 'PATH',
    value: [...programs, ...folders].join(':'),
    reason: programs.length === 0 ? reason : `the toolchains of host policy, ${reason}`,
  };
}

function planToolchains(
  toolchains: SessionFacts['toolchains'],
  leftOut: LeftOut[],
): { readonly folders: readonly PlannedFolder[]; readonly programs: readonly string[] } {
  const found = toolchains.flatMap((one) => ('why' in one ? [] : [one]));
  for (const one of toolchains)
    if ('why' in one)
      leftOut.push({
        what: `toolchain ${one.name}`,
        reason: one.why,
        hint: `skillgate host toolchain remove ${one.name}`,
      });
  return {
    // Sessions see /usr as a whole.
    folders: found
      .filter(({ path }) => !path.startsWith('/usr/'))
      .map(({ name, path }) => ({
        path,
        target: path,
        reason: `toolchain ${name} of host policy, read-only`,
      })),
    programs: found.map(({ programs }) => programs),
  };
}

function terminalEnv(terminal: string | undefined): readonly PlannedEnv[] {
  return terminal === undefined
    ? []
    : [{ name: 'TERM', value: terminal, reason: 'the kind of the person’s terminal' }];
}

function planMounts(
  { agent, facts, hostPolicy }: SessionInput,
  refused: Refusal[],
  leftOut: LeftOut[],
): PlannedMount[] {
  const { memory, sharedWith, workspace } = facts;
  const kept: PlannedMount = {
    source: 'memory',
    path: memory.path,
    id: memory.id,
    target: '/memory',
    mode: 'rw',
    reason: `the memory of agent ${agent.name}; no other agent sees the folder`,
  };
  const wanted = agent.workspace;
  if (wanted === undefined) {
    leftOut.push({
      what: 'a workspace',
      reason: `agent ${agent.name} has no workspace: skillgate agent grant ${agent.name} --workspace NAME`,
    });
    return [kept];
  }
  const { mode, name } = wanted;
  const hint = `skillgate host workspace add ${name} /FOLDER`;
  if (workspace === undefined)
    refused.push({ code: 'plan-refused', message: `host policy has no workspace ${name}`, hint });
  else if ('why' in workspace)
    refused.push({
      code: 'plan-refused',
      message: `workspace ${name}: ${workspace.why.includes('ENOENT') ? `its folder of host policy does not exist: ${hostPolicy.workspaces[name]}` : workspace.why}`,
    });
  else if (sharedWith !== undefined)
    refused.push({
      code: 'plan-refused',
      message: `agent ${sharedWith} also works in ${workspace.path}, and two agents must not share a folder`,
    });
  else {
    const { id, path } = workspace;
    const reason = `the workspace of agent ${agent.name}; host policy names its folder`;
    return [{ source: `workspace:${name}`, path, id, target: '/workspace', mode, reason }, kept];
  }
  return [kept];
}

function ownerOf(
  { gid, uid, workspace }: SessionFacts,
  mode: PlannedMount['mode'] | undefined,
  refused: Refusal[],
): { readonly uid: number; readonly gid: number } {
  if (uid !== 0) return { uid, gid };
  if (workspace === undefined || 'why' in workspace) return userOf(undefined);
  if (workspace.uid === 0 && mode === 'rw') refused.push(rootWrites(workspace.path));
  return userOf(workspace);
}

// The environment variables by which client libraries find a model endpoint, and the way in which
// the libraries send the key.
const interfaces = {
  openai: { base: 'OPENAI_BASE_URL', key: 'OPENAI_API_KEY', as: 'bearer', below: '/v1' },
  anthropic: {
    base: 'ANTHROPIC_BASE_URL',
    key: 'ANTHROPIC_API_KEY',
    as: 'header:x-api-key',
    below: '',
  },
} as const;

/**
 * Returns the environment variable of the sandbox that contains the placeholder of a secret: the
 * variable of a model's key, or the variable that a credential for git is named after.
 */
export function keyVariableOf({ as, name }: Pick<PlannedSecret, 'as' | 'name'>): string {
  if (as === 'basic') return name;
  return (Object.values(interfaces).find((one) => one.as === as) ?? interfaces.openai).key;
}

type ModelLines = Pick<SessionPlan, 'egress' | 'secrets' | 'env'>;

function planModel(
  { agent, facts, hostPolicy }: SessionInput,
  refused: Refusal[],
  leftOut: LeftOut[],
): ModelLines {
  const none: ModelLines = { egress: [], secrets: [], env: [] };
  const names = Object.keys(hostPolicy.models);
  const name = agent.model ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined && names.length === 0) {
    leftOut.push({
      what: 'a model endpoint',
      reason: `${hostPolicy.file} names none`,
      hint: 'skillgate host model add local http://127.0.0.1:8080 --kind openai',
    });
    return none;
  }
  const hint = `skillgate agent grant ${agent.name} --model ${names[0] ?? 'NAME'}`;
  const endpoint =
    name !== undefined && Object.hasOwn(hostPolicy.models, name)
      ? hostPolicy.models[name]
      : undefined;
  const place = endpoint === undefined ? undefined : parseModelUrl(endpoint.url);
  if (endpoint === undefined || place === undefined) {
    const message =
      name === undefined
        ? `host policy has several models (${names.join(', ')}), and the agent names none`
        : `host policy has no model ${name}`;
    refused.push({ code: 'plan-refused', message, hint });
    return none;
  }
  const { as, base, below, key } = interfaces[endpoint.kind];
  const isLocal = place.kind === 'address';
  const [host, port] = isLocal ? [modelHost, 80] : [place.host, place.port];
  const path = place.path === '' ? below : place.path;
  const pinned = isLocal
    ? { [modelHost]: { address: place.host, port: place.port } }
    : hostPolicy.hosts[host] === undefined
      ? {}
      : { [host]: hostPolicy.hosts[host] };
  const origin = isLocal ? `http://${host}` : `https://${host}${port === 443 ? '' : `:${port}`}`;
  const stored = facts.secrets.find(
    (one) => one.name === endpoint.secret && one.hosts.includes(host),
  );
  if (endpoint.secret !== undefined && stored === undefined) {
    const message = `there is no secret ${endpoint.secret} for ${host}`;
    refused.push({
      code: 'secret-refused',
      message,
      hint: `skillgate secret set ${endpoint.secret} --host ${host} --agent ${agent.name}`,
    });
  }
  const why = `model ${name} of host policy`;
  const what = isLocal ? `${why}: ${host} is ${place.host}:${place.port}` : why;
  return {
    egress: modelRequests(endpoint, place).map((one) => ({
      scheme: isLocal ? 'http' : 'https',
      mode: 'intercept',
      host,
      port,
      ...one,
      pinned,
      mayNamePlaceholders: true,
      reason: `${what}; the session may request nothing else`,
    })),
    secrets:
      stored === undefined
        ? []
        : [{ name: stored.name, hosts: [host], as, reason: `${why}; the proxy adds its value` }],
    env: [
      { name: base, value: `${origin}${path}`, reason: why },
      {
        name: key,
        value: stored === undefined ? 'placeholder' : '(placeholder)',
        reason:
          stored === undefined ? 'client libraries require a value' : 'the proxy adds its value',
      },
    ],
  };
}
