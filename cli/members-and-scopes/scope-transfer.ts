/**
 * `skillgate scope transfer`: gives a scope to other keys or people. An owner's signature suffices;
 * otherwise enough administrators of the root file must sign the same transfer.
 */

import { resolve } from 'node:path';
import { isDigest } from '../../skills-index/skill/digest.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import {
  type Identity,
  type ScopePredicate,
  scopeStatement,
} from '../../skills-index/statement/attestation.ts';
import { identityId, printIdentity } from '../../skills-index/statement/identity-id.ts';
import { calledName } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { postStatement, registryIdFor } from '../registries/post-statement.ts';
import { scopeAnswer } from '../registries/registry-answers.ts';
import { askRegistry } from '../registries/registry-api.ts';
import { readPublicKeyFile } from '../signing/key-file.ts';
import { publicKeyById } from '../signing/logged-key.ts';
import { someoneFor } from '../signing/someone.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, joined, printNote, type Safe, safe } from '../terminal/output.ts';
import { peopleIn } from '../terminal/person-option.ts';

/** All signers for the same new owners sign the same statement, so that their signatures add up. */
export async function transferScope(context: CommandContext): Promise<ExitCode> {
  const scope = parseScope(context.args[0]?.replace(/^@/, ''));
  const owners = await newOwners(context);
  const path = `/api/v1/scopes/@${scope}`;
  const before = await askRegistry(context, path, scopeAnswer);
  if (before.statement === null)
    throw new Problem('not-found', `Nobody owns @${scope}: ${calledName()} scope claim ${scope}`);
  const publishers = context.options['keep-publishers'] === true ? before.publishers : undefined;
  const kept = publishers === undefined ? {} : { publishers };
  const change: ScopePredicate = {
    registry: await registryIdFor(context),
    scope,
    owners,
    ...kept,
    previous: before.statement,
  };
  const someone = await someoneFor(context);
  const isOwner = before.owners.some((one) => someone.ids.includes(identityId(one)));
  const text = canonicalJson(change);
  const voted = before.votes.find((one) => canonicalJson(one.change) === text)?.by ?? [];
  if (!isOwner && someone.ids.some((one) => voted.includes(one)))
    throw new Problem(
      'statement-replayed',
      `The ${someone.name} has already signed this transfer (${voted.length} of ${before.votesNeeded})`,
      {
        hint: 'another administrator of the root file has to sign the same transfer next',
      },
    );
  const needed = isOwner ? 0 : before.votesNeeded;
  const question = transferText(change, { before, votes: voted.length + 1, needed });
  if (context.options.yes !== true) await confirm(context, question, scope, '--yes');
  const { digest, logIndex } = await postStatement(
    context,
    scopeStatement(change),
    await someone.signer(),
  );
  const after = await askRegistry(context, path, scopeAnswer);
  const done = after.statement !== before.statement;
  const votes = isOwner
    ? null
    : { signed: done ? Math.max(needed, voted.length + 1) : voted.length + 1, needed };
  answer(
    context,
    {
      schema: 'skillgate.scope-transferred/1',
      scope,
      owners: owners.map(identityId),
      publishers: publishers?.map(identityId) ?? null,
      done,
      votes,
      statement: digest,
      logIndex,
    },
    () =>
      done
        ? safe`@${scope} belongs to ${joined(
            owners.map((one) => safe`${printIdentity(one)}`),
            ', ',
          )}, log index ${logIndex}`
        : safe`@${scope}: ${votes?.signed ?? 0} of ${needed} administrators have signed; nothing has changed yet`,
  );
  if (done)
    printNote(
      context,
      safe`Hosts keep the skills of @${scope} that they have. They ask a person before they install a version by the new owner.`,
    );
  return exitCodes.ok;
}

async function newOwners(context: CommandContext): Promise<Identity[]> {
  const { to } = context.options;
  const given = Array.isArray(to) ? to.map(String) : [];
  const owners = new Map<string, Identity>(
    peopleIn(context.options['to-oidc']).map((one) => [identityId(one), one]),
  );
  for (const one of given) {
    const { keyId, spki } = isDigest(one)
      ? await publicKeyById(context, one)
      : await readPublicKeyFile(resolve(context.cwd, one));
    owners.set(keyId, { keyId, spki });
  }
  if (owners.size === 0)
    throw new Problem('usage', 'Cannot transfer: no new owner is named', {
      hint: 'name the new owner: --to THEIR.pub.json, --to sha256:… or --to-oidc ISSUER SUBJECT',
    });
  // Sorted, so that the order of the options does not matter.
  return [...owners].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

type ScopeOwnership = {
  readonly owners: readonly Identity[];
  readonly publishers?: readonly Identity[] | undefined;
};

function transferText(
  { scope, owners, publishers }: ScopePredicate,
  {
    before,
    votes,
    needed,
  }: { readonly before: ScopeOwnership; readonly votes: number; readonly needed: number },
): Safe {
  const ids = owners.map(identityId);
  const list = (some: readonly Identity[]): Safe[] =>
    some.map((one) => safe`  ${printIdentity(one)}`);
  const dropped = publishers === undefined ? (before.publishers ?? []) : [];
  return joined(
    [
      safe`@${scope} will belong to`,
      ...list(owners),
      safe`and no longer to`,
      ...list(before.owners.filter((old) => !ids.includes(identityId(old)))),
      ...(publishers === undefined
        ? []
        : [safe`As before, only these may publish in @${scope}, and the new owners may not:`]),
      ...list(publishers ?? []),
      ...(dropped.length === 0
        ? []
        : [
            safe`The new owners will publish instead of these publishers (to keep them, add --keep-publishers):`,
          ]),
      ...list(dropped),
      safe`Only the new owners, or enough administrators, can give the scope back. Compare each new owner with what that owner told you.`,
      ...(needed > 1
        ? [safe`Your signature is number ${votes} of the ${needed} that are needed.`]
        : []),
    ],
    '\n',
  );
}
