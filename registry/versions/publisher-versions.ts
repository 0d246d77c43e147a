/**
 * Versions that a stop of a publisher can be about, a page at a time along indexes, so that few
 * versions of other publishers are read.
 */
import { and, asc, eq, gt } from 'drizzle-orm';
import { type Digest, parseDigest } from '../../skills-index/skill/digest.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import type { Registry } from '../context.ts';
import { readIdentities } from '../people/identities.ts';
import { hasDigest } from '../store/columns/digest-column.ts';
import { statements, versions } from '../store/schema.ts';
import type { VersionRow } from './versions.ts';

export interface VersionPage {
  readonly rows: readonly VersionRow[];
  /** The place behind the last row; undefined behind the last version. */
  readonly next: string | undefined;
}

/** Versions by one publisher, or by everybody who signed with a certificate. */
interface Source {
  readonly name: string;
  /** @param after what `read` gave for the last row before; empty at the beginning */
  read(
    after: string,
    limit: number,
  ): Promise<readonly { readonly row: VersionRow; readonly place: string }[]>;
}

/**
 * The next versions of the publisher, of the keys that replaced the publisher, and of certificates:
 * only a certificate gives a publisher further identities. The caller asks of each whether a stop
 * is about it.
 * @param after `next` of the page before; empty at the beginning
 */
export async function publisherVersions(
  registry: Registry,
  publisher: Digest,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<VersionPage> {
  const { chain } = await readIdentities(registry, { rightsOf: [publisher] });
  const heirs = chain.stops.heirsOf(publisher).sort();
  const isKey = chain.keyOf(publisher) !== undefined;
  const sources = [
    ...heirs.map((heir) => publishedBy(registry, heir)),
    // No certificate has a key among its identities.
    ...(isKey ? [] : [certified(registry)]),
  ];
  const [name = '', place = ''] = after.split(' ');
  const at = Math.max(
    0,
    sources.findIndex((source) => source.name === name),
  );
  const page = (await sources[at]?.read(place, limit)) ?? [];
  const last = page.length < limit ? undefined : page.at(-1);
  const [source, goesOn] = last === undefined ? [sources[at + 1], ''] : [sources[at], last.place];
  return {
    rows: page.map(({ row }) => row),
    next: source === undefined ? undefined : `${source.name} ${goesOn}`,
  };
}

function publishedBy({ db }: Registry, publisher: Digest): Source {
  return {
    name: publisher,
    read: async (after, limit) => {
      const rows = await db.read
        .select()
        .from(versions)
        .where(
          and(
            hasDigest(versions.publisher, publisher),
            gt(versions.logIndex, after === '' ? Number.MIN_SAFE_INTEGER : Number(after)),
          ),
        )
        .orderBy(asc(versions.logIndex))
        .limit(limit);
      return rows.map((row) => ({ row, place: String(row.logIndex) }));
    },
  };
}

function certified({ db }: Registry): Source {
  return {
    name: 'certificates',
    read: async (after, limit) => {
      const rows = await db.read
        .select({ row: versions, certificate: statements.certificate })
        .from(statements)
        .innerJoin(versions, eq(versions.id, statements.versionId))
        .where(
          and(
            gt(statements.certificate, after === '' ? ('' as Digest) : parseDigest(after)),
            eq(statements.predicateType, predicateTypes.publish),
          ),
        )
        .orderBy(asc(statements.certificate))
        .limit(limit);
      return rows.map(({ certificate, row }) => ({ row, place: certificate ?? '' }));
    },
  };
}
