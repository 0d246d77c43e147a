/**
 * Decides whether another installer may install a folder: what is known of the bytes comes first,
 * then the scan. Pure.
 */
import type { Finding } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';

/** From the mildest to the strictest. `warn` leaves the decision to the person who installs. */
export const installDecisions = ['allow', 'warn', 'block'] as const;
export type InstallDecision = (typeof installDecisions)[number];

/** What the operator chose for bytes that nobody approved. */
export interface InstallPolicy {
  /** For a scan with the verdict `pass`. */
  readonly unknown: InstallDecision;
  /** For a scan with the verdict `review`. */
  readonly review: InstallDecision;
}

/** What the registry of the skill's scope has of exactly these bytes. */
export type KnownBytes =
  | { readonly kind: 'approved'; readonly evidence: string }
  | { readonly kind: 'stopped'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface InstallJudgement {
  readonly decision: InstallDecision;
  /** A sentence or two for the person who installs. */
  readonly reason: string;
  /** The findings that decide the scan's verdict; empty without a scan. */
  readonly findings: readonly Finding[];
}

/**
 * A person cannot override `block` in other installers, and a gate that honest skills cannot pass
 * is switched off. So only malice, missing evidence and the operator's own choice block.
 * @param known what is known of the bytes; a scan cannot change `approved` or `stopped`
 */
export function decideKnown(known: Exclude<KnownBytes, { kind: 'unknown' }>): InstallJudgement {
  return known.kind === 'approved'
    ? { decision: 'allow', reason: known.evidence, findings: [] }
    : { decision: 'block', reason: known.reason, findings: [] };
}

/**
 * @param reason what is known of the bytes, as a sentence
 * @param unread entries that an installer would copy and that the scan did not read
 */
export function decideScanned(
  reason: string,
  report: ScanReport,
  policy: InstallPolicy,
  unread: readonly string[] = [],
): InstallJudgement {
  const findings = report.decidedBy.flatMap(
    (fingerprint) => report.findings.find((one) => one.fingerprint === fingerprint) ?? [],
  );
  switch (report.verdict) {
    case 'block':
      return { decision: 'block', reason: said(reason, 'The scan found an attack.'), findings };
    case 'incomplete':
      return {
        decision: 'block',
        reason: said(reason, `The scan could not read everything: ${unreadText(report)}.`),
        findings,
      };
    case 'review': {
      const found = said(reason, 'The scan found what a person should look at.');
      return { decision: stricter(policy.review, policy.unknown), reason: found, findings };
    }
    case 'pass': {
      const beside = unread.length === 0 ? '' : `, and it read nothing in ${unread.join(', ')}`;
      const decision = unread.length === 0 ? policy.unknown : stricter(policy.unknown, 'warn');
      return { decision, reason: said(reason, `The scan found nothing${beside}.`), findings };
    }
  }
}

function said(...sentences: readonly string[]): string {
  return sentences.filter((one) => one !== '').join(' ');
}

function stricter(a: InstallDecision, b: InstallDecision): InstallDecision {
  return installDecisions.indexOf(a) > installDecisions.indexOf(b) ? a : b;
}

function unreadText({ coverage }: ScanReport): string {
  const [first, ...more] = coverage.files.filter(({ disposition }) => disposition === 'unanalysed');
  const others = more.length + (coverage.unlisted ?? 0);
  if (first === undefined) return `${others} entries`;
  const text = `${JSON.stringify(first.path)} ${first.reason}`;
  return others === 0 ? text : `${text}, and ${others} more`;
}
