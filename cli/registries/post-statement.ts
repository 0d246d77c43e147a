/** Signs one statement and has the registry log it. */
import type * as v from 'valibot';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Statement } from '../../skills-index/statement/attestation.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { type AnySigner, isKeyed, signAs } from '../signing/someone.ts';
import { currentRegistry, type TrustWorld } from './refresh.ts';
import { statementAnswer } from './registry-answers.ts';
import { askRegistry, type RegistryWorld } from './registry-api.ts';

/**
 * The registry id that a statement must name. It comes from the trusted root file, because a
 * registry could name another one.
 * @throws Problem `root-not-pinned`, and as `currentRegistry`
 */
export async function registryIdFor(
  context: TrustWorld & Pick<RegistryWorld, 'registryBase'>,
): Promise<Digest> {
  return registryIdOf((await currentRegistry(context, context.registryBase)).root);
}

/** Sends a statement. @returns its place in the log @throws Problem with the registry's reason */
export async function postStatement(
  world: RegistryWorld,
  statement: Statement,
  signer: AnySigner,
): Promise<v.InferOutput<typeof statementAnswer>> {
  const json = await signAs(signer, statement);
  const hint = isKeyed(signer) ? { signedBy: signer.keyId } : {};
  return askRegistry(world, '/api/v1/statements', statementAnswer, { json, ...hint });
}
