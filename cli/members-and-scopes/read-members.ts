/** Reads the members of a registry, and the passkeys that wait to be enrolled. */
import type * as v from 'valibot';
import type { CommandContext } from '../command.ts';
import { membersAnswer, pendingAnswer } from '../registries/registry-answers.ts';
import { askRegistry } from '../registries/registry-api.ts';
import { withSession } from '../registries/session.ts';
import type { KeyFile } from '../signing/key-file.ts';

/** The members with the votes on enrolments, as the registry lists them to a member. */
export function readMembers(
  context: CommandContext,
  signer: KeyFile,
): Promise<v.InferOutput<typeof membersAnswer>> {
  return withSession(context, signer, (token) =>
    askRegistry(context, '/api/v1/members', membersAnswer, { token }),
  );
}

/** The passkeys that wait for an administrator. */
export async function readPending(
  context: CommandContext,
  signer: KeyFile,
): Promise<v.InferOutput<typeof pendingAnswer>['pending']> {
  const { pending } = await withSession(context, signer, (token) =>
    askRegistry(context, '/api/v1/members/pending', pendingAnswer, { token }),
  );
  return pending;
}
