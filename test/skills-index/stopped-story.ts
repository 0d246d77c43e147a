/** The story, and what Ada said of its version afterwards. */
import { revocationStatement } from '../../skills-index/statement/attestation.ts';
import { freshNonce } from '../nonce.ts';
import {
  people,
  type Story,
  storyConsistency,
  storyStatus,
  type Twist,
  tellStory,
} from './story.ts';
import type { Said } from './story-log.ts';
import { storyPaths } from './story-server.ts';

export interface StoppedStory extends Story {
  /** Ada’s statement. */
  readonly stop: Said;
  /** What the registry served before the statement. */
  readonly pathsBefore: ReadonlyMap<string, Uint8Array>;
  /** The head of the log before the statement, in a status of a later date. */
  readonly redated: (issued: number) => Promise<Uint8Array>;
}

/** Tells the story up to a stop of its version. `status` and `input` show the stop. */
export async function stoppedStory(
  kind: 'suspended' | 'revoked',
  twist: Twist = {},
): Promise<StoppedStory> {
  const story = await tellStory(twist);
  const { log, input, packed } = story;
  const pathsBefore = storyPaths(story);
  const older = await log.note();
  const target = { bundle: packed.digest };
  const predicate = { kind, target, reason: 'it leaks', nonce: freshNonce() };
  const stop = await log.say(revocationStatement(predicate), people.ada);
  const status = await storyStatus(log);
  return {
    ...story,
    status,
    stop,
    pathsBefore,
    redated: (issued) => storyStatus({ note: async () => older }, issued),
    input: {
      ...input,
      statements: new Map([...input.statements, [stop.digest, stop.bytes]]),
      proven: [stop.digest],
      statuses: [status],
      consistency: storyConsistency(log),
    },
  };
}
