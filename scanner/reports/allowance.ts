/** The line of skill.json that would allow the use in a finding. */
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import {
  type Capabilities,
  type Capability,
  covers,
  listCapabilities,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';
import { type Finding, severities } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { emptyManifest, inferCapabilities } from '../manifest/manifest.ts';
import { severityRank } from './marks.ts';

/** Fingerprint of a finding → the line and its key: `"egress": [{"url":…}]`. */
export type Allowances = ReadonlyMap<string, string>;

/**
 * For each finding about an undeclared capability: the line that `skill manifest --write` would
 * write. Empty when a finding is evidence of an attack: a declaration does not correct code that
 * sends a key to a stranger.
 */
export function allowancesOf(report: ScanReport, files: readonly SourceFile[]): Allowances {
  const asked = report.findings.flatMap((finding): [Finding, Capability][] => {
    const capability =
      finding.kind === 'capability'
        ? capabilityOf(finding, report.capabilities.undeclared)
        : undefined;
    return capability === undefined ? [] : [[finding, capability]];
  });
  const attacks = report.findings.some(
    (finding) => finding.kind === 'malice' && severityRank(finding) >= severities.indexOf('high'),
  );
  if (asked.length === 0 || attacks) return new Map();
  const empty = emptyManifest({
    name: parseSkillName('@scope/name'),
    version: parseVersion('1.0.0'),
  });
  const lines = listCapabilities(inferCapabilities(files, report, empty));
  return new Map(
    asked.flatMap(([finding, wanted]): [string, string][] => {
      const line = lines.find((capability) => covers(capability, wanted));
      return line === undefined ? [] : [[finding.fingerprint, printLine(line)]];
    }),
  );
}

function printLine({ kind, ...entry }: Capability): string {
  return `"${kind}": [${JSON.stringify({ ...entry, why: '…' })}]`;
}

// The capability of a finding, and whether its code shows the capability.

/**
 * The capability of `among` that the finding's message names in full (`needs egress GET
 * https://a.example/, which …`).
 */
export function capabilityOf(
  { message }: Pick<Finding, 'message'>,
  among: Capabilities,
): Capability | undefined {
  const named = listCapabilities(among).filter((capability) =>
    isNamed(message, printCapability(capability)),
  );
  return named.sort((a, b) => printCapability(b).length - printCapability(a).length)[0];
}

// The whole name: "exec sh" is not in "exec shutdown".
function isNamed(message: string, printed: string): boolean {
  const at = message.indexOf(printed);
  return at >= 0 && /^($|[,;:.) ])/.test(message.slice(at + printed.length));
}

/**
 * The computed host, path, program or name when the marked text does not show it: it is behind a
 * constant, a concatenation or an escape. Undefined when the text shows it, or when it could not be
 * computed.
 */
export function evaluatesTo(
  finding: Finding,
  among: Capabilities,
  marked: string,
): string | undefined {
  const capability = capabilityOf(finding, among);
  if (capability === undefined || marked === '') return undefined;
  const [value, shown] = targetOf(capability);
  return value.includes('*') || marked.includes(shown) ? undefined : value;
}

// The value, and the part of it that the code must show.
function targetOf(capability: Capability): readonly [value: string, shown: string] {
  switch (capability.kind) {
    case 'env':
    case 'secret':
      return [capability.name, capability.name];
    case 'egress':
      return [capability.url, parseEgressUrl(capability.url).host];
    case 'mount': {
      const path = capability.path ?? capability.target ?? '';
      return [path, path.slice(path.lastIndexOf('/') + 1)];
    }
    case 'exec':
      return [capability.program, capability.program];
    case 'package':
      return [capability.name, capability.name];
  }
}
