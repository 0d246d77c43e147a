import { parseScope, type Scope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { scopeStatement } from '../../skills-index/statement/attestation.ts';
import { printIdentity } from '../../skills-index/statement/identity-id.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { postStatement } from '../registries/post-statement.ts';
import { currentRegistry } from '../registries/refresh.ts';
import { scopeAnswer } from '../registries/registry-answers.ts';
import { askRegistry } from '../registries/registry-api.ts';
import { identityOf, isKeyed, someoneFor } from '../signing/someone.ts';
import { answer, printNote, safe, table } from '../terminal/output.ts';
import { newOwner, noOwnerLeft, requireScopeOwner } from './scope-publishers.ts';

/** `skillgate scope claim|show|publishers|transfer`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  switch (context.command) {
    case 'scope claim':
      return claim(context);
    case 'scope transfer':
      return (await import('./scope-transfer.ts')).transferScope(context);
    case 'scope publishers':
      return (await import('./scope-publishers.ts')).setPublishers(context);
    default:
      return show(context);
  }
}

async function claim(context: CommandContext): Promise<ExitCode> {
  const scope = parseScope(context.args[0]?.replace(/^@/, ''));
  const { owner, signer, someone, digest, logIndex } = await claimScope(context, scope);
  const keyId = isKeyed(signer) ? { keyId: signer.keyId } : {};
  answer(
    context,
    { schema: 'skillgate.scope-claimed/1', scope, ...keyId, owner, statement: digest, logIndex },
    () => safe`@${scope} belongs to ${someone.name}, log index ${logIndex}`,
  );
  return exitCodes.ok;
}

/**
 * Makes the signer of the command the owner of a scope.
 * @throws Problem `usage` for a CI job or an administrator's key that nobody named, `scope-taken`
 */
export async function claimScope(context: CommandContext, scope: Scope) {
  const someone = await someoneFor(context);
  if (someone.isCi)
    throw new Problem(
      'usage',
      'A CI job cannot own a scope: everybody who may change the job’s file would own it',
      {
        hint: `claim the scope yourself, then let the job publish: skillgate scope publishers ${scope} …`,
      },
    );
  await requireScopeOwner(context, scope, someone);
  const { root } = await currentRegistry(context, context.registryBase);
  // If an administrator's key is the only key, it would be chosen silently. It would then publish
  // besides enrolling members.
  if (
    context.options.key === undefined &&
    root.administrators.some(({ keyId }) => someone.ids.includes(keyId))
  )
    throw new Problem(
      'usage',
      `Cannot claim @${scope} with ${someone.name}: it is an administrator's key of this registry`,
      {
        hint: `create a key to publish with: skillgate key create; then: skillgate scope claim ${scope}. To own the scope with the administrator's key anyway, name the key with --key`,
      },
    );
  const registry = registryIdOf(root);
  const signer = await someone.signer();
  const owner = identityOf(signer);
  const { digest, logIndex } = await postStatement(
    context,
    scopeStatement({ registry, scope, owners: [owner] }),
    signer,
  );
  return { owner, signer, someone, digest, logIndex };
}

async function show(context: CommandContext): Promise<ExitCode> {
  const scope = parseScope(context.args[0]?.replace(/^@/, ''));
  const { owners, publishers, statement, votes, votesNeeded, frozen } = await askRegistry(
    context,
    `/api/v1/scopes/@${scope}`,
    scopeAnswer,
  );
  answer(
    context,
    {
      schema: 'skillgate.scope/1',
      scope,
      owners,
      publishers: publishers ?? null,
      statement,
      votes,
      votesNeeded,
      frozen: frozen ?? null,
    },
    () =>
      table([
        ...(owners.length === 0 ? [[`@${scope}`, 'no owner', noOwnerLeft]] : []),
        ...owners.map((owner) => [`@${scope}`, 'owner', printIdentity(owner)]),
        ...(publishers ?? []).map((publisher) => [
          `@${scope}`,
          'publisher',
          printIdentity(publisher),
        ]),
      ]),
  );
  if (frozen !== undefined)
    printNote(context, safe`@${scope} is frozen and has no owner: ${frozen}`);
  else if (owners.length === 0) printNote(context, safe`→ ${newOwner(scope)}`);
  if (publishers !== undefined)
    printNote(context, safe`Only these publishers may publish; the owners may not.`);
  for (const { by } of votes)
    printNote(
      context,
      safe`${by.length} of ${votesNeeded} administrators have signed a change of owners; nothing has changed yet`,
    );
  return exitCodes.ok;
}
