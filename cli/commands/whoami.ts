import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, joined, safe, table } from '../output.ts';
import { whoamiAnswer } from '../registry-answers.ts';
import { askRegistry } from '../registry-api.ts';
import { withSession } from '../session.ts';
import { signerFor } from '../signers/signer.ts';

/** `skill whoami`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const signer = await signerFor(context);
  const { member, scopes } = await withSession(context, signer, (token) =>
    askRegistry(context, '/api/v1/whoami', whoamiAnswer, { token }),
  );
  const registry = context.registryBase;
  answer(context, { schema: 'skillgate.whoami/1', registry, key: signer.name, keyId: signer.keyId, member, scopes }, () =>
    table([
      ['registry', registry],
      ['key', safe`${signer.name} ${signer.keyId}`],
      ['member', member === null ? 'none' : safe`${member.name} (${joined(member.roles, ', ')})`],
      [
        'scopes',
        scopes.length === 0
          ? 'none'
          : joined(
              scopes.map((scope) => `@${scope.replace(/^@/, '')}`),
              ', ',
            ),
      ],
    ]),
  );
  return exitCodes.ok;
}
