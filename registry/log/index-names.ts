/**
 * The names under which the registry finds an identity statement: those of its subjects, and, for
 * the first claim of a scope, who claimed and how the scope looks.
 */
import { sql } from 'drizzle-orm';
import { peek } from '../../skills-index/client/peek.ts';
import { plainForm, strictForm } from '../../skills-index/skill/look-alike.ts';
import { predicateTypes, type Statement } from '../../skills-index/statement/attestation.ts';
import { peekStatement } from '../../skills-index/statement/signature-formats/envelope.ts';
import type { FrozenSubject } from '../../skills-index/trust/members-and-scopes/frozen-statement.ts';
import { parseFrozenSubject } from '../../skills-index/trust/members-and-scopes/frozen-subject.ts';
import {
  mapNames,
  mapNamesOfSubject,
} from '../../skills-index/trust/members-and-scopes/map-names.ts';
import { namesIn, namesOfSubject } from '../../skills-index/trust/members-and-scopes/names-in.ts';
import {
  type CertificateClaims,
  readClaims,
} from '../../skills-index/trust/signatures/certificate-identity.ts';
import type { BatchWrite } from '../store/batch.ts';
import { identityNames } from '../store/identity-schema.ts';
import type { statements } from '../store/schema.ts';
import { certificateOfRow, envelopeOfRow } from './row-texts.ts';

/** Who signed a statement: a key, or the person or repository that a certificate names. */
export interface Account {
  readonly signer: string;
  readonly claims?: CertificateClaims | undefined;
}

/** A repository has one identity for each branch, and counts as one account. */
export function accountOf({ signer, claims }: Account): string {
  return claims?.repository === undefined ? signer : `${claims.issuer} ${claims.repository}`;
}

/** Finds the first claims of an account. */
export function claimantName(account: Account): string {
  return `claimed by ${accountOf(account)}`;
}

/** Find the first claims of scopes that may look like a scope. */
export function lookNames(scope: string): string[] {
  return [`looks ${plainForm(scope)}`, `looks strictly ${strictForm(scope)}`];
}

/** Whether a statement claims a scope as its first owner. */
export function isFirstClaim({ predicateType, predicate }: Statement): boolean {
  return predicateType === predicateTypes.scope && predicate.previous === undefined;
}

/** All names of a statement, with those under which the log’s map has the statement. */
export function indexNames(statement: Statement, account: Account): string[] {
  const names = [...namesIn(statement), ...mapNames(statement)];
  if (statement.predicateType !== predicateTypes.scope || !isFirstClaim(statement)) return names;
  return [...names, claimantName(account), ...lookNames(statement.predicate.scope)];
}

/** The names of a statement that nobody can verify, as far as its subject tells. */
export function indexNamesOfSubject(subject: FrozenSubject): string[] {
  return [...namesOfSubject(subject), ...mapNamesOfSubject(subject)];
}

/** The write that makes a statement findable; it comes before the write of the statement. */
export function nameWrites(logIndex: number, names: readonly string[]): BatchWrite[] {
  if (names.length === 0) return [];
  const rows = names.map((name): NameRow => [name, logIndex]);
  return [addNames(rows)];
}

type NameRow = readonly [name: string, logIndex: number];

/** Adds rows in one statement with one parameter, since D1 takes at most a hundred. */
export function addNames(rows: readonly NameRow[]): BatchWrite {
  const list = JSON.stringify(rows);
  // Without WHERE, SQLite would take ON CONFLICT for the condition of a join.
  const added = sql`SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(${list}) WHERE true`;
  return (db) => db.insert(identityNames).select(added).onConflictDoNothing();
}

export type NamedRow = Pick<
  typeof statements.$inferSelect,
  'logIndex' | 'envelope' | 'material' | 'signer'
>;

/**
 * The names of a logged statement, from its rows. Nobody verifies the statement here.
 * @throws Problem `database-damaged`, `statement-invalid`, `json-invalid` when nobody can tell whom
 * it is about
 */
export function namesOfRow(row: NamedRow): string[] {
  const parsed = envelopeOfRow(row);
  const statement = peek(() => peekStatement(parsed));
  if (statement === undefined)
    return indexNamesOfSubject(parseFrozenSubject(Buffer.from(parsed.payload, 'base64')));
  // A certificate that cannot be read takes no name from the statement: the map would lack the
  // statement, and every reader of the log would notice.
  const claims = row.material === null ? undefined : peek(() => readClaims(certificateOfRow(row)));
  return indexNames(statement, { signer: row.signer, claims });
}
