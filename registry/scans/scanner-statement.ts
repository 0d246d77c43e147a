/** A statement that a scanner hands in: of the right kind, for this registry, signed by itself. */
import { Problem } from '../../skills-index/skill/problem.ts';
import { predicateTypes, type Statement } from '../../skills-index/statement/attestation.ts';
import {
  type Envelope,
  envelopeSigner,
  peekStatement,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import { requireOwnRegistry } from '../../skills-index/trust/signatures/require-own-registry.ts';
import type { Actor, Registry } from '../context.ts';
import type { NewStatement } from '../log/appending.ts';
import { latest, readMembers } from '../people/identities.ts';

type Kind = 'scan' | 'observed';
type StatementOf<K extends Kind> = Extract<
  Statement,
  { readonly predicateType: (typeof predicateTypes)[K] }
>;

/**
 * The statement of `kind` in an envelope, with its signer. A scanner sends only what it signed
 * itself. `refusal` begins each error: “Cannot accept the report”.
 * @throws Problem `statement-invalid`, `key-unknown`
 */
export async function requireScannerStatement<K extends Kind>(
  registry: Registry,
  { subject }: Actor,
  envelope: Envelope,
  { kind, refusal }: { readonly kind: K; readonly refusal: string },
): Promise<NewStatement & { readonly statement: StatementOf<K> }> {
  const statement = peekStatement(envelope);
  if (!isOf(statement, kind))
    throw new Problem('statement-invalid', `${refusal}: the statement is not ${kind}/v1`);
  requireOwnRegistry(registry.root, statement);
  const { chain, keys } = await readMembers(registry);
  const own =
    subject.kind === 'key' && chain.isMember(subject.keyId, 'scanner', latest)
      ? keys.get(subject.keyId)
      : undefined;
  const signer = own === undefined ? undefined : envelopeSigner(envelope, [own]);
  if (signer === undefined)
    throw new Problem('key-unknown', `${refusal}: the scanner that hands it in did not sign it`);
  const { keyId, spki } = signer;
  return { statement, envelope, signer: { keyId, spki: Buffer.from(spki, 'base64') } };
}

function isOf<K extends Kind>(statement: Statement, kind: K): statement is StatementOf<K> {
  return statement.predicateType === predicateTypes[kind];
}
