/** The acts that a registry has to keep once it has acknowledged them. */
import type { SignedReport } from '../../registry/scans/reports.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import type { Statement } from '../../skills-index/statement/attestation.ts';
import { revocationStatement, scopeStatement } from '../../skills-index/statement/attestation.ts';
import { parseStatement } from '../../skills-index/statement/parse-statement.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import type { Envelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import { freshNonce } from '../nonce.ts';
import { makeKey, type TestKey } from '../registry/people.ts';
import {
  type Answer,
  call,
  makeReport,
  namedFor,
  publish,
  type Send,
  type Skill,
  signPublication,
  signReport,
} from '../registry/road.ts';

export const actKinds = ['publish', 'report', 'approve', 'claim', 'revoke', 'stop'] as const;
export type ActKind = (typeof actKinds)[number];

/** Whether the act ends versions. */
export function isStop(kind: ActKind): boolean {
  return kind === 'revoke' || kind === 'stop';
}

/** One request, with the bytes that were signed for it. It is sent again byte for byte. */
export interface Act {
  readonly kind: ActKind;
  /** What is named in a report of the harness. */
  readonly about: string;
  readonly skill?: Skill;
  /** Digest of the signed statement. */
  readonly payload: Digest;
  send(send: Send): Promise<Answer>;
}

/** A reviewer or a scanner who has signed in. */
export interface SignedIn {
  readonly key: TestKey;
  readonly token: string;
}

/** A lease as the registry gives it to a scanner. */
export interface Lease {
  readonly id: string;
  readonly lease: string;
}

export function printName({ manifest: { name, version } }: Skill): string {
  return `${name}@${version}`;
}

export async function publication(skill: Skill, author: TestKey): Promise<Act> {
  const envelope = await signPublication(skill, author);
  return actOf('publish', envelope, skill, (send) => publish(send, skill, author, { envelope }));
}

/**
 * @param send asks the registry for its root file
 * @param more what the scanner saw besides: sentences, kinds of facts, a sketch of the texts
 */
export async function report(
  send: Send,
  skill: Skill,
  { key, token }: SignedIn,
  { id, lease }: Lease,
  more: Partial<Pick<SignedReport, 'prose' | 'signature'>> = {},
): Promise<Act> {
  const made = makeReport(skill, 'pass');
  const envelope = await signReport(send, skill, made, key);
  const json = { lease, envelope, report: made, ...more };
  return actOf('report', envelope, skill, (to) =>
    call(to, `/api/v1/jobs/${id}/report`, { token, json }),
  );
}

/** @returns the answer of the registry where it gave no draft */
export async function approval(
  send: Send,
  skill: Skill,
  { key, token }: SignedIn,
): Promise<Act | Answer> {
  const { name, version } = skill.manifest;
  const json = { reviewer: { keyId: key.keyId }, reason: 'read it', independent: false };
  const path = `/api/v1/reviews/${name}/${version}/draft`;
  const draft = await call(send, path, { token, json });
  if (draft.status !== 201) return draft;
  const statement = parseStatement(Buffer.from(draft.body.payload, 'base64'));
  return stated('approve', statement, key, skill);
}

export function revocation(registry: Digest, skill: Skill, reviewer: TestKey): Promise<Act> {
  const said = revocationStatement({
    nonce: freshNonce(),
    kind: 'revoked',
    target: { bundle: skill.packed.digest },
    reason: 'it reads keys',
  });
  return stated('revoke', namedFor(registry, said), reviewer, skill);
}

/**
 * The revocation of a publisher.
 * @param skill an approved version of the publisher
 */
export function publisherStop(
  registry: Digest,
  skill: Skill,
  { publisher, reviewer }: { readonly publisher: TestKey; readonly reviewer: TestKey },
): Promise<Act> {
  const said = revocationStatement({
    nonce: freshNonce(),
    kind: 'revoked',
    target: { publisher: publisher.keyId },
    reason: 'the key was stolen',
  });
  return stated('stop', namedFor(registry, said), reviewer, skill);
}

/** The first claim of a scope, by a key of its own. */
export function claim(registry: Digest, scope: string, key = makeKey()): Promise<Act> {
  const said = scopeStatement({ scope: parseScope(scope), owners: [key.open] });
  return stated('claim', namedFor(registry, said), key, scope);
}

async function stated(
  kind: ActKind,
  statement: Statement,
  key: TestKey,
  about: Skill | string,
): Promise<Act> {
  const json = await signStatement(statement, key);
  return actOf(kind, json, about, (send) =>
    call(send, '/api/v1/statements', { json, keyId: key.keyId }),
  );
}

function actOf(
  kind: ActKind,
  { payload }: Envelope,
  about: Skill | string,
  send: Act['send'],
): Act {
  return {
    kind,
    payload: digestOf(Buffer.from(payload, 'base64')),
    send,
    ...(typeof about === 'string' ? { about } : { about: printName(about), skill: about }),
  };
}
