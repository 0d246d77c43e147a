/**
 * `skillgate review approve`: fetches the statement, checks it against the reviewer's own copy of
 * the bundle, shows it, and signs exactly these bytes.
 */

import { type Bundle, parseBundle, type SourceFile } from '../../skills-index/skill/bundle.ts';
import {
  capabilityDigest,
  isEmpty,
  listCapabilities,
  minus,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import { type Digest, digestOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import {
  type ApprovalStatement,
  predicateTypes,
  versionSubjects,
} from '../../skills-index/statement/attestation.ts';
import { parseStatement } from '../../skills-index/statement/parse-statement.ts';
import type { Policy } from '../../skills-index/trust/policy/policy.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { scanned } from '../publish/under-way.ts';
import { approvalsText } from '../registries/approvals-text.ts';
import { currentRegistry } from '../registries/refresh.ts';
import {
  draftAnswer,
  statementAnswer,
  type VersionAnswer,
} from '../registries/registry-answers.ts';
import {
  askRegistry,
  fetchStoredBlob,
  type RegistryWorld,
  versionPath,
} from '../registries/registry-api.ts';
import { withSession } from '../registries/session.ts';
import { canLines } from '../run/capability-text.ts';
import { signPayloadWithKey } from '../signing/bundle-builder.ts';
import type { KeyFile } from '../signing/key-file.ts';
import { signerFor } from '../signing/signer.ts';
import { confirm } from '../terminal/ask.ts';
import { reasonOf } from '../terminal/decision-reason.ts';
import { type ExactVersion, parseExactVersion } from '../terminal/exact-version.ts';
import {
  answer,
  count,
  inkFor,
  joined,
  printNote,
  type Safe,
  safe,
  table,
} from '../terminal/output.ts';

/** Blobs fetched in parallel from a registry. */
const fetchesAtOnceMax = 4;

export async function approve(context: CommandContext): Promise<ExitCode> {
  const which = parseExactVersion(context.args[0] ?? '');
  const named =
    context.options.statement === undefined ? undefined : parseDigest(context.options.statement);
  if (named === undefined) reasonOf(context);
  const signer = await signerFor(context);
  return withSession(context, signer, async (token) => {
    const version = await scanned(context, which, { token });
    const reviewed = await fetchReviewedBundle(context, version.bundle, token);
    const draft =
      named === undefined
        ? await askForDraft(context, which, signer, token)
        : await askRegistry(context, `/api/v1/reviews/statement/${named}`, draftAnswer, { token });
    const payload = Buffer.from(draft.payload, 'base64');
    const { root, policy } = await currentRegistry(context, context.registryBase);
    const expected = {
      ...which,
      registry: registryIdOf(root),
      keyId: signer.keyId,
      now: context.now(),
      digest: named ?? draft.digest,
    };
    const statement = requireExpectedApproval(payload, expected, reviewed);
    requireFirstApproval(version, statement);
    printNote(context, approvalText(context, statement, reviewed, policy));
    if (context.options.yes !== true)
      await confirm(context, safe`Sign this with key ${signer.name}?`, 'yes', '--yes');
    const envelope = await signPayloadWithKey(payload, signer);
    const { digest, logIndex } = await askRegistry(context, '/api/v1/statements', statementAnswer, {
      json: envelope,
      signedBy: signer.keyId,
    });
    printNote(context, safe`The registry has the approval: log index ${logIndex}.`);
    const after = await scanned(context, which, { token });
    const { status } = after;
    answer(
      context,
      {
        schema: 'skillgate.approved/1',
        ...which,
        bundle: reviewed.digest,
        statement: digest,
        logIndex,
        status,
      },
      () =>
        safe`${which.name}@${which.version}: approval signed, log index ${logIndex}; ${status} (approvals ${approvalsText(after)})`,
    );
    return exitCodes.ok;
  });
}

// A person counts once, so an approval without effect is not signed. An approval from here is
// independent, unlike one from the desk.
function requireFirstApproval(
  version: VersionAnswer,
  { predicate: { reviewer, name } }: ApprovalStatement,
): void {
  if (!version.approvals.some((one) => one.reviewer === reviewer.member && one.independent)) return;
  throw new Problem(
    'approval-refused',
    `You (${reviewer.member}) have already approved ${name}@${version.version}`,
    {
      hint: `approvals: ${approvalsText(version)}. Another reviewer has to read and approve the version`,
    },
  );
}

async function askForDraft(
  context: CommandContext,
  { name, version }: ExactVersion,
  signer: KeyFile,
  token: string,
) {
  const json = { reviewer: { keyId: signer.keyId }, reason: reasonOf(context), independent: true };
  return askRegistry(context, `/api/v1/reviews${versionPath(name, version)}/draft`, draftAnswer, {
    json,
    token,
  });
}

function approvalText(
  context: CommandContext,
  { predicate }: ApprovalStatement,
  { bundle, files }: ReviewedBundle,
  policy: Policy,
): Safe {
  const ink = inkFor(context.stderr, context.env);
  const json = files.find((file) => file.path === 'skill.json');
  const declared =
    json === undefined ? predicate.capabilities : parseManifest(json.bytes).capabilities;
  const capabilities = canLines(predicate.capabilities, declared);
  return joined(
    [
      ink.bold(`Approval of ${predicate.name}@${predicate.version}`),
      table([
        [
          '  bundle',
          `${predicate.bundle}, ${count(bundle.files.length, 'file')} fetched here and checked`,
        ],
        ['  scan report', predicate.scanReport],
        ['  rule set', predicate.ruleSet],
        ['  policy', predicate.policy],
        ['  registry', `${predicate.registry ?? ''}, and no other registry`],
        ['  reviewer', predicate.reviewer.member],
        ['  reason', predicate.reason],
        [
          '  independent',
          predicate.independent
            ? 'yes: signed on this machine, without the desk'
            : 'no: this statement was drafted in the desk. For an independent approval, leave out --statement and give --reason',
        ],
        ...(policy.alone === true
          ? [['  alone', 'yes: this registry lets its one person approve their own skills']]
          : []),
        [
          '  valid until',
          `${predicate.expires}; a version that is approved by then stays approved`,
        ],
      ]),
      safe`  the skill may then${capabilities.length === 0 ? ' do nothing beyond its own folder' : ':'}`,
      ...capabilities.map((one) => safe`    ${one}`),
    ],
    '\n',
  );
}

// The reviewer's own copy of a version: a bundle and all its files, fetched by digest. The
// statement to sign is checked against this copy.

interface ReviewedBundle {
  readonly digest: Digest;
  readonly bundle: Bundle;
  readonly files: readonly SourceFile[];
}

/**
 * Fetches a bundle and each file; every byte is checked against the digest. @throws Problem
 * `signature-invalid`, `bundle-invalid`
 */
export async function fetchReviewedBundle(
  world: RegistryWorld,
  digest: Digest,
  token: string,
): Promise<ReviewedBundle> {
  const { bundle } = parseBundle(await fetchStoredBlob(world, digest, token));
  const files: SourceFile[] = [];
  const waiting = [...bundle.files];
  const fetchNext = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const bytes = await fetchStoredBlob(world, file.sha256, token);
      if (bytes.byteLength !== file.size)
        throw new Problem(
          'bundle-invalid',
          `Cannot review: ${JSON.stringify(file.path)} does not have the size that the bundle lists`,
        );
      files.push({ path: file.path, bytes, mode: Number.parseInt(file.mode, 8) });
    }
  };
  await Promise.all(Array.from({ length: fetchesAtOnceMax }, fetchNext));
  return {
    digest,
    bundle,
    files: files.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))),
  };
}

/**
 * Parses an approval before it is signed, and checks that it is for this version, this bundle with
 * exactly its files, no more capabilities than its skill.json declares, and this key. It must not
 * be expired, and must not contain a passkey's assertion.
 * @throws Problem `statement-invalid`, `subject-mismatch`, `approval-refused`
 */
export function requireExpectedApproval(
  payload: Uint8Array,
  expected: ExactVersion & {
    readonly registry: Digest;
    readonly keyId: Digest;
    readonly now: Date;
    readonly digest: Digest;
  },
  reviewed: ReviewedBundle,
): ApprovalStatement {
  if (digestOf(payload) !== expected.digest)
    throw new Problem(
      'subject-mismatch',
      `Cannot sign: the digest of the statement that the registry sent is not ${expected.digest}`,
    );
  const statement = parseStatement(payload);
  if (statement.predicateType !== predicateTypes.approval)
    throw new Problem('statement-invalid', 'Cannot sign: the statement is not an approval');
  const { predicate, subject } = statement as ApprovalStatement;
  const about = {
    name: expected.name,
    version: expected.version,
    bundle: reviewed.digest,
    files: reviewed.bundle.files,
  };
  const wrong = [
    ...(predicate.name === expected.name && predicate.version === expected.version
      ? []
      : ['it names another version']),
    ...(predicate.registry === expected.registry
      ? []
      : [
          `it is for ${predicate.registry ?? 'no named registry'}, not for your registry ${expected.registry}`,
        ]),
    ...(predicate.bundle === reviewed.digest ? [] : ['it names another bundle']),
    ...(canonicalJson(subject) === canonicalJson(versionSubjects(about))
      ? []
      : ['its subjects are not the bundle’s files']),
    ...('keyId' in predicate.reviewer && predicate.reviewer.keyId === expected.keyId
      ? []
      : ['it is for another reviewer’s key']),
    ...(Date.parse(predicate.expires) > expected.now.getTime() ? [] : ['it has expired']),
    ...(predicate.assertion === undefined
      ? []
      : ['it already contains the assertion of a passkey']),
    ...(capabilityDigest(predicate.capabilities) === predicate.capabilityDigest
      ? []
      : ['its capability digest is wrong']),
    ...moreThanAsked(predicate.capabilities, reviewed),
  ];
  if (wrong.length > 0)
    throw new Problem(
      'subject-mismatch',
      `Cannot sign an approval of ${expected.name}@${expected.version}: ${wrong[0]}`,
      {
        reasons: wrong.map((message) => ({ message })),
        hint: 'do not sign it; make a new draft, and tell the operator if it happens again',
      },
    );
  return statement as ApprovalStatement;
}

// A bundle without skill.json was imported with an inferred manifest. Then only the statement
// itself lists the approved capabilities.
function moreThanAsked(
  approved: ApprovalStatement['predicate']['capabilities'],
  { files }: ReviewedBundle,
): string[] {
  const json = files.find((file) => file.path === 'skill.json');
  if (json === undefined) return [];
  const more = minus(approved, parseManifest(json.bytes).capabilities);
  return isEmpty(more)
    ? []
    : listCapabilities(more).map(
        (one) => `it approves ${printCapability(one)}, which skill.json does not declare`,
      );
}
