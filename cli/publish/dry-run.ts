/** The registry's answer to a publication, asked before signing and sending. */

import { versionTaken } from '../../skills-index/client/version-taken.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { calledName } from '../called-name.ts';
import type { CommandContext } from '../command.ts';
import { requirePublisher } from '../members-and-scopes/scope-owner.ts';
import { type VersionAnswer, versionAnswer } from '../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
import { readRegistries } from '../registries/registry-base.ts';
import { keyNames } from '../signing/signer.ts';
import { someoneFor } from '../signing/someone.ts';
import type { ExactVersion } from '../terminal/exact-version.ts';
import { printNote, safe } from '../terminal/output.ts';

/**
 * Asks whether this user may publish in the scope, and whether the version is free. Without a key,
 * a pinned registry or an answer, a note names what was not checked.
 * @throws Problem `scope-taken`, `scope-unclaimed`, `version-exists`
 */
export async function askWhetherPublishable(
  context: CommandContext,
  which: ExactVersion,
): Promise<void> {
  const { name, version } = which;
  const canAsk = readRegistries(context.paths).registries.length > 0;
  const canSign =
    context.options.oidc === true ||
    context.options.key !== undefined ||
    keyNames(context.paths).length > 0;
  if (!canAsk || !canSign) {
    const lacking = canAsk
      ? `there is no key here (${calledName()} key create)`
      : `no registry is pinned (${calledName()} registry add)`;
    printNote(
      context,
      safe`not checked: who may publish in @${scopeOf(name)}, and whether ${version} is free: ${lacking}`,
    );
    return;
  }
  try {
    await requirePublisher(context, scopeOf(name), await someoneFor(context));
    await requireFreeVersion(context, which);
  } catch (cause) {
    if (
      !(cause instanceof Problem) ||
      (cause.code !== 'registry-down' && cause.code !== 'registry-answer-invalid')
    )
      throw cause;
    printNote(
      context,
      safe`not checked: who may publish in @${scopeOf(name)}, and whether ${version} is free: ${cause.message}`,
    );
  }
}

/**
 * Why a version cannot be published, as far as the registry says before the upload: other bytes
 * have its number. Undefined without an answer, because the upload will get one.
 */
export async function whyTaken(
  context: CommandContext,
  which: ExactVersion & { readonly bundle: Digest },
): Promise<Problem | undefined> {
  const before = await versionAt(context, which).catch(() => undefined);
  // The same bytes again are the same publication.
  if (before === undefined || before.bundle === which.bundle) return undefined;
  return versionTaken(which, before.status);
}

async function requireFreeVersion(context: CommandContext, which: ExactVersion): Promise<void> {
  const before = await versionAt(context, which);
  if (before !== undefined) throw versionTaken(which, before.status);
}

function versionAt(
  context: CommandContext,
  { name, version }: ExactVersion,
): Promise<VersionAnswer | undefined> {
  const path = `/api/v1/versions${versionPath(name, version)}`;
  return askRegistry(context, path, versionAnswer).catch((cause: unknown) => {
    if (cause instanceof Problem && cause.code === 'not-found') return undefined;
    throw cause;
  });
}
