/** Signs one statement and has the registry log it. */
import type * as v from 'valibot';
import type { Statement } from '../skills-index/statement/attestation.ts';
import { type Signer, signStatement } from '../skills-index/statement/sign.ts';
import { statementAnswer } from './registry-answers.ts';
import { askRegistry, type RegistryWorld } from './registry-api.ts';

/** Where it lies in the log. @throws Problem with the registry's reason */
export async function postStatement(
  world: RegistryWorld,
  statement: Statement,
  signer: Signer,
): Promise<v.InferOutput<typeof statementAnswer>> {
  const json = await signStatement(statement, signer);
  return askRegistry(world, '/api/v1/statements', statementAnswer, { json, signedBy: signer.keyId });
}
