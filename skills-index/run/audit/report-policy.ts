/**
 * The part of host policy about reports: how often Skillgate asks a registry for news, and
 * whether it reports incidents.
 */
import * as v from 'valibot';
import { exactObject } from '../../skill/shape.ts';

export interface ReportPolicy {
  /**
   * The seconds between two checks of the registry's status while a sandbox runs. With 0, only this
   * host's own files tell of a revocation.
   */
  readonly statusSeconds: number;
  /** Whether Skillgate reports incidents on this host to the registry that the skill came from. */
  readonly incidents: { readonly report: boolean };
}

export const reportPolicyEntries = {
  statusSeconds: v.optional(
    v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(3_600, 'is more than an hour')),
    30,
  ),
  incidents: v.optional(exactObject({ report: v.boolean() }), { report: false }),
};
