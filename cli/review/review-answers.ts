/**
 * The registry's answers to reviewers, as far as the command line reads them. Unknown keys are
 * allowed: an older `skillgate` talks to a newer registry.
 */
import * as v from 'valibot';
import {
  approvalsNeeded,
  digest,
  optional,
  text,
  versionAnswer,
} from '../registries/registry-answers.ts';

/** A sum of named parts, each with a sentence. */
const risk = v.looseObject({
  total: v.number(),
  parts: v.optional(v.array(v.looseObject({ name: text, points: v.number(), why: text })), []),
});
const severityCounts = v.record(text, v.number());
export const queueAnswer = v.looseObject({
  reviews: v.array(
    v.looseObject({
      name: text,
      version: text,
      status: text,
      verdict: optional(text),
      risk,
      claim: optional(v.looseObject({ by: text })),
      findings: v.optional(severityCounts, {}),
      receivedAt: text,
      approvals: v.number(),
      approvalsNeeded,
      failed: optional(text),
      askedBefore: optional(v.looseObject({ version: text, by: text, text })),
    }),
  ),
  waiting: optional(v.number()),
  next: optional(text),
});

const sentence = v.looseObject({ path: text, line: v.number(), text, isHidden: v.boolean() });
/** `kind` is first, untold or told; only the last has a change. */
const proseSince = v.looseObject({
  kind: text,
  since: optional(text),
  left: v.optional(v.number(), 0),
  change: optional(
    v.looseObject({
      added: v.array(sentence),
      addedCount: v.number(),
      removed: v.number(),
      novelty: v.number(),
      isSame: v.boolean(),
    }),
  ),
});
/** What a model remarked about the prose. */
const reading = v.looseObject({
  model: text,
  remarks: v.array(
    v.looseObject({
      path: text,
      line: v.number(),
      quote: text,
      kind: text,
    }),
  ),
  unread: v.number(),
});
/** What the version did in sandboxes with decoys. */
const observation = v.looseObject({
  verdict: text,
  by: text,
  observedAt: text,
  facts: v.array(
    v.looseObject({ kind: text, level: text, what: text, steps: v.optional(v.array(text), []) }),
  ),
  coverage: v.looseObject({ planned: v.number(), done: v.number(), late: v.number() }),
});
const bundleFile = v.looseObject({ path: text, size: v.number(), sha256: digest, mode: text });
/** Which files differ from an earlier version. */
const filesSince = v.looseObject({
  since: text,
  added: v.array(text),
  changed: v.array(v.looseObject({ path: text, before: digest })),
  removed: v.array(text),
});
const seenPackage = v.looseObject({
  ecosystem: text,
  name: text,
  version: text,
  report: optional(v.looseObject({ kind: text, by: text, at: text, why: optional(text) })),
  scan: optional(v.looseObject({ verdict: text })),
  advisoriesAt: optional(text),
  advisories: v.array(v.looseObject({ id: text, isMalware: v.boolean(), summary: text })),
});
const { answers, questions } = versionAnswer.entries;
const askedBefore = v.looseObject({ status: text, questions, answers, filesSince });
export const reviewAnswer = v.looseObject({
  ...versionAnswer.entries,
  description: v.optional(text, ''),
  manifest: v.optional(v.unknown()),
  report: v.optional(v.unknown()),
  reportDigest: optional(digest),
  required: v.optional(
    v.array(
      v.looseObject({
        name: text,
        range: text,
        change: text,
        before: optional(text),
        fits: optional(text),
      }),
    ),
    [],
  ),
  prose: optional(proseSince),
  reading: optional(reading),
  observation: optional(observation),
  lacksObservation: v.optional(v.boolean(), false),
  observationWaits: v.optional(text, ''),
  risk: optional(risk),
  files: v.array(bundleFile),
  filesSince: optional(filesSince),
  askedBefore: optional(askedBefore),
  seenPackages: v.optional(v.array(seenPackage), []),
  notes: v.optional(v.array(v.looseObject({ at: text, kind: text, by: text, text })), []),
});
export type ReviewAnswer = v.InferOutput<typeof reviewAnswer>;
