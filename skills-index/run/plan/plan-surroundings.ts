/**
 * The surroundings of a session that the identity has besides its workspace and model: requests of
 * its own to named hosts, package indexes, and a name for git. Pure.
 */
import { coversHost } from '../../network/host-name.ts';
import { type Ecosystem, ecosystems } from '../../skill/ecosystem.ts';
import { parseDeclaredEgressUrl, parseEgressUrl } from '../../skill/egress-target.ts';
import { Problem } from '../../skill/problem.ts';
import type { Agent, AgentEgress } from '../agents/agent.ts';
import { modelHost, runnerHost } from '../agents/bridge.ts';
import { type HoldRule, holdSecondsDefault } from '../holds/hold-policy.ts';
import { indexHost, pythonFilesHost } from '../indexes/npm-answer.ts';
import type { HostPolicy } from './host-policy.ts';
import { type IndexPlace, minimumAgeOf, type PackageIndex, parseIndexUrl } from './index-policy.ts';
import type {
  LeftOut,
  PinnedAddress,
  PlannedEgress,
  PlannedEnv,
  PlannedSecret,
  Refusal,
} from './plan.ts';
import { egressLines, isJudged, judgedPort, zoneOf } from './plan-capabilities.ts';
import type { SecretEntry } from './plan-input.ts';
import { type PlannedIndex, type SessionPlan, sessionSkill } from './session-plan.ts';

/** Returns why no identity may have this egress url; undefined when an identity may. */
export function whyNotEgress(url: string): string | undefined {
  try {
    const { host } = parseDeclaredEgressUrl(url);
    // The proxy itself answers these names, and a pattern over them would open further ports of the
    // model's machine.
    if (host === '*') return 'every host is too wide: name each host, or *. and a domain';
    const own = [modelHost, runnerHost, ...ecosystems.map(indexHost)];
    return own.some((name) => coversHost(host, name))
      ? `${host} covers names that the runner itself uses`
      : undefined;
  } catch (cause) {
    if (cause instanceof Problem) return cause.message;
    throw cause;
  }
}

interface Surroundings extends Pick<SessionPlan, 'egress' | 'secrets' | 'env' | 'indexes'> {
  readonly leftOut: readonly LeftOut[];
  readonly refused: readonly Refusal[];
}

/** Plans the egress of an identity, its credentials for git, and the name of its commits. */
export function planSurroundings(
  agent: Agent,
  hostPolicy: HostPolicy,
  secrets: readonly SecretEntry[],
): Surroundings {
  const leftOut: LeftOut[] = [];
  const refused: Refusal[] = [];
  const indexes = planIndexes(agent, hostPolicy, refused);
  const planned = (agent.egress ?? []).map((one) => {
    const held = one.hold === true ? '; each request waits for a person' : '';
    const why = whyNotEgress(one.url);
    return [
      one,
      why === undefined
        ? egressLines(one, hostPolicy, `egress of agent ${agent.name}${held}`)
        : { why },
    ] as const;
  });
  const open = planned.flatMap(([, lines]) => ('why' in lines ? [] : lines));
  const egress = planned.flatMap(([one, found]) => {
    const isOpen =
      !('why' in found) && found.some((line) => isJudged(line, [...indexes.egress, ...open]));
    const lines = isOpen ? { why: judgedPort } : found;
    if (!('why' in lines)) return lines;
    const hint = `skillgate agent revoke ${agent.name} --egress '${one.url}'`;
    leftOut.push({ what: `egress ${one.methods.join(',')} ${one.url}`, reason: lines.why, hint });
    return [];
  });
  const bound = byName(
    (agent.egress ?? []).flatMap((one) => planSecret(agent, one, secrets, refused)),
  );
  return {
    egress: [...indexes.egress, ...egress],
    secrets: bound,
    env: [...zoneOf(hostPolicy), ...gitName(agent), ...gitCredentials(bound), ...indexes.env],
    indexes: indexes.indexes,
    leftOut,
    refused,
  };
}

/**
 * The hold rules for the egress of an identity that waits for a person. A hold rule compares paths
 * loosely and knows no port, so a rule holds at least the requests of its line.
 */
export function holdsOfEgress({ egress = [], name }: Pick<Agent, 'egress' | 'name'>): HoldRule[] {
  return egress
    .filter(({ hold }) => hold === true)
    .flatMap(({ methods, url }) => {
      const { host, path } = parseEgressUrl(url);
      return methods.map((method) => ({
        name: 'agent-egress',
        when: { agent: name, skill: sessionSkill.name, host, method, path },
        seconds: holdSecondsDefault,
      }));
    });
}

function planSecret(
  agent: Agent,
  { secret, url }: AgentEgress,
  stored: readonly SecretEntry[],
  refused: Refusal[],
): PlannedSecret[] {
  if (secret === undefined || whyNotEgress(url) !== undefined) return [];
  const { host, path } = parseEgressUrl(url);
  const found = stored.find(
    (one) =>
      one.name === secret &&
      one.hosts.includes(host) &&
      (one.agent === undefined || one.agent === agent.name),
  );
  if (found === undefined) {
    refused.push({
      code: 'secret-refused',
      message: `there is no secret ${secret} for ${host}`,
      hint: `skillgate secret set ${secret} --host ${host} --agent ${agent.name}`,
    });
    return [];
  }
  const { methods } = found;
  const reason = `credential of agent ${agent.name} for ${host}; the proxy adds its value`;
  // Another line for the host, such as one that reads public repositories, gets no credential.
  const places = [`${host}${path}`];
  const bound = { name: secret, hosts: [host], places, as: 'basic', reason } as const;
  return [methods === undefined ? bound : { ...bound, methods }];
}

// Two entries for one host, such as one that reads and one that waits for a person before it
// writes, share a credential.
function byName(secrets: readonly PlannedSecret[]): PlannedSecret[] {
  const merged = new Map<string, PlannedSecret>();
  for (const one of secrets) {
    const before = merged.get(one.name);
    const hosts = [...new Set([...(before?.hosts ?? []), ...one.hosts])];
    const places = [...new Set([...(before?.places ?? []), ...(one.places ?? [])])];
    merged.set(one.name, { ...one, hosts, places });
  }
  return [...merged.values()];
}

// Reserved names (RFC 2606), so that no mail of a commit reaches anybody.
function gitName({ git, name }: Agent): PlannedEnv[] {
  const { email, name: author } = git ?? {
    name: `${name} (agent)`,
    email: `${name}@agent.invalid`,
  };
  const reason = git === undefined ? 'the name of the agent’s commits' : `set for agent ${name}`;
  return ['AUTHOR', 'COMMITTER'].flatMap((role) => [
    { name: `GIT_${role}_NAME`, value: author, reason },
    { name: `GIT_${role}_EMAIL`, value: email, reason },
  ]);
}

// Git asks a helper for the credential of a host. The helper prints the placeholder, which git
// sends in the header `Authorization: Basic`.
function gitCredentials(secrets: readonly PlannedSecret[]): PlannedEnv[] {
  const settings = secrets.flatMap(({ hosts, name }) =>
    hosts.map((host) => ({
      key: `credential.https://${host}.helper`,
      value: `!f() { test "$1" = get || exit 0; grep -q '^username=' || echo username=git; echo "password=$${name}"; }; f`,
      reason: `git asks this helper for the credential of ${host}`,
    })),
  );
  if (settings.length === 0) return [];
  const count = {
    name: 'GIT_CONFIG_COUNT',
    value: String(settings.length),
    reason: 'git settings',
  };
  return [
    ...secrets.map(({ name, reason }) => ({ name, value: '(placeholder)', reason })),
    count,
    ...settings.flatMap(({ key, reason, value }, at) => [
      { name: `GIT_CONFIG_KEY_${at}`, value: key, reason },
      { name: `GIT_CONFIG_VALUE_${at}`, value, reason },
    ]),
  ];
}

// The lines of a session's plan for package indexes. Pure.

type IndexLines = Pick<SessionPlan, 'egress' | 'env' | 'indexes'>;

/** Plans the indexes of an identity. An index that host policy lacks refuses the session. */
function planIndexes(
  { indexes = [], name }: Pick<Agent, 'indexes' | 'name'>,
  hostPolicy: HostPolicy,
  refused: Refusal[],
): IndexLines {
  const lines = indexes.flatMap((ecosystem): IndexLines[] => {
    const index = hostPolicy.indexes[ecosystem];
    const place = index === undefined ? undefined : parseIndexUrl(index.url);
    if (index !== undefined && place !== undefined && !(ecosystem === 'npm' && isFolder(place)))
      return [linesOf(ecosystem, index, place, hostPolicy)];
    refused.push({
      code: 'plan-refused',
      message:
        index === undefined
          ? `host policy has no ${ecosystem} index, and agent ${name} may use one`
          : `the ${ecosystem} index ${index.url} is a folder, and npm needs an index that answers over http`,
      hint: `skillgate host index add ${ecosystem} ${ecosystem === 'npm' ? 'https://registry.npmjs.org/' : 'https://pypi.org/simple/'}`,
    });
    return [];
  });
  return {
    egress: lines.flatMap((one) => one.egress),
    env: lines.flatMap((one) => one.env),
    indexes: lines.flatMap((one) => one.indexes),
  };
}

const reading = ['GET', 'HEAD'] as const;

function linesOf(
  ecosystem: Ecosystem,
  index: PackageIndex,
  place: IndexPlace,
  { hosts }: HostPolicy,
): IndexLines {
  const days = minimumAgeOf(index);
  const age = days === 0 ? '' : `; versions younger than ${days} days are hidden`;
  const reason = `${ecosystem} packages of ${index.url}${age}`;
  const isNamed = place.kind === 'name';
  const host = isNamed ? place.host : indexHost(ecosystem);
  const port = isNamed ? place.port : 80;
  const base = place.kind === 'folder' ? '/simple' : place.path;
  const origin = isNamed ? `https://${host}${port === 443 ? '' : `:${port}`}` : `http://${host}`;
  const line = (host: string, port: number, path: string, pin?: PinnedAddress): PlannedEgress => ({
    scheme: isNamed || host === pythonFilesHost ? 'https' : 'http',
    mode: 'intercept',
    host,
    port,
    methods: reading,
    path,
    pinned: pin === undefined ? {} : { [host]: pin },
    index: ecosystem,
    reason,
  });
  const planned: PlannedIndex = {
    ecosystem,
    url: index.url,
    shown: `${origin}${base}`,
    minimumAgeDays: days,
    reason,
  };
  // Files may lie beside the index: `/simple/` lists files of `/packages/`.
  const own = line(host, port, '/*', isNamed ? hosts[host] : addressOf(place));
  const files = ecosystem === 'python' && !isFolder(place);
  return {
    egress: files
      ? [own, line(pythonFilesHost, 443, '/packages/*', hosts[pythonFilesHost])]
      : [own],
    env: environmentOf(planned, host),
    indexes: [planned],
  };
}

// The runner reads a folder by itself, so nothing ever connects to this address.
function addressOf(place: IndexPlace): PinnedAddress {
  return place.kind === 'folder'
    ? { address: '127.0.0.1', port: 0 }
    : { address: place.host, port: place.port };
}

function isFolder(place: IndexPlace): boolean {
  return place.kind === 'folder';
}

// The variables by which npm, pip and uv find an index. Scripts of packages are off, and caches
// lie where the session has the most room.
function environmentOf({ ecosystem, reason, shown }: PlannedIndex, host: string): PlannedEnv[] {
  const variables: Readonly<Record<string, string>> =
    ecosystem === 'npm'
      ? {
          npm_config_registry: `${shown}/`,
          npm_config_ignore_scripts: 'true',
          npm_config_audit: 'false',
          npm_config_fund: 'false',
          npm_config_update_notifier: 'false',
          npm_config_cache: '/tmp/.npm',
        }
      : {
          PIP_INDEX_URL: `${shown}/`,
          PIP_TRUSTED_HOST: shown.startsWith('http:') ? host : '',
          PIP_DISABLE_PIP_VERSION_CHECK: '1',
          PIP_NO_CACHE_DIR: '1',
          UV_DEFAULT_INDEX: `${shown}/`,
          UV_CACHE_DIR: '/tmp/.uv',
        };
  return Object.entries(variables)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => ({ name, value, reason }));
}
