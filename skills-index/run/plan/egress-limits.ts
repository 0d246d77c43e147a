/** How much a run or a session may send. */
import { egressRequestsPerMinuteMax, egressRunBytesMax } from '../limits.ts';
import type { HostPolicy } from './host-policy.ts';
import type { Plan } from './plan.ts';

/**
 * Returns the traffic limits of the product, narrowed by host policy. Host policy never widens
 * these limits.
 */
export function planEgressLimits({ egress }: HostPolicy): Plan['egressLimits'] {
  return {
    requestsPerMinute: Math.min(
      egress.requestsPerMinute ?? egressRequestsPerMinuteMax,
      egressRequestsPerMinuteMax,
    ),
    sentBytes: Math.min(egress.sentBytes ?? egressRunBytesMax, egressRunBytesMax),
  };
}
