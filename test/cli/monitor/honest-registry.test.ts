import { afterEach, describe, expect, it } from 'vitest';
import { revocationStatement } from '../../../skills-index/statement/attestation.ts';
import { freshNonce } from '../../nonce.ts';
import { failWrite } from '../../registry/failing-write.ts';
import { state, stopsShown } from '../../registry/road.ts';
import { type Monitored, makeMonitored, skillAt } from '../monitor-world.ts';

const open: Monitored[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

describe('an honest registry', () => {
  it.each([0, 1, 2, 3, 4])(
    'is not accused when write %i fails once while it takes a suspension',
    async (nth) => {
      const monitored = await makeMonitored();
      open.push(monitored);
      await monitored.bring(skillAt(1));
      const { world } = monitored;
      const fault = failWrite(world.registry, nth);
      const { name, version } = skillAt(1).manifest;
      const said = {
        nonce: freshNonce(),
        kind: 'suspended',
        target: { name, version },
        reason: 'it leaks',
      } as const;
      const { status } = await state(world, revocationStatement(said), world.rita);
      fault.mend();
      expect(await monitored.look()).toMatchObject({ exit: 0, codes: [] });
      // The very first write is the statement's own: it was refused whole.
      const isStopped = status === 201 || nth > 0;
      expect(Object.values(await stopsShown(world))).toEqual(isStopped ? ['suspended'] : []);
    },
  );
});
