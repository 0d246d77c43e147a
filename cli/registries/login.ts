import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { signerFor } from '../signing/signer.ts';
import { answer, joined, printNote, safe } from '../terminal/output.ts';
import { linkAnswer } from './registry-answers.ts';
import { askRegistry } from './registry-api.ts';
import { signIn } from './session.ts';

/**
 * `skillgate login [--browser]`: a session by key; `--browser` gives a one-time link for the desk.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const signer = await signerFor(context);
  const { token, expires, member } = await signIn(context, signer);
  if (context.options.browser === true) {
    const { url } = await askRegistry(context, '/api/v1/session/link', linkAnswer, {
      method: 'POST',
      token,
    });
    answer(context, { schema: 'skillgate.login-link/1', url }, () => safe`${url}`);
    printNote(context, safe`Open this link within five minutes; it works once.`);
    return exitCodes.ok;
  }
  const registry = context.registryBase;
  answer(
    context,
    { schema: 'skillgate.login/1', registry, keyId: signer.keyId, member, expires },
    () =>
      member === null
        ? safe`Signed in to ${registry} with key ${signer.name}, which belongs to no member.`
        : safe`Signed in to ${registry} as ${member.name} (${joined(member.roles, ', ')}).`,
  );
  return exitCodes.ok;
}
