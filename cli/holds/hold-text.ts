/** A hold in two lines, for people. */
import { sayWhat } from '../../skills-index/run/breaker.ts';
import { joined, type Safe, safe } from '../output.ts';
import type { HoldHere } from './here.ts';

export function describeHold({ state, hold, until }: HoldHere): Safe {
  const word = { waiting: 'waits', allowed: 'allowed', open: 'breaker open' }[state];
  return joined(
    [
      safe`${hold.id}  ${word}${until === undefined ? '' : ` until ${until}`}: ${sayWhat(hold)} for ${hold.agent}, run ${hold.run}`,
      safe`    ${hold.kind} (${hold.rule}): ${hold.what}`,
    ],
    '\n',
  );
}
