/** What the routes of ClawHub's API answer, as its clients check it. */
import * as v from 'valibot';
import { jsonSchemaOf, refusedAsText } from '../routes/openapi.ts';

const createdAt = v.number();

/** `license` is left out: clients take `MIT-0` alone, and end with an error for any other. */
const latestVersion = v.object({ version: v.string(), createdAt, changelog: v.string() });

const skill = v.object({
  slug: v.string(),
  ownerHandle: v.string(),
  displayName: v.string(),
  summary: v.string(),
  tags: v.object({ latest: v.string() }),
  stats: v.object({}),
  createdAt,
  updatedAt: v.number(),
});

export const skillAnswer = v.object({
  skill,
  latestVersion,
  owner: v.object({ handle: v.string(), displayName: v.string() }),
  moderation: v.null(),
});

export const skillListAnswer = v.object({
  items: v.array(v.object({ ...skill.entries, latestVersion })),
  nextCursor: v.nullable(v.string()),
});

export const versionListAnswer = v.object({
  items: v.array(latestVersion),
  nextCursor: v.nullable(v.string()),
});

export const versionAnswer = v.object({
  version: v.object({
    ...latestVersion.entries,
    files: v.array(v.object({ path: v.string(), size: v.number(), sha256: v.string() })),
  }),
  skill: v.object({ slug: v.string(), displayName: v.string() }),
});

/** `latestVersion` is null for a token that uploads the first version of a skill. */
export const resolveAnswer = v.object({
  match: v.nullable(v.object({ version: v.string() })),
  latestVersion: v.nullable(v.object({ version: v.string() })),
});

export const installAnswer = v.object({
  ok: v.literal(true),
  slug: v.string(),
  installKind: v.literal('archive'),
  archive: v.object({ version: v.string(), downloadUrl: v.string() }),
});

const installRefusal = v.object({
  ok: v.literal(false),
  slug: v.string(),
  reason: v.string(),
  message: v.string(),
  status: v.number(),
});

/** OpenClaw shows the message of this refusal, and no text. */
export const installRefusedAs = {
  ...refusedAsText,
  'application/json': { schema: jsonSchemaOf(installRefusal) },
};
