/**
 * The next step for the operator after the proxy denied a request.
 */
import { type Denial, denials } from './denial.ts';

/** Whether a text is one of the reasons in `denials`. */
export function isDenial(text: string): text is Denial {
  return Object.hasOwn(denials, text);
}

/** The next step for the operator, for each reason that needs more than a change to the plan. */
export const denialFixes: Readonly<Partial<Record<Denial, string>>> = {
  'host-denied':
    'egress to the host has to stand in the skill’s manifest, be approved, and be granted (skillgate agent grant); skillgate run --plan NAME shows what a run may ask',
  held: 'skillgate log --run RUN shows the hold and who answered',
  unasked:
    'name an approver in host.json (skillgate key create NAME --passphrase prints the line), or take the rule out of its holds',
  'over-budget':
    'skillgate agent list shows what is used; skillgate agent grant NAME --budget … raises it',
  'address-denied':
    'to allow a host of your own network, add its name and address to "hosts" in host.json',
  unreachable:
    'check whether this machine can reach the host; skillgate log --run RUN shows the request',
};
