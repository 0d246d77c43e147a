/**
 * The smallest manifest that covers the observed capabilities: a proposal that the author has to
 * confirm. It changes no verdict.
 */

import { dropHostOf } from '../../skills-index/network/drop-hosts.ts';
import { printManifest } from '../../skills-index/skill/authoring/print-manifest.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { isBundlePath } from '../../skills-index/skill/bundle-path.ts';
import {
  type Capabilities,
  type Capability,
  covers,
  type EgressCapability,
  groupCapabilities,
  listCapabilities,
  noCapabilities,
  printCapability,
  union,
} from '../../skills-index/skill/capability.ts';
import {
  type EgressTarget,
  parseDeclaredEgressUrl,
  parseEgressUrl,
  printEgressTarget,
} from '../../skills-index/skill/egress-target.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import {
  runMemoryMiBDefault,
  runSecondsDefault,
} from '../../skills-index/skill/manifest-schema.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { unconfirmedWhy } from '../../skills-index/skill/placeholders.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { present } from '../fact/remembered.ts';
import { isLoopbackHost } from '../lookup-tables/egress-of.ts';
import { usualMethods } from './observed.ts';
import { impliedSecrets, inferSecret, secretServiceOf } from './secrets.ts';
import { type FolderUse, folderUse, inferCommands, type LeftScript } from './working-folder.ts';

interface ManifestIdentity {
  readonly name: SkillName;
  readonly version: Version;
  /** The commands of an existing skill.json: they keep their names. */
  readonly commands?: Manifest['commands'];
}

/**
 * Infers a manifest that `parseManifest` accepts. Uses that no manifest can declare, or that could
 * not be computed, are left out. A skill without commands runs nothing, and asks for nothing.
 */
export function inferManifest(
  files: readonly SourceFile[],
  report: ScanReport,
  identity: ManifestIdentity,
): Manifest {
  const { name, version, commands: before = {} } = identity;
  const { commands } = inferCommands(files, before, scriptsToRunIn(report));
  const empty: Manifest = { ...emptyManifest({ name, version }), commands };
  if (Object.keys(commands).length === 0) return empty;
  return {
    ...empty,
    capabilities: withFolder(inferCapabilities(files, report, empty), files, report),
  };
}

// A program that an argument names works where its caller is.
function computedProgram({ findings }: ScanReport): FolderUse | undefined {
  const found = findings.find(
    ({ rule, message, path }) =>
      rule === 'manifest/undeclared' && message.includes(' exec *,') && !path.endsWith('.md'),
  );
  return found && { seen: `${found.path}:${found.line}`, writes: true };
}

// The commands may need their caller's folder for a use that the scan does not see as a path. Code
// that names folders works in these folders: their workspaces may lie in the caller's folder, and
// two mounts may not overlap.
function withFolder(
  capabilities: Capabilities,
  files: readonly SourceFile[],
  report: ScanReport,
): Capabilities {
  const texts = files.map(({ path, bytes }) => ({
    path,
    text: Buffer.from(bytes).toString('utf8'),
  }));
  const seen = folderUse(texts);
  const use = seen?.writes === true ? seen : (computedProgram(report) ?? seen);
  const { mount } = capabilities;
  const [given] = mount;
  if (use === undefined || (given !== undefined && (given.files === undefined || !use.writes)))
    return capabilities;
  const source = `workspace:${argumentsFolder}`;
  const mode = use.writes ? 'cow' : 'ro';
  const why = given?.why ?? `${unconfirmedWhy} seen at ${use.seen}`;
  const wanted = { kind: 'mount', source, target: `/${argumentsFolder}`, mode, why } as const;
  return groupCapabilities([
    ...listCapabilities({ ...capabilities, mount: mount.slice(1) }),
    { ...wanted, files: 'arguments' },
  ]);
}

/**
 * The capabilities alone, whether or not the skill has commands.
 * @param empty a manifest without capabilities
 */
export function inferCapabilities(
  files: readonly SourceFile[],
  report: ScanReport,
  empty: Manifest,
): Capabilities {
  const explained = wantedBy(files, report).map((capability) => ({
    ...capability,
    why: whyOf(capability, report),
  }));
  return groupCapabilities(explained.filter((capability) => isDeclarable(empty, capability)));
}

/** A manifest without commands and capabilities. */
export function emptyManifest({ name, version }: ManifestIdentity): Manifest {
  return {
    name,
    version,
    commands: {},
    requires: {},
    capabilities: noCapabilities,
    limits: { seconds: runSecondsDefault, memoryMiB: runMemoryMiBDefault },
  };
}

// The uses that nothing declares, and what is declared already: SKILL.md can declare variables and
// programs in the forms of other ecosystems.
function wantedBy(files: readonly SourceFile[], report: ScanReport): Capability[] {
  const { undeclared, declared } = report.capabilities;
  const { env, exec } = declared;
  const wanted = union(undeclared, { ...noCapabilities, env, exec });
  const variables = wanted.env.map(
    ({ name }): Capability => inferSecret(name, files, report) ?? { kind: 'env', name },
  );
  const named = new Set(variables.map((one) => (one.kind === 'secret' ? one.name : '')));
  const implied = impliedSecrets(files, report).filter(
    (one) => one.kind === 'secret' && !named.has(one.name),
  );
  return [
    ...variables,
    ...implied,
    ...inferEgress(
      wanted.egress,
      variables.flatMap((one) => (one.kind === 'secret' && one.as === 'path' ? one.hosts : [])),
    ),
    ...uncontacted(variables, report),
    ...mountsOf(wanted.mount),
    ...[...wanted.exec.map(({ program }) => program), ...programsBehind(files)].map(
      (program) => ({ kind: 'exec', program }) as const,
    ),
  ];
}

// Libraries start programs out of the scan's sight.
function programsBehind(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => path.endsWith('.py'))
    .flatMap(({ bytes }) => programsOfImports(Buffer.from(bytes).toString('utf8')));
}

// A library contacts the hosts of a secret out of the scan's sight.
function uncontacted(secrets: readonly Capability[], { capabilities }: ScanReport): Capability[] {
  const seen = new Set(capabilities.observed.egress.map(({ url }) => parseEgressUrl(url).host));
  return secrets
    .filter((one) => one.kind === 'secret')
    .flatMap(({ as, hosts, name }) =>
      hosts
        .filter((host) => !seen.has(host))
        .map((host) => ({
          kind: 'egress',
          url: `https://${host}${secretServiceOf(name)?.folder ?? '/*'}`,
          methods: as === 'address' ? ['POST'] : ['GET', 'POST'],
        })),
    );
}

/**
 * `/reports/weekly.md` becomes the folder `/reports`, bound to a workspace of that name. A written
 * folder becomes a view (`cow`), because a mount with direct writes (`rw`) waits for a person at
 * each start. A path that is known only at run time is nearly always an argument. All such paths
 * share one mount.
 */
function mountsOf(mounts: Capabilities['mount']): Capability[] {
  const modes = new Map<string, 'ro' | 'cow'>();
  for (const { path, mode } of mounts) {
    const folder = path === '*' ? argumentsFolder : mountFolder(path ?? '');
    if (folder === undefined) continue;
    if (mode !== 'ro' || !modes.has(folder)) modes.set(folder, mode === 'ro' ? 'ro' : 'cow');
  }
  const isComputed = mounts.some(({ path }) => path === '*');
  return [...modes].map(([folder, mode]) => {
    const source = `workspace:${
      folder
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '') || 'data'
    }`;
    const mount = { kind: 'mount', source, target: `/${folder}`, mode } as const;
    return folder === argumentsFolder && isComputed ? { ...mount, files: 'arguments' } : mount;
  });
}

/** The folder of the files that arguments name, in drafts. */
const argumentsFolder = 'work';

/**
 * The scripts that the draft makes no commands, each with the reason.
 * @param before existing commands
 */
export function scriptsLeftOut(
  files: readonly SourceFile[],
  report: ScanReport,
  before: Manifest['commands'],
): readonly LeftScript[] {
  return inferCommands(files, before, scriptsToRunIn(report)).left;
}

/** Scripts that SKILL.md tells to run, by the scan's findings. */
function scriptsToRunIn({ findings }: ScanReport): readonly string[] {
  return findings.flatMap(({ rule, message }) => {
    const path =
      rule === 'manifest/unnamed-script'
        ? /^SKILL\.md tells to run (.+), and /.exec(message)?.[1]
        : undefined;
    return present(path);
  });
}

/** The place of the use, for the author to replace with a reason. */
function whyOf(capability: Capability, { findings, capabilities }: ScanReport): string {
  const seen = listCapabilities(capabilities.observed)
    .filter((use) => isSameUse(capability, use))
    .map(printCapability);
  const finding = findings.find(
    ({ rule, message }) =>
      rule === 'manifest/undeclared' && seen.some((text) => message.includes(` ${text},`)),
  );
  if (finding === undefined || !isBundlePath(finding.path)) return `${unconfirmedWhy} seen`;
  const more = / \((and in \d+ more places?)\)$/.exec(finding.message)?.[1];
  return `${unconfirmedWhy} seen at ${finding.path}:${finding.line}${more === undefined ? '' : ` ${more}`}`;
}

function isSameUse(capability: Capability, use: Capability): boolean {
  if (capability.kind === 'secret') return use.kind === 'env' && use.name === capability.name;
  if (capability.kind === 'env') return use.kind === 'env' && use.name === capability.name;
  if (capability.kind === 'egress')
    return (
      use.kind === 'egress' && parseEgressUrl(use.url).host === parseEgressUrl(capability.url).host
    );
  if (capability.kind === 'mount')
    return (
      use.kind === 'mount' &&
      (`${use.path}/`.startsWith(`${capability.target}/`) ||
        (use.path === '*' && capability.files !== undefined))
    );
  if (capability.kind === 'package') return use.kind === 'package' && covers(capability, use);
  return use.kind === 'exec' && use.program === capability.program;
}

// What a manifest can declare at all, and what the sandbox contains without a declaration.

/**
 * Whether a manifest may declare it, decided by the manifest's own parser. `empty` is a manifest
 * without capabilities.
 */
function isDeclarable(empty: Manifest, capability: Capability): boolean {
  if (namesNothing(capability)) return false;
  try {
    parseManifest(
      Buffer.from(printManifest({ ...empty, capabilities: groupCapabilities([capability]) })),
    );
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether no manifest entry could cover an observed use: a host, program or variable that could not
 * be computed, an address.
 */
export function isBeyondManifests(capability: Capability): boolean {
  if (namesNothing(capability)) return true;
  if (capability.kind === 'mount')
    return capability.path !== undefined && mountFolder(capability.path) === undefined;
  if (capability.kind !== 'egress') return false;
  try {
    parseDeclaredEgressUrl(capability.url);
    return false;
  } catch {
    return true;
  }
}

/**
 * Whether the sandbox keeps a use harmless without permission. A path or variable known only at run
 * time is one that exists in the sandbox. The programs and kernel figures that it can read are the
 * sandbox's own, and so is the loopback address. A package that is not declared is not there.
 */
export function isHeldAnyway(capability: Capability): boolean {
  if (capability.kind === 'env') return capability.name === '*';
  if (capability.kind === 'package') return true;
  if (capability.kind === 'mount')
    return (
      capability.path === '*' || (capability.mode === 'ro' && ownSystem.test(capability.path ?? ''))
    );
  return capability.kind === 'egress' && isLoopbackHost(parseEgressUrl(capability.url).host);
}

const ownSystem =
  /^\/(usr|bin|lib|lib64|opt)\/|^\/proc\/(meminfo|cpuinfo|cmdline|version|stat|uptime|(1|self)\/(cgroup|status))$/;

/**
 * The top folder of an observed path, as the place of a mount; undefined for system folders, home
 * folders and files at the root. Nobody keeps `/package.json`: such a path begins with a part that
 * the scan read as empty.
 */
function mountFolder(path: string): string | undefined {
  if (/^\/[^/]*\.[A-Za-z0-9]+$/.test(path)) return undefined;
  const folder = /^\/([A-Za-z0-9_][A-Za-z0-9._-]*)(?=\/|$)/.exec(path)?.[1];
  return folder === undefined || systemFolders.has(folder) ? undefined : folder;
}

const systemFolders: ReadonlySet<string> = new Set(
  (
    'bin boot dev etc lib lib32 lib64 proc run sbin skills sys usr var home root Users tmp opt srv mnt media Library Applications ' +
    'System Volumes private'
  ).split(' '),
);

function namesNothing(capability: Capability): boolean {
  switch (capability.kind) {
    case 'env':
    case 'secret':
      return capability.name === '*';
    case 'egress':
      return parseEgressUrl(capability.url).host === '*';
    case 'mount':
      return capability.source === undefined && capability.path === '*';
    case 'exec':
      return capability.program === '*';
    case 'package':
      return capability.name === '*';
  }
}

/** Programs that Python packages start by themselves. Sources: the packages' documentation. */
const programs: readonly (readonly [module: string, programs: readonly string[]])[] = [
  ['pdf2image', ['pdfinfo', 'pdftoppm']],
  ['pytesseract', ['tesseract']],
  ['graphviz', ['dot']],
  ['pypandoc', ['pandoc']],
  ['git', ['git']],
];

/** The programs that the packages imported by Python code start. */
function programsOfImports(code: string): string[] {
  const lines = new Set(
    code.split('\n').map((line) =>
      line
        .trim()
        .split(/[\s.,]+/, 2)
        .join(' '),
    ),
  );
  return programs.flatMap(([module, started]) =>
    lines.has(`import ${module}`) || lines.has(`from ${module}`) ? started : [],
  );
}

// Turns observed requests into the fewest egress entries that allow them and little more.

const urlsPerHostMax = 3;

/**
 * By origin: up to three addresses as they are, more as their common folder. Hosts where strangers
 * collect data are never proposed, except behind a secret in the path.
 * @param own hosts that take a secret there
 */
function inferEgress(observed: readonly EgressCapability[], own: readonly string[]): Capability[] {
  const wanted = observed
    .map((egress) => ({ ...egress, target: plainTarget(parseEgressUrl(egress.url)) }))
    .filter(
      ({ target: { host, path } }) =>
        host !== '*' &&
        ((own.includes(host) && path.endsWith('*')) || dropHostOf(host, path) === undefined),
    );
  const byOrigin = Map.groupBy(wanted, ({ target }) =>
    printEgressTarget({ ...target, path: '/*' }),
  );
  return [...byOrigin.values()].flatMap((list): Capability[] => {
    const byUrl = Map.groupBy(list, ({ target }) => printEgressTarget(target));
    const [first] = list;
    if (first === undefined) return [];
    if (byUrl.size > urlsPerHostMax) {
      const path = sharedFolder(list.map(({ target }) => target.path));
      return [entry(printEgressTarget({ ...first.target, path }), list)];
    }
    return [...byUrl].map(([url, same]) => entry(url, same));
  });
}

// A client that is given an address and any method contacts what lies below the address.
function entry(url: string, uses: readonly EgressCapability[]): Capability {
  if (url.startsWith('tcp:')) return { kind: 'egress', url, methods: ['*'] };
  const isBase = uses.some((egress) => usualMethods.every((one) => egress.methods.includes(one)));
  const methods = uses.flatMap((egress) =>
    egress.methods.includes('*') ? usualMethods : egress.methods,
  );
  return {
    kind: 'egress',
    url: isBase && !url.endsWith('*') ? `${url}*` : url,
    methods: [...new Set(methods)].sort(),
  };
}

// `/pages/{id}`, `/pages/<id>`, `/pages/$ID`: placeholders in a text stand for values.
function plainTarget(target: EgressTarget): EgressTarget {
  const at = target.path.search(/[{}<>$[\]]|\/:[a-z]/);
  return at < 0
    ? target
    : { ...target, path: `${target.path.slice(0, target.path.lastIndexOf('/', at) + 1)}*` };
}

/** `/v2/deals` and `/v2/people/*` share `/v2/*`. */
function sharedFolder(paths: readonly string[]): string {
  const [first = '/', ...rest] = paths;
  let length = first.replace(/\*$/, '').length;
  for (const path of rest) while (!path.startsWith(first.slice(0, length))) length -= 1;
  return `${first.slice(0, first.lastIndexOf('/', Math.max(0, length - 1)) + 1)}*`;
}
