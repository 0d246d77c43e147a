/**
 * Every statement that a registry prepares in a test of the application is recorded at the driver,
 * and its plan is asked of SQLite. A statement that reads a growing table whole, sorts what comes
 * from one, or has more parameters or terms than D1 takes fails the file.
 */
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, expect } from 'vitest';
import { openD1 } from './cloudflare/d1-database.ts';

/** Tables that grow with what people publish. */
const growing = [
  'versions',
  'statements',
  'audit',
  'log',
  'index_lines',
  'packages',
  'version_packages',
  'package_advisories',
  'jobs',
  'scans',
  'version_blobs',
  'blob_scopes',
  'sketches',
  'sketch_bands',
  'waiting',
  'renewals',
  'observation_jobs',
  'open_doubts',
  'review_notes',
  'drafts',
  'identity_names',
  'advice',
  'advisories',
  'notices',
  'log_segments',
  'stored_bytes',
  'skills',
  'skill_words',
  'name_words',
] as const;

/** What may be read or sorted whole: by a part of the statement, with what bounds it. */
const bounded: readonly { readonly part: RegExp; readonly because: string }[] = [
  {
    part: /from "log" where "log"\."note" is not null order by "log"\."index" desc limit/,
    because: 'stops at the first signed entry',
  },
  {
    part: /from "log_segments" order by "log_segments"\."first" desc limit/i,
    because: 'the last segment',
  },
  {
    part: /from "index_lines" where "index_lines"\."written" = 0 limit \?$/,
    because: 'the first lines of an index that holds only those that no file has yet',
  },
  {
    part: /from "versions" where "versions"\."bytes" is null order by "versions"\."logIndex" asc limit \?$/,
    because: 'an index holds only the versions whose bytes are not counted yet',
  },
  {
    part: /from "stored_bytes" order by "stored_bytes"\."bytes" desc limit \?$/,
    because: 'the first rows of an index',
  },
  {
    part: /from "renewals" where "renewals"\."after" IS NOT NULL .* limit \?$/,
    because: 'an index holds only the events that are not done yet',
  },
  {
    part: /from "waiting"( inner join "versions" on \S+ = \S+)?( where "waiting"\."changes" <> "waiting"\."known")? order by ("waiting"\."(rank|logIndex|versionId)" (asc|desc)(, )?)+ limit \?$/,
    because: 'the first rows of an index in the order of the queue',
  },
  {
    part: /from "open_doubts" .* order by "open_doubts"\."at" desc limit \?$/,
    because: 'the newest of the doubts that nothing has settled',
  },
  {
    part: /from "notices"( inner join "versions" on \S+ = \S+)? order by "notices"\."seq" desc limit \?$/,
    because: 'the last rows in the order of the primary key',
  },
  {
    part: /from "(scans|review_notes)" .*where \(?"\1"\."versionId" = \?/,
    because: 'the scans or notes of one version',
  },
  {
    part: /from "sketch_bands" where "sketch_bands"\."key" in/,
    because: 'versionsPerBandMax for each of 21 keys',
  },
  {
    part: /SELECT id FROM \(SELECT \* FROM \(SELECT "jobs"/,
    because: 'three jobs are sorted, each the first by an index',
  },
  {
    part: /from "packages" where "packages"\."judgedUpTo" is not null order by "packages"\."id" asc limit/,
    because: 'an index holds only the packages whose versions are being judged',
  },
  {
    part: /from "skills" inner join "versions" .* order by "skills"\."(name|offeredSince)" .*limit \?$/,
    because: 'the first rows of an index',
  },
  {
    part: /^SELECT id, sum\(bit\) AS bits, sum\(weight\) AS weight FROM \(.* WHERE "skill_words" MATCH looks\.value/,
    because: 'the skills that have words with lookedUpRowsMax skills together, counted before',
  },
  {
    part: /row_number\(\) OVER \(PARTITION BY "by"/,
    because: 'reports of one version, so many a day',
  },
];

/**
 * Tests read whole tables to look at them; the walk of query-plans.test.ts shows that the registry
 * does not.
 */
const wholeTable =
  /^select [^()]*? from "\w+"( inner join "\w+" on [^()]* = [^()]*?)?( where "statements"\."predicateType" = \?)?( order by [^()]*)?$/;

/** Why a statement is slow in a large registry, or refused by D1; empty when it is neither. */
export function whatIsWrong(client: BetterSqlite3.Database, text: string): string[] {
  const named = growing.filter((table) => text.includes(`"${table}"`));
  const isQuery = /^\s*(select|insert|update|delete|with)\b/i.test(text);
  const parameters = Array.from(text.matchAll(/\?/g), () => null);
  const refused = refusedByD1(text);
  if (!isQuery || named.length === 0 || bounded.some(({ part }) => part.test(text))) return refused;
  const explained = prepare.call(client, `EXPLAIN QUERY PLAN ${text}`) as BetterSqlite3.Statement<
    unknown[],
    { detail: string }
  >;
  const steps = explained.all(...parameters).map(({ detail }) => detail);
  const slow = steps.filter(
    (step) =>
      /USE TEMP B-TREE/.test(step) ||
      isScan(step, text) ||
      isByOneColumn(step, text) ||
      isByBlobAlone(step, text) ||
      isByStateAlone(step, text),
  );
  return [...slow, ...refused];
}

const d1 = openD1();

// Tests make tables of their own, which this database does not have: only what is too much counts.
function refusedByD1(text: string): string[] {
  try {
    d1.prepare(text);
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return why.startsWith('too ') || why.includes('too big') ? [why] : [];
  }
}

// Of a growing table, by its name or by another that the statement gives it.
function isScan(step: string, text: string): boolean {
  // With an M, the virtual table reads the rows that match words only.
  if (/^SCAN \w+ VIRTUAL TABLE INDEX \d+:.*M/.test(step)) return false;
  const scanned = /^SCAN (\w+)/.exec(step)?.[1];
  return growing.some(
    (table) => table === scanned || new RegExp(`"${table}" (AS )?"?${scanned}\\b`, 'i').test(text),
  );
}

// Most versions of a registry have one state, and one publisher can have most versions: a search by
// one of them alone reads them all.
function isByOneColumn(step: string, text: string): boolean {
  const searched =
    /^SEARCH \w+ USING (COVERING )?INDEX versions_(status|publisher|publisher_status) \((status|<expr>)=\?/;
  return searched.test(step) && !/\blimit\b/i.test(text);
}

// Very many versions may have one file: a search by its digest alone reads the rows of them all,
// except where the first row is enough.
function isByBlobAlone(step: string, text: string): boolean {
  const searched = /^SEARCH version_blobs USING (PRIMARY KEY|COVERING INDEX \S+) \(digest=\?\)/;
  return searched.test(step) && !/\blimit\b|EXISTS \(SELECT 1 FROM "version_blobs"/i.test(text);
}

// A search for the versions of one skill or bundle that goes through all versions of a state, up to
// the first that fits.
function isByStateAlone(step: string, text: string): boolean {
  return (
    /^SEARCH versions USING (COVERING )?INDEX versions_status /.test(step) &&
    /"versions"\."(name|bundle|version|publisher)" = \?/.test(text)
  );
}

const { prepare } = BetterSqlite3.prototype;
const recorded = new Map<string, readonly string[]>();

/**
 * Records what this thread prepares from now on; the statements, each with what is wrong with it.
 */
export function recordStatements(): {
  readonly seen: ReadonlyMap<string, readonly string[]>;
  stop(): void;
} {
  const seen = new Map<string, readonly string[]>();
  const before = BetterSqlite3.prototype.prepare;
  BetterSqlite3.prototype.prepare = function (this: BetterSqlite3.Database, text: string) {
    // First, since a statement that does not even parse is the caller's to see.
    const statement = prepare.call(this, text);
    if (!recorded.has(text)) recorded.set(text, whatIsWrong(this, text));
    seen.set(text, recorded.get(text) ?? []);
    return statement;
  } as typeof prepare;
  return {
    seen,
    stop: () => {
      BetterSqlite3.prototype.prepare = before;
    },
  };
}

let file: ReturnType<typeof recordStatements>;
beforeAll(() => {
  file = recordStatements();
});
afterAll(() => {
  file.stop();
  const wrong = [...file.seen].filter(([text, what]) => what.length > 0 && !wholeTable.test(text));
  expect(wrong, 'statements that are slow in a large registry, or that D1 refuses').toEqual([]);
});
