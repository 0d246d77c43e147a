/**
 * The part of host policy about reports: how often Skillgate asks a registry for news, where it
 * sends the audit log, and whether it reports incidents.
 */
import * as v from 'valibot';
import { exactObject } from '../../skill/shape.ts';

/** An additional receiver of audit entries. */
export interface ExporterPolicy {
  /** The protocol to the receiver: OTLP/HTTP logs in JSON. */
  readonly kind: 'otlp';
  readonly url: string;
}

export interface ReportPolicy {
  /**
   * The seconds between two checks of the registry's status while a sandbox runs. With 0, only this
   * host's own files tell of a revocation.
   */
  readonly statusSeconds: number;
  readonly exporters: readonly ExporterPolicy[];
  /** Whether Skillgate reports incidents on this host to the registry that the skill came from. */
  readonly incidents: { readonly report: boolean };
}

const url = v.pipe(
  v.string(),
  v.check(
    (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
    'is not an https: or http: address',
  ),
  v.check((text) => (URL.parse(text)?.username ?? '') === '', 'contains a user name'),
);

export const reportPolicyEntries = {
  statusSeconds: v.optional(
    v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(3_600, 'is more than an hour')),
    30,
  ),
  exporters: v.optional(
    v.array(
      exactObject({
        kind: v.literal('otlp', 'is not "otlp", the only format of exports'),
        url,
      }),
    ),
    [],
  ),
  incidents: v.optional(exactObject({ report: v.boolean() }), { report: false }),
};
