/** The answer of an approver to changes that an agent made: a hold of kind `apply`. */
import * as changes from '../../runner/changes/public.ts';
import * as holds from '../../runner/holds/public.ts';
import type { ChangeSet } from '../../skills-index/run/changes/changes.ts';
import { placeOf } from '../../skills-index/run/changes/chosen-refs.ts';
import type { GatedAction, Hold } from '../../skills-index/run/holds/hold.ts';
import { shownAction } from '../../skills-index/run/holds/hold-action.ts';
import { canAnswer } from '../../skills-index/run/holds/hold-answer.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import type { CommandContext } from '../command.ts';
import { answerHere, canAnswerHere } from '../holds/answer-here.ts';
import { handsOfAgent, holdPrinter } from '../holds/hands.ts';
import { auditKeyFileOf, type HostFiles } from '../run/host-files.ts';
import { acceptCommand, targetsOf } from './accepted-part.ts';
import { refWishes } from './references.ts';

/**
 * Refuses early, before a person reads or confirms changes that no approver can allow.
 * @throws Problem `hold-unsupported`
 */
export function requireApprover(
  { policy }: Pick<HostFiles, 'policy'>,
  { agent, run }: ChangeSet,
): void {
  if (
    agent === 'operator' ||
    policy.approvers.some((approver) => canAnswer(approver, [process.getuid?.() ?? 0]))
  )
    return;
  const why = `agent ${agent} made them, and ${policy.file} names no approver other than the agent's own user`;
  throw new Problem('hold-unsupported', `Changes of run ${run} are not applied: ${why}`, {
    hint: `create an approver's key: skillgate key create NAME --passphrase. Then: skillgate host approver add NAME. Then: skillgate changes accept ${run}`,
  });
}

/**
 * Changes of an agent's run need an answer that the agent cannot give.
 * @throws Problem `hold-unsupported`, `hold-denied`, `hold-expired`
 */
export async function askForAgent(
  context: CommandContext,
  host: HostFiles,
  waiting: changes.WaitingChanges,
  choice: changes.NamedChoice = {},
): Promise<void> {
  const { set } = waiting;
  if (set.agent === 'operator') return;
  const action = applyAction(waiting, choice);
  requireShownWhole(action, set.run);
  const { agent, plan, run, skill, version } = set;
  const subject = { run, agent, skill, version, plan };
  const record = (event: Parameters<HostFiles['audit']['record']>[1]): void =>
    host.audit.record(subject, event);
  const desk = holds.holdDesk(`${context.paths.data}/holds`, {
    policy: host.policy,
    record,
    now: context.now,
    keyFile: auditKeyFileOf(context),
  });
  const failed = new AbortController();
  const over = new AbortController();
  const isHere = await canAnswerHere(context, host.policy);
  const notify = isHere
    ? (hold: Hold): void => {
        handsOfAgent(context, host.policy).notify?.(hold);
        const asking = { ...context, signal: AbortSignal.any([context.signal, over.signal]) };
        answerHere(asking, host, hold).catch((cause) => failed.abort(cause));
      }
    : // The terminal only shows what is waiting and until when; typing there is no answer.
      holdPrinter(context, host.policy);
  const gate = holds.startGate({
    ...desk,
    subject,
    grants: canonicalDigest(set.folders.map((folder) => folder.source)),
    hands: { notify },
  });
  const signal = AbortSignal.any([context.signal, failed.signal]);
  const answer = await gate.ask(action, signal).finally(() => over.abort());
  // A person who pressed Ctrl-C, or had no right passphrase, ends the command.
  if (failed.signal.aborted) throw failed.signal.reason;
  if (answer.kind === 'denied')
    throw new Problem(
      answer.code,
      `Changes of run ${run} are not applied: ${answer.why}`,
      answer.code === 'hold-expired'
        ? { hint: `the changes still wait; type again: ${acceptCommand(run, choice)}` }
        : {},
    );
}

// An approver must read every path that they allow.
function requireShownWhole(action: GatedAction, run: string): void {
  // A long list of references may end with a digest: without --path no choice shortens the list.
  const whole = { ...action, refs: [] };
  if (canonicalDigest({ ...shownAction(action), refs: [] }) === canonicalDigest(whole)) return;
  throw new Problem('usage', `Changes of run ${run} are not applied: too many paths are named`, {
    hint: 'accept some of the paths first, then the others',
  });
}

/**
 * The action of a hold for these changes.
 * @param choice how the person chose the changes
 */
export function applyAction(
  { set, digest }: Pick<changes.WaitingChanges, 'set' | 'digest'>,
  choice: changes.NamedChoice = {},
): GatedAction {
  const isPartial = changes.choiceOf(choice).isWanted !== undefined;
  const include = set.folders.flatMap(({ changes, target }) =>
    changes.filter(({ shelf }) => shelf === 'obeyed').map(({ path }) => `${target}/${path}`),
  );
  // In a partial choice, each reference needed its name. Several repositories of the run may have a
  // branch of this name.
  const includeRefs = set.folders.flatMap(({ repositories = [], target }) =>
    repositories.flatMap((repository) =>
      repository.refs
        .filter(({ asks }) => asks !== undefined || isPartial)
        .map(({ name }) => `${target}/${placeOf(repository)}:${name}`),
    ),
  );
  const refs = refWishes(set);
  return {
    kind: 'apply',
    target: targetsOf(set),
    changes: set.folders.reduce((sum, { changes }) => sum + changes.length, 0),
    digest,
    ...(refs.length === 0 ? {} : { refs }),
    ...(include.length === 0 ? {} : { include }),
    ...(includeRefs.length === 0 ? {} : { includeRefs }),
    ...(isPartial ? { paths: choice.paths ?? [] } : {}),
  };
}
