/** Who hears of a hold during a run, and who may answer at the terminal. */

import type { Hold, HoldHands } from '../../skills-index/run/holds/hold.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { CommandContext } from '../command.ts';
import { confirm } from '../terminal/ask.ts';
import { printNote, safe } from '../terminal/output.ts';
import type { MailboxWorld } from './mailbox-hand.ts';

/** For operators who run a skill themselves; only they may answer yes at the terminal. */
export function handsOfOperator(context: CommandContext, policy: HostPolicy): HoldHands {
  const notify = holdPrinter(context, policy);
  const atTerminal = context.stdin.isTTY === true && context.stderr.isTTY === true;
  if (!atTerminal) return { notify };
  return {
    notify,
    confirm: async (hold, signal) => {
      const { describeHold } = await import('./mailbox-desk.ts');
      printNote(context, describeHold({ state: 'waiting', hold, until: hold.expires }));
      const question = safe`${hold.rule}: ${hold.what}`;
      const confirmed = confirm(
        { ...context, signal },
        question,
        'yes',
        'name an approver: skillgate host approver add NAME',
      );
      return await confirmed.then(
        () => true,
        () => false,
      );
    },
  };
}

/**
 * Prints what is waiting, until when, and how to answer. Notifies everybody that host policy names.
 */
export function holdPrinter(context: CommandContext, policy: HostPolicy): (hold: Hold) => void {
  return (hold) => {
    printNote(context, safe`held until ${hold.expires}: ${hold.what}`);
    // What an agent asks for once, it asks for again.
    const isAsked = hold.rule === 'undeclared';
    printNote(
      context,
      safe`  to read it: skillgate hold show ${hold.id}; to answer: skillgate hold allow ${hold.id}${isAsked ? ' [--for run]' : ''}   (or skillgate hold deny ${hold.id})`,
    );
    const log = (line: string): void => printNote(context, safe`note: ${line}`);
    tellElsewhere(context, policy, hold, log);
  };
}

/** Warns in advance that held actions will be denied: rules exist, and no approver is named. */
export function printUnasked(
  context: CommandContext,
  { approvers, file, holds }: HostPolicy,
  agent: string,
): void {
  const hasRules = holds.some(({ when }) => when.agent === undefined || when.agent === agent);
  const atTerminal = context.stdin.isTTY === true && context.stderr.isTTY === true;
  if (!hasRules || approvers.length > 0 || atTerminal) return;
  printNote(
    context,
    safe`note: ${file} holds actions but names no approver, so held actions are denied (skillgate explain unasked)`,
  );
}

/** For runs of an agent: the agent is not notified, and has no terminal. */
export function handsOfAgent(world: MailboxWorld, policy: HostPolicy): HoldHands {
  const log = (): void => undefined;
  return {
    notify: (hold) => tellElsewhere(world, policy, hold, log),
  };
}

// Most runs hold nothing, and most hosts name neither webhooks nor a mailbox.
function tellElsewhere(
  world: MailboxWorld,
  policy: HostPolicy,
  hold: Hold,
  log: (line: string) => void,
): void {
  if (policy.webhooks.length === 0 && policy.mailbox === undefined) return;
  void import('./mailbox-hand.ts')
    .then(({ leaveInMailbox, sendToWebhooks }) => {
      leaveInMailbox(world, policy, hold, log);
      return sendToWebhooks(world, policy, hold, log);
    })
    .catch((cause: Error) => log(cause.message));
}
