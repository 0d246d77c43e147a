/**
 * Findings of one report as SARIF 2.1.0 results (§3.27) with locations, code flows, fingerprints
 * and suppressions.
 */
import type { SourceFile } from '../../../skills-index/skill/bundle.ts';
import { printCapability } from '../../../skills-index/skill/capability.ts';
import type { FlowStep } from '../../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../../skills-index/statement/scan-report.ts';
import { filePath } from '../file-path.ts';
import { capabilityOf } from '../finding-capability.ts';
import { findingMessage } from '../finding-message.ts';
import type { Marks, ReportMark } from '../marks.ts';
import { type PlacesInText, placesIn } from '../places-in-text.ts';
import { type Sarif, sarifLevels } from './sarif-rules.ts';

export interface SarifResultsView {
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
export function sarifResults(view: SarifResultsView): Sarif[] {
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
export function messageText(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&').replace(/[{}]/g, '$&$&');
}

/** A path as a relative reference (RFC 3986 §4.2), below the scanned folder. */
export function artifactUri(skill: string, path: string): string {
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
