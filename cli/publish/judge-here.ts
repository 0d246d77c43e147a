/** What the author is told of the local scan before a version is signed. */
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { defaultPolicy, whyHigh } from '../../skills-index/trust/policy/policy.ts';
import { asCalled } from '../called-name.ts';
import type { CommandContext } from '../command.ts';
import { printNote, safe, wantsColour } from '../terminal/output.ts';
import { requireDeclared } from './require-declared.ts';

interface JudgedVersion {
  readonly files: readonly SourceFile[];
  readonly manifest: Manifest;
  /** Present for a manifest that the scan drafted: nobody wrote a skill.json to compare with. */
  readonly inferred?: true;
}

/** Prints the findings, and why the version needs more approvals than usual. */
export async function printJudgement(
  context: CommandContext,
  { files, manifest }: JudgedVersion,
  report: ScanReport,
): Promise<void> {
  if (context.format !== 'text') return;
  if (report.verdict !== 'pass') {
    const { printReport } = await import('../../scanner/reports/report-text.ts');
    context.stderr.write(
      printReport(report, files, { colour: wantsColour(context.stderr, context.env), asCalled }),
    );
  } else
    for (const finding of report.findings)
      printNote(
        context,
        safe`${finding.severity}: ${finding.message} (${finding.path}:${finding.line})`,
      );
  const why = whyHigh(defaultPolicy, {
    capabilities: manifest.capabilities,
    findings: report.findings,
    verdict: report.verdict,
  });
  for (const reason of why)
    printNote(context, safe`this version needs more approvals than usual: ${reason}`);
}

/**
 * Stops what an author would not want to sign. A block comes first: nobody should declare the host
 * of a stranger because the other refusal says how.
 * @throws Problem `verdict-block`; `capability-undeclared`, unless the person publishes as it is
 */
export function requireJudged(
  context: CommandContext,
  { files, manifest, inferred }: JudgedVersion,
  report: ScanReport,
): void {
  requireNotBlocked(context, manifest, report);
  if (context.options['as-is'] === true || inferred === true) return;
  for (const use of requireDeclared(files, manifest, report))
    printNote(
      context,
      safe`for the reviewer: the skill uses ${use}, which skill.json does not declare`,
    );
}

// Its number would be taken, and the registry's own scan would hold the version back.
function requireNotBlocked(
  { options }: CommandContext,
  { name, version }: Manifest,
  { verdict, findings, decidedBy }: ScanReport,
): void {
  if (verdict !== 'block' || options['despite-block'] === true) return;
  const deciding = findings.filter(({ fingerprint }) => decidedBy.includes(fingerprint));
  throw new Problem(
    'verdict-block',
    `Cannot publish ${name}@${version}: the scan's verdict is block`,
    {
      reasons: deciding.map(({ rule, message, path, line, column }) => ({
        message: `${rule}: ${message}`,
        place: { path, line, column },
      })),
    },
  );
}
