/**
 * Answers of the registry's API, as far as the command line reads them. Unknown keys are allowed:
 * an older `skillgate` talks to a newer registry.
 */
import * as v from 'valibot';
import { type Digest, isDigest } from '../../skills-index/skill/digest.ts';
import { publicKey } from '../../skills-index/statement/field-shapes.ts';
import {
  identityList,
  identityShape,
  memberIdentities,
} from '../../skills-index/statement/predicate-shapes.ts';

export const digest = v.custom<Digest>(isDigest, 'is not a digest');
export const text = v.string();
export const optional = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.optional(v.nullable(schema), null);

const member = v.looseObject({ name: text, roles: v.array(text) });

/** A refusal (RFC 9457). */
export const problemAnswer = v.looseObject({
  code: text,
  detail: text,
  hint: v.optional(text),
  reasons: v.optional(
    v.array(
      v.looseObject({
        message: text,
        place: v.optional(v.looseObject({ path: text, line: v.number(), column: v.number() })),
      }),
    ),
    [],
  ),
});

export const challengeAnswer = v.looseObject({ nonce: text });
export const sessionAnswer = v.looseObject({
  token: text,
  expires: text,
  member: optional(member),
});
export const linkAnswer = v.looseObject({ url: text });
const quotas = v.record(text, v.looseObject({ used: v.number(), max: v.number() }));
export type QuotasAnswer = v.InferOutput<typeof quotas>;
export const whoamiAnswer = v.looseObject({
  member: optional(member),
  scopes: v.optional(v.array(text), []),
  quotas: v.optional(quotas, {}),
  scopeQuotas: v.optional(v.record(text, quotas), {}),
});

export const withdrawnAnswer = v.looseObject({ by: text, at: text, reason: text });

export const publishedAnswer = v.looseObject({
  name: text,
  version: text,
  bundle: digest,
  status: text,
  statements: v.array(v.looseObject({ digest, predicateType: text })),
});

const approval = v.looseObject({
  reviewer: text,
  by: text,
  independent: v.boolean(),
  reason: text,
  at: text,
});
const move = v.looseObject({ at: text, from: optional(text), to: text, by: text, why: text });
export const approvalsNeeded = v.looseObject({ total: v.number(), independent: v.number() });

const notes = v.optional(v.array(v.looseObject({ at: text, by: text, text })), []);

export const versionAnswer = v.looseObject({
  name: text,
  version: text,
  bundle: digest,
  status: text,
  publisher: text,
  publishedBy: optional(text),
  source: optional(
    v.looseObject({
      repository: text,
      ref: optional(text),
      commit: text,
      folder: text,
      licence: optional(text),
    }),
  ),
  verdict: optional(text),
  report: optional(digest),
  approvals: v.array(approval),
  approvalsNeeded,
  whyMore: v.optional(v.array(text), []),
  malicious: v.optional(v.array(text), []),
  history: v.array(move),
  moves: v.array(text),
  questions: notes,
  answers: notes,
  uncounted: optional(text),
  filesDeleted: optional(text),
  advice: v.optional(
    v.array(v.looseObject({ kind: text, reason: text, replacement: optional(text), at: text })),
    [],
  ),
});
export type VersionAnswer = v.InferOutput<typeof versionAnswer>;

export const versionsAnswer = v.looseObject({
  versions: v.array(
    v.looseObject({
      version: text,
      status: text,
      uncounted: optional(text),
      advice: v.optional(v.array(text), []),
    }),
  ),
  next: optional(text),
  previous: optional(text),
});

export const scopeVersionsAnswer = v.looseObject({
  versions: v.array(v.looseObject({ name: text, version: text, status: text, bundle: digest })),
  next: optional(text),
});

export const statementAnswer = v.looseObject({ digest, logIndex: v.number() });

export const draftAnswer = v.looseObject({ digest, payload: text });

const passkey = v.looseObject({ credentialId: text, publicKey: text, rpId: text, origin: text });
export const membersAnswer = v.looseObject({
  members: v.array(
    v.looseObject({
      name: text,
      roles: v.array(text),
      keyId: optional(digest),
      spki: optional(text),
      credentialId: optional(text),
      identities: v.optional(memberIdentities),
      passkey: optional(v.looseObject({ publicKey: text, rpId: text, origin: text })),
    }),
  ),
  votes: v.optional(v.array(v.looseObject({ change: v.unknown(), by: v.array(text) })), []),
  votesNeeded: v.optional(v.number(), 1),
});
/** The last statement on a key or passkey of a member. */
export const lastStatementAnswer = v.looseObject({ statement: v.nullable(digest) });
export const pendingAnswer = v.looseObject({
  pending: v.array(v.looseObject({ member: text, ...passkey.entries })),
  /** Keys that were handed over with an invitation. */
  joining: v.array(v.looseObject({ invitation: digest, name: text, key: publicKey })),
});

export const scopeAnswer = v.looseObject({
  scope: text,
  /** None if all owners' keys have ended. */
  owners: v.array(identityShape),
  /** If present, only these may publish. */
  publishers: v.optional(identityList),
  statement: optional(digest),
  /** Why the scope has no owner. */
  frozen: v.optional(text),
  votes: v.optional(v.array(v.looseObject({ change: v.unknown(), by: v.array(text) })), []),
  votesNeeded: v.optional(v.number(), 1),
});

/** The log's information about a key. */
export const keyAnswer = v.looseObject({
  keyId: digest,
  spki: v.optional(text),
  scopes: v.array(text),
  roles: v.array(text),
  isRoot: v.boolean(),
  endedUpTo: v.optional(v.number()),
  followedBy: v.array(text),
  stopped: v.optional(text),
  versions: v.array(
    v.looseObject({ name: text, version: text, status: text, logIndex: v.number(), at: text }),
  ),
  logSize: v.number(),
});
