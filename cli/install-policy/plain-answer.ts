/**
 * Texts of a judgement for another program's answer. A text of the skill's author must not look
 * like a line of that program, nor use up the characters that it shows.
 */
import type { Finding } from '../../skills-index/statement/finding.ts';
import { gateFindingCharsMax, gateReasonCharsMax } from '../limits.ts';
import { shortText, terminalSafe } from '../terminal/output.ts';

export function plainReason(text: string): string {
  return plain(text, gateReasonCharsMax);
}

/** A finding in the members of OpenClaw's protocol, without a severity. */
export function plainFinding({ rule, message, path, line }: Finding) {
  return { ruleId: rule, message: plain(message), file: plain(path), line };
}

function plain(text: string, max = gateFindingCharsMax): string {
  return shortText(terminalSafe(text), max);
}
