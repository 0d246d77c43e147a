/**
 * Signing in: a key proves itself to the registry, and the session's token is stored until it
 * expires.
 */
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { sessionText } from '../../skills-index/trust/signatures/session-text.ts';
import type { CommandContext } from '../command.ts';
import { keepSession, readSessions } from '../kept-sessions.ts';
import type { KeyFile } from '../signing/key-file.ts';
import { keyNames } from '../signing/signer.ts';
import { currentRegistry } from './refresh.ts';
import { challengeAnswer, sessionAnswer } from './registry-answers.ts';
import { askRegistry } from './registry-api.ts';

export interface SignedIn {
  readonly token: string;
  readonly expires: string;
  readonly member: { readonly name: string; readonly roles: readonly string[] } | null;
}

/**
 * Calls the registry with a token: `SKILLGATE_TOKEN`, else the stored one for this key, else the
 * token of a new session. A stored token that the registry rejects costs one sign-in.
 */
export async function withSession<Result>(
  context: CommandContext,
  signer: KeyFile,
  task: (token: string) => Promise<Result>,
): Promise<Result> {
  const given = context.env.SKILLGATE_TOKEN;
  if (given !== undefined && given !== '') return task(given);
  try {
    return await withOwnSession(context, signer, task);
  } catch (cause) {
    throw namingKey(context, signer, cause);
  }
}

async function withOwnSession<Result>(
  context: CommandContext,
  signer: KeyFile,
  task: (token: string) => Promise<Result>,
): Promise<Result> {
  const kept = readSessions(context.paths, context.now()).find(
    ({ base, keyId }) => base === context.registryBase && keyId === (signer.keyId as string),
  );
  if (kept !== undefined) {
    try {
      return await task(kept.token);
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.code !== 'not-signed-in') throw cause;
    }
  }
  return task((await signIn(context, signer)).token);
}

// Only the registry knows the roles of a key, so the help names all other keys of this home.
function namingKey(context: CommandContext, { name }: KeyFile, cause: unknown): unknown {
  if (!(cause instanceof Problem) || cause.code !== 'forbidden') return cause;
  const { fix } = problemCodes.forbidden;
  if (cause.hint !== undefined && cause.hint !== fix) return cause;
  const others = keyNames(context.paths).filter((other) => other !== name);
  const other =
    others.length === 0
      ? ''
      : ` Or use another key: ${others.map((one) => `--key ${one}`).join(' or ')}.`;
  return new Problem(cause.code, cause.message, {
    cause,
    reasons: [...cause.reasons, { message: `the request was made with key ${name}` }],
    hint: `${fix}${other}`,
  });
}

/**
 * Proves to the registry that this host has the key, and stores the token. The signed text names
 * the current root file and the address, so that a registry cannot forward the challenge of another
 * one.
 * @throws Problem `root-not-pinned`, `key-unknown`, `registry-down`
 */
export async function signIn(context: CommandContext, signer: Signer): Promise<SignedIn> {
  const { base, root: inForce } = await currentRegistry(context, context.registryBase);
  const root = rootFingerprint(inForce);
  const { nonce } = await askRegistry(context, '/api/v1/session/challenge', challengeAnswer, {
    json: { keyId: signer.keyId },
  });
  const signed = await signer.sign(Buffer.from(sessionText({ root, base, nonce })));
  const signature = Buffer.from(signed).toString('base64');
  const json = { keyId: signer.keyId, nonce, signature };
  const { token, expires, member } = await askRegistry(context, '/api/v1/session', sessionAnswer, {
    json,
  });
  const { keyId } = signer;
  const session = { base: context.registryBase, keyId, token, expires };
  await keepSession(context.paths, session, context.now());
  return { token, expires, member };
}
