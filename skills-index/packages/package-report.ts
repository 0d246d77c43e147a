/**
 * What a scanner saw of one locked package. The registry remembers the report. Authors
 * of packages and of advisories wrote its texts.
 */
import * as v from 'valibot';
import { type Digest, parseDigest } from '../skill/digest.ts';
import { ecosystems } from '../skill/ecosystem.ts';
import { boundedList } from '../skill/shape.ts';
import { severities } from '../statement/finding.ts';

export const reportAdvisoriesMax = 50;

export const reportFactsBytesMax = 2_048;

export const reportFindingsMax = 20;

export const reportNameCharsMax = 255;

export const reportNoteCharsMax = 300;

export const reportScriptCharsMax = 100;

export const reportScriptsMax = 10;

export const reportTextCharsMax = 200;

export const advisoryIdCharsMax = 80;

/** A text of a stranger on one line: without control and invisible characters, cut to a length. */
export function plainText(text: string, charsMax: number): string {
  // The cut comes first: the cut may leave one half of a pair of surrogates.
  return text.slice(0, charsMax).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

const line = (charsMax: number) =>
  v.pipe(
    v.string(),
    v.maxLength(charsMax, `is longer than ${charsMax} characters`),
    v.transform((text) => plainText(text, charsMax)),
  );
const digest = v.pipe(
  v.string(),
  v.regex(/^sha256:[0-9a-f]{64}$/, 'is not a digest'),
  v.transform((text): Digest => parseDigest(text)),
);
const time = v.pipe(
  v.string(),
  v.isoTimestamp('is not a time'),
  v.check((text) => !Number.isNaN(Date.parse(text)), 'is not a time'),
);
const count = v.pipe(v.number(), v.safeInteger('is not a count'), v.minValue(0, 'is not a count'));

const facts = v.pipe(
  v.strictObject({
    /** The name of the file that the scanner looked at: one of the files that the lock lists. */
    file: line(reportNameCharsMax),
    sha256: digest,
    bytes: count,
    files: count,
    /** Whether the package has machine code. */
    isNative: v.boolean(),
    licence: v.exactOptional(line(reportTextCharsMax)),
    uploaded: v.exactOptional(time),
    publisher: v.exactOptional(line(reportTextCharsMax)),
    /** `named`: the index says that there is one, and the scanner did not verify it. */
    attestation: v.exactOptional(v.picklist(['none', 'named', 'verified'])),
    requiresPython: v.exactOptional(line(reportTextCharsMax)),
    /** Install scripts and path files of the package. They never run here. */
    scripts: v.exactOptional(boundedList(line(reportScriptCharsMax), reportScriptsMax)),
    /** `part`: the package was too large to scan all of its code. */
    read: v.picklist(['whole', 'part']),
  }),
  v.check(
    (one) => Buffer.byteLength(JSON.stringify(one)) <= reportFactsBytesMax,
    `has more than ${reportFactsBytesMax} bytes`,
  ),
);

const finding = v.strictObject({
  rule: line(reportScriptCharsMax),
  severity: v.picklist(severities),
  path: line(reportTextCharsMax),
  line: count,
  message: line(reportTextCharsMax),
});

const scan = v.strictObject({
  ruleSet: digest,
  verdict: v.picklist(['pass', 'review', 'block', 'incomplete']),
  findings: boundedList(finding, reportFindingsMax),
  /** How many findings the list leaves out. */
  more: count,
});

const advisoryId = v.pipe(
  v.string(),
  v.regex(/^[A-Z]{2,12}-[A-Za-z0-9-]{1,80}$/, 'is not the id of an advisory'),
);

/** Whether the registry takes the text as the id of an advisory. */
export function isAdvisoryId(text: string): boolean {
  return v.is(advisoryId, text);
}

const advisory = v.strictObject({
  id: advisoryId,
  isMalware: v.boolean(),
  summary: line(reportTextCharsMax),
});

/**
 * The body of a report. The list of advisories replaces the package's earlier list; when there are
 * too many advisories, malware comes first and `moreAdvisories` counts the rest. Without a list the
 * scanner's host has no advisories, and the earlier list stays.
 */
export const packageReport = v.pipe(
  v.strictObject({
    /** `advisories`: the file was looked at before, and is not fetched again. */
    looked: v.picklist(['whole', 'advisories', 'not fetched']),
    /** Why the file was not fetched. */
    why: v.exactOptional(line(reportNoteCharsMax)),
    facts: v.exactOptional(facts),
    scan: v.exactOptional(scan),
    advisories: v.exactOptional(boundedList(advisory, reportAdvisoriesMax)),
    moreAdvisories: v.exactOptional(count),
  }),
  v.check(
    ({ facts, looked, scan }) =>
      looked === 'whole' ? facts !== undefined : facts === undefined && scan === undefined,
    'needs facts when the whole package was looked at, and has none otherwise',
  ),
  v.check(
    ({ looked, why }) => looked !== 'not fetched' || why !== undefined,
    'needs why when the package was not fetched',
  ),
);
export type PackageReport = v.InferOutput<typeof packageReport>;

/** The answer to a scanner that asks for a package. */
export const leasedPackage = v.object({
  package: v.nullable(
    v.object({
      id: v.number(),
      ecosystem: v.picklist(ecosystems),
      name: v.string(),
      version: v.string(),
      /** The digest of the package's entry in the lock. */
      digest,
      /** The blob of a lock file that has the entry. */
      lock: digest,
      /** Whether a scanner looked at the whole package before: only advisories are compared now. */
      lookedBefore: v.boolean(),
    }),
  ),
});
export type LeasedPackage = NonNullable<v.InferOutput<typeof leasedPackage>['package']>;
