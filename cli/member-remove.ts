/** `skill member remove`: ends the keys and passkeys of a member, now or for a log index before now. */
import { randomUUID } from 'node:crypto';
import type * as v from 'valibot';
import { Problem } from '../skills-index/skill/problem.ts';
import { type MemberPredicate, memberRoles, memberStatement } from '../skills-index/statement/attestation.ts';
import { confirm } from './ask.ts';
import { type CommandContext, type ExitCode, exitCodes } from './command.ts';
import { answer, count, joined, note, type Safe, safe } from './output.ts';
import { postStatement, registryIdFor } from './post-statement.ts';
import { membersAnswer } from './registry-answers.ts';
import { askRegistry } from './registry-api.ts';
import { withSession } from './session.ts';
import { signerFor } from './signers/signer.ts';

type Held = v.InferOutput<typeof membersAnswer>['members'][number];

/** One statement for each key and passkey, all with the same end. */
export async function removeMember(context: CommandContext): Promise<ExitCode> {
  const [name = ''] = context.args;
  const signer = await signerFor(context, 'administrator');
  const { members } = await withSession(context, signer, (token) =>
    askRegistry(context, '/api/v1/members', membersAnswer, { token }),
  );
  const { only } = context.options;
  const held = members.filter((one) => one.name === name && (only === undefined || only === idOf(one)));
  if (held.length === 0)
    throw new Problem(
      'not-found',
      `No member ${JSON.stringify(name)} has ${only === undefined ? 'a key or passkey' : JSON.stringify(only)}`,
      {
        hint: 'skillgate member list',
      },
    );
  const upTo = indexOf(context);
  if (context.options.yes !== true) await confirm(context, question(name, held, upTo), name, '--yes');
  const statements: { id: string; digest: string; logIndex: number }[] = [];
  for (const one of held) {
    const statement = memberStatement({
      registry: await registryIdFor(context),
      ...predicateOf(one),
      state: 'ended',
      nonce: randomUUID(),
      ...(upTo === undefined ? {} : { validUpTo: upTo }),
    });
    const { digest, logIndex } = await postStatement(context, statement, signer);
    statements.push({ id: idOf(one), digest, logIndex });
  }
  answer(
    context,
    { schema: 'skillgate.member-removed/1', name, ...(upTo === undefined ? {} : { validUpTo: upTo }), ended: statements },
    () =>
      safe`${name} is no member any more: ${count(held.length, 'key or passkey', 'keys and passkeys')} ended${upTo === undefined ? '' : safe` for all behind log index ${upTo}`}`,
  );
  if (upTo === undefined) note(context, safe`What ${name} approved stays. To take them back: skillgate member add.`);
  else
    note(
      context,
      safe`Versions that rest on what ${name} signed behind log index ${upTo} are revoked: skillgate status shows each.`,
    );
  return exitCodes.ok;
}

function idOf({ keyId, credentialId }: Held): string {
  return keyId ?? credentialId ?? '';
}

// The registry's word on a key says no more than which one ends, and it is the id that ends.
function predicateOf({
  name,
  roles: said,
  keyId,
  spki,
  credentialId,
  passkey,
}: Held): Pick<MemberPredicate, 'name' | 'roles' | 'key' | 'passkey'> {
  const roles = memberRoles.filter((role) => said.includes(role));
  if (keyId !== null && spki !== null) return { name, roles, key: { keyId, spki } };
  if (credentialId !== null && passkey !== null)
    return { name, roles, passkey: { credentialId, publicKey: passkey.publicKey, rpId: passkey.rpId, origin: passkey.origin } };
  throw new Problem('registry-answer', `The registry does not say what ${name} signs with`);
}

function question(name: string, held: readonly Held[], upTo: number | undefined): Safe {
  return joined(
    [
      safe`${name} (${joined(held[0]?.roles ?? [], ', ')}) will sign nothing any more with:`,
      ...held.map((one) => safe`  ${one.keyId === null ? 'passkey ' : ''}${idOf(one)}`),
      upTo === undefined
        ? safe`What they approved until now stays. They can be enrolled again.`
        : safe`Nothing that they signed behind log index ${upTo} counts any more: versions that rest on it are revoked everywhere, for ever.`,
    ],
    '\n',
  );
}

function indexOf({ options }: CommandContext): number | undefined {
  const given = options['valid-up-to'];
  if (given === undefined) return undefined;
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given);
  throw new Problem('usage', `--valid-up-to is a log index, not ${JSON.stringify(given)}`);
}
