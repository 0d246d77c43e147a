/**
 * Versions in the index by one publisher, read a page at a time along an index, so that no other
 * publisher's versions are read.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import {
  predicateTypes,
  type RevocationPredicate,
} from '../../skills-index/statement/attestation.ts';
import type { Registry } from '../context.ts';
import { publisherVersionsAtOnce } from '../limits.ts';
import { latest, readIdentities } from '../people/identities.ts';
import { statements, versions } from '../store/schema.ts';
import { questionAbout, speakerOf } from './publishers.ts';
import type { VersionState } from './status.ts';
import type { VersionRow } from './versions.ts';

interface Published {
  readonly version: VersionRow;
  readonly material: string | null;
  readonly certificate: Digest | null;
}

/** For a lift, only versions that no statement about another publisher stops. */
export async function versionsOf(
  registry: Registry,
  publisher: Digest,
  kind: RevocationPredicate['kind'],
): Promise<VersionRow[]> {
  const indexed: readonly VersionState[] = ['approved', 'suspended', 'revoked'];
  const found = new Map<string, VersionRow>();
  const take = async ({ version, material }: Published): Promise<void> => {
    if (!indexed.includes(version.status)) return;
    const { logIndex } = version;
    const speaker = speakerOf(version, { logIndex, material });
    const { ids, scopes = [] } = questionAbout(speaker);
    const question = { ids: [publisher, ...(ids ?? [])], scopes };
    const { stops } = (await readIdentities(registry, question)).chain;
    if (!stops.isAbout(publisher, speaker)) return;
    if (kind === 'lifted' && stops.stopOnPublished(speaker, latest, publisher) !== undefined)
      return;
    found.set(version.id, version);
  };
  const { stops } = (await readIdentities(registry, { ids: [publisher] })).chain;
  for (const heir of stops.heirsOf(publisher))
    for await (const published of pages((last) =>
      publishedBy(registry, heir, last?.version.logIndex ?? -1),
    ))
      await take(published);
  // Only a certificate gives a publisher further identities.
  for await (const published of pages((last) =>
    certifiedAfter(registry, last?.certificate ?? ('' as Digest)),
  ))
    await take(published);
  return [...found.values()];
}

async function* pages(
  read: (last: Published | undefined) => Promise<readonly Published[]>,
): AsyncGenerator<Published> {
  let last: Published | undefined;
  for (;;) {
    const page = await read(last);
    yield* page;
    last = page.at(-1);
    if (page.length < publisherVersionsAtOnce) return;
    await nextTurn();
  }
}

const columns = {
  version: versions,
  material: statements.material,
  certificate: statements.certificate,
};
const isPublication = eq(statements.predicateType, predicateTypes.publish);

function publishedBy({ db }: Registry, publisher: Digest, after: number): Promise<Published[]> {
  return db.read
    .select(columns)
    .from(versions)
    .innerJoin(statements, and(eq(statements.versionId, versions.id), isPublication))
    .where(and(eq(versions.publisher, publisher), gt(versions.logIndex, after)))
    .orderBy(asc(versions.logIndex))
    .limit(publisherVersionsAtOnce);
}

function certifiedAfter({ db }: Registry, after: Digest): Promise<Published[]> {
  return (
    db.read
      .select(columns)
      .from(statements)
      .innerJoin(versions, eq(versions.id, statements.versionId))
      // The plus keeps SQLite from the index over types, which holds every publication.
      .where(
        and(
          gt(statements.certificate, after),
          sql`+${statements.predicateType} = ${predicateTypes.publish}`,
        ),
      )
      .orderBy(asc(statements.certificate))
      .limit(publisherVersionsAtOnce)
  );
}
