/**
 * Answers of a registry with ClawHub's API, as far as a mirror reads them. Another registry wrote
 * all of it, so each value is checked again where the value is used.
 */
import * as v from 'valibot';
import { pageItemsMax, upstreamNameCharsMax, upstreamTextCharsMax } from './limits.ts';

const text = v.pipe(v.string(), v.maxLength(upstreamTextCharsMax));
const optional = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.optional(v.nullable(schema), null);
// All names of a list are in memory at once.
const name = v.pipe(v.string(), v.maxLength(upstreamNameCharsMax));
const named = v.looseObject({ version: name });

const pageOf = <Schema extends v.GenericSchema>(item: Schema) =>
  v.looseObject({
    items: v.pipe(v.array(item), v.maxLength(pageItemsMax)),
    nextCursor: optional(text),
  });

export const skillPage = pageOf(
  v.looseObject({
    slug: name,
    ownerHandle: optional(name),
    latestVersion: optional(named),
  }),
);

export const versionPage = pageOf(named);

export const skillAnswer = v.looseObject({
  latestVersion: optional(named),
  owner: optional(v.looseObject({ handle: optional(name) })),
  moderation: optional(v.looseObject({ isMalwareBlocked: v.optional(v.boolean(), false) })),
});

export const versionAnswer = v.looseObject({
  version: v.looseObject({
    files: v.array(
      v.looseObject({
        path: text,
        size: v.pipe(v.number(), v.integer(), v.minValue(0)),
        sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      }),
    ),
  }),
});

export type UpstreamFile = v.InferOutput<typeof versionAnswer>['version']['files'][number];
