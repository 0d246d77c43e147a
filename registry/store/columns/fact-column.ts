/** Facts of statements in the database: short forms of the texts from `factIn`. */
import { customType } from 'drizzle-orm/sqlite-core';
import { type Digest, hexOf, isDigest } from '../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { digestIn } from './digest-column.ts';

const digestBytes = 32;

/**
 * A column of facts. A digest has 32 bytes. The fact of an approval has the 32 bytes of its basis,
 * and the list of its other values behind them. Every other text stays as it is.
 */
export const factColumn = customType<{ data: string; driverData: string | Uint8Array }>({
  dataType: () => 'text',
  toDriver: (fact) => shortFact(fact) ?? fact,
  fromDriver: (cell) => (typeof cell === 'string' ? cell : factIn(Buffer.from(cell))),
});

/** The bytes of a fact that has a short form. */
export function shortFact(fact: string): Uint8Array | undefined {
  if (isDigest(fact)) return new Uint8Array(Buffer.from(hexOf(fact), 'hex'));
  if (!fact.startsWith('{"basis":"sha256:')) return undefined;
  const { basis, expires, reviewer, credentialId } = JSON.parse(fact);
  const others = [expires, reviewer, ...(credentialId === undefined ? [] : [credentialId])];
  const bytes = Buffer.concat([
    Buffer.from(hexOf(basis as Digest), 'hex'),
    Buffer.from(JSON.stringify(others)),
  ]);
  return factIn(bytes) === fact ? new Uint8Array(bytes) : undefined;
}

function factIn(bytes: Buffer): string {
  const basis = digestIn(bytes.subarray(0, digestBytes));
  if (bytes.byteLength <= digestBytes) return basis;
  const [expires, reviewer, credentialId] = JSON.parse(bytes.subarray(digestBytes).toString());
  return canonicalJson({
    basis,
    expires,
    reviewer,
    ...(credentialId === undefined ? {} : { credentialId }),
  });
}
