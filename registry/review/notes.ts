/** Notes that change no state: claims of a review, questions to the author, and answers. */
import { and, count, eq } from 'drizzle-orm';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type Actor, nameOf, type Registry, type VersionName } from '../context.ts';
import { requireRole } from '../people/identities.ts';
import { makeId } from '../store/ids.ts';
import { audit, reviewNotes } from '../store/schema.ts';
import { isOwn, requireNoAuthor } from '../versions/authors.ts';
import { requireVersion } from '../versions/find-versions.ts';
import type { VersionState } from '../versions/status.ts';
import type { VersionRow } from '../versions/versions.ts';

/** Answers of the author to questions about one version. */
export const answersOfVersionMax = 50;

export const claimMs = 10 * 60_000;

export const reasonCharsMax = 2_000;

type NoteKind = (typeof reviewNotes.$inferSelect)['kind'];

/** Nobody reviews a version in these states any more. */
const settled: readonly VersionState[] = [
  'approved',
  'refused',
  'withdrawn',
  'suspended',
  'revoked',
];

/**
 * Asks the author a question; the version keeps its state. @throws Problem `forbidden`, `not-found`
 */
export async function askAuthor(
  registry: Registry,
  actor: Actor,
  question: VersionName & { readonly reason: string },
): Promise<void> {
  await addNote(registry, actor, question, { kind: 'asked', text: requireReason(question.reason) });
}

/** Marks a version as being reviewed, for 10 minutes. @throws Problem `forbidden`, `not-found` */
export async function claimReview(
  registry: Registry,
  actor: Actor,
  which: VersionName,
): Promise<{ readonly by: string; readonly until: Date }> {
  const at = await addNote(registry, actor, which, { kind: 'claimed', text: '' });
  return { by: nameOf(actor), until: new Date(at + claimMs) };
}

/**
 * Answers the reviewers' questions, as the version's publisher or an owner of its scope. The
 * version keeps its state.
 * @throws Problem `forbidden`, `not-found`, `move-illegal`, `too-many-requests`
 */
export async function answerReviewers(
  registry: Registry,
  actor: Actor,
  answer: VersionName & { readonly text: string },
): Promise<void> {
  const version = await requireVersion(registry, answer);
  const { subject } = actor;
  const isAuthor =
    subject.kind === 'key' && (await isOwn(registry, version, { keyId: subject.keyId }));
  const which = `${version.name}@${version.version}`;
  if (!isAuthor)
    throw new Problem(
      'forbidden',
      `Only the publisher of ${which}, or an owner of its scope, answers questions about it`,
      { hint: 'Use the key that published the version, or a key of an owner of the scope.' },
    );
  requireOpen(version);
  if ((await countNotes(registry, version, 'asked')) === 0)
    throw new Problem('move-illegal', `No reviewer has asked about ${which}`, {
      hint: `skillgate status ${which} shows what the version waits for.`,
    });
  if ((await countNotes(registry, version, 'answered')) >= answersOfVersionMax)
    throw new Problem('too-many-requests', `${which} has ${answersOfVersionMax} answers already`, {
      hint: 'Publish a higher version, or write to the reviewer.',
    });
  await writeNote(registry, actor, version, { kind: 'answered', text: requireReason(answer.text) });
}

/** The text of a person, without the space around it. @throws Problem `request-invalid` */
export function requireReason(reason: string): string {
  const text = reason.trim();
  if (text === '' || text.length > reasonCharsMax) {
    throw new Problem('request-invalid', `Give a reason of at most ${reasonCharsMax} characters`);
  }
  return text;
}

async function countNotes({ db }: Registry, { id }: VersionRow, kind: NoteKind): Promise<number> {
  const [found] = await db.read
    .select({ n: count() })
    .from(reviewNotes)
    .where(and(eq(reviewNotes.versionId, id), eq(reviewNotes.kind, kind)));
  return found?.n ?? 0;
}

async function addNote(
  registry: Registry,
  actor: Actor,
  which: VersionName,
  note: { readonly kind: NoteKind; readonly text: string },
): Promise<number> {
  requireRole(actor, ['reviewer', 'administrator']);
  const version = await requireVersion(registry, which);
  await requireNoAuthor(registry, actor, version);
  requireOpen(version);
  return writeNote(registry, actor, version, note);
}

function requireOpen(version: VersionRow): void {
  if (settled.includes(version.status))
    throw new Problem(
      'move-illegal',
      `${version.name}@${version.version} is "${version.status}", so nobody reviews it any more`,
      {
        hint: 'skillgate review list shows the versions that wait.',
      },
    );
}

async function writeNote(
  registry: Registry,
  actor: Actor,
  version: VersionRow,
  { kind, text }: { readonly kind: NoteKind; readonly text: string },
): Promise<number> {
  const { id: versionId } = version;
  const common = { versionId, kind, by: nameOf(actor), at: registry.now().getTime() };
  await registry.db.batch([
    (db) => db.insert(reviewNotes).values({ ...common, id: makeId(registry), text }),
    (db) => db.insert(audit).values({ ...common, why: text }),
  ]);
  return common.at;
}
