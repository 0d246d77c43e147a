/** Rounds in which a registry is ended at a random moment, started again, and looked through. */
import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf } from '../fuzz/random.ts';
import { type ActKind, actKinds } from './acts.ts';
import { Crowd } from './crowd.ts';
import type { Site } from './site.ts';
import { Checker, type Fault } from './whole.ts';

export interface KillPlan {
  readonly rounds: number;
  /**
   * So many rounds more at most, until each kind of act has been acknowledged. A slow machine comes
   * to few acts in a round.
   */
  readonly extraRounds?: number;
  readonly seed: number;
  /** The number of the first round: a round has the same moments under the same number. */
  readonly first?: number;
  /** Ends the rounds after the present one. */
  readonly signal?: AbortSignal;
  /** Told of each round, and what was found after it. */
  readonly onRound?: (round: number, faults: readonly Fault[]) => void;
}

export interface Kills {
  readonly platform: string;
  readonly rounds: number;
  /** How many starts were ended as well. */
  readonly startsEnded: number;
  readonly acknowledged: Readonly<Record<ActKind, number>>;
  /** Acts without an answer; each was sent again after the next start. */
  readonly unanswered: number;
  /** Answers other than an acknowledgement, by code. */
  readonly refused: ReadonlyMap<string, number>;
  readonly faults: readonly (Fault & { readonly round: number })[];
}

/** Work lasts so long at most. */
const workMsMax = 900;
const startMsMax = 2_500;
/** One of so many starts is ended before the next. */
const startsEndedOneIn = 6;

export async function runKills(
  site: Site,
  { rounds, extraRounds = 0, seed, first = 1, signal, onRound = () => undefined }: KillPlan,
): Promise<Kills> {
  const crowd = new Crowd(seed);
  const checker = new Checker(site, crowd.revoking);
  const faults: (Fault & { round: number })[] = [];
  let startsEnded = 0;
  let unanswered = 0;
  let checked = 0;
  const look = async (round: number, isLast: boolean): Promise<void> => {
    const found = await checker.check(crowd.acknowledged.slice(checked));
    checked = crowd.acknowledged.length;
    if (isLast && site.age !== undefined) found.push(...(await checker.checkSwept()));
    faults.push(...found.map((fault) => ({ ...fault, round })));
    onRound(round, found);
  };
  const countOf = (kind: ActKind): number =>
    crowd.acknowledged.filter((act) => act.kind === kind).length;
  const hasEach = (): boolean => actKinds.every((kind) => countOf(kind) > 0);
  await site.start();
  await crowd.enter(site);
  let round = first;
  for (let isLast = false; !isLast; round++) {
    const random = randomOf(seed, round * 64 + 63);
    const working = crowd.work(site, round);
    await sleep(random.below(workMsMax));
    await site.kill();
    await working;
    unanswered += crowd.unanswered.length;
    if (random.chance(startsEndedOneIn)) {
      startsEnded++;
      await site.startInVain(random.below(startMsMax));
    }
    const left = first + rounds - 1 - round;
    isLast = left <= (hasEach() ? 0 : -extraRounds) || signal?.aborted === true;
    if (isLast) await site.age?.();
    await site.start();
    await look(round, isLast);
    await crowd.repeat(site, round);
  }
  // A stop that was sent again leaves index files to the cron trigger.
  await site.cron?.();
  // What was sent again is checked, and everything from the beginning once more.
  const last = new Checker(site, crowd.revoking);
  faults.push(...(await last.check(crowd.acknowledged)).map((fault) => ({ ...fault, round })));
  return {
    platform: site.platform,
    rounds: round - first,
    startsEnded,
    acknowledged: Object.fromEntries(
      actKinds.map((kind) => [kind, countOf(kind)]),
    ) as unknown as Kills['acknowledged'],
    unanswered,
    refused: crowd.refused,
    faults,
  };
}
