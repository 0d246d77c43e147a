/**
 * `skillgate review approve`: fetches the statement, checks it against the reviewer's own copy of
 * the bundle, shows it, and signs exactly these bytes.
 */

import { parseDigest } from '../../skills-index/skill/digest.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ApprovalStatement } from '../../skills-index/statement/attestation.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { approvalsText } from '../registries/approvals-text.ts';
import { registryIdFor } from '../registries/post-statement.ts';
import {
  draftAnswer,
  statementAnswer,
  type VersionAnswer,
  versionAnswer,
} from '../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
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
import {
  fetchReviewedBundle,
  type ReviewedBundle,
  requireExpectedApproval,
} from './reviewed-bundle.ts';

export async function approve(context: CommandContext): Promise<ExitCode> {
  const which = parseExactVersion(context.args[0] ?? '');
  const named =
    context.options.statement === undefined ? undefined : parseDigest(context.options.statement);
  if (named === undefined) reasonOf(context);
  const signer = await signerFor(context);
  return withSession(context, signer, async (token) => {
    const version = await askRegistry(
      context,
      `/api/v1/versions${versionPath(which.name, which.version)}`,
      versionAnswer,
      {
        token,
      },
    );
    const reviewed = await fetchReviewedBundle(context, version.bundle, token);
    const draft =
      named === undefined
        ? await askForDraft(context, which, signer, token)
        : await askRegistry(context, `/api/v1/reviews/statement/${named}`, draftAnswer, { token });
    const payload = Buffer.from(draft.payload, 'base64');
    const expected = {
      ...which,
      registry: await registryIdFor(context),
      keyId: signer.keyId,
      now: context.now(),
      digest: named ?? draft.digest,
    };
    const statement = requireExpectedApproval(payload, expected, reviewed);
    requireFirstApproval(version, statement);
    printNote(context, approvalText(context, statement, reviewed));
    if (context.options.yes !== true)
      await confirm(context, safe`Sign this with key ${signer.name}?`, 'yes', '--yes');
    const envelope = await signPayloadWithKey(payload, signer);
    const { digest, logIndex } = await askRegistry(context, '/api/v1/statements', statementAnswer, {
      json: envelope,
      signedBy: signer.keyId,
    });
    printNote(context, safe`The registry has the approval: log index ${logIndex}.`);
    const after = await askRegistry(
      context,
      `/api/v1/versions${versionPath(which.name, which.version)}`,
      versionAnswer,
      {
        token,
      },
    );
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
