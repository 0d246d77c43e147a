/**
 * An approver who types a command answers the command's own hold at the same terminal. Only the
 * approver's passphrase makes the answer, so an agent with a terminal of its own cannot give it.
 */
import type * as audit from '../../runner/audit/public.ts';
import type { Hold } from '../../skills-index/run/holds/hold.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { passphraseTriesMax } from '../limits.ts';
import { isQuietTerminal } from '../terminal/hidden-answer.ts';
import { printNote, safe } from '../terminal/output.ts';
import { keyKinds, makeAnswer, putAnswer } from './answer.ts';

/** Whether a key with a passphrase of an approver is on this host, and a person can type here. */
export async function canAnswerHere(
  context: CommandContext,
  { approvers }: HostPolicy,
): Promise<boolean> {
  if (context.format !== 'text' || !isQuietTerminal(context.stdin)) return false;
  const kinds = await keyKinds(context);
  return approvers.some(({ key }) => kinds.get(key?.keyId ?? '') === 'sealed');
}

/**
 * Asks for the passphrase and stores the signed answer for the waiting gate.
 * @throws Problem `interrupted`, or the last problem after too many wrong passphrases
 */
export async function answerHere(
  context: CommandContext,
  { audit: log, policy }: { readonly audit: audit.Audit; readonly policy: HostPolicy },
  hold: Hold,
): Promise<void> {
  printNote(context, safe`Your passphrase allows this: ${hold.what}`);
  for (let tries = 1; ; tries++)
    try {
      const made = await makeAnswer(context, policy, { hold, verdict: 'allow', seconds: 0 }, log);
      if (made.kind === 'signed') putAnswer(made.path, made.signed);
      return;
    } catch (cause) {
      const isWrong = cause instanceof Problem && cause.code !== 'interrupted';
      if (!isWrong || tries >= passphraseTriesMax) throw cause;
      printNote(context, safe`${cause.message}`);
    }
}
