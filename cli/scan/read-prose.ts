/** Asks the optional reader about the prose of one scanned skill, and prints the remarks. */

import { relative, sep } from 'node:path';
import type { ProseReader } from '../../scanner/reader/reader.ts';
import { type ScanPool, startScanPool } from '../../scanner/worker/pool.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { noCapabilities } from '../../skills-index/skill/capability.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { severities } from '../../skills-index/statement/finding.ts';
import { type Prose, remarkKinds } from '../../skills-index/statement/prose.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { count, printNote, safe } from '../terminal/output.ts';
import type { SkillFolder } from './source-folder.ts';
import type { WatchedScanner } from './watched-scan.ts';

export interface RemarkPrinter {
  /**
   * Has the prose read where the verdict is pass.
   * @returns the number of remarks
   */
  read(scanned: ScannedFolder): Promise<number>;
  close(): void;
}

/** A printer of remarks on standard error, so that the report on standard output keeps its form. */
export async function remarkPrinter(
  context: CommandContext,
  reader: ProseReader,
): Promise<RemarkPrinter> {
  const pool = await startScanPool({ children: 1 });
  return {
    read: async (scanned) => {
      if (scanned.report.verdict !== 'pass') return 0;
      const prose = await proseIn(pool, scanned);
      if (prose === undefined) return 0;
      const read = await reader.read(prose, context.signal);
      printReading(context, scanned.report.path, read);
      return read.reading?.remarks.length ?? 0;
    },
    close: () => pool.close(),
  };
}

async function proseIn(
  pool: ScanPool,
  { files, report }: ScannedFolder,
): Promise<Prose | undefined> {
  const { name, version } = report;
  return (await pool.scan(files, { name, version })).prose;
}

function printReading(
  context: CommandContext,
  path: string,
  { reading, sentences, left: cut }: Prose,
): void {
  if (reading === undefined) return;
  const { model, remarks, unread } = reading;
  if (unread > 0 && unread >= sentences.length + cut) {
    printNote(
      context,
      safe`${path}: ${model} read nothing, and ${count(unread, 'sentence')} stayed unread. Check that the model answers at the address (--reader) under this name (--reader-model), then scan again`,
    );
    return;
  }
  for (const { sentence, quote, kind } of remarks) {
    const place = sentences[sentence];
    if (place === undefined) continue;
    const where = path === '.' ? place.path : `${path}/${place.path}`;
    printNote(
      context,
      safe`${where}:${place.line}: ${model} remarks that ${remarkKinds[kind]}: “${quote}”`,
    );
  }
  const left = unread === 0 ? '' : `, ${count(unread, 'sentence')} unread`;
  printNote(
    context,
    safe`${path}: read by ${model}: ${count(remarks.length, 'remark')}${left}; a remark is the model’s opinion`,
  );
}

// Scans a skill's folder on this machine, as the registry will scan it. Unread or unfinished files
// make the report incomplete.

export interface ScannedFolder {
  readonly report: ScanReport;
  readonly files: readonly SourceFile[];
  readonly skipped: readonly string[];
}

/** The path of a folder in a report that begins in another folder. */
export function pathFrom(cwd: string, folder: string): string {
  return relative(cwd, folder).split(sep).join('/') || '.';
}

/** Scans what was read of a folder. @param path in the report */
export async function scanFiles(
  scanner: WatchedScanner,
  { files, unread, unlisted, skipped }: SkillFolder,
  path: string,
): Promise<ScannedFolder> {
  try {
    const { report } = await scanner.scan({ files, path, unread, unlisted });
    return { report, files, skipped };
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'scan-killed') throw cause;
    return {
      report: await killedReport({ files, unread, unlisted }, path, cause.message),
      files,
      skipped,
    };
  }
}

const severityExit = {
  info: exitCodes.ok,
  low: exitCodes.low,
  medium: exitCodes.medium,
  high: exitCodes.high,
  critical: exitCodes.critical,
} as const;

/** An incomplete scan outranks what gates let pass: files that nobody read may hide worse. */
const fromMildToWorst: readonly ExitCode[] = [
  exitCodes.ok,
  exitCodes.low,
  exitCodes.medium,
  exitCodes.limit,
  exitCodes.high,
  exitCodes.critical,
];

/** The exit code that counts for several reports. */
export function worseExit(a: ExitCode, b: ExitCode): ExitCode {
  return fromMildToWorst.indexOf(a) > fromMildToWorst.indexOf(b) ? a : b;
}

/** The exit code for a report: that of its worst finding, or 7 for an incomplete one. */
export function exitOfReport({
  findings,
  verdict,
}: Pick<ScanReport, 'findings' | 'verdict'>): ExitCode {
  const worst = severities.findLast((severity) =>
    findings.some((finding) => finding.severity === severity),
  );
  const incomplete = verdict === 'incomplete' ? exitCodes.limit : exitCodes.ok;
  return worseExit(worst === undefined ? exitCodes.ok : severityExit[worst], incomplete);
}

// A stopped scan lists every file as not analysed; it must never look like a clean scan.
async function killedReport(
  { files, unread, unlisted }: Omit<SkillFolder, 'skipped'>,
  path: string,
  reason: string,
): Promise<ScanReport> {
  const { ruleSetDigest } = await import('../../scanner/scan.ts');
  return {
    schema: 'skillgate.scan/1',
    path,
    name: '',
    version: '',
    bundle: bundleOf(files),
    ruleSet: ruleSetDigest(),
    verdict: 'incomplete',
    decidedBy: [],
    findings: [],
    capabilities: {
      observed: noCapabilities,
      declared: noCapabilities,
      undeclared: noCapabilities,
      unused: noCapabilities,
    },
    coverage: {
      files: [
        ...files.map((file) => ({
          path: file.path,
          sha256: digestOf(file.bytes),
          bytes: file.bytes.byteLength,
          reason,
        })),
        ...unread,
      ].map((file) => ({ ...file, disposition: 'unanalysed' })),
      ...(unlisted > 0 && { unlisted }),
    },
  };
}

function bundleOf(files: readonly SourceFile[]): Digest {
  try {
    return packBundle(files).digest;
  } catch {
    return digestOf('');
  }
}
