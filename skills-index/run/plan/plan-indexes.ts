/** The lines of a session's plan for package indexes. Pure. */
import type { Ecosystem } from '../../skill/ecosystem.ts';
import type { Agent } from '../agents/agent.ts';
import { indexHost, pythonFilesHost } from '../indexes/index-request.ts';
import type { HostPolicy } from './host-policy.ts';
import { type IndexPlace, minimumAgeOf, type PackageIndex, parseIndexUrl } from './index-policy.ts';
import type { PinnedAddress, PlannedEgress, PlannedEnv, Refusal } from './plan.ts';
import type { PlannedIndex, SessionPlan } from './session-plan.ts';

type IndexLines = Pick<SessionPlan, 'egress' | 'env' | 'indexes'>;

/** Plans the indexes of an identity. An index that host policy lacks refuses the session. */
export function planIndexes(
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
