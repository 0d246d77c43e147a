/** `skill scope transfer`: gives a scope to other keys. By an owner at once; by administrators of the root file when enough of them sign the same. */
import { resolve } from 'node:path';
import { canonicalJson } from '../skills-index/skill/canonical-json.ts';
import { isDigest } from '../skills-index/skill/digest.ts';
import { parseScope, type Scope } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { type Identity, type PublicKey, type ScopePredicate, scopeStatement } from '../skills-index/statement/attestation.ts';
import { identityId, printIdentity } from '../skills-index/statement/identity-id.ts';
import { confirm } from './ask.ts';
import { type CommandContext, type ExitCode, exitCodes } from './command.ts';
import { publicKeyById } from './logged-key.ts';
import { answer, joined, note, type Safe, safe } from './output.ts';
import { postStatement } from './post-statement.ts';
import { scopeAnswer } from './registry-answers.ts';
import { askRegistry } from './registry-api.ts';
import { readPublicKeyFile } from './signers/key-file.ts';
import { signerFor } from './signers/signer.ts';

/** Everybody who signs for the same new owners signs the very same statement, so that the signatures add up. */
export async function transferScope(context: CommandContext): Promise<ExitCode> {
  const scope = parseScope(context.args[0]?.replace(/^@/, ''));
  const owners = await newOwners(context);
  const path = `/api/v1/scopes/@${scope}`;
  const before = await askRegistry(context, path, scopeAnswer);
  if (before.statement === null) throw new Problem('not-found', `Nobody owns @${scope}: skill scope claim ${scope}`);
  const change: ScopePredicate = { scope, owners, previous: before.statement };
  const signer = await signerFor(context);
  const isOwner = before.owners.some((one) => identityId(one) === signer.keyId);
  const text = canonicalJson(change);
  const voted = before.votes.find((one) => canonicalJson(one.change) === text)?.by ?? [];
  if (!isOwner && voted.includes(signer.keyId))
    throw new Problem(
      'statement-replayed',
      `The key ${signer.name} has signed this already (${voted.length} of ${before.votesNeeded})`,
      {
        hint: 'Another administrator of the root file signs the same next.',
      },
    );
  const needed = isOwner ? 0 : before.votesNeeded;
  const question = tell(scope, owners, { before, votes: voted.length + 1, needed });
  if (context.options.yes !== true) await confirm(context, question, scope, '--yes');
  const { digest, logIndex } = await postStatement(context, scopeStatement(change), signer);
  const after = await askRegistry(context, path, scopeAnswer);
  const done = after.statement !== before.statement;
  const votes = isOwner ? null : { signed: done ? Math.max(needed, voted.length + 1) : voted.length + 1, needed };
  answer(
    context,
    {
      schema: 'skillgate.scope-transferred/1',
      ...{ scope, owners: owners.map(({ keyId }) => keyId), done, votes, statement: digest, logIndex },
    },
    () =>
      done
        ? safe`@${scope} belongs to ${joined(
            owners.map(({ keyId }) => keyId),
            ', ',
          )}, log index ${logIndex}`
        : safe`@${scope}: ${votes?.signed ?? 0} of ${needed} administrators have signed; nothing has changed yet`,
  );
  if (done)
    note(
      context,
      safe`Hosts that have a skill of @${scope} keep it, and ask a person before they take a version by the new owner.`,
    );
  return exitCodes.ok;
}

async function newOwners(context: CommandContext): Promise<PublicKey[]> {
  const { to } = context.options;
  const given = Array.isArray(to) ? to.map(String) : [];
  if (given.length === 0)
    throw new Problem('usage', 'Cannot transfer: --to names the new owner', { hint: '--to THEIR.pub.json or --to sha256:…' });
  const keys = new Map<string, PublicKey>();
  for (const one of given) {
    const { keyId, spki } = isDigest(one)
      ? await publicKeyById(context, one)
      : await readPublicKeyFile(resolve(context.cwd, one));
    keys.set(keyId, { keyId, spki });
  }
  // In one order, whoever types it.
  return [...keys.values()].sort((a, b) => (a.keyId < b.keyId ? -1 : 1));
}

type ScopeOwnership = { readonly owners: readonly Identity[]; readonly publishers?: readonly Identity[] | undefined };

function tell(
  scope: Scope,
  owners: readonly PublicKey[],
  { before, votes, needed }: { readonly before: ScopeOwnership; readonly votes: number; readonly needed: number },
): Safe {
  return joined(
    [
      safe`@${scope} will belong to`,
      ...owners.map(({ keyId }) => safe`  ${keyId}`),
      safe`and no longer to`,
      ...before.owners
        .filter((old) => owners.every((one) => one.keyId !== identityId(old)))
        .map((old) => safe`  ${printIdentity(old)}`),
      ...(before.publishers === undefined
        ? []
        : [safe`The new owners publish; that only others may (skill scope publishers) ends.`]),
      safe`Only the new owners, or administrators together, can give it back. Compare the key with what its holder told you.`,
      ...(needed > 1 ? [safe`Yours is signature ${votes} of ${needed}.`] : []),
    ],
    '\n',
  );
}
