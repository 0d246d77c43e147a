import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type Marks, noMarks } from '../../scanner/reports/marks.ts';
import { printReport } from '../../scanner/reports/report-text.ts';
import { whyTooLargeForMcp } from '../../skills-index/mcp/skill-methods.ts';
import { windowsLineEnds } from '../../skills-index/skill/authoring/line-ends.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { addedCapabilities } from '../../skills-index/statement/added-capabilities.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { asCalled } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes, type Format } from '../command.ts';
import { readSince, type Since } from '../git/changed-since.ts';
import { inkFor, jsonText, printNote, type Safe, safe, wantsColour } from '../terminal/output.ts';
import { problemText, warningText } from '../terminal/problem-text.ts';
import { findSkills } from './find-skills.ts';
import { exitOfReport, pathFrom, type ScannedFolder, scanFiles, worseExit } from './read-prose.ts';
import { readerOf } from './reader-option.ts';
import { readMarks } from './scan-marks.ts';
import { readSkillFolder, type SkillFolder, whySkipped } from './source-folder.ts';
import { startSingleScanner, startWatchedScanner, type WatchedScanner } from './watched-scan.ts';

/** Scanned skills for each scanner whose reports wait for their turn. */
const foldersAheadMax = 4;

/** Skills that are worth the start of another scanner. */
const foldersOfScanner = 8;

/** Processes that scan at once in one command. Each may take some hundred megabytes. */
const scannersMax = 8;

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
  if (folders === 1) return [startSingleScanner()];
  const count = Math.min(
    availableParallelism(),
    scannersMax,
    Math.ceil(folders / foldersOfScanner),
  );
  return Array.from({ length: count }, () => startWatchedScanner());
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

// The output of `skillgate scan` in each format: text before the reports, for each report, and
// after them.

interface ScanOutput {
  readonly begin: string;
  one(scanned: ScannedFolder, first: boolean): string | Promise<string>;
  end(): string;
}

/** The output of a format. Modules of one format are loaded only for that format. */
async function scanOutput(context: CommandContext, marks: Marks = noMarks): Promise<ScanOutput> {
  return outputs[context.format](context, marks);
}

const outputs: Readonly<
  Record<Format, (context: CommandContext, marks: Marks) => ScanOutput | Promise<ScanOutput>>
> = {
  text: (context, marks) => ({
    begin: '',
    one: async (scanned, first) =>
      `${first ? '' : '\n'}${await reportText(context, scanned, marks)}`,
    end: () => '',
  }),
  json: () => ({
    begin: '{"schema":"skillgate.scans/1","reports":[',
    one: ({ report }, first) => `${first ? '' : ','}${jsonText(report)}`,
    end: () => ']}\n',
  }),
  jsonl: () => ({ begin: '', one: ({ report }) => `${jsonText(report)}\n`, end: () => '' }),
  sarif: async (_, marks) => {
    const { SarifRun } = await import('../../scanner/reports/sarif/sarif.ts');
    const { rules } = await import('../../scanner/rules.ts');
    const { ruleSetDigest } = await import('../../scanner/rule-set.ts');
    const { ownVersion } = await import('../own-version.ts');
    const run = new SarifRun({ rules, version: ownVersion(), ruleSet: ruleSetDigest(), marks });
    const one = ({ report, files }: ScannedFolder): string => {
      run.add(report, files);
      return '';
    };
    return { begin: '', one, end: () => `${jsonText(run.end())}\n` };
  },
  github: async (_, marks) => {
    const { printAnnotations } = await import('../../scanner/reports/report-github.ts');
    return { begin: '', one: ({ report }) => printAnnotations(report, marks), end: () => '' };
  },
  markdown: async (_, marks) => {
    const { printMarkdown } = await import('../../scanner/reports/report-markdown.ts');
    const one = ({ report, files }: ScannedFolder, first: boolean): string =>
      `${first ? '' : '\n---\n\n'}${printMarkdown(report, files, marks)}`;
    return { begin: '', one, end: () => '' };
  },
};

async function reportText(
  context: CommandContext,
  { report, files }: ScannedFolder,
  marks: Marks,
): Promise<string> {
  const { columns } = context.stdout;
  const colour = wantsColour(context.stdout, context.env);
  // Loaded only when there are lines to propose for a manifest.
  const asks = report.findings.some(
    ({ kind, severity }) => kind === 'capability' && severity !== 'info',
  );
  const allowances = asks
    ? (await import('../../scanner/reports/allowance.ts')).allowancesOf(report, files)
    : new Map();
  return printReport(report, files, {
    colour,
    allowances,
    marks,
    asCalled,
    ...(columns === undefined ? {} : { width: columns }),
  });
}

// Works on several items at once, and gives the results in the order of the items.

/**
 * Each worker takes the next item when it is free, at most `aheadMax` items ahead of the caller, so
 * that no more results wait in memory. The workers stop when the caller does.
 */
export async function* inTurn<Item, Worker, Result>(
  items: readonly Item[],
  workers: readonly Worker[],
  { work, aheadMax }: InTurnOptions<Item, Worker, Result>,
): AsyncGenerator<Result> {
  const results = items.map(() => Promise.withResolvers<Result>());
  // A failure is thrown when its turn comes, and may come never.
  for (const { promise } of results) promise.catch(() => undefined);
  let taken = 0;
  let given = 0;
  let isOver = false;
  let moved = Promise.withResolvers<void>();
  const workOn = async (worker: Worker): Promise<void> => {
    while (!isOver && taken < items.length) {
      if (taken >= given + aheadMax) {
        await moved.promise;
        continue;
      }
      const at = taken++;
      const [item] = items.slice(at, at + 1);
      if (item === undefined) return;
      await work(worker, item).then(results[at]?.resolve, results[at]?.reject);
    }
  };
  for (const worker of workers) void workOn(worker);
  try {
    for (const { promise } of results) {
      yield await promise;
      given++;
      moved.resolve();
      moved = Promise.withResolvers<void>();
    }
  } finally {
    isOver = true;
    moved.resolve();
  }
}

interface InTurnOptions<Item, Worker, Result> {
  readonly work: (worker: Worker, item: Item) => Promise<Result>;
  readonly aheadMax: number;
}
