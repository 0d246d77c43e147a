/**
 * Notifies people of a hold: at the terminal, by webhooks, by mailbox. None of these can answer it.
 */
import { join } from 'node:path';
import * as audit from '../../runner/audit/public.ts';
import * as webhookPosts from '../../runner/webhooks/public.ts';
import { type Hold, type HoldHands, holdDigest } from '../../skills-index/run/holds/hold.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { CommandContext } from '../command.ts';
import { webhookSecondsMax } from '../limits.ts';
import { confirm } from '../terminal/ask.ts';
import { printNote, safe } from '../terminal/output.ts';
import { describeHold } from './hold-text.ts';
import { leaveInMailbox, type MailboxWorld } from './mailbox-hand.ts';

/** For operators who run a skill themselves; only they may answer yes at the terminal. */
export function handsOfOperator(context: CommandContext, policy: HostPolicy): HoldHands {
  const notify = holdPrinter(context, policy);
  const atTerminal = context.stdin.isTTY === true && context.stderr.isTTY === true;
  if (!atTerminal) return { notify };
  return {
    notify,
    confirm: async (hold, signal) => {
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
    printNote(
      context,
      safe`  to read it: skillgate hold show ${hold.id}; to answer: skillgate hold allow ${hold.id}   (or skillgate hold deny ${hold.id})`,
    );
    const log = (line: string): void => printNote(context, safe`note: ${line}`);
    sendToWebhooks(context, policy, hold, log);
    leaveInMailbox(context, policy, hold, log);
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
    notify: (hold) => {
      sendToWebhooks(world, policy, hold, log);
      leaveInMailbox(world, policy, hold, log);
    },
  };
}

/**
 * The message to a webhook, signed with the host's audit key: names and an id, without secrets,
 * body or query.
 */
export function noticeOf(hold: Hold): string {
  const { id, run, agent, skill, version, kind, rule, what, created, expires } = hold;
  return canonicalJson({
    schema: 'skillgate.hold-notice/1',
    hold: holdDigest(hold),
    id,
    run,
    agent,
    skill,
    version,
    kind,
    rule,
    what,
    created,
    expires,
  });
}

function sendToWebhooks(
  { paths, signal }: Pick<CommandContext, 'paths' | 'signal'>,
  { hosts, webhooks }: HostPolicy,
  hold: Hold,
  log: (line: string) => void,
): void {
  if (webhooks.length === 0) return;
  const body = noticeOf(hold);
  const key = audit.openAuditKey(join(paths.config, 'audit-key.json'));
  const headers = {
    'content-type': 'application/json',
    'skillgate-key': key.keyId,
    'skillgate-signature': key.sign(Buffer.from(body)).toString('base64'),
  };
  const late = AbortSignal.any([signal, AbortSignal.timeout(webhookSecondsMax * 1_000)]);
  // A failure is logged; the hold does not wait for the webhook.
  for (const { url } of webhooks)
    void webhookPosts
      .postOutside(url, { body, headers, signal: late }, hosts)
      .catch((cause: Error) => log(cause.message));
}
