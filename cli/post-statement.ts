/** Signs one statement and has the registry log it. */
import type * as v from 'valibot';
import type { Statement } from '../skills-index/statement/attestation.ts';
import { statementAnswer } from './registry-answers.ts';
import { askRegistry, type RegistryWorld } from './registry-api.ts';
import { type AnySigner, isKeyed, signAs } from './signers/someone.ts';

/** Where it lies in the log. @throws Problem with the registry's reason */
export async function postStatement(
  world: RegistryWorld,
  statement: Statement,
  signer: AnySigner,
): Promise<v.InferOutput<typeof statementAnswer>> {
  const json = await signAs(signer, statement);
  const hint = isKeyed(signer) ? { signedBy: signer.keyId } : {};
  return askRegistry(world, '/api/v1/statements', statementAnswer, { json, ...hint });
}
