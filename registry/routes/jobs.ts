/** Scan jobs for workers: lease, renew, report, fail. */
import { Hono } from 'hono';
import * as v from 'valibot';
import { parseEnvelope } from '../../skills-index/statement/sign.ts';
import type { Registry } from '../context.ts';
import { reportBytesMax } from '../limits.ts';
import { limitBody } from '../problem-json.ts';
import { failJob, leaseJob, renewLease } from '../scan-jobs.ts';
import { takeReport } from '../scan-reports.ts';
import { describe, jsonBody, requireActor } from './describe.ts';

const lease = v.pipe(v.string(), v.maxLength(100));
const job = v.object({
  id: v.string(),
  lease: v.string(),
  bundle: v.string(),
  name: v.string(),
  version: v.string(),
  attempt: v.number(),
  leaseSeconds: v.number(),
});

/** Routes below /api/v1. */
export function jobRoutes(registry: Registry): Hono {
  return new Hono()
    .post(
      '/jobs/lease',
      describe({ summary: 'Take the oldest scan job', answer: v.object({ job: v.nullable(job) }), problems: [], signedIn: true }),
      async (context) => context.json({ job: (await leaseJob(registry, await requireActor(registry, context))) ?? null }),
    )
    .post(
      '/jobs/:id/renew',
      describe({
        summary: 'Keep a job longer',
        answer: v.object({ leaseSeconds: v.number() }),
        problems: ['job-stale'],
        signedIn: true,
      }),
      jsonBody(v.strictObject({ lease })),
      async (context) => {
        const held = { id: context.req.param('id'), lease: context.req.valid('json').lease };
        return context.json({ leaseSeconds: await renewLease(registry, await requireActor(registry, context), held) });
      },
    )
    .post(
      '/jobs/:id/report',
      describe({
        summary: 'Hand in a signed scan report',
        answer: v.object({ status: v.string() }),
        problems: ['request-invalid', 'request-too-large', 'job-stale', 'key-unknown', 'statement-invalid', 'subject-mismatch'],
        signedIn: true,
      }),
      limitBody(reportBytesMax),
      jsonBody(v.strictObject({ lease, envelope: v.unknown(), report: v.unknown() })),
      async (context) => {
        const actor = await requireActor(registry, context);
        const sent = context.req.valid('json');
        const { status, statement } = await takeReport(registry, actor, {
          id: context.req.param('id'),
          lease: sent.lease,
          envelope: parseEnvelope(sent.envelope),
          report: sent.report,
        });
        return context.json({ status, ...(statement === undefined ? {} : { statement }) });
      },
    )
    .post(
      '/jobs/:id/fail',
      describe({
        summary: 'Say that a scan ended without a report',
        answer: v.object({ status: v.string() }),
        problems: ['job-stale'],
        signedIn: true,
      }),
      jsonBody(
        v.strictObject({
          lease,
          reason: v.picklist(['killed', 'limit', 'crash']),
          detail: v.pipe(v.string(), v.maxLength(2_000)),
        }),
      ),
      async (context) => {
        const actor = await requireActor(registry, context);
        const { status } = await failJob(registry, actor, { id: context.req.param('id'), ...context.req.valid('json') });
        return context.json({ status });
      },
    );
}
