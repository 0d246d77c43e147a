/** Holds on this host that wait for a person, valid answers, and open breakers. */
import { join } from 'node:path';
import * as agents from '../../runner/agents/public.ts';
import * as holds from '../../runner/holds/public.ts';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import type { Hold } from '../../skills-index/run/holds/hold.ts';
import { endOf, isStanding } from '../../skills-index/run/holds/hold-answer.ts';
import { findAnswer } from '../../skills-index/run/holds/hold-gate.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';

export interface HoldHere {
  readonly state: 'waiting' | 'allowed' | 'denied' | 'open';
  readonly hold: Hold;
  /** ISO 8601; absent for a breaker, which does not expire. */
  readonly until?: string;
}

type World = Pick<CommandContext, 'paths' | 'now'>;

export function holdsFolderOf({ paths }: Pick<World, 'paths'>): string {
  return join(paths.data, 'holds');
}

/**
 * All holds, oldest first. An invalid answer is shown as no answer; the waiting runner records it.
 */
export function readHolds(world: World, policy: HostPolicy): HoldHere[] {
  const folder = holdsFolderOf(world);
  const record = (_: AuditEvent): void => undefined;
  const desk = holds.holdDesk(folder, {
    policy,
    record,
    now: world.now,
    keyFile: join(world.paths.config, 'audit-key.json'),
  });
  const looking = { ...desk, files: { ...desk.files, reject: () => undefined } };
  const now = world.now().toISOString();
  const held = holds
    .holdFiles(folder)
    .kept()
    .flatMap((hold): HoldHere[] => {
      const answer = findAnswer(looking, hold);
      if (answer !== undefined && isStanding(answer, hold, hold.scope))
        return [
          {
            state: answer.answer.verdict === 'allow' ? 'allowed' : 'denied',
            hold,
            until: new Date(endOf(hold, answer.answer)).toISOString(),
          },
        ];
      return now < hold.expires && desk.files.lives(hold.holder)
        ? [{ state: 'waiting', hold, until: hold.expires }]
        : [];
    });
  const open = agents
    .readBreakers(join(world.paths.data, 'breakers'))
    .flatMap(({ open: one }): HoldHere[] =>
      one === undefined ? [] : [{ state: 'open', hold: one.hold }],
    );
  return [...held, ...open].sort((a, b) => (a.hold.created < b.hold.created ? -1 : 1));
}

/** @throws Problem `not-found` */
export function findHold(world: World, policy: HostPolicy, id: string): HoldHere {
  const found = readHolds(world, policy).find(({ hold }) => hold.id === id);
  if (found !== undefined) return found;
  throw new Problem(
    'not-found',
    `There is no hold ${JSON.stringify(id)} on this host: the hold was answered, has expired, or is on another host`,
    {
      hint: 'skillgate hold show',
    },
  );
}
