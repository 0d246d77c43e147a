/**
 * Scan reports as one run of SARIF 2.1.0 (OASIS, errata 01), for code scanning, editors and
 * dashboards.
 */
import { gzipSync } from 'node:zlib';
import type { SourceFile } from '../../../skills-index/skill/bundle.ts';
import { printCapability } from '../../../skills-index/skill/capability.ts';
import { hexOf } from '../../../skills-index/skill/digest.ts';
import type { FlowStep } from '../../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../../skills-index/statement/scan-report.ts';
import type { Rule } from '../../rule.ts';
import { textOf } from '../code-frame.ts';
import { capabilityOf } from '../finding-capability.ts';
import { filePath, findingMessage } from '../finding-text.ts';
import type { Marks, ReportMark } from '../marks.ts';
import { notDecided } from '../report-text.ts';
import { type Sarif, sarifDriver, sarifLevels } from './sarif-rules.ts';

// GitHub refuses a SARIF file beyond its limits whole, so the least severe results are left out,
// and the file says how many. The other limits cannot be reached: a file has one run, a rule at
// most ten tags, and a result at most 100 steps of a flow.

/** The results of one run that GitHub takes. */
export const sarifResultsMax = 25_000;
/** GitHub takes 10 MB; it compresses the file anew. */
const sarifGzipBytesMax = 9_500_000;

const levels: readonly unknown[] = ['error', 'warning', 'note'];

/** @param compose makes the file from the results that stay */
export function fitForGitHub(
  results: readonly Sarif[],
  compose: (results: readonly Sarif[]) => Sarif,
  bytesMax: number = sarifGzipBytesMax,
): Sarif {
  let kept = mostSevere(results, sarifResultsMax);
  for (;;) {
    const file = compose(kept);
    const size = gzipSize(JSON.stringify(file), bytesMax);
    if (size <= bytesMax || kept.length === 0) return file;
    kept = mostSevere(kept, Math.floor(kept.length * Math.min(0.9, bytesMax / size)));
  }
}

/** The notification for results that were left out. */
export function cutNote(kept: number, whole: number): Sarif[] {
  if (kept === whole) return [];
  const text = `This file has the ${kept} most severe of ${whole} findings, because GitHub takes no larger file. The report of the format json has all.`;
  return [{ descriptor: { id: 'cut', index: 2 }, level: 'warning', message: { text } }];
}

/** In their order; of equally severe results the first ones stay. */
function mostSevere(results: readonly Sarif[], max: number): readonly Sarif[] {
  if (results.length <= max) return results;
  const rank = ({ level }: Sarif): number => levels.indexOf(level);
  const ranked = results.map((one, at) => ({ at, rank: rank(one) }));
  ranked.sort((a, b) => a.rank - b.rank || a.at - b.at);
  const stay = new Set(ranked.slice(0, max).map(({ at }) => at));
  return results.filter((_, at) => stay.has(at));
}

// A short text, of at most three bytes a character, needs no compression to fit.
function gzipSize(text: string, bytesMax: number): number {
  return text.length * 3 <= bytesMax ? 0 : gzipSync(text).byteLength;
}

// Findings of one report as SARIF 2.1.0 results (§3.27) with locations, code flows, fingerprints
// and suppressions.

interface SarifResultsView {
  readonly report: ScanReport;
  readonly files: readonly SourceFile[];
  readonly marks: Marks;
  /** `ruleIndex` of a rule; -1 for a rule unknown to this program. */
  readonly indexOfRule: (rule: string) => number;
  /** Index in `run.artifacts` of the report's first file. */
  readonly firstArtifact: number;
}

const snippetCharsMax = 400;

/** One result for each finding, in the report's order. */
function sarifResults(view: SarifResultsView): Sarif[] {
  const locate = locator(view);
  const { report, marks, indexOfRule } = view;
  return report.findings.map((finding): Sarif => {
    const mark = marks.of(finding, report);
    const capability = capabilityOf(finding, report.capabilities.observed);
    return {
      ruleId: finding.rule,
      ruleIndex: indexOfRule(finding.rule),
      kind: 'fail',
      level: sarifLevels[finding.severity],
      message: { text: messageText(findingMessage(finding)) },
      locations: [locate(finding)],
      ...(finding.flow.length === 0 ? {} : { codeFlows: [codeFlow(finding.flow, locate)] }),
      partialFingerprints: { 'skillgate/v1': finding.fingerprint },
      ...suppressionsOf(mark),
      ...(mark.state === undefined ? {} : { baselineState: mark.state }),
      properties: {
        severity: finding.severity,
        kind: finding.kind,
        confidence: finding.confidence,
        fix: finding.fix,
        skill: report.path,
        decides: report.decidedBy.includes(finding.fingerprint),
        ...(capability === undefined ? {} : { capability: printCapability(capability) }),
        ...(mark.void === undefined ? {} : { suppressionVoid: mark.void }),
      },
    };
  });
}

/**
 * A message string with our text and a skill's: braces are not placeholders, and brackets are not
 * links (§3.11.5, §3.11.6).
 */
function messageText(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&').replace(/[{}]/g, '$&$&');
}

/** A path as a relative reference (RFC 3986 §4.2), below the scanned folder. */
function artifactUri(skill: string, path: string): string {
  // The first part must not look like a scheme, as in "a:b/c".
  return filePath(skill, path).split('/').map(encodePart).join('/');
}

// encodeURIComponent throws for half a surrogate pair, and keeps characters with a meaning for
// shells.
function encodePart(part: string): string {
  return encodeURIComponent(part.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function suppressionsOf({ suppression }: ReportMark): Sarif {
  if (suppression === undefined) return {};
  const { by, expires, reason, severity } = suppression;
  return {
    suppressions: [
      {
        kind: 'external',
        status: 'accepted',
        justification: reason,
        properties: { by, expires, severity },
      },
    ],
  };
}

interface Spot extends Omit<FlowStep, 'note'> {
  readonly endLine?: number;
  readonly endColumn?: number;
}

type Locate = (spot: Spot, message?: string) => Sarif;

function codeFlow(flow: readonly FlowStep[], locate: Locate): Sarif {
  const locations = flow.map((step, index) => ({
    location: locate(step, step.note),
    executionOrder: index + 1,
    importance: index === 0 || index === flow.length - 1 ? 'essential' : 'important',
    kinds: [index === 0 ? 'source' : index === flow.length - 1 ? 'sink' : 'pass'],
  }));
  return { threadFlows: [{ locations }] };
}

function locator({ report, files, firstArtifact }: SarifResultsView): Locate {
  const bytes = new Map(files.map((file) => [file.path, file.bytes]));
  const known = new Map<string, PlacesInText | undefined>();
  const indexes = new Map(
    report.coverage.files.map((file, index) => [file.path, firstArtifact + index]),
  );
  const placesOf = (path: string): PlacesInText | undefined => {
    if (!known.has(path)) known.set(path, placesIn(bytes.get(path) ?? new Uint8Array()));
    return known.get(path);
  };
  return (spot, message) => {
    const index = indexes.get(spot.path);
    return {
      physicalLocation: {
        artifactLocation: {
          uri: artifactUri(report.path, spot.path),
          uriBaseId: 'SKILLS',
          ...(index === undefined ? {} : { index }),
        },
        region: regionOf(spot, placesOf(spot.path)),
      },
      ...(message === undefined ? {} : { message: { text: messageText(message) } }),
    };
  };
}

// §3.30: a text region by lines and columns and by characters; also by bytes when the charset is
// certain.
function regionOf(spot: Spot, places: PlacesInText | undefined): Sarif {
  const { line, column, endLine = line, endColumn = column } = spot;
  const lines = { startLine: line, startColumn: column, endLine, endColumn };
  if (places === undefined) return lines;
  const start = places.at(line, column);
  const end = places.at(endLine, endColumn);
  const { bytes } = start;
  return {
    ...lines,
    charOffset: start.chars,
    charLength: Math.max(0, end.chars - start.chars),
    ...(bytes === undefined || end.bytes === undefined
      ? {}
      : { byteOffset: bytes, byteLength: Math.max(0, end.bytes - bytes) }),
    snippet: {
      text: places.text
        .slice(start.chars, Math.min(end.chars, start.chars + snippetCharsMax))
        .toWellFormed(),
    },
  };
}

// Converts lines and columns to offsets in characters and bytes, for formats that need both.

interface TextPlace {
  /** From 0, in UTF-16 code units of the decoded text. */
  readonly chars: number;
  /** From 0, in the file's bytes; undefined when the charset was uncertain. */
  readonly bytes: number | undefined;
}

interface PlacesInText {
  readonly text: string;
  /** Both from 1. A place behind the end of a line or of the text becomes that end. */
  at(line: number, column: number): TextPlace;
}

/** Places of one file; undefined for a file that is no text. Line starts are computed once. */
export function placesIn(file: Uint8Array): PlacesInText | undefined {
  const text = textOf(file);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  const widthOf = byteWidth(file);
  const starts: TextPlace[] = [];
  let chars = 0;
  let bytes: number | undefined = widthOf?.mark;
  for (const line of lines) {
    starts.push({ chars, bytes });
    chars += line.length + 1;
    bytes =
      bytes === undefined || widthOf === undefined
        ? undefined
        : bytes + widthOf.of(line) + widthOf.of('\n');
  }
  return {
    text,
    at(line, column) {
      const index = Math.min(Math.max(line, 1), lines.length) - 1;
      const start = starts[index] ?? { chars: 0, bytes: undefined };
      const before = (lines[index] ?? '').slice(0, column - 1);
      return {
        chars: start.chars + before.length,
        bytes:
          start.bytes === undefined || widthOf === undefined
            ? undefined
            : start.bytes + widthOf.of(before),
      };
    },
  };
}

// The number of bytes of a text in this file, and of its byte order mark. Uncertain for a file that
// is not valid UTF-8.
function byteWidth(
  file: Uint8Array,
): { readonly mark: number; of(text: string): number } | undefined {
  const [first, second, third] = file;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return { mark: 2, of: (text) => text.length * 2 };
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    return undefined;
  }
  const mark = first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
  return { mark, of: (text) => Buffer.byteLength(text) };
}

export interface SarifOptions {
  readonly rules: readonly Rule[];
  /** Version of this program. */
  readonly version: string;
  /** Digest of the rule set. */
  readonly ruleSet: string;
  readonly marks: Marks;
}

/** A run that takes one report after the other; it keeps no files. */
export class SarifRun {
  readonly #options: SarifOptions;
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #results: Sarif[] = [];
  readonly #artifacts: Sarif[] = [];
  readonly #notifications: Sarif[] = [];
  readonly #skills: Sarif[] = [];

  constructor(options: SarifOptions) {
    this.#options = options;
    this.#indexes = new Map(options.rules.map(({ id }, index) => [id, index]));
  }

  /** @param files the scanned files, for offsets and snippets */
  add(report: ScanReport, files: readonly SourceFile[]): void {
    const indexOfRule = (rule: string): number => this.#indexes.get(rule) ?? -1;
    const firstArtifact = this.#artifacts.length;
    this.#results.push(
      ...sarifResults({ report, files, marks: this.#options.marks, indexOfRule, firstArtifact }),
    );
    this.#artifacts.push(...report.coverage.files.map((file) => artifact(report, file)));
    this.#notifications.push(
      ...report.coverage.files.flatMap((file, i) => notification(report, file, firstArtifact + i)),
    );
    const { unlisted = 0 } = report.coverage;
    if (unlisted > 0)
      this.#notifications.push(notAnalysed(`${unlisted} more files of ${report.path}`));
    const { path, name, version, bundle, verdict, decidedBy } = report;
    this.#skills.push({ path, name, version, bundle, verdict, decidedBy });
  }

  /** The log file. */
  end(): Sarif {
    const { rules, version, ruleSet } = this.#options;
    const whole = this.#results.length;
    return fitForGitHub(this.#results, (results) => ({
      $schema:
        'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver: sarifDriver(rules, version, ruleSet) },
          invocations: [
            {
              executionSuccessful: this.#notifications.length === 0,
              toolExecutionNotifications: [
                ...this.#notifications,
                undecided,
                ...cutNote(results.length, whole),
              ],
            },
          ],
          originalUriBaseIds: {
            SKILLS: { description: { text: 'The folder that the scan was started in.' } },
          },
          columnKind: 'utf16CodeUnits',
          artifacts: this.#artifacts,
          results,
          properties: { skills: this.#skills },
        },
      ],
    }));
  }
}

// No fault of the run, but a limit on the meaning of its results.
const undecided: Sarif = {
  descriptor: { id: 'not-decided', index: 1 },
  level: 'note',
  message: { text: notDecided },
};

type CoveredFile = ScanReport['coverage']['files'][number];

function artifact(
  { path: skill }: ScanReport,
  { path, sha256, bytes, disposition, reason }: CoveredFile,
): Sarif {
  return {
    location: { uri: artifactUri(skill, path), uriBaseId: 'SKILLS' },
    ...(bytes !== undefined && { length: bytes }),
    roles: ['analysisTarget'],
    ...(sha256 !== undefined && { hashes: { 'sha-256': hexOf(sha256) } }),
    properties: { disposition, reason },
  };
}

// A file that was not analysed is a fault of the run, so that nobody takes an empty list of results
// for a harmless skill.
function notAnalysed(what: string): Sarif {
  return {
    descriptor: { id: 'not-analysed', index: 0 },
    level: 'error',
    message: { text: messageText(`Not analysed: ${what}`) },
  };
}

function notification(
  { path: skill }: ScanReport,
  { path, disposition, reason }: CoveredFile,
  index: number,
): Sarif[] {
  if (disposition !== 'unanalysed') return [];
  return [
    {
      ...notAnalysed(`${path}: ${reason}`),
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: artifactUri(skill, path), uriBaseId: 'SKILLS', index },
          },
        },
      ],
    },
  ];
}
