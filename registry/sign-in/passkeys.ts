/**
 * Passkeys in the desk: creating one, and what the browser signs for an approval (WebAuthn level
 * 3). The desk uses passkeys for nothing else. The desk's operator chooses what a passkey signs, so
 * a sign-in by passkey could be an approval that nobody read.
 * `skills-index/trust/signatures/passkey.ts` judges the assertion of an approval, offline.
 */

import { and, eq, lt, sql } from 'drizzle-orm';
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import type {
  EnrolledPasskey,
  PasskeyAssertion,
} from '../../skills-index/statement/attestation.ts';
import type { Registry, RegistryConfig } from '../context.ts';
import { type BatchWrite, holds } from '../store/batch.ts';
import { passkeyCounters, pendingPasskey } from '../store/passkey-schema.ts';
import { challenge } from '../store/schema.ts';
import { createOptions, passkeyMade, requestOptions, type Site, signCount } from './webauthn.ts';

export const challengeMs = 5 * 60_000;

const pendingPasskeysMax = 5;

interface PendingPasskey extends EnrolledPasskey {
  readonly member: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** The relying party: the desk's host name and origin. An IP address is no valid rpId. */
function siteOf(config: RegistryConfig): Site {
  const { hostname, origin } = new URL(config.base);
  return { rpId: hostname, origin };
}

/**
 * The writes that advance a passkey's counter, in the batch of the approval that it signed: an
 * approval that is not logged does not count.
 *
 * WebAuthn level 3 §7.2 step 22: a counter that does not go up is the sign of a copy. The registry
 * rejects whichever of the two comes second. So the owner learns of the copy, and the log has
 * everything that the copy approved.
 * @throws Problem `approval-refused`
 */
export async function counterWrites(
  registry: Registry,
  assertion: PasskeyAssertion,
): Promise<BatchWrite[]> {
  const { credentialId } = assertion;
  const count = signCount(assertion);
  const known = eq(passkeyCounters.credentialId, credentialId);
  const [before] = await registry.db.read.select().from(passkeyCounters).where(known);
  // Passkeys that are synchronised between devices do not count, and always send 0.
  if (count === 0 && before === undefined) return [];
  if (before !== undefined && before.count >= count) throw copied(count);
  return [
    holds(
      sql`NOT EXISTS (SELECT 1 FROM ${passkeyCounters} WHERE ${passkeyCounters.credentialId} = ${credentialId} AND ${passkeyCounters.count} >= ${count})`,
    ),
    (db) =>
      db
        .insert(passkeyCounters)
        .values({ credentialId, count })
        .onConflictDoUpdate({ target: passkeyCounters.credentialId, set: { count } }),
  ];
}

function copied(count: number): Problem {
  return new Problem(
    'approval-refused',
    `The counter of this passkey is ${count} and did not grow since its last approval: somebody may have a copy of the passkey`,
    {
      hint: 'Ask an administrator to remove it (skillgate member remove), check in the log what it approved, and make a new passkey. Until then approve with your key: skillgate review approve.',
    },
  );
}

/** The options that the passkeys page gives to `navigator.credentials.create`. */
export async function creationOptions(
  registry: Registry,
  member: string,
  known: readonly string[],
): Promise<object> {
  return createOptions(siteOf(registry.config).rpId, await issue(registry, member), member, known);
}

/**
 * Keeps a new passkey until an administrator signs that it belongs to the member.
 * @throws Problem `request-invalid` when the browser's answer is invalid
 */
export async function finishCreation(
  registry: Registry,
  member: string,
  response: string,
): Promise<void> {
  const made = parseCreation(response);
  const expectedChallenge = await take(registry, member, made.response.clientDataJSON);
  const enrolled = passkeyMade(made, expectedChallenge, siteOf(registry.config));
  const waiting = (await listPendingPasskeys(registry)).filter(
    (passkey) => passkey.member === member,
  );
  if (waiting.length >= pendingPasskeysMax) {
    throw new Problem(
      'request-invalid',
      `${waiting.length} passkeys of yours already wait for an administrator`,
    );
  }
  const row = { ...enrolled, member, createdAt: registry.now().getTime() };
  await registry.db.batch([(db) => db.insert(pendingPasskey).values(row).onConflictDoNothing()]);
}

/**
 * The options that the approval page gives to `navigator.credentials.get`: one passkey, and the
 * statement's challenge.
 */
export async function approvalOptions(
  registry: Registry,
  credentialId: string,
  bytes: Uint8Array,
): Promise<object> {
  return requestOptions(siteOf(registry.config).rpId, bytes, credentialId);
}

/** Passkeys created in the desk, oldest first, including those that are enrolled by now. */
export async function listPendingPasskeys(registry: Registry): Promise<readonly PendingPasskey[]> {
  return registry.db.read.select().from(pendingPasskey).orderBy(pendingPasskey.createdAt);
}

const base64url = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]*$/), v.maxLength(20_000));
const credential = { id: base64url, rawId: base64url, type: v.literal('public-key') };
const creationForm = v.object({
  ...credential,
  response: v.object({ clientDataJSON: base64url, attestationObject: base64url }),
});
const clientDataForm = v.object({ challenge: base64url });

function parseCreation(response: string): v.InferOutput<typeof creationForm> {
  const parsed = v.safeParse(creationForm, parseJsonText(response));
  if (!parsed.success)
    throw new Problem('request-invalid', 'The browser’s response is not a WebAuthn credential');
  return parsed.output;
}

function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function issue(registry: Registry, member: string): Promise<Uint8Array<ArrayBuffer>> {
  const now = registry.now().getTime();
  const bytes = Uint8Array.from(registry.random(32));
  const row = {
    id: Buffer.from(bytes).toString('base64url'),
    purpose: 'enrol' as const,
    member,
    expiresAt: now + challengeMs,
  };
  await registry.db.batch([
    (db) => db.delete(challenge).where(lt(challenge.expiresAt, now)),
    (db) => db.insert(challenge).values(row),
  ]);
  return bytes;
}

// One DELETE … RETURNING: a challenge is used once, also by two simultaneous requests.
async function take(registry: Registry, member: string, clientDataJSON: string): Promise<string> {
  const data = v.safeParse(
    clientDataForm,
    parseJsonText(Buffer.from(clientDataJSON, 'base64url').toString('utf8')),
  );
  const id = data.success ? data.output.challenge : '';
  const [row] = await registry.db.read
    .delete(challenge)
    .where(and(eq(challenge.id, id), eq(challenge.purpose, 'enrol')))
    .returning();
  if (row === undefined || row.member !== member || row.expiresAt <= registry.now().getTime()) {
    throw new Problem('not-signed-in', 'The page has expired, or was used before', {
      hint: 'Reload the page and try again.',
    });
  }
  return row.id;
}
