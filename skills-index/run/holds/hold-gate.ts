/**
 * The gate of a run lets an action pass, waits for an approver, or denies the action. Files, clocks
 * and randomness are parameters. A late or unproven answer counts as a denial.
 */
import { Problem } from '../../skill/problem.ts';
import type { AuditEvent } from '../audit/audit-entry.ts';
import type { Plan } from '../plan/plan.ts';
import type { Gate, GateAnswer, GatedAction, Hold, HoldHands, SignedAnswer } from './hold.ts';
import {
  type AnswerQuestion,
  describeAnswer,
  endOf,
  isAsShown,
  isStanding,
  refusalSeconds,
  type Writer,
  whyNotAnswered,
  withoutContent,
} from './hold-action.ts';
import {
  capabilityTexts,
  gateAnswer,
  type HeldPlan,
  type HoldEnd,
  HoldState,
  type HoldTerms,
  holdEvent,
} from './hold-state.ts';

/** The interval, in milliseconds, at which a waiting hold checks for an answer. */
export const holdPollMs = 200;

/** The value of `holder` in a finished hold, for which no process waits any more. */
export const ended = 'ended';

/** An answer file that the gate found. The gate has not checked the answer's validity yet. */
export interface FoundAnswer {
  readonly signed: SignedAnswer;
  readonly writer: Writer;
}

/** The storage of holds and answers. */
export interface HoldFiles {
  /** Returns every stored hold, without the unreadable files. */
  kept(): readonly Hold[];
  keep(hold: Hold): void;
  forget(hold: Hold): void;
  /** Stores the held request beside the request's hold, so that people can read the request. */
  keepRequest(hold: Hold, request: Uint8Array): void;
  forgetRequest(hold: Hold): void;
  /**
   * Returns the answers to a hold, from the folder of holds and from the folders of approvers who
   * are users of this host.
   */
  answers(hold: Hold, folders: readonly string[]): readonly FoundAnswer[];
  /** Deletes an answer that does not count. */
  reject(hold: Hold): void;
  /** Whether the process that waits for the answer is still alive. */
  lives(holder: string): boolean;
}

/** Everything that the gate needs to judge an answer. */
export interface HoldDesk
  extends Pick<HoldTerms, 'policy' | 'ownUids'>,
    Pick<AnswerQuestion, 'whyNotSigned'> {
  readonly files: HoldFiles;
  readonly record: (event: AuditEvent) => void;
  readonly now: () => Date;
  /**
   * Answers whose rejection is already in the audit log. The gate finds an answer again at each
   * check when the runner cannot delete the answer.
   */
  readonly recorded?: Set<string>;
}

export interface GateSettings extends HoldDesk, Pick<HoldTerms, 'subject' | 'grants'> {
  readonly hands: HoldHands;
  /** Makes 32 random hex digits, which differ at each call. */
  readonly nonce: () => string;
  /** The process that waits for the answer. */
  readonly holder: string;
  /** Returns the milliseconds of a monotonic clock. */
  readonly ticks: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/**
 * A gate that counts the milliseconds that the run spent waiting for people. The run's time limit
 * does not count these milliseconds.
 */
export type RunGate = Gate & { waited(): number };

/** The command, arguments and reason of a start, as the caller gave them. */
export type StartArguments = Pick<
  Extract<GatedAction, { kind: 'start' }>,
  'command' | 'args' | 'why'
>;

type Answer = { readonly verdict: 'allow' | 'deny'; readonly by: string } | undefined;

/**
 * Creates the gate of a run. The gate asks, writes and reads nothing until a rule demands an
 * approver's answer.
 */
export function openGate(given: GateSettings): RunGate {
  const settings: GateSettings = { recorded: new Set(), ...given };
  const { hands, holder, nonce, now, ticks } = settings;
  const state = new HoldState({ ...settings, atTerminal: hands.confirm !== undefined });
  const ask: Gate['ask'] = async (action, signal, whole) => {
    const rule = state.take(action);
    if (rule === undefined) return { kind: 'allowed' };
    const holdOf = (asked: GatedAction): Hold =>
      state.holdOf(rule, asked, { now: now(), nonce: nonce(), holder });
    const first = holdOf(action);
    const end = (hold: Hold, how: HoldEnd, why: string): GateAnswer => {
      settings.record(holdEvent(hold, how, why));
      return gateAnswer(hold, how, why);
    };
    const standing = findStanding(settings, first);
    if (standing !== undefined)
      return end(
        first,
        standing.answer.verdict === 'allow' ? 'allowed' : 'denied',
        `${describeAnswer(standing)}, to an earlier question`,
      );
    // Nobody is asked about what the agent did not ask for.
    if (action.kind === 'egress' && action.asks === '')
      return { kind: 'denied', code: 'hold-unsupported', why: 'no rule allows the request' };
    sweep(settings);
    const next = state.next(first, asksOf(settings, first));
    if (next.kind === 'end') return end(first, next.state, next.why);
    // A person allows only what the person saw, so the runner reads the whole request before the
    // gate asks anybody.
    const all = whole === undefined ? { action, request: undefined } : await whole();
    if (all === undefined)
      return end(first, 'denied', 'the request ended too early, so nobody was asked');
    const hold = holdOf(all.action);
    // Other holds may have begun to wait while the request was read, so the gate checks the limits
    // on holds again.
    const still = whole === undefined ? next : state.next(hold, asksOf(settings, hold));
    if (still.kind === 'end') return end(hold, still.state, still.why);
    state.begin(ticks());
    settings.record(holdEvent(hold, 'asked', `until ${hold.expires}`));
    let how: HoldEnd = 'expired';
    try {
      const answer =
        next.kind === 'wait'
          ? await waitForPerson(settings, hold, all.request, signal)
          : await askOperator(hands, hold, signal);
      if (answer !== undefined) how = answer.verdict === 'allow' ? 'allowed' : 'denied';
      return end(hold, how, answer?.by ?? 'nobody answered while the run waited');
    } finally {
      state.end(hold, how, ticks());
    }
  };
  return { ask, waited: () => state.waited(ticks()) };
}

/**
 * Asks an approver about a start when a rule demands an answer.
 * @throws Problem `hold-unsupported`, `hold-denied`, `hold-expired` when the start is not allowed
 */
export async function requireStartAllowed(
  gate: Gate,
  plan: HeldPlan & Pick<Plan, 'holds'>,
  start: StartArguments,
  signal?: AbortSignal,
): Promise<void> {
  const action = {
    kind: 'start',
    capabilities: capabilityTexts(plan),
    holds: plan.holds,
    ...start,
  } as const;
  const answer = await gate.ask(action, signal);
  if (answer.kind === 'denied')
    throw new Problem(answer.code, `Cannot run ${plan.skill.name}: ${answer.why}`);
}

/**
 * Returns the valid answer to a hold; undefined before a valid answer. The gate records an invalid
 * answer with every reason, and deletes the answer where the runner may. A finished hold has no
 * valid answer: finishing changes the hold's digest, and the answer names the old digest.
 */
export function findAnswer(desk: HoldDesk, hold: Hold): SignedAnswer | undefined {
  const { files, now, ownUids, policy, recorded = new Set<string>(), whyNotSigned } = desk;
  if (hold.holder === ended) return undefined;
  const folders = policy.approvers.flatMap(({ user }) => (user === undefined ? [] : [user.folder]));
  for (const { signed, writer } of files.answers(hold, folders)) {
    const why = whyNotAnswered({
      signed,
      writer,
      hold,
      approvers: policy.approvers,
      ownUids,
      now: now(),
      whyNotSigned,
    });
    if (why.length === 0) return signed;
    const reasons = why.join('; ');
    const key = `${hold.id} ${reasons}`;
    if (!recorded.has(key)) desk.record(holdEvent(hold, 'rejected', reasons));
    recorded.add(key);
    if (!folders.includes(writer.folder)) files.reject(hold);
  }
  return undefined;
}

async function waitForPerson(
  settings: GateSettings,
  hold: Hold,
  request: Uint8Array | undefined,
  signal?: AbortSignal,
): Promise<Answer> {
  const { files, hands, now, sleep, ticks } = settings;
  files.keep(hold);
  if (request !== undefined) files.keepRequest(hold, request);
  hands.notify?.(hold);
  // The wait for an answer ends by the monotonic clock or the wall clock, whichever comes first.
  // Setting the wall clock back must not extend the wait.
  const until = ticks() + Date.parse(hold.expires) - Date.parse(hold.created);
  let answer: SignedAnswer | undefined;
  while (
    answer === undefined &&
    ticks() < until &&
    now().toISOString() < hold.expires &&
    signal?.aborted !== true
  ) {
    answer = findAnswer(settings, hold);
    if (answer === undefined) await sleep(holdPollMs);
  }
  files.forgetRequest(hold);
  if (answer === undefined || !isStanding(answer, hold, hold)) endHold(settings, hold);
  return answer === undefined
    ? undefined
    : { verdict: answer.answer.verdict, by: describeAnswer(answer) };
}

async function askOperator(
  { confirm }: HoldHands,
  hold: Hold,
  signal?: AbortSignal,
): Promise<Answer> {
  const late = AbortSignal.timeout(Date.parse(hold.expires) - Date.parse(hold.created));
  const yes = await confirm?.(hold, signal === undefined ? late : AbortSignal.any([late, signal]));
  return { verdict: yes === true ? 'allow' : 'deny', by: 'operator at the terminal, unsigned' };
}

// A standing answer is stored as the old hold together with the answer, and the gate judges hold
// and answer again at each use. A denial wins over an allowance.
function findStanding(desk: HoldDesk, asking: Hold): SignedAnswer | undefined {
  const found = desk.files.kept().filter((one) => one.scope === asking.scope && isAsShown(one));
  const standing = found.flatMap((old) => {
    const answer = findAnswer(desk, old);
    return answer !== undefined && isStanding(answer, old, asking) ? [answer] : [];
  });
  return standing.find(({ answer }) => answer.verdict === 'deny') ?? standing[0];
}

// The host keeps a finished hold for a while, so that the gate counts repeated questions. The
// changed `holder` changes the hold's digest, so no answer fits a finished hold any more.
function endHold({ files }: HoldDesk, hold: Hold): void {
  const { action, ...rest } = hold;
  files.forget(hold);
  files.keep({
    ...rest,
    ...(action === undefined ? {} : { action: withoutContent(action) }),
    holder: ended,
  });
}

function isRecent({ created }: Hold, now: Date): boolean {
  return Date.parse(created) > now.getTime() - refusalSeconds * 1_000;
}

function asksOf(desk: HoldDesk, { agent }: Hold): { waiting: number; lately: number } {
  const { files, now } = desk;
  const kept = files.kept().filter((one) => one.agent === agent);
  return {
    waiting: kept.filter(
      (one) =>
        files.lives(one.holder) &&
        now().toISOString() < one.expires &&
        findAnswer(desk, one) === undefined,
    ).length,
    lately: kept.filter((one) => isRecent(one, now())).length,
  };
}

// Removes holds of killed runners and expired holds. No answer can reach such holds any more.
function sweep(desk: HoldDesk): void {
  const now = desk.now().getTime();
  for (const hold of desk.files.kept()) {
    const answer = findAnswer(desk, hold);
    const isWaiting = desk.files.lives(hold.holder) && now < Date.parse(hold.expires);
    const stands =
      answer !== undefined &&
      isStanding(answer, hold, hold) &&
      now < endOf(hold, answer.answer) &&
      (answer.answer.run !== true || desk.files.lives(hold.holder));
    if (isWaiting || stands) continue;
    if (!isRecent(hold, desk.now())) desk.files.forget(hold);
    else if (hold.holder !== ended) endHold(desk, hold);
  }
}
