/**
 * The scan report: capabilities, findings and coverage, in the format `skillgate.scan/1`. The same
 * bytes and the same rule set always give the same report.
 */
import * as v from 'valibot';
import type { Capabilities } from '../skill/capability.ts';
import type { Digest } from '../skill/digest.ts';
import { boundedList, exactObject, parseShape, unplaced } from '../skill/shape.ts';
import { digest, type Shape, seenCapabilities } from './field-shapes.ts';
import { type Finding, severities, type Verdict } from './finding.ts';

/** Maximum number of values in the JSON of a scan report. */
export const scanReportValuesMax = 1_000_000;

/**
 * Maximum number of entries in a scan report's coverage: the files of the bundle, and other entries
 * of the skill's folder.
 */
const coverageFilesMax = 1_200;

const decidingFindingsMax = 10;

const findingsMax = 10_000;

const flowStepsMax = 100;

export interface Coverage {
  readonly files: readonly {
    readonly path: string;
    /**
     * SHA-256 of the file. Absent for entries without content (links) and for files too large to be
     * hashed.
     */
    readonly sha256?: Digest;
    readonly bytes?: number;
    readonly disposition: 'analysed' | 'inert' | 'unanalysed';
    readonly reason: string;
  }[];
  /**
   * The number of further entries of the skill's folder that the scan neither analysed nor listed.
   */
  readonly unlisted?: number;
}

export interface ScanReport {
  readonly schema: 'skillgate.scan/1';
  /** The path of the skill's folder, relative to the working directory; `.` in signed reports. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly bundle: Digest;
  readonly ruleSet: Digest;
  readonly verdict: Verdict;
  /** Fingerprints of the findings that decide the verdict. */
  readonly decidedBy: readonly string[];
  readonly findings: readonly Finding[];
  readonly capabilities: {
    readonly observed: Capabilities;
    readonly declared: Capabilities;
    readonly undeclared: Capabilities;
    readonly unused: Capabilities;
  };
  readonly coverage: Coverage;
}

const position = v.pipe(
  v.number(),
  v.safeInteger('is not a line or column'),
  v.minValue(1, 'counts from 1'),
);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const step = exactObject({ path: v.string(), line: position, column: position, note: v.string() });

const finding = exactObject({
  rule: v.pipe(v.string(), v.regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'is not the name of a rule')),
  kind: v.picklist(['malice', 'capability', 'policy', 'form']),
  severity: v.picklist(severities),
  confidence: v.picklist(['exact', 'folded', 'lexical', 'widened']),
  message: v.string(),
  path: v.string(),
  line: position,
  column: position,
  endLine: position,
  endColumn: position,
  flow: boundedList(step, flowStepsMax),
  fix: v.string(),
  fingerprint: v.string(),
});

const reportShape: Shape<ScanReport> = exactObject({
  schema: v.literal('skillgate.scan/1'),
  path: v.string(),
  name: v.string(),
  version: v.string(),
  bundle: digest,
  ruleSet: digest,
  verdict: v.picklist(['pass', 'review', 'block', 'incomplete']),
  decidedBy: boundedList(v.string(), decidingFindingsMax),
  findings: boundedList(finding, findingsMax, `has more than ${findingsMax} findings`),
  capabilities: exactObject({
    observed: seenCapabilities,
    declared: seenCapabilities,
    undeclared: seenCapabilities,
    unused: seenCapabilities,
  }),
  coverage: exactObject({
    files: boundedList(
      exactObject({
        path: v.string(),
        sha256: v.exactOptional(digest),
        bytes: v.exactOptional(count),
        disposition: v.picklist(['analysed', 'inert', 'unanalysed']),
        reason: v.string(),
      }),
      coverageFilesMax,
    ),
    unlisted: v.exactOptional(count),
  }),
});

/**
 * Parses a scan report.
 * @throws Problem `statement-invalid` with every reason
 */
export function parseScanReport(value: unknown): ScanReport {
  return parseShape(reportShape, unplaced(value, 'report'), 'statement-invalid', 'the scan report');
}
