/**
 * What host policy says of news: how often a registry is asked for it, where the audit log is sent,
 * whether incidents are told.
 */
import * as v from 'valibot';
import { exactObject } from '../../skill/shape.ts';

/** Where entries of the audit log go besides. */
export interface ExporterPolicy {
  /** OTLP/HTTP logs in JSON. */
  readonly kind: 'otlp';
  readonly url: string;
}

export interface ReportPolicy {
  /**
   * While something runs: seconds between two looks at the registry's status; 0 to learn of a
   * revocation from this host alone.
   */
  readonly statusSeconds: number;
  readonly exporters: readonly ExporterPolicy[];
  /** Whether a registry is told what its skill did here. */
  readonly incidents: { readonly report: boolean };
}

export const emptyReportPolicy: ReportPolicy = {
  statusSeconds: 30,
  exporters: [],
  incidents: { report: false },
};

const url = v.pipe(
  v.string(),
  v.check(
    (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
    'is not an https: address, or an http: one of a pinned name',
  ),
  v.check((text) => (URL.parse(text)?.username ?? '') === '', 'holds a user'),
);

export const reportPolicyEntries = {
  statusSeconds: v.optional(
    v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(3_600, 'is more than an hour')),
    emptyReportPolicy.statusSeconds,
  ),
  exporters: v.optional(
    v.array(
      exactObject({
        kind: v.literal('otlp', 'is not otlp: the audit log goes out as OTLP alone'),
        url,
      }),
    ),
    [],
  ),
  incidents: v.optional(exactObject({ report: v.boolean() }), emptyReportPolicy.incidents),
};
