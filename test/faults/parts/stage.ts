/** A served registry with its staff, at which a part of the faults is tried. */

import { registryIdAt, signIn } from '../../registry/road.ts';
import { type Act, claim } from '../acts.ts';
import { makeServedSite, type ServedSite, type ServedSiteOptions } from '../served-site.ts';
import { enterStaff, recordTaken, type Staff, type Walk } from '../walk.ts';
import { Checker } from '../whole.ts';

/** One line of the table of `npm run faults`. */
export interface Row {
  readonly what: string;
  readonly outcome: string;
  /** What was lost, half-written, answered wrongly, or did not work again. */
  readonly faults: readonly string[];
}

export interface Stage {
  readonly site: ServedSite;
  readonly walk: Walk;
  /** Everything that the registry acknowledged. */
  readonly acts: readonly Act[];
  /** Signs the staff in again. */
  signInAgain(): Promise<void>;
  /** What the registry lacks of everything that it acknowledged. */
  lacks(revoking?: ReadonlySet<string>): Promise<string[]>;
}

/** Starts a registry with the claimed scope `acme`. */
export async function makeStage(options?: ServedSiteOptions): Promise<Stage> {
  const site = await makeServedSite(options);
  await site.start();
  const send = site.sender('127.0.0.1');
  const entered = await enterStaff(send, site.trust);
  const staff = { ...entered } as { -readonly [Key in keyof Staff]: Staff[Key] };
  const acts: Act[] = [];
  const take = recordTaken(send, acts);
  await take(await claim(await registryIdAt(send), 'acme', staff.author));
  return {
    site,
    walk: { send, staff, take },
    acts,
    signInAgain: async () => {
      for (const role of ['scanner', 'reviewer'] as const)
        staff[role] = { ...staff[role], token: await signIn(send, staff[role].key) };
    },
    lacks: async (revoking = new Set()) =>
      (await new Checker(site, revoking).check(acts)).map(({ what }) => what),
  };
}
