/**
 * `skillgate review suspend|revoke`: a signed statement about one version, about its bytes under
 * any name, or about all present and future versions of a publisher.
 */
import { randomUUID } from 'node:crypto';
import { type Digest, isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type RevocationPredicate,
  type RevocationTarget,
  revocationStatement,
} from '../../skills-index/statement/attestation.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { postStatement, registryIdFor } from '../registries/post-statement.ts';
import { versionAnswer } from '../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
import { withSession } from '../registries/session.ts';
import { loggedKey } from '../signing/logged-key.ts';
import { signerFor } from '../signing/signer.ts';
import { confirm } from '../terminal/ask.ts';
import { reasonOf } from '../terminal/decision-reason.ts';
import { parseExactVersion } from '../terminal/exact-version.ts';
import { answer, count, joined, type Safe, safe } from '../terminal/output.ts';

interface Meant {
  readonly target: RevocationTarget;
  /** The target as text. */
  readonly about: Readonly<Record<string, string>>;
  readonly text: Safe;
  /** The question to a person; absent for a single version. */
  readonly question?: Safe;
}

/**
 * Signed, because it must count on every machine that installed the version, and these machines do
 * not trust the registry.
 */
export async function revoke(
  context: CommandContext,
  kind: RevocationPredicate['kind'],
): Promise<ExitCode> {
  const reason = reasonOf(context);
  const signer = await signerFor(context);
  const { target, about, text, question } = await meant(context, (path) =>
    withSession(context, signer, (token) => askRegistry(context, path, versionAnswer, { token })),
  );
  const isFinal = kind === 'revoked';
  if ((question !== undefined || isFinal) && kind !== 'lifted' && context.options.yes !== true) {
    const forEver = isFinal
      ? safe`\nThis applies to every installation, and you cannot undo it.`
      : safe``;
    await confirm(
      context,
      joined([safe`${kind}: `, question ?? text, safe`\nReason: ${reason}`, forEver], ''),
      kind,
      '--yes',
    );
  }
  const { digest, logIndex } = await postStatement(
    context,
    revocationStatement({
      registry: await registryIdFor(context),
      kind,
      target,
      reason,
      nonce: randomUUID(),
    }),
    signer,
  );
  answer(
    context,
    { schema: 'skillgate.revocation/1', ...about, kind, statement: digest, logIndex },
    () => safe`${text}: ${kind}, log index ${logIndex}`,
  );
  return exitCodes.ok;
}

async function meant(
  context: CommandContext,
  ask: (path: string) => Promise<{ readonly bundle: Digest }>,
): Promise<Meant> {
  const { args, options } = context;
  const given = [args[0], options.bundle, options.publisher].filter((one) => one !== undefined);
  if (given.length !== 1)
    throw new Problem(
      'usage',
      'Cannot choose a target: name exactly one of @scope/name@version, --bundle sha256:… and --publisher sha256:…',
    );
  if (options.bundle !== undefined) {
    const bundle = digestIn(options.bundle, '--bundle');
    return { target: { bundle }, about: { bundle }, text: safe`${bundle}` };
  }
  if (options.publisher !== undefined)
    return publisherMeant(context, digestIn(options.publisher, '--publisher'));
  const which = parseExactVersion(args[0] ?? '');
  const { bundle } = await ask(`/api/v1/versions${versionPath(which.name, which.version)}`);
  return {
    target: { bundle },
    about: { ...which, bundle },
    text: safe`${which.name}@${which.version} (${bundle})`,
  };
}

async function publisherMeant(context: CommandContext, publisher: Digest): Promise<Meant> {
  const logged = await loggedKey(context, publisher);
  const versions =
    logged?.versions.map(({ name, version, status }) => safe`\n  ${name}@${version} (${status})`) ??
    [];
  return {
    target: { publisher },
    about: { publisher },
    text: safe`publisher ${publisher}`,
    question: safe`everything that ${publisher} published; the registry accepts nothing more from this publisher. ${count(versions.length, 'version')}:${joined(versions, '')}`,
  };
}

function digestIn(given: unknown, option: string): Digest {
  if (isDigest(given)) return given;
  throw new Problem(
    'usage',
    `${option} must be a digest such as sha256:…, not ${JSON.stringify(given)}`,
  );
}
