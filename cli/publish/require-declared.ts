/**
 * Compares what the scan saw with what skill.json declares, before anything is signed. Only a use
 * that an entry of skill.json would allow stops the author; a reviewer judges the others.
 */
import { inferManifest, isBeyondManifests } from '../../scanner/manifest/manifest.ts';
import { requiredPackages } from '../../scanner/manifest/required-packages.ts';
import { addForSecret, whyNotSent } from '../../scanner/manifest/secrets.ts';
import { capabilityOf } from '../../scanner/reports/finding-capability.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import {
  type Capability,
  covers,
  listCapabilities,
  type PackageCapability,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { requiredName } from '../../skills-index/skill/manifest-packages.ts';
import { Problem, type Reason } from '../../skills-index/skill/problem.ts';
import type { Finding } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';

interface MissingEntry {
  readonly entry: Capability;
  readonly uses: readonly UndeclaredUse[];
}

interface UndeclaredUse {
  readonly use: Capability;
  readonly finding: Finding | undefined;
}

/**
 * Refuses a version whose skill.json lacks an entry that the draft of `skillgate manifest` has for
 * a host, program, variable, secret or folder that the scan could name, or declares a secret that
 * cannot arrive.
 * @returns the other undeclared uses, one line each, for the reviewer
 * @throws Problem `capability-undeclared`: each missing entry, with the place of its first use
 */
export function requireDeclared(
  files: readonly SourceFile[],
  manifest: Manifest,
  report: ScanReport,
): readonly string[] {
  const { undeclared } = report.capabilities;
  const drafted = listCapabilities(inferManifest(files, report, manifest).capabilities);
  const firstFindings = firstFindingsOf(report);
  const missing = new Map<string, MissingEntry>();
  const left: string[] = [];
  const unlisted = whyNotSent(files, manifest, report).map((message): Reason => ({ message }));
  const required = requiredUnlisted(files, manifest);
  for (const use of listCapabilities(undeclared)) {
    const finding = firstFindings.get(printCapability(use));
    if (use.kind === 'package') {
      const isUnlisted = required.has(`${use.ecosystem} ${use.name}`);
      if (isUnlisted) unlisted.push(packageReason(use, finding));
      else if (manifest.packages?.[use.ecosystem] !== undefined) left.push(printCapability(use));
      continue;
    }
    const entry = drafted.find((wide) => covers(wide, use));
    const secret = entry === undefined ? secretReason(use, finding, report) : undefined;
    if (secret !== undefined) {
      unlisted.push(secret);
      continue;
    }
    if (entry === undefined || isBeyondManifests(use)) {
      left.push(printCapability(use));
      continue;
    }
    const key = printCapability(entry);
    missing.set(key, { entry, uses: [...(missing.get(key)?.uses ?? []), { use, finding }] });
  }
  if (missing.size === 0 && unlisted.length === 0) return left;
  throw new Problem(
    'capability-undeclared',
    `Cannot publish ${manifest.name}@${manifest.version}: the skill uses what its skill.json does not declare`,
    { reasons: [...[...missing.values()].map(reasonOf), ...unlisted] },
  );
}

/**
 * The packages that the draft would have, of ecosystems that skill.json leaves out. An author who
 * wrote `packages` decides which imports the skill can do without.
 */
function requiredUnlisted(
  files: readonly SourceFile[],
  { commands, packages }: Manifest,
): ReadonlySet<string> {
  if (Object.keys(commands).length === 0) return new Set();
  return new Set(
    requiredPackages(files)
      .packages.filter(({ ecosystem }) => packages?.[ecosystem] === undefined)
      .map(({ ecosystem, requirement }) => `${ecosystem} ${requiredName(ecosystem, requirement)}`),
  );
}

function packageReason(use: PackageCapability, finding: Finding | undefined): Reason {
  const { ecosystem, name } = use;
  const group = JSON.stringify({ [ecosystem]: { requires: [name], why: '…' } });
  const message = `package ${ecosystem} ${name}: add to "packages": ${group}, then type skillgate lock`;
  return placed(message, finding);
}

// The draft has no entry for a secret whose host the scan cannot tell. The author knows the host.
function secretReason(
  use: Capability,
  finding: Finding | undefined,
  report: ScanReport,
): Reason | undefined {
  if (use.kind !== 'env' || finding?.severity !== 'high') return undefined;
  const add = addForSecret(use.name, report);
  return add === undefined ? undefined : placed(`${printCapability(use)}: ${add}`, finding);
}

function reasonOf({ entry, uses }: MissingEntry): Reason {
  const { kind, ...members } = entry;
  const [first, ...more] = uses.map(({ use }) => printCapability(use));
  const also = more.length === 0 ? '' : ` and ${more.length} more`;
  const text = JSON.stringify({ ...members, why: '…' });
  const message = `${first}${also}: add to "${kind}": ${text}`;
  const finding = uses.find((one) => one.finding !== undefined)?.finding;
  return placed(message, finding);
}

function placed(message: string, finding: Finding | undefined): Reason {
  if (finding === undefined) return { message };
  const { path, line, column } = finding;
  return { message, place: { path, line, column } };
}

// By the printed capability that the finding is about.
function firstFindingsOf({ capabilities, findings }: ScanReport): ReadonlyMap<string, Finding> {
  const first = new Map<string, Finding>();
  for (const finding of findings) {
    if (finding.rule !== 'manifest/undeclared') continue;
    const use = capabilityOf(finding, capabilities.undeclared);
    if (use === undefined || first.has(printCapability(use))) continue;
    first.set(printCapability(use), finding);
  }
  return first;
}
