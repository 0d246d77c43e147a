/**
 * Builds the lines of a plan, with one function for each kind of capability. Each function decides,
 * and adds lines to the draft of the plan. No I/O.
 */
import { coversHost } from '../../network/host-name.ts';
import {
  type Capabilities,
  type Capability,
  covers,
  type EgressCapability,
  groupCapabilities,
  listCapabilities,
  printCapability,
  standsInPath,
} from '../../skill/capability.ts';
import { parseEgressUrl } from '../../skill/egress-target.ts';
import { ceilingFor } from '../agents/agent.ts';
import type { HostPolicy } from './host-policy.ts';
import type { Plan, PlannedEgress, PlannedEnv, PlannedMount, Refusal } from './plan.ts';
import type { PlanInput } from './plan-input.ts';
import { planPackages } from './plan-packages.ts';

/** A shell can close only file descriptors with one digit. Mounts use the descriptors 3 to 6. */
const mountsMax = 4;

type DraftedPart =
  | 'mounts'
  | 'egress'
  | 'secrets'
  | 'env'
  | 'programs'
  | 'base'
  | 'packages'
  | 'leftOut'
  | 'refused';

/** The lists of a plan while the planner builds the plan. */
export type Draft = { readonly [Part in DraftedPart]: Plan[Part][number][] };

/**
 * Adds to the draft every capability that the manifest declares, a reviewer approved, the agent was
 * granted and host policy allows.
 */
export function planCapabilities(draft: Draft, input: PlanInput): void {
  const given = grantedOf(draft, input);
  planMounts(draft, input, given.mount);
  planEgress(draft, input, given.egress);
  planSecrets(draft, input, given.secret);
  planEnv(draft, input, given.env);
  planPrograms(draft, input, given.exec);
  planBase(draft, input);
  planPackages(draft, input, given);
}

// When only part of a capability is granted, the plan gets the granted part. When no part is
// granted, the plan leaves the capability out.
function grantedOf(
  draft: Draft,
  { admitted, agent, approved, host, manifest }: PlanInput,
): Capabilities {
  const ceiling =
    agent === undefined ? undefined : ceilingFor(agent, admitted.name, admitted.version);
  const kept = listCapabilities(manifest.capabilities).flatMap((one) => {
    const allowed = narrow(one, approved);
    const given =
      ceiling === undefined ? allowed : allowed.flatMap((each) => narrow(each, ceiling));
    if (given.length === 0 && !isBase(one, host))
      leaveOut(
        draft,
        one,
        allowed.length === 0 ? 'no reviewer approved it' : `not granted to agent ${agent?.name}`,
      );
    return given;
  });
  return groupCapabilities(kept);
}

function narrow(wanted: Capability, given: Capabilities): Capability[] {
  const list = listCapabilities(given);
  if (list.some((wide) => covers(wide, wanted))) return [wanted];
  return list
    .filter((narrower) => covers(wanted, narrower))
    .map((narrower) => ({ ...narrower, why: wanted.why ?? '' }));
}

// Folders of the sandbox itself. A mount over such a folder could replace an interpreter or a
// skill.
const ownFolders =
  /^\/(bin|boot|dev|etc|home|lib[0-9x]*|proc|run|sbin|skills|sys|tmp|usr|var)(\/|$)/;
const plainTarget = /^(\/[A-Za-z0-9_][A-Za-z0-9._-]*)+$/;

function planMounts(draft: Draft, { host }: PlanInput, mounts: Capabilities['mount']): void {
  const refuse = (message: string): number => draft.refused.push({ code: 'plan-refused', message });
  // A run works in the folder of its first mount, and relative paths in arguments begin there.
  const firstForArguments = mounts.toSorted(
    (a, b) => Number(b.files === 'arguments') - Number(a.files === 'arguments'),
  );
  for (const { source = '', target = '', mode, why } of firstForArguments) {
    const name = workspaceOf(source);
    const fact = Object.hasOwn(host.workspaces, name) ? host.workspaces[name] : undefined;
    if (fact === undefined)
      draft.refused.push({
        code: 'plan-refused',
        message: `host policy binds no folder to ${source}`,
        hint: `skillgate host workspace add ${name} /FOLDER`,
      });
    else if ('why' in fact) refuse(`${source} cannot be mounted: ${fact.why}`);
    else if (!plainTarget.test(target) || ownFolders.test(target))
      refuse(
        `${JSON.stringify(target)} cannot be the target of a mount: write a plain path outside the sandbox’s own folders`,
      );
    else
      draft.mounts.push({
        source,
        path: fact.path,
        id: fact.id,
        target,
        mode,
        reason: `${approvedFor(why)}; bound by host policy`,
      });
  }
  const within = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`);
  const others = (a: PlannedMount): PlannedMount[] => draft.mounts.filter((b) => b !== a);
  if (
    draft.mounts.some((a) =>
      others(a).some((b) => within(a.target, b.target) || within(a.path, b.path) || a.id === b.id),
    )
  )
    refuse('two mounts overlap: one folder contains the other');
  if (draft.mounts.length > mountsMax)
    refuse(`the plan has ${draft.mounts.length} mounts; at most ${mountsMax} are possible`);
}

const nobody = 65_534;

/**
 * Returns the user id of a run. A runner that is root takes the id of the owner of the mounted
 * folders, or of `nobody` when nothing is mounted, or folders of root alone.
 */
export function planOwner({ mounts, refused }: Draft, { host }: PlanInput): Owned {
  if (host.uid !== 0) return { uid: host.uid, gid: host.gid };
  const owners = mounts.flatMap(({ mode, source }) => {
    const name = workspaceOf(source);
    const fact = host.workspaces[name];
    return fact === undefined || 'why' in fact ? [] : [{ ...fact, mode }];
  });
  const user = owners.find(({ uid }) => uid !== 0);
  for (const { mode, path, uid } of owners) {
    if (uid === 0 && mode === 'rw') refused.push(rootWrites(path));
    else if (uid !== 0 && uid !== user?.uid)
      refused.push({
        code: 'plan-refused',
        message: `${path} belongs to another user than the first mount, and a run has one user id`,
      });
  }
  return userOf(user);
}

/** The user of a run in a folder; a copy of a folder of root belongs to `nobody`. */
export function userOf(owner: Owned | undefined): Owned {
  return { uid: owner?.uid || nobody, gid: owner?.gid || nobody };
}

interface Owned {
  readonly uid: number;
  readonly gid: number;
}

/** Why a run may not write to a folder of root before somebody has seen what. */
export function rootWrites(path: string): Refusal {
  return {
    code: 'mount-owner-root',
    message: `${path} belongs to root, so no rw mount writes to it unasked`,
    hint: 'mount it with mode cow, and accept its changes; or name a folder of another user',
  };
}

function planEgress(
  draft: Draft,
  { hostPolicy, manifest }: PlanInput,
  egress: Capabilities['egress'],
): void {
  const keyed = manifest.capabilities.secret
    .filter(({ as }) => standsInPath(as))
    .flatMap(({ hosts }) => hosts);
  const planned = egress.map(
    (one) => [one, egressLines(one, hostPolicy, approvedFor(one.why))] as const,
  );
  const open = planned.flatMap(([, lines]) => ('why' in lines ? [] : lines));
  for (const [one, lines] of planned) {
    if ('why' in lines) leaveOut(draft, { kind: 'egress', ...one }, lines.why);
    else if (lines.some((line) => isJudged(line, open)))
      leaveOut(draft, { kind: 'egress', ...one }, judgedPort);
    else
      draft.egress.push(...lines.map((line) => (keyed.length === 0 ? line : { ...line, keyed })));
  }
}

export const judgedPort = 'another egress judges requests to the same port';

// Whoever may send any bytes to a port sends requests there that nobody judges. Host policy may
// lead several names and ports to it.
export function isJudged(
  { host, pinned, port, scheme }: PlannedEgress,
  all: readonly PlannedEgress[],
): boolean {
  const doors = doorsOf(pinned);
  return (
    scheme === 'tcp' &&
    all.some(
      (one) =>
        one.mode === 'intercept' &&
        ((one.port === port && coversHost(one.host, host)) ||
          doorsOf(one.pinned).some((door) => doors.includes(door))),
    )
  );
}

function doorsOf(pinned: PlannedEgress['pinned']): readonly string[] {
  return Object.values(pinned).map(({ address, port }) => `${address}:${port}`);
}

// The plan has a secret by its name only, and binds the secret to the hosts that both the manifest
// and the operator name.
function planSecrets(
  draft: Draft,
  { agent, secrets }: PlanInput,
  wanted: Capabilities['secret'],
): void {
  for (const { name, hosts: asked, as, why } of wanted) {
    const stored = secrets.find(
      (entry) => entry.name === name && (entry.agent === undefined || entry.agent === agent?.name),
    );
    const hosts = (stored?.hosts ?? []).filter((host) =>
      asked.some((one) => coversHost(one, host)),
    );
    const refuse = (message: string): number =>
      draft.refused.push({
        code: 'secret-refused',
        message,
        hint: `skillgate secret set ${name} --host ${asked[0]}${agent === undefined ? '' : ` --agent ${agent.name}`}`,
      });
    if (stored === undefined) refuse(`there is no secret ${name} for this run`);
    else if (hosts.length === 0)
      refuse(`secret ${name} is bound to no host that the manifest names`);
    else if (as === 'postgres' && hosts.some((host) => portsOf(host, draft.egress) !== 1))
      draft.refused.push({
        code: 'secret-refused',
        message: `secret ${name} is for one database, and the plan has not one tcp port of ${hosts.join(' and of ')}`,
        hint: 'declare one egress tcp://HOST:PORT for each of its hosts',
      });
    else {
      const { methods } = stored;
      const reason = `${approvedFor(why)}; bound to ${[...(methods ?? []), stored.hosts.join(', ')].join(' ')}`;
      draft.secrets.push({
        name,
        hosts,
        ...(methods === undefined ? {} : { methods }),
        as,
        reason,
      });
    }
  }
}

function portsOf(wanted: string, egress: readonly PlannedEgress[]): number {
  return egress.filter(({ host, scheme }) => scheme === 'tcp' && host === wanted).length;
}

// Variables that the sandbox sets itself, and variables that change which code an interpreter
// loads.
const reservedNames =
  /^(\*|HOME|PATH|PWD|TMPDIR|LD_.*|NODE_.*|PYTHON.*|SKILLGATE_.*|BASH.*|ENV|IFS|OPT(ARG|IND|ERR)|E?UID|PPID|PS4|SHELLOPTS|(https?|all|no)_proxy|GIT_(SSL|PROXY|CONFIG|EXEC).*|SSL_CERT_.*|.*_(CA_BUNDLE|CAINFO)|(PIP|DENO)_CERT)$/i;

// The value of a variable comes from the agent's identity, else from host policy, never from the
// runner's own environment.
function planEnv(draft: Draft, { agent, hostPolicy }: PlanInput, env: Capabilities['env']): void {
  for (const { name, why } of env) {
    const [from, values] = Object.hasOwn(agent?.env ?? {}, name)
      ? [`agent ${agent?.name}`, agent?.env]
      : ['host policy', hostPolicy.env];
    const value = Object.hasOwn(values ?? {}, name) ? values?.[name] : undefined;
    if (reservedNames.test(name))
      leaveOut(
        draft,
        { kind: 'env', name },
        'the sandbox sets this variable itself, or the variable changes which code is loaded',
      );
    else if (value === undefined)
      leaveOut(
        draft,
        { kind: 'env', name },
        'neither the agent nor host policy has a value for it',
      );
    else draft.env.push({ name, value, reason: `${approvedFor(why)}; value of ${from}` });
  }
  if (draft.env.every(({ name }) => name !== 'TZ')) draft.env.push(...zoneOf(hostPolicy));
}

/** The time zone of host policy. Without one, programs find none and use UTC. */
export function zoneOf({ timeZone }: Pick<HostPolicy, 'timeZone'>): PlannedEnv[] {
  return timeZone === undefined
    ? []
    : [{ name: 'TZ', value: timeZone, reason: 'timeZone of host policy' }];
}

// The sandbox shows each program individually, in addition to the interpreter.
function planPrograms(
  draft: Draft,
  { command: { file, interpreter }, host }: PlanInput,
  exec: Capabilities['exec'],
): void {
  const own =
    interpreter === undefined ? [] : [{ program: interpreter as string, reason: `runs ${file}` }];
  const others = exec
    .map(({ program, why }) => ({ program, reason: approvedFor(why) }))
    .filter((one) => one.program !== interpreter);
  for (const { program, reason } of [...own, ...others]) {
    const path = Object.hasOwn(host.programs, program) ? host.programs[program] : undefined;
    if (path !== undefined) draft.programs.push({ program, path, reason });
    else if (program === interpreter)
      draft.refused.push({
        code: 'sandbox-missing',
        message: `${program} is not installed below /usr/bin`,
      });
    else
      leaveOut(draft, { kind: 'exec', program }, 'it is not installed below /usr/bin on this host');
  }
}

// A script is there only with its interpreter, even when the manifest declares the script.
function planBase(draft: Draft, { host }: PlanInput): void {
  const planned = new Set(draft.programs.map(({ program }) => program));
  for (const { needs, path, program } of host.base)
    if (needs === undefined || planned.has(needs)) draft.base.push({ program, path });
    else if (planned.has(program)) {
      draft.programs.splice(
        draft.programs.findIndex((one) => one.program === program),
        1,
      );
      leaveOut(
        draft,
        { kind: 'exec', program },
        `on this host it is a script for ${needs}, so declare ${needs}, too`,
      );
    }
}

function isBase(one: Capability, { base }: PlanInput['host']): boolean {
  return one.kind === 'exec' && base.some(({ program }) => program === one.program);
}

/** Returns the workspace's name: `reports` of `workspace:reports`. */
export function workspaceOf(source: string): string {
  return source.replace(/^workspace:/, '');
}

function leaveOut(draft: Draft, one: Capability, reason: string): void {
  draft.leftOut.push({ what: printCapability(one), reason });
}

// Quotes the author's reason, so that the reason cannot pass for a text of Skillgate.
function approvedFor(why: string | undefined): string {
  return why === undefined || why === '' ? 'approved' : `approved for ${JSON.stringify(why)}`;
}

// The lines of a plan for one egress capability, under host policy. Pure.

/**
 * Returns the lines, or why no run can have the capability. The proxy opens and judges HTTPS,
 * except for hosts whose TLS the operator left closed. Plain HTTP is allowed only to hosts with a
 * pinned address.
 */
export function egressLines(
  { methods, url }: EgressCapability,
  { hosts, tunnels }: Pick<HostPolicy, 'hosts' | 'tunnels'>,
  why: string,
): readonly PlannedEgress[] | { readonly why: string } {
  const { scheme, host, port, path } = parseEgressUrl(url);
  const pinned = Object.fromEntries(
    Object.entries(hosts).filter(([name]) => coversHost(host, name)),
  );
  const names = Object.entries(pinned).map(([name, to]) => `${name} is ${to.address}:${to.port}`);
  if (scheme === 'tcp') {
    const unseen = 'the proxy looks for secrets in the bytes, and understands none of them';
    const reason = [why, ...names, unseen].join('; ');
    return [{ scheme, host, port, methods, path, pinned, mode: 'tunnel', reason }];
  }
  if ((scheme !== 'https' && scheme !== 'http') || methods.includes('*'))
    return { why: 'a run may send only http and https requests with named methods' };
  if (scheme === 'http' && names.length === 0)
    return { why: `host policy pins no address for ${host}, and plain http needs one` };
  const line = { scheme, port, methods, path, pinned };
  const reasons = [why, ...names];
  const closed = scheme === 'https' ? tunnels.map((tunnel) => tunnel.split(':')) : [];
  const opaque = closed.flatMap(([name = '', at]) =>
    coversHost(host, name) && Number(at) === port ? [name] : [],
  );
  const lines = opaque.map((name): PlannedEgress => {
    const unseen = `host policy lists ${name}:${port} in tunnels, so the proxy checks neither method nor path`;
    return { ...line, host: name, mode: 'tunnel', reason: [...reasons, unseen].join('; ') };
  });
  if (opaque.includes(host)) return lines;
  return [...lines, { ...line, host, mode: 'intercept', reason: reasons.join('; ') }];
}
