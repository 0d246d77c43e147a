/** Publishes versions, and answers questions about them. */

import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { type PublishUpload, takeVersion } from '../intake/intake.ts';
import { parseMultipart } from '../intake/multipart.ts';
import { requireReading } from '../readers/may-read.ts';
import { uploadReceiver } from '../request-limits/spool.ts';
import { readVersion } from '../review/detail.ts';
import { describe, readActor, versionIn } from './describe.ts';
import { keyHint, readSent } from './envelopes.ts';

const logged = v.object({ digest: v.string(), logIndex: v.number(), predicateType: v.string() });
const version = v.object({
  name: v.string(),
  version: v.string(),
  bundle: v.string(),
  status: v.string(),
});
/** What people wrote about a version. */
const notes = v.array(v.object({ at: v.string(), by: v.string(), text: v.string() }));

/** Schema of GET …/versions/:scope/:name/:version, shared with reviews. */
export const versionSchema = v.object({
  ...version.entries,
  publisher: v.string(),
  publishedBy: v.string(),
  /** Repository and commit that the publisher names in signed provenance. */
  source: v.exactOptional(
    v.object({
      repository: v.string(),
      ref: v.exactOptional(v.string()),
      commit: v.string(),
      folder: v.string(),
      tree: v.exactOptional(v.string()),
      licence: v.exactOptional(v.string()),
      licenceFile: v.exactOptional(v.object({ path: v.string(), blob: v.string() })),
    }),
  ),
  verdict: v.exactOptional(v.string()),
  report: v.exactOptional(v.string()),
  /** Nobody can approve the version before a scanner has observed it. */
  lacksObservation: v.exactOptional(v.boolean()),
  /** Why there is no observation yet. */
  observationWaits: v.exactOptional(v.string()),
  approvals: v.array(
    v.object({
      reviewer: v.string(),
      by: v.string(),
      independent: v.boolean(),
      reason: v.string(),
      at: v.string(),
    }),
  ),
  approvalsNeeded: v.object({ total: v.number(), independent: v.number() }),
  whyMore: v.array(v.string()),
  /** Packages that advisories name as malicious: no reviewer can approve the version. */
  malicious: v.array(v.string()),
  history: v.array(
    v.object({ at: v.string(), from: v.string(), to: v.string(), by: v.string(), why: v.string() }),
  ),
  moves: v.array(v.string()),
  questions: notes,
  /** The author’s answers. */
  answers: notes,
  /** Why installers reject a version that is approved here. */
  uncounted: v.exactOptional(v.string()),
  /** When the operator's retention rule deleted the files. */
  filesDeleted: v.exactOptional(v.string()),
  /** Advice of the author: stops nobody. */
  advice: v.array(
    v.object({
      kind: v.picklist(['yanked', 'deprecated']),
      reason: v.string(),
      replacement: v.exactOptional(v.string()),
      by: v.string(),
      at: v.string(),
      logIndex: v.number(),
    }),
  ),
});

const uploadBody = {
  'multipart/form-data': {
    schema: {
      type: 'object',
      required: ['publish', 'bundle'],
      properties: {
        publish: {
          type: 'string',
          description:
            'DSSE envelope of publish/v1, or its Sigstore bundle v0.3 with a certificate',
        },
        provenance: {
          type: 'string',
          description:
            'DSSE envelope of SLSA provenance, or its Sigstore bundle by the same certificate',
        },
        bundle: {
          type: 'string',
          format: 'binary',
          description: 'The skill as uncompressed ustar',
        },
      },
    },
  },
};

/** Routes below /api/v1. */
export function versionRoutes(registry: Registry): Hono {
  return new Hono().route('/', publishRoute(registry)).route('/', readingRoutes(registry));
}

function publishRoute(registry: Registry): Hono {
  const receive = uploadReceiver(registry.spool);
  return new Hono().post(
    '/versions',
    describe({
      summary: 'Publish a version',
      answer: v.object({ ...version.entries, statements: v.array(logged) }),
      created: true,
      body: uploadBody,
      problems: [
        'request-invalid',
        'request-too-large',
        'bundle-invalid',
        'path-invalid',
        'skill-md-missing',
        'skill-md-invalid',
        'manifest-missing',
        'manifest-invalid',
        'package-lock-missing',
        'package-lock-differs',
        'version-invalid',
        'statement-invalid',
        'subject-mismatch',
        'signature-invalid',
        'key-unknown',
        'key-ended',
        'certificate-invalid',
        'certificate-used',
        'identity-mismatch',
        'log-invalid',
        'scope-taken',
        'scope-unclaimed',
        'scope-frozen',
        'version-exists',
        'bundle-taken',
        'publisher-stopped',
        'quota-used',
        'too-many-requests',
      ],
    }),
    async (context) => {
      const sender = await readActor(registry, context);
      const hint = keyHint(context);
      const { row, statements } = await receive(context, (body) =>
        takeVersion(registry, { ...readUpload(body, context), hint }, sender),
      );
      const { name, version: taken, bundle, status } = row;
      return context.json({ name, version: taken, bundle, status, statements }, 201);
    },
  );
}

/** Public facts about versions. */
function readingRoutes(registry: Registry): Hono {
  return new Hono().get(
    '/versions/:scope/:name/:version',
    describe({
      summary: 'Read the status of a version',
      answer: versionSchema,
      problems: ['name-invalid', 'version-invalid', 'not-found'],
    }),
    async (context) => {
      const which = versionIn(context);
      const missing = `This registry has no version ${which.name}@${which.version}`;
      await requireReading(registry, context, () => new Set([scopeOf(which.name)]), missing);
      const { reportDigest, ...detail } = await readVersion(registry, which);
      return context.json({
        ...detail,
        ...(reportDigest === undefined ? {} : { report: reportDigest }),
      });
    },
  );
}

const partNames = ['publish', 'provenance', 'bundle'];

function readUpload(body: Buffer, context: Context): PublishUpload {
  const parts = parseMultipart(body, context.req.header('content-type'), partNames);
  const publish = parts.get('publish');
  const tar = parts.get('bundle');
  if (publish === undefined || tar === undefined)
    throw new Problem('request-invalid', 'The upload lacks its part publish or bundle');
  const provenance = parts.get('provenance');
  return {
    publish: readSent(publish),
    tar,
    ...(provenance === undefined ? {} : { provenance: readSent(provenance) }),
  };
}
