import { parseScope } from '../../skills-index/skill/name.ts';
import { scopeStatement } from '../../skills-index/statement/attestation.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, note, safe, table } from '../output.ts';
import { scopeAnswer, statementAnswer } from '../registry-answers.ts';
import { askRegistry } from '../registry-api.ts';
import { refuseForeignScope } from '../scope-owner.ts';
import { publicKeyOf } from '../signers/key-file.ts';
import { signerFor } from '../signers/signer.ts';

/** `skill scope claim|show|transfer`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  switch (context.command) {
    case 'scope claim':
      return claim(context);
    case 'scope transfer':
      return (await import('../scope-transfer.ts')).transferScope(context);
    default:
      return show(context);
  }
}

async function claim(context: CommandContext): Promise<ExitCode> {
  const scope = parseScope(context.args[0]);
  const signer = await signerFor(context);
  await refuseForeignScope(context, scope, signer.keyId);
  const envelope = await signStatement(scopeStatement({ scope, owners: [publicKeyOf(signer)] }), signer);
  const { digest, logIndex } = await askRegistry(context, '/api/v1/statements', statementAnswer, {
    json: envelope,
    signedBy: signer.keyId,
  });
  answer(
    context,
    { schema: 'skillgate.scope-claimed/1', scope, keyId: signer.keyId, statement: digest, logIndex },
    () => safe`@${scope} belongs to key ${signer.name} (${signer.keyId}), log index ${logIndex}`,
  );
  return exitCodes.ok;
}

async function show(context: CommandContext): Promise<ExitCode> {
  const scope = parseScope(context.args[0]);
  const { owners, statement, votes, votesNeeded } = await askRegistry(context, `/api/v1/scopes/@${scope}`, scopeAnswer);
  answer(context, { schema: 'skillgate.scope/1', scope, owners, statement, votes, votesNeeded }, () =>
    table(owners.map(({ keyId }) => [`@${scope}`, keyId])),
  );
  for (const { by } of votes)
    note(context, safe`${by.length} of ${votesNeeded} administrators have signed a change of owners; nothing has changed yet`);
  return exitCodes.ok;
}
