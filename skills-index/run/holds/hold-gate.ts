/**
 * The gate of a run: lets an action pass, waits for a person, or refuses. Files, clocks and chance
 * are given; late or unproven means no.
 */
import { Problem } from '../../skill/problem.ts';
import type { AuditEvent } from '../audit/audit-entry.ts';
import type { Plan } from '../plan/plan.ts';
import type { Gate, GateAnswer, GatedAction, Hold, HoldHands, SignedAnswer } from './hold.ts';
import { isAsShown, withoutContent } from './hold-action.ts';
import {
  type AnswerQuestion,
  endOf,
  isStanding,
  refusalSeconds,
  sayAnswered,
  type Writer,
  whyNotAnswered,
} from './hold-answer.ts';
import { capabilityTexts, type HeldPlan } from './hold-rules.ts';
import { gateAnswer, type HoldEnd, HoldState, type HoldTerms, holdEvent } from './hold-state.ts';

/** How often a hold looks for its answer. */
export const holdPollMs = 200;

/** Holder of a hold for which nobody waits any more. */
export const ended = 'ended';

/** A file that says it answers a hold. */
export interface FoundAnswer {
  readonly signed: SignedAnswer;
  readonly writer: Writer;
}

/** Where holds and answers lie. */
export interface HoldFiles {
  /** All holds that are here; what cannot be read is none. */
  kept(): readonly Hold[];
  keep(hold: Hold): void;
  forget(hold: Hold): void;
  /** Keeps what the hold is about beside it, for people to look at. */
  keepRequest(hold: Hold, request: Uint8Array): void;
  forgetRequest(hold: Hold): void;
  /** In the folder of the holds, and in those of approvers who are users of this host. */
  answers(hold: Hold, folders: readonly string[]): readonly FoundAnswer[];
  /** Takes an answer away that does not count. */
  reject(hold: Hold): void;
  /** Whether the process that waits still lives. */
  lives(holder: string): boolean;
}

/** All it takes to judge an answer. */
export interface HoldDesk
  extends Pick<HoldTerms, 'policy' | 'ownUids'>,
    Pick<AnswerQuestion, 'whyNotSigned'> {
  readonly files: HoldFiles;
  readonly record: (event: AuditEvent) => void;
  readonly now: () => Date;
  /**
   * Answers that were recorded as rejected already: one that cannot be taken away is found again at
   * each look.
   */
  readonly told?: Set<string>;
}

export interface GateSettings extends HoldDesk, Pick<HoldTerms, 'subject' | 'grants'> {
  readonly hands: HoldHands;
  /** 32 hex digits, never the same. */
  readonly nonce: () => string;
  /** Process that waits. */
  readonly holder: string;
  /** Milliseconds of a clock that only goes forward. */
  readonly ticks: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** `waited` answers with the milliseconds for which the run has waited, which are not the run's. */
export type RunGate = Gate & { waited(): number };

/** What is started, in the words of who asked. */
export type StartWords = Pick<Extract<GatedAction, { kind: 'start' }>, 'command' | 'args' | 'why'>;

type Answer = { readonly verdict: 'allow' | 'deny'; readonly by: string } | undefined;

/** Opens the gate of a run. Nothing is asked, written or read until a rule wants a person. */
export function openGate(given: GateSettings): RunGate {
  const settings: GateSettings = { told: new Set(), ...given };
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
        sayAnswered(standing),
      );
    sweep(settings);
    const next = state.next(first, asksOf(settings, first));
    if (next.kind === 'end') return end(first, next.state, next.why);
    // A person allows what they were shown, so all of it has to be here.
    const all = whole === undefined ? { action, request: undefined } : await whole();
    if (all === undefined)
      return end(first, 'denied', 'it did not come whole, so nobody was asked');
    const hold = holdOf(all.action);
    // Meanwhile others may have begun to wait.
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
      return end(hold, how, answer?.by ?? 'nobody answered in time');
    } finally {
      state.end(hold, how, ticks());
    }
  };
  return { ask, waited: () => state.waited(ticks()) };
}

/**
 * Asks about a start, which goes on or fails.
 * @throws Problem `hold-unsupported`, `hold-denied`, `hold-expired`
 */
export async function askToStart(
  gate: Gate,
  plan: HeldPlan & Pick<Plan, 'holds'>,
  start: StartWords,
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
 * The answer that counts for a hold; undefined while there is none. One that does not count is
 * recorded with every reason, and taken away where it may be. A hold that has ended has none: its
 * digest is another one than the one that was answered.
 */
export function findAnswer(desk: HoldDesk, hold: Hold): SignedAnswer | undefined {
  const { files, now, ownUids, policy, told = new Set<string>(), whyNotSigned } = desk;
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
    const said = why.join('; ');
    const key = `${hold.id} ${said}`;
    if (!told.has(key)) desk.record(holdEvent(hold, 'rejected', said));
    told.add(key);
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
  // Both clocks: a wall clock that is set back must not lengthen it.
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
  if (answer === undefined || !isStanding(answer, hold, hold.scope)) endHold(settings, hold);
  return answer === undefined
    ? undefined
    : { verdict: answer.answer.verdict, by: sayAnswered(answer) };
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

// An allowance for a time, and a no, are the hold and its answer, kept: they are judged again
// whenever they are used. A no is before a yes.
function findStanding(desk: HoldDesk, { scope }: Hold): SignedAnswer | undefined {
  const found = desk.files.kept().filter((one) => one.scope === scope && isAsShown(one));
  const standing = found.flatMap((old) => {
    const answer = findAnswer(desk, old);
    return answer !== undefined && isStanding(answer, old, scope) ? [answer] : [];
  });
  return standing.find(({ answer }) => answer.verdict === 'deny') ?? standing[0];
}

// That somebody was asked is kept for a while; that nobody waits any more makes its digest another
// one, so no answer counts.
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

// What a killed runner left, and what is over: no answer can reach it any more.
function sweep(desk: HoldDesk): void {
  const now = desk.now().getTime();
  for (const hold of desk.files.kept()) {
    const answer = findAnswer(desk, hold);
    const isWaiting = desk.files.lives(hold.holder) && now < Date.parse(hold.expires);
    const stands =
      answer !== undefined &&
      isStanding(answer, hold, hold.scope) &&
      now < endOf(hold, answer.answer);
    if (isWaiting || stands) continue;
    if (!isRecent(hold, desk.now())) desk.files.forget(hold);
    else if (hold.holder !== ended) endHold(desk, hold);
  }
}
