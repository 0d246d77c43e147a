import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Marks } from '../../scanner/reports/marks.ts';
import { whyTooLargeForMcp } from '../../skills-index/mcp/too-large.ts';
import { windowsLineEnds } from '../../skills-index/skill/authoring/line-ends.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { addedCapabilities } from '../../skills-index/statement/added-capabilities.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { readSince, type Since } from '../git/changed-since.ts';
import { foldersAheadMax, foldersOfScanner, scannersMax } from '../limits.ts';
import { inkFor, printNote, type Safe, safe } from '../terminal/output.ts';
import { problemText, warningText } from '../terminal/problem-text.ts';
import { findSkills } from './find-skills.ts';
import { inTurn } from './in-turn.ts';
import { readerOf } from './reader-option.ts';
import { readMarks } from './scan-marks.ts';
import { scanOutput } from './scan-output.ts';
import { exitOfReport, pathFrom, type ScannedFolder, scanFiles, worseExit } from './scan-skill.ts';
import { readSkillFolder, type SkillFolder, whySkipped } from './source-folder.ts';
import { startWatchedScanner, type WatchedScanner } from './watched-scan.ts';

/** Skills that do not pass and are named at the end. */
const namedSkillsMax = 50;

/**
 * `skillgate scan PATH… [--since REF]`: scans each skill at or below each path, in path order; with
 * `--since` only those that changed. Many skills are scanned by a process for each core. A path
 * without a skill fails the command after the reports of the other paths.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { sorted, failures } = await findAll(context);
  const since = await sinceOption(context, sorted);
  const marks = await readMarks(context, sorted);
  const output = await scanOutput(context, marks);
  let exit: ExitCode = exitCodes.ok;
  const counts = new Map<string, number>();
  const notPassed: Safe[] = [];
  let count = 0;
  const scanners = startScanners(sorted.length);
  // Loads while the scanner works, and only where one author looks at one skill.
  const authoring = sorted.length === 1 ? loadSkillMd() : undefined;
  const close = async (): Promise<void> => {
    await Promise.all(scanners.map((scanner) => scanner.close()));
  };
  const reader = readerOf(context);
  const remarks =
    reader && (await (await import('./read-prose.ts')).remarkPrinter(context, reader));
  context.signal.addEventListener('abort', () => void close(), { once: true });
  await write(context, output.begin);
  try {
    const reports = inTurn(sorted, scanners, {
      work: async (scanner, folder) => {
        context.signal.throwIfAborted();
        const files = await readSkillFolder(folder, context.env);
        if (since !== undefined && isWhole(files) && !(await since.isChanged(folder, files.files)))
          return undefined;
        return await scanFiles(scanner, files, pathFrom(context.cwd, folder));
      },
      aheadMax: scanners.length * foldersAheadMax,
    });
    for await (const scanned of reports) {
      context.signal.throwIfAborted();
      if (scanned === undefined) continue;
      await write(context, await output.one(scanned, count === 0));
      noteSize(context, scanned);
      if (authoring !== undefined) noteSkillMd(context, scanned, await authoring);
      count++;
      exit = worseExit(exit, exitOf(scanned.report, marks));
      if (remarks !== undefined && (await remarks.read(scanned)) > 0)
        exit = worseExit(exit, exitCodes.medium);
      const { verdict } = scanned.report;
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
      if (verdict !== 'pass') notPassed.push(safe`  ${verdict.padEnd(10)}  ${scanned.report.path}`);
    }
  } finally {
    remarks?.close();
    await close();
  }
  await write(context, output.end());
  const [failure] = failures;
  if (failure !== undefined) exit = problemCodes[failure.code].exit;
  for (const suppression of marks.idle()) printNote(context, safe`suppressions: ${suppression}`);
  if (since !== undefined)
    printNote(
      context,
      safe`${count} of ${sorted.length} skills changed since ${String(context.options.since)} (commit ${since.mergeBase.slice(0, 12)})`,
    );
  if (count > 1) {
    const verdicts = [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
    for (const line of notPassed.slice(0, namedSkillsMax)) printNote(context, line);
    if (notPassed.length > namedSkillsMax)
      printNote(context, safe`  and ${notPassed.length - namedSkillsMax} more`);
    printNote(context, safe`${count} skills: ${verdicts}; exit ${exit}`);
  }
  const ink = inkFor(context.stderr, context.env);
  for (const failure of failures) printNote(context, problemText(failure, ink));
  return exit;
}

/**
 * The folders of skills in path order. A path without a skill hides no report of another path: its
 * failure is for the end of the scan.
 * @throws Problem the first failure, when no path has a skill
 */
async function findAll({ args, cwd, env }: CommandContext): Promise<FoundSkills> {
  const folders = new Set<string>();
  const failures: Problem[] = [];
  for (const path of args)
    try {
      for (const folder of await findSkills(resolve(cwd, path), env)) folders.add(folder);
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      failures.push(cause);
    }
  const [failure] = failures;
  if (folders.size === 0 && failure !== undefined) throw failure;
  const sorted = [...folders].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return { sorted, failures };
}

interface FoundSkills {
  readonly sorted: readonly string[];
  /** Of paths without a skill, in the order of the command line. */
  readonly failures: readonly Problem[];
}

// The start of a scanner costs as much processor time as some small skills.
function startScanners(folders: number): WatchedScanner[] {
  const count = Math.min(
    availableParallelism(),
    scannersMax,
    Math.ceil(folders / foldersOfScanner),
  );
  return Array.from({ length: Math.max(1, count) }, () => startWatchedScanner());
}

// Accepted findings do not affect the exit code, and new capabilities do. The verdict stays the
// report's own.
function exitOf(report: ScanReport, marks: Marks): ExitCode {
  const before = marks.before(report.path);
  const isWider = before !== undefined && addedCapabilities(before, report.capabilities).length > 0;
  const open = report.findings.filter(
    (finding) => marks.of(finding, report).suppression === undefined,
  );
  // The verdict of findings that are accepted hides what nobody analysed.
  const isHidden =
    open.length < report.findings.length &&
    (report.coverage.unlisted !== undefined ||
      report.coverage.files.some((file) => file.disposition === 'unanalysed'));
  return worseExit(
    exitOfReport({ findings: open, verdict: isHidden ? 'incomplete' : report.verdict }),
    isWider ? exitCodes.medium : exitCodes.ok,
  );
}

async function sinceOption(
  context: CommandContext,
  folders: readonly string[],
): Promise<Since | undefined> {
  const { since } = context.options;
  const [first] = folders;
  if (typeof since !== 'string' || first === undefined) return undefined;
  return readSince(first, since, context.env);
}

function noteSize(context: CommandContext, { files, report, skipped }: ScannedFolder): void {
  for (const path of skipped)
    printNote(
      context,
      safe`${report.path}: not scanned, and no part of a bundle: ${path} (${whySkipped(path)})`,
    );
  const why = whyTooLargeForMcp(files.map(({ bytes }) => ({ size: bytes.byteLength })));
  if (why !== undefined)
    printNote(context, safe`${report.path}: no registry lists this skill over MCP: ${why}`);
}

function loadSkillMd(): Promise<typeof import('../../skills-index/skill/authoring/skill-md.ts')> {
  return import('../../skills-index/skill/authoring/skill-md.ts');
}

// Prints the warnings of `publish`. A file that cannot be read is a finding of the scan.
function noteSkillMd(
  context: CommandContext,
  { files, report }: ScannedFolder,
  { parseSkillMd }: Awaited<ReturnType<typeof loadSkillMd>>,
): void {
  for (const warning of windowsLineEnds(files, report.path))
    printNote(context, warningText(warning));
  const skillMd = files.find(({ path }) => path === 'SKILL.md');
  if (skillMd === undefined) return;
  try {
    for (const warning of parseSkillMd(skillMd.bytes).warnings)
      printNote(context, warningText(warning));
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
  }
}

// An entry that was not read may have changed.
function isWhole({ unread, unlisted }: SkillFolder): boolean {
  return unread.length === 0 && unlisted === 0;
}

// Waits for a slow reader, so that a thousand reports are not in memory at once.
async function write({ stdout }: CommandContext, text: string): Promise<void> {
  if (text !== '' && !stdout.write(text)) await once(stdout, 'drain');
}
