/**
 * What the scan found in a skill whose skill.json is drafted. The draft declares what the code
 * does, so a next scan may pass code that sends a secret to a host that nobody chose.
 */
import { type Finding, severities } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { CommandContext } from '../command.ts';
import { count, printNote, safe, shortText } from '../terminal/output.ts';

/** Findings that a person reads beside a draft; further findings are counted. */
const findingsShownMax = 20;

/** A finding that would hold or block the skill, as `--format json` prints it. */
type DraftFinding = Pick<Finding, 'rule' | 'severity' | 'message' | 'path' | 'line' | 'column'>;

/** The findings of severity medium or higher, the worst first. */
export function draftFindings({ findings }: ScanReport): readonly DraftFinding[] {
  const levelOf = ({ severity }: Finding): number => severities.indexOf(severity);
  return findings
    .filter((finding) => levelOf(finding) >= severities.indexOf('medium'))
    .sort((a, b) => levelOf(b) - levelOf(a))
    .map(({ rule, severity, message, path, line, column }) => ({
      rule,
      severity,
      message,
      path,
      line,
      column,
    }));
}

/** Prints the findings, and what the author has to check in the draft. */
export function printDraftFindings(
  context: CommandContext,
  findings: readonly DraftFinding[],
): void {
  if (findings.length === 0) return;
  printNote(
    context,
    safe`The scan before this draft has ${count(findings.length, 'finding')} of severity medium or higher:`,
  );
  for (const { rule, severity, message, path, line } of findings.slice(0, findingsShownMax))
    printNote(context, safe`  ${severity}  ${rule}  ${path}:${line}: ${shortText(message)}`);
  const more = findings.length - findingsShownMax;
  if (more > 0) printNote(context, safe`  and ${more} more; skillgate scan shows all findings`);
  printNote(
    context,
    safe`A declaration does not make these findings harmless. The draft declares what the code does, so check that you want each capability of the draft.`,
  );
}
