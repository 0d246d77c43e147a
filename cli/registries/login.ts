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
  if (context.options.browser === true) {
    const url = await browserLink(context);
    answer(context, { schema: 'skillgate.login-link/1', url }, () => safe`${url}`);
    printNote(context, safe`Open this link within five minutes; it works once.`);
    return exitCodes.ok;
  }
  const signer = await signerFor(context);
  const { expires, member } = await signIn(context, signer);
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

/** A link that signs a browser in to the desk, once, within five minutes. */
export async function browserLink(context: CommandContext): Promise<string> {
  const { token } = await signIn(context, await signerFor(context));
  const link = await askRegistry(context, '/api/v1/session/link', linkAnswer, {
    method: 'POST',
    token,
  });
  return link.url;
}
