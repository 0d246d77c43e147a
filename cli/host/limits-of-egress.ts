/** `skillgate host egress …`: how much each run of this host may send. */
import { egressRequestsPerMinuteMax, egressRunBytesMax } from '../../skills-index/run/limits.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { answer, type Safe, safe, table } from '../terminal/output.ts';
import { applyHostChange, readPolicy } from './change.ts';
import { requireNamed, withEntry, withoutEntry } from './policy-list.ts';

interface Limit {
  /** The word on the command line. */
  readonly word: string;
  readonly member: 'requestsPerMinute' | 'sentBytes';
  readonly atMost: (number: number) => string;
  readonly max: number;
}

const limits: readonly Limit[] = [
  {
    word: 'requests-per-minute',
    member: 'requestsPerMinute',
    atMost: (number) => `make at most ${number} requests a minute`,
    max: egressRequestsPerMinuteMax,
  },
  {
    word: 'sent-bytes',
    member: 'sentBytes',
    atMost: (number) => `send at most ${number} bytes`,
    max: egressRunBytesMax,
  },
];

export function addLimit(context: CommandContext, word: string, number: string): void {
  const { atMost, max, member } = limitOf(word);
  if (!/^[1-9]\d{0,14}$/.test(number))
    throw new Problem('usage', `Cannot limit ${word}: ${number} is not a whole number from 1`);
  applyHostChange(context, {
    change: (members) => withEntry(members, 'egress', member, Number(number)),
    means: [
      safe`Each run may ${atMost(Math.min(Number(number), max))}. The proxy denies requests beyond.`,
    ],
    notes:
      Number(number) > max
        ? [safe`${number} has no effect, because Skillgate’s own limit is lower`]
        : [],
  });
}

export function removeLimit(context: CommandContext, word: string): void {
  const { atMost, max, member } = limitOf(word);
  const { egress } = readPolicy(context);
  const named = limits.filter((limit) => egress[limit.member] !== undefined);
  requireNamed(
    named.map((limit) => limit.word),
    'egress',
    word,
  );
  applyHostChange(context, {
    change: (members) => withoutEntry(members, 'egress', member),
    means: [safe`Each run may ${atMost(max)}: Skillgate’s own limit applies again.`],
  });
}

export function listLimits(context: CommandContext): void {
  const { egress, file } = readPolicy(context);
  answer(context, { schema: 'skillgate.host-egress/1', file, egress }, () => limitTable(egress));
}

export function limitTable(egress: Readonly<Partial<Record<Limit['member'], number>>>): Safe {
  return table(
    limits.map(({ atMost, max, member, word }) => [
      word,
      `each run may ${atMost(Math.min(egress[member] ?? max, max))}`,
      egress[member] === undefined ? 'Skillgate’s own limit' : 'host policy',
    ]),
  );
}

function limitOf(word: string): Limit {
  const found = limits.find((limit) => limit.word === word);
  if (found !== undefined) return found;
  const words = limits.map((limit) => limit.word).join(' or ');
  throw new Problem('usage', `There is no limit ${word}: write ${words}`);
}
