/**
 * Scan reports as one run of SARIF 2.1.0 (OASIS, errata 01), for code scanning, editors and
 * dashboards.
 */
import type { SourceFile } from '../../../skills-index/skill/bundle.ts';
import { hexOf } from '../../../skills-index/skill/digest.ts';
import type { ScanReport } from '../../../skills-index/statement/scan-report.ts';
import type { Rule } from '../../rule.ts';
import type { Marks } from '../marks.ts';
import { notDecided } from '../report-text.ts';
import { cutNote, fitForGitHub } from './sarif-limits.ts';
import { artifactUri, messageText, sarifResults } from './sarif-results.ts';
import { type Sarif, sarifDriver, sarifTaxonomies } from './sarif-rules.ts';

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
          taxonomies: sarifTaxonomies(rules),
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
