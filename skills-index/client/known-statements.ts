/**
 * Keeps identity statements and revocations that an admission on this host verified. Every later
 * decision uses the kept statements, so a registry cannot hide an ended key, an ended member or a
 * changed scope that this host has seen.
 */
import { type Digest, digestOf, hexOf, isDigest } from '../skill/digest.ts';
import { type SkillName, scopeOf } from '../skill/name.ts';
import { Problem } from '../skill/problem.ts';
import { parseJson } from '../skill/text/json.ts';
import { predicateTypes, type Statement } from '../statement/attestation.ts';
import { peekStatement } from '../statement/signature-formats/envelope.ts';
import { parseSigstoreBundle } from '../statement/signature-formats/sigstore-bundle.ts';
import type { Decision } from '../trust/decision/decision.ts';
import type { Store } from './store.ts';

const knownStatementBytesMax = 512 * 1024;

/** Identity statements and revocations that this host keeps of one registry. */
const knownStatementsMax = 8_192;

const folder = 'known';

/**
 * The kept statements that can matter to a skill, by the statement's digest.
 * @throws Problem `memory-damaged`
 */
export async function readKnown(
  store: Store,
  name: SkillName,
): Promise<ReadonlyMap<Digest, Uint8Array>> {
  const known = new Map<Digest, Uint8Array>();
  for (const hex of await listKnown(store)) {
    const place = `${folder}/${hex}`;
    const bytes = await store.getNamed(place).catch((cause: unknown) => {
      throw damaged(store.placeOf?.(place) ?? place, cause);
    });
    const digest = `sha256:${hex}`;
    if (bytes === undefined || !isDigest(digest) || digestOf(bytes) !== digest)
      throw damaged(store.placeOf?.(place) ?? place);
    const { dsseEnvelope } = parseSigstoreBundle(parseJson(bytes, 'statement').value);
    if (isOfSkill(peekStatement(dsseEnvelope), name)) known.set(digest, bytes);
  }
  return known;
}

/**
 * Names of the files that hold kept statements. Other files in the folder, such as an editor's
 * copies, are ignored.
 */
export async function listKnown(store: Store): Promise<readonly string[]> {
  return (await store.listNamed(folder)).filter((hex) => isDigest(`sha256:${hex}`));
}

/**
 * Keeps the statements that a decision learned, also after a refused admission: a host that has
 * seen the end of a key or member must not accept an older state.
 * @throws Problem `memory-damaged` when there is no room for more statements
 */
export async function rememberKnown(
  store: Store,
  statements: ReadonlyMap<Digest, Uint8Array>,
  { learned }: Decision,
): Promise<void> {
  const kept = new Set(await listKnown(store));
  for (const digest of learned) {
    const bytes = statements.get(digest);
    if (bytes === undefined || kept.has(hexOf(digest))) continue;
    kept.add(hexOf(digest));
    if (kept.size > knownStatementsMax || bytes.byteLength > knownStatementBytesMax)
      throw full(store.placeOf?.(folder) ?? folder);
    await store.putNamed(`${folder}/${hexOf(digest)}`, bytes);
  }
}

// A skill does not depend on the owners of other scopes, and there may be many of those owners.
function isOfSkill(statement: Statement, name: SkillName): boolean {
  return (
    statement.predicateType !== predicateTypes.scope || statement.predicate.scope === scopeOf(name)
  );
}

function damaged(place: string, cause?: unknown): Problem {
  return new Problem(
    'memory-damaged',
    `Cannot trust what this host remembers of the registry: ${place} is damaged`,
    {
      hint: 'bring the file back from a backup; or delete it, and this host no longer knows the statement that the file held',
      cause,
    },
  );
}

function full(place: string): Problem {
  return new Problem(
    'memory-damaged',
    `Cannot remember more statements of this registry: ${place} holds at most ${knownStatementsMax} identity statements and revocations of at most ${knownStatementBytesMax} bytes each`,
    {
      hint: 'ask the registry’s operator why there are so many, or why one is so large; to start again, delete the folder',
    },
  );
}
