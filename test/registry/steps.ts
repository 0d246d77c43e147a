/** The steps of a staffed world: who is not named is the one whom the world has for the step. */
import type { SQL } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { expect } from 'vitest';
import {
  type MemberStatement,
  memberStatement,
  type RevocationPredicate,
  revocationStatement,
  type Statement,
} from '../../skills-index/statement/attestation.ts';
import type { Finding, Verdict } from '../../skills-index/statement/finding.ts';
import { parseStatement } from '../../skills-index/statement/parse-statement.ts';
import { freshNonce } from '../nonce.ts';
import { signedIn, type Visitor } from './desk-visit.ts';
import type { TestKey } from './people.ts';
import {
  type Answer,
  approve,
  call,
  type Door,
  publish,
  type Skill,
  scan,
  signIn,
  state,
} from './road.ts';
import type { Staffed, World } from './world.ts';

type Member = keyof Staffed['tokens'];

export function publishIn(
  { send, author }: Pick<Staffed, 'send' | 'author'>,
  skill: Skill,
  by: TestKey = author,
): Promise<Answer> {
  return publish(send, skill, by);
}

/** Reports on the next job. */
export function scanIn(
  { send, tokens, scanner }: Staffed,
  skill: Skill,
  verdict: Verdict = 'pass',
  findings: readonly Finding[] = [],
  told: object = {},
): Promise<Answer> {
  return scan(send, tokens.scanner, scanner, skill, verdict, findings, told);
}

export function approveIn(
  world: Staffed,
  skill: Skill,
  { by = 'rita', ...how }: { by?: 'rita' | 'omar'; independent?: boolean } = {},
): Promise<Answer> {
  return approve(world, world.tokens[by], world[by], skill, how);
}

/** The approval that rita may sign now. */
export async function draftIn(world: Staffed, { manifest }: Skill): Promise<Statement> {
  const path = `/api/v1/reviews/${manifest.name}/${manifest.version}/draft`;
  const { body } = await callAs(world, 'rita', path, { reason: 'read it' });
  return parseStatement(Buffer.from(body.payload, 'base64'));
}

/** A request of somebody who is signed in. */
export function callAs(
  { send, tokens }: Pick<Staffed, 'send' | 'tokens'>,
  who: Member,
  path: string,
  json?: unknown,
): Promise<Answer> {
  return call(send, path, { token: tokens[who], json });
}

export function signInAs(world: Staffed, who: Member): Promise<string> {
  return signIn(world, world[who]);
}

/** Somebody's browser at the desk. */
export function deskOf({ send, tokens }: Staffed, who: Member): Promise<Visitor> {
  return signedIn(send, tokens[who]);
}

export function stopStatement(
  kind: RevocationPredicate['kind'],
  target: RevocationPredicate['target'],
  reason = 'a test',
): Statement {
  return revocationStatement({ nonce: freshNonce(), kind, target, reason });
}

/** Stops, or lifts a stop. */
export function stopIn(
  { send, rita }: Pick<Staffed, 'send' | 'rita'>,
  kind: RevocationPredicate['kind'],
  target: RevocationPredicate['target'],
  { by = rita, reason = 'a test' }: { by?: TestKey; reason?: string } = {},
): Promise<Answer> {
  return state(send, stopStatement(kind, target, reason), by);
}

/** What an administrator says of a reviewer's key or passkey. */
export function reviewerStatement(
  name: string,
  part: Pick<MemberStatement['predicate'], 'key' | 'passkey'>,
  state: 'enrolled' | 'ended' = 'enrolled',
  more: Partial<MemberStatement['predicate']> = {},
): MemberStatement {
  return memberStatement({
    nonce: freshNonce(),
    name,
    roles: ['reviewer'],
    ...part,
    state,
    ...more,
  });
}

interface Answered {
  readonly status: number;
  readonly body?: unknown;
}

/** Fails unless the answer has this status and, where one is given, this problem code. */
export async function expectAnswer(
  asked: Answered | Promise<Answered>,
  status: number,
  code?: string,
): Promise<void> {
  const { status: got, body } = await asked;
  const told = code && (body as { readonly code?: string }).code;
  expect([got, told], JSON.stringify(body)).toEqual([status, code]);
}

/** Fails unless the answer has this problem code. */
export async function expectCode(
  asked: { readonly body: unknown } | Promise<{ readonly body: unknown }>,
  code: string,
): Promise<void> {
  expect((await asked).body).toMatchObject({ code });
}

/** Fails unless a Problem with this code is thrown. */
export function expectProblem(doing: Promise<unknown>, code: string): Promise<void> {
  return expect(doing).rejects.toMatchObject({ code });
}

export async function bodyAt(door: Door, path: string): Promise<Answer['body']> {
  return (await call(door, path)).body;
}

export async function rowsOf<Table extends SQLiteTable>(
  { registry }: Pick<World, 'registry'>,
  table: Table,
  where?: SQL,
): Promise<Table['$inferSelect'][]> {
  return registry.db.read.select().from(table).where(where);
}
