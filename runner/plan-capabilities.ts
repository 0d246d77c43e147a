/** The lines of a plan, one function for each kind of capability; pure. */
import {
  type Capabilities,
  type Capability,
  covers,
  type EgressCapability,
  type EnvCapability,
  type ExecCapability,
  groupCapabilities,
  listCapabilities,
  type MountCapability,
  printCapability,
  type SecretCapability,
} from '../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../skills-index/skill/egress-target.ts';
import { coversHost } from '../skills-index/skill/host-name.ts';
import { mountsMax } from './limits.ts';
import type {
  LeftOut,
  PlanInput,
  PlannedEgress,
  PlannedEnv,
  PlannedMount,
  PlannedProgram,
  PlannedSecret,
  Refusal,
} from './plan.ts';

interface Planned<Line> {
  readonly planned: readonly Line[];
  readonly leftOut: readonly LeftOut[];
  readonly refused: readonly Refusal[];
}

/** One capability's outcome. */
type Outcome<Line> = { readonly line: Line } | { readonly leftOut: string } | { readonly refused: Refusal };

/** Approved ∩ declared ∩ granted: a narrower grant narrows, none leaves out. */
export function grantedOf({ agent, approved, manifest }: PlanInput): {
  readonly capabilities: Capabilities;
  readonly leftOut: readonly LeftOut[];
} {
  const declared = listCapabilities(manifest.capabilities);
  const granted = agent === undefined ? undefined : listCapabilities(agent.ceiling);
  const kept: Capability[] = [];
  const leftOut: LeftOut[] = [];
  for (const one of declared) {
    const allowed = narrow([one], listCapabilities(approved));
    const given = granted === undefined ? allowed : narrow(allowed, granted);
    kept.push(...given);
    if (allowed.length === 0) leftOut.push({ what: printCapability(one), reason: 'no reviewer approved it' });
    else if (given.length === 0) leftOut.push({ what: printCapability(one), reason: `not granted to agent ${agent?.name}` });
  }
  return { capabilities: groupCapabilities(kept), leftOut };
}

function narrow(wanted: readonly Capability[], given: readonly Capability[]): Capability[] {
  return wanted.flatMap((one) => {
    if (given.some((wide) => covers(wide, one))) return [one];
    return given.filter((narrower) => covers(one, narrower)).map((narrower) => ({ ...narrower, why: one.why ?? '' }));
  });
}

/** Folders that host policy names, each a mount of its own. */
export function planMounts({ host }: PlanInput, mounts: readonly MountCapability[]): Planned<PlannedMount> {
  const outcomes = mounts.map((one): Outcome<PlannedMount> => {
    const { source = '', target = '', mode } = one;
    const name = source.replace(/^workspace:/, '');
    if (mode === 'cow') {
      return refuse('mode-unsupported', `mount ${source} asks for mode cow`, 'Ask for ro, or for rw with a reviewer’s consent.');
    }
    const fact = Object.hasOwn(host.workspaces, name) ? host.workspaces[name] : undefined;
    if (fact === undefined) {
      return refuse('plan-refused', `host policy binds no folder to ${source}`, `Add "${name}" to workspaces in host.json.`);
    }
    if ('why' in fact)
      return refuse('plan-refused', `${source} cannot be mounted: ${fact.why}`, 'Change workspaces in host.json.');
    const why = whyNotTarget(target);
    if (why !== undefined)
      return refuse('plan-refused', `${source} cannot be mounted at ${JSON.stringify(target)}: ${why}`, 'Change the target.');
    const reason = `approved${because(one)}; host policy binds ${name} to this folder`;
    return { line: { source, path: fact.path, id: fact.id, target, mode, reason } };
  });
  const all = collect(
    mounts.map((one) => printCapability({ kind: 'mount', ...one })),
    outcomes,
  );
  return { ...all, refused: [...all.refused, ...refusalsAmong(all.planned)] };
}

function refusalsAmong(mounts: readonly PlannedMount[]): Refusal[] {
  const within = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`);
  const overlapping = mounts.some((a, i) =>
    mounts.some((b, j) => i !== j && (within(a.target, b.target) || within(a.path, b.path) || a.id === b.id)),
  );
  const refusal = (message: string, hint: string): Refusal => ({ code: 'plan-refused', message, hint });
  return [
    ...(overlapping ? [refusal('two mounts lie in one another', 'Bind workspaces to folders apart from each other.')] : []),
    ...(mounts.length > mountsMax ? [refusal(`${mounts.length} mounts; at most ${mountsMax}`, 'Ask for fewer.')] : []),
  ];
}

// The sandbox's own folders; a mount there could replace an interpreter or a skill.
const ownFolders = [
  'bin',
  'dev',
  'etc',
  'home',
  'lib',
  'lib32',
  'lib64',
  'libx32',
  'proc',
  'run',
  'sbin',
  'skills',
  'sys',
  'tmp',
  'usr',
];

function whyNotTarget(target: string): string | undefined {
  const parts = target.split('/').slice(1);
  if (!target.startsWith('/') || parts.some((part) => part === '' || part === '.' || part === '..'))
    return 'it is no absolute path in plain form';
  if (!/^[A-Za-z0-9._/-]+$/.test(target)) return 'it has other characters than letters, digits, dots, hyphens and _';
  return ownFolders.includes(parts[0] ?? '') ? 'that folder is the sandbox’s own' : undefined;
}

/** Whose uid the run takes: a runner that is root becomes the owner of what it mounts, and nobody where it mounts nothing. */
export function planOwner(
  { host }: PlanInput,
  mounts: readonly PlannedMount[],
): { readonly uid: number; readonly gid: number; readonly refused: readonly Refusal[] } {
  if (!host.root) return { uid: host.uid, gid: host.gid, refused: [] };
  const nobody = 65_534;
  const owners = mounts.flatMap((mount) => {
    const fact = host.workspaces[mount.source.replace(/^workspace:/, '')];
    return fact === undefined || 'why' in fact ? [] : [{ ...fact, mode: mount.mode }];
  });
  const roots = owners.filter((one) => one.uid === 0);
  const others = owners.filter((one) => one.uid !== owners[0]?.uid && one.mode === 'rw');
  const refused = [
    ...roots.map(
      (one): Refusal => ({
        code: 'mount-owner-root',
        message: `${one.path} belongs to root, and a run never takes root’s uid`,
        hint: `chown -R ${nobody}:${nobody} ${one.path}`,
      }),
    ),
    ...others.map(
      (one): Refusal => ({
        code: 'plan-refused',
        message: `${one.path} belongs to another user than ${owners[0]?.path}`,
        hint: 'Give the mounted folders one owner.',
      }),
    ),
  ];
  const owner = owners[0];
  return owner === undefined || owner.uid === 0
    ? { uid: nobody, gid: nobody, refused }
    : { uid: owner.uid, gid: owner.gid || nobody, refused };
}

/** Plain HTTP to names that host policy pins; all else is left out, never tunnelled. */
export function planEgress({ hostPolicy }: PlanInput, egress: readonly EgressCapability[]): Planned<PlannedEgress> {
  const outcomes = egress.map((one): Outcome<PlannedEgress> => {
    const { scheme, host, port, path } = parseEgressUrl(one.url);
    if (scheme === 'https')
      return { leftOut: 'this version cannot look into TLS, and what it cannot look into it does not let through' };
    if (scheme !== 'http') return { leftOut: `${scheme} never leaves a sandbox` };
    if (one.methods.includes('*')) return { leftOut: 'it names no methods' };
    const pinned = Object.fromEntries(Object.entries(hostPolicy.hosts).filter(([name]) => coversHost(host, name)));
    const names = Object.entries(pinned).map(([name, to]) => `${name} is ${to.address}:${to.port}`);
    if (names.length === 0)
      return { leftOut: `host policy pins no address to ${host}, and plain http goes to pinned names only` };
    return {
      line: {
        host,
        port,
        methods: one.methods,
        path,
        pinned,
        reason: `approved${because(one)}; host policy: ${names.join(', ')}`,
      },
    };
  });
  return collect(
    egress.map((one) => printCapability({ kind: 'egress', ...one })),
    outcomes,
  );
}

/** Secrets by reference, bound to the hosts that both the manifest and the operator name. */
export function planSecrets({ agent, secrets }: PlanInput, wanted: readonly SecretCapability[]): Planned<PlannedSecret> {
  const outcomes = wanted.map((one): Outcome<PlannedSecret> => {
    const stored = secrets.find((entry) => entry.name === one.name && (entry.agent === undefined || entry.agent === agent?.name));
    const hint = `skill secret set ${one.name} --host ${one.hosts[0]}`;
    if (stored === undefined) return refuse('secret-refused', `there is no secret ${one.name} for this run`, hint);
    const hosts = stored.hosts.filter((host) => one.hosts.some((asked) => coversHost(asked, host)));
    if (hosts.length === 0)
      return refuse('secret-refused', `secret ${one.name} is bound to no host that the manifest names`, hint);
    if (one.as.startsWith('hmac:') || one.as === 'sigv4') {
      return refuse(
        'secret-refused',
        `secret ${one.name} as ${one.as} is not in this version`,
        'Use bearer, basic or header:NAME.',
      );
    }
    return {
      line: {
        name: one.name,
        hosts,
        as: one.as,
        reason: `approved${because(one)}; the operator bound it to ${stored.hosts.join(', ')}`,
      },
    };
  });
  return collect(
    wanted.map((one) => printCapability({ kind: 'secret', ...one })),
    outcomes,
  );
}

/** Values from the agent's identity, else from host policy; never from the runner's own environment. */
export function planEnv({ agent, hostPolicy }: PlanInput, env: readonly EnvCapability[]): Planned<PlannedEnv> {
  const outcomes = env.map((one): Outcome<PlannedEnv> => {
    if (reservedNames.test(one.name)) return { leftOut: 'the sandbox sets it, or it would change what the interpreter loads' };
    const sources = [
      { values: agent?.env ?? {}, from: `agent ${agent?.name}` },
      { values: hostPolicy.env, from: 'host policy' },
    ];
    const source = sources.find(({ values }) => Object.hasOwn(values, one.name));
    if (source === undefined) return { leftOut: 'neither the agent nor host policy has a value for it' };
    return {
      line: { name: one.name, value: source.values[one.name] ?? '', reason: `approved${because(one)}; value of ${source.from}` },
    };
  });
  return collect(
    env.map((one) => printCapability({ kind: 'env', ...one })),
    outcomes,
  );
}

const reservedNames = /^(\*|HOME|PATH|PWD|TMPDIR|LD_.*|NODE_.*|PYTHON.*|BASH_ENV|ENV|IFS|(https?|all|no)_proxy)$/i;

/** Programs bound one by one beside the interpreter. */
export function planPrograms({ command, host }: PlanInput, exec: readonly ExecCapability[]): Planned<PlannedProgram> {
  const missing = (program: string): Refusal => ({
    code: 'sandbox-missing',
    message: `${program} is not on this host`,
    hint: `Install ${program} below /usr/bin.`,
  });
  const { interpreter } = command;
  const implied = interpreter === undefined ? undefined : host.programs[interpreter];
  const own =
    implied === undefined ? [] : [{ program: interpreter ?? '', path: implied, reason: `${command.file} is run by it` }];
  const outcomes = exec
    .filter((one) => one.program !== interpreter)
    .map((one): Outcome<PlannedProgram> => {
      const path = Object.hasOwn(host.programs, one.program) ? host.programs[one.program] : undefined;
      if (path === undefined) return { leftOut: 'it is not below /usr/bin on this host' };
      return { line: { program: one.program, path, reason: `approved${because(one)}` } };
    });
  const rest = collect(
    exec.filter((one) => one.program !== interpreter).map((one) => printCapability({ kind: 'exec', ...one })),
    outcomes,
  );
  const lacking = interpreter !== undefined && implied === undefined ? [missing(interpreter)] : [];
  return { planned: [...own, ...rest.planned], leftOut: rest.leftOut, refused: [...lacking, ...rest.refused] };
}

function because({ why }: { readonly why?: string }): string {
  return why === undefined || why === '' ? '' : ` for ${JSON.stringify(why)}`;
}

function refuse<Line>(code: Refusal['code'], message: string, hint: string): Outcome<Line> {
  return { refused: { code, message, hint } };
}

function collect<Line>(words: readonly string[], outcomes: readonly Outcome<Line>[]): Planned<Line> {
  return {
    planned: outcomes.flatMap((one) => ('line' in one ? [one.line] : [])),
    leftOut: outcomes.flatMap((one, i) => ('leftOut' in one ? [{ what: words[i] ?? '', reason: one.leftOut }] : [])),
    refused: outcomes.flatMap((one) => ('refused' in one ? [one.refused] : [])),
  };
}
