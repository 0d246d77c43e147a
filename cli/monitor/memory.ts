/** Data that the looks of one process share. */
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { KnownWords } from './known-words.ts';
import { monitorVerifiedBytesMax } from './limits.ts';
import type { ReplayWorld } from './world.ts';

export type ReplayMemory = Pick<ReplayWorld, 'verified' | 'known' | 'judged' | 'judgedSummaries'>;

export function makeMemory(): ReplayMemory {
  return {
    verified: new VerifiedStatements(monitorVerifiedBytesMax),
    known: new KnownWords(),
    judged: new Map(),
    judgedSummaries: new Map(),
  };
}
