/** Scan jobs for workers: lease, renew, report, fail. */

import { Hono } from 'hono';
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  isSignature,
  type SimilaritySignature,
} from '../../skills-index/skill/text/similarity-signature.ts';
import { scanReportValuesMax } from '../../skills-index/statement/limits.ts';
import { renewSkills } from '../catalogue/renew-skills.ts';
import type { Registry } from '../context.ts';
import { reportBytesMax } from '../limits.ts';
import { orLater } from '../log/after-logging.ts';
import { requireRole } from '../people/identities.ts';
import { limitBody } from '../request-limits/body-limit.ts';
import { keepSome } from '../review/queue/keep-queue.ts';
import { failJob, leaseJob, renewLease } from '../scans/jobs.ts';
import { takeReportOnce } from '../scans/repeated-report.ts';
import type { SignedReport } from '../scans/reports.ts';
import { planRescans, takeRuleSet } from '../scans/rescans.ts';
import { followStops } from '../stops/pending-stops.ts';
import { leasableBy } from '../versions/second-scans.ts';
import { asDigest, digestSchema, jsonBody, requireActor } from './describe.ts';
import { envelopeIn } from './envelopes.ts';

const lease = v.pipe(v.string(), v.maxLength(100));
const reportForm = v.strictObject({
  lease,
  envelope: v.unknown(),
  report: v.unknown(),
  signature: v.optional(v.custom<SimilaritySignature>(isSignature)),
  prose: v.optional(v.unknown()),
});

function readReport(bytes: Uint8Array): Omit<SignedReport, 'id'> {
  const parsed = v.safeParse(reportForm, parseJson(bytes, 'the report', scanReportValuesMax).value);
  if (!parsed.success)
    throw new Problem('request-invalid', 'The body is not a lease, an envelope and a report');
  return { ...parsed.output, envelope: envelopeIn(parsed.output.envelope) };
}

/** Routes below /api/v1. */
export function jobRoutes(registry: Registry): Hono {
  return new Hono().route('/', leaseRoutes(registry)).route('/', resultRoutes(registry));
}

function leaseRoutes(registry: Registry): Hono {
  return new Hono()
    .post(
      '/jobs/lease',
      jsonBody(v.strictObject({ ruleSet: v.optional(digestSchema) })),
      async (context) => {
        const actor = await requireActor(registry, context);
        const { ruleSet: said } = context.req.valid('json');
        const ruleSet = said === undefined ? undefined : asDigest(said);
        const wanted = { ruleSet, only: await leasableBy(registry, actor, ruleSet) };
        const waiting = await leaseJob(registry, actor, wanted);
        // New versions go first. A scanner without work rescans versions of an older rule set.
        if (waiting === undefined && ruleSet !== undefined)
          await takeRuleSet(registry, actor, ruleSet);
        const again = waiting === undefined && (await planRescans(registry)) > 0;
        if (waiting === undefined && registry.keepsQueue !== true) await keepOne(registry);
        return context.json({
          job: (again ? await leaseJob(registry, actor, wanted) : waiting) ?? null,
        });
      },
    )
    .post('/jobs/:id/renew', jsonBody(v.strictObject({ lease })), async (context) => {
      const held = { id: context.req.param('id'), lease: context.req.valid('json').lease };
      return context.json({
        leaseSeconds: await renewLease(registry, await requireActor(registry, context), held),
      });
    });
}

function resultRoutes(registry: Registry): Hono {
  return new Hono()
    .post('/jobs/:id/report', limitBody(reportBytesMax), async (context) => {
      const actor = await requireActor(registry, context);
      // The role is checked first: megabytes are parsed only for clients that may send them.
      requireRole(actor, ['scanner']);
      const sent = readReport(new Uint8Array(await context.req.arrayBuffer()));
      const { status, statement } = await takeReportOnce(registry, actor, {
        id: context.req.param('id'),
        ...sent,
      });
      return context.json({ status, ...(statement === undefined ? {} : { statement }) });
    })
    .post(
      '/jobs/:id/fail',
      jsonBody(
        v.strictObject({
          lease,
          reason: v.picklist(['killed', 'limit', 'crash']),
          detail: v.pipe(v.string(), v.maxLength(2_000)),
        }),
      ),
      async (context) => {
        const actor = await requireActor(registry, context);
        const { status } = await failJob(registry, actor, {
          id: context.req.param('id'),
          ...context.req.valid('json'),
        });
        return context.json({ status });
      },
    );
}

/**
 * A slice of the first upkeep that has something to do. All of them together would be more queries
 * than a request of a Worker may make.
 */
async function keepOne(registry: Registry): Promise<void> {
  for (const keep of [followStops, renewSkills, keepSome]) {
    let hasDone = false;
    await orLater(registry, async () => {
      hasDone = await keep(registry);
    });
    if (hasDone) return;
  }
}
