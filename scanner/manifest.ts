/** The smallest manifest that covers what a scan saw: a proposal for the author, who has to confirm it. It changes no verdict. */
import type { SourceFile } from '../skills-index/skill/bundle.ts';
import { isBundlePath } from '../skills-index/skill/bundle-path.ts';
import { type Capability, groupCapabilities, listCapabilities, printCapability } from '../skills-index/skill/capability.ts';
import { parseEgressUrl, printEgressTarget } from '../skills-index/skill/egress-target.ts';
import { isHostName } from '../skills-index/skill/host-name.ts';
import { runMemoryMiBDefault, runSecondsDefault } from '../skills-index/skill/limits.ts';
import { type Manifest, parseManifest, printManifest } from '../skills-index/skill/manifest.ts';
import { looksSecret } from '../skills-index/skill/manifest-schema.ts';
import type { SkillName } from '../skills-index/skill/name.ts';
import { unconfirmedWhy } from '../skills-index/skill/placeholders.ts';
import type { Version } from '../skills-index/skill/version.ts';
import type { ScanReport } from '../skills-index/statement/scan-report.ts';
import { inferCommands } from './manifest-commands.ts';
import { isProvidersHost, isSecretName } from './models/secrets.ts';
import { sentSecret } from './rules/flow/secret-to-network.ts';

export interface ManifestIdentity {
  readonly name: SkillName;
  readonly version: Version;
}

const methodsOfMany = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'];
const urlsPerHostMax = 3;

/** Infers a manifest that `parseManifest` takes. What no manifest can declare, and what could not be computed, is left out. */
export function inferManifest(files: readonly SourceFile[], report: ScanReport, identity: ManifestIdentity): Manifest {
  const empty: Manifest = {
    ...identity,
    commands: {},
    requires: {},
    capabilities: groupCapabilities([]),
    limits: { seconds: runSecondsDefault, memoryMiB: runMemoryMiBDefault },
  };
  const { observed } = report.capabilities;
  const wanted: Capability[] = [
    ...observed.env.flatMap(({ name }): Capability[] => (name === '*' ? [] : [secretOf(name, report) ?? { kind: 'env', name }])),
    ...egressOf(report),
    ...mountsOf(report),
    ...observed.exec.map(({ program }) => ({ kind: 'exec', program }) as const),
  ];
  const explained = wanted.map((one) => ({ ...one, why: whyOf(one, report) }));
  const declarable = explained.filter((one) => isDeclarable(empty, one));
  return { ...empty, commands: inferCommands(files), capabilities: groupCapabilities(declarable) };
}

/** Whether a manifest may say it: its own parser decides. */
function isDeclarable(empty: Manifest, one: Capability): boolean {
  if ((one.kind === 'exec' && one.program === '*') || (one.kind === 'egress' && parseEgressUrl(one.url).host === '*'))
    return false;
  try {
    parseManifest(Buffer.from(printManifest({ ...empty, capabilities: groupCapabilities([one]) })));
    return true;
  } catch {
    return false;
  }
}

/** A secret for the hosts it was seen to go to; else for its provider's, else for the only host there is. */
function secretOf(name: string, report: ScanReport): Capability | undefined {
  if (!looksSecret(name) && !isSecretName(name)) return undefined;
  const all = hostsOf(report);
  const sent = report.findings
    .filter((finding) => finding.kind === 'capability')
    .flatMap((finding) => sentSecret(finding) ?? [])
    .flatMap((one) => (one.name === name && all.includes(one.host) ? [one.host] : []));
  const providers = all.filter((host) => isProvidersHost(name, host));
  const hosts = sent.length > 0 ? sent : providers.length > 0 ? providers : all.length === 1 ? all : [];
  return hosts.length === 0 ? undefined : { kind: 'secret', name, hosts: [...new Set(hosts)].sort(), as: 'bearer' };
}

function hostsOf({ capabilities }: ScanReport): string[] {
  return [...new Set(capabilities.observed.egress.map((one) => parseEgressUrl(one.url).host))].filter(isHostName).sort();
}

/** Requests by host; many paths of one host become all of it. */
function egressOf({ capabilities }: ScanReport): Capability[] {
  const byOrigin = Map.groupBy(capabilities.observed.egress, ({ url }) =>
    printEgressTarget({ ...parseEgressUrl(url), path: '/*' }),
  );
  return [...byOrigin].flatMap(([origin, list]): Capability[] => {
    const methods = (some: readonly string[]): string[] => (some.includes('*') ? methodsOfMany : [...new Set(some)].sort());
    if (list.length > urlsPerHostMax)
      return [{ kind: 'egress', url: origin, methods: methods(list.flatMap((one) => one.methods)) }];
    const byUrl = Map.groupBy(list, (one) => one.url);
    return [...byUrl].map(([url, same]) => ({ kind: 'egress', url, methods: methods(same.flatMap((one) => one.methods)) }));
  });
}

/** `/reports/weekly.md` becomes the folder `/reports`, bound to a workspace of that name. */
function mountsOf({ capabilities }: ScanReport): Capability[] {
  const modes = new Map<string, 'ro' | 'rw'>();
  for (const { path, mode } of capabilities.observed.mount) {
    const folder = /^\/([A-Za-z0-9_][A-Za-z0-9._-]*)(?=\/|$)/.exec(path ?? '')?.[1];
    if (folder === undefined || systemFolders.has(folder)) continue;
    if (mode !== 'ro' || !modes.has(folder)) modes.set(folder, mode === 'ro' ? 'ro' : 'rw');
  }
  return [...modes].map(([folder, mode]) => {
    const source = `workspace:${
      folder
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '') || 'data'
    }`;
    return { kind: 'mount', source, target: `/${folder}`, mode };
  });
}

const systemFolders = new Set([
  'home',
  'root',
  'Users',
  'tmp',
  'boot',
  'opt',
  'srv',
  'mnt',
  'media',
  'Library',
  'Applications',
  'System',
  'Volumes',
  'private',
]);

/** Where it was seen, for the author to replace by a reason. */
function whyOf(one: Capability, { findings, capabilities }: ScanReport): string {
  const seen = listCapabilities(capabilities.observed)
    .filter((use) => isSameUse(one, use))
    .map(printCapability);
  const finding = findings.find(
    ({ rule, message }) => rule === 'manifest/undeclared' && seen.some((text) => message.includes(` ${text},`)),
  );
  const place = finding === undefined || !isBundlePath(finding.path) ? '' : ` at ${finding.path}:${finding.line}`;
  return `${unconfirmedWhy} seen${place}`;
}

function isSameUse(one: Capability, use: Capability): boolean {
  if (one.kind === 'secret') return use.kind === 'env' && use.name === one.name;
  if (one.kind === 'env') return use.kind === 'env' && use.name === one.name;
  if (one.kind === 'egress') return use.kind === 'egress' && parseEgressUrl(use.url).host === parseEgressUrl(one.url).host;
  if (one.kind === 'mount') return use.kind === 'mount' && `${use.path}/`.startsWith(`${one.target}/`);
  return use.kind === 'exec' && use.program === one.program;
}
