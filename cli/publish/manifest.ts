import { join, resolve } from 'node:path';
import { diffLines as linesThatDiffer } from 'diff';
import { inferManifest, scriptsLeftOut } from '../../scanner/manifest/manifest.ts';
import { packagesInTexts, requiredPackages } from '../../scanner/manifest/required-packages.ts';
import { addForSecret } from '../../scanner/manifest/secrets.ts';
import type { LeftScript } from '../../scanner/manifest/working-folder.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { printManifest } from '../../skills-index/skill/authoring/print-manifest.ts';
import { parseSkillMd } from '../../skills-index/skill/authoring/skill-md.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import {
  listCapabilities,
  minus,
  printCapability,
  union,
} from '../../skills-index/skill/capability.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import { commandFile } from '../../skills-index/skill/manifest-schema.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type Finding, severities } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { asCalled } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { type DraftedPackages, draftPackages } from '../packages/draft-packages.ts';
import {
  lockSkill,
  printLocks,
  type SkillLocks,
  whileSkillJsonLocked,
  writeLock,
} from '../packages/lock-skill.ts';
import { readWholeSkill } from '../scan/source-folder.ts';
import { scanOnce } from '../scan/watched-scan.ts';
import { confirm } from '../terminal/ask.ts';
import {
  answer,
  count,
  inkFor,
  joined,
  listed,
  type OutputInk,
  printNote,
  Safe,
  safe,
  shortText,
} from '../terminal/output.ts';
import { writeWhole } from '../whole-file.ts';
import { draftIdentity } from './init.ts';

/**
 * `skillgate manifest [DIR] [--write]`: proposes capabilities from the scan, and keeps the author's
 * own declarations.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const folder = resolve(context.cwd, context.args[0] ?? '.');
  return context.options.write === true
    ? whileSkillJsonLocked(context, folder, () => draft(context, folder))
    : draft(context, folder);
}

async function draft(context: CommandContext, folder: string): Promise<ExitCode> {
  const { files } = await readWholeSkill(folder, 'manifest');
  packBundle(files);
  const bytesOf = (path: string) => files.find((file) => file.path === path)?.bytes;
  const json = bytesOf('skill.json');
  const before = json === undefined ? undefined : withItsFiles(parseManifest(json), files);
  const about =
    before ??
    draftIdentity(
      parseSkillMd(bytesOf('SKILL.md') ?? new Uint8Array()),
      folder,
      context.options.scope ?? 'me',
    );
  const report = await scanOnce(files);
  const inferred = inferManifest(files, report, about);
  const drafted = before === undefined ? inferred : widened(before, inferred);
  const needs = requiredPackages(files);
  const isIdle = Object.keys(drafted.commands).length === 0;
  const unlocked = draftPackages(drafted, isIdle ? [] : needs.packages);
  const { lock, manifest } = await lockedDraft(context, files, unlocked);
  const text = printManifest(manifest);
  const old = json === undefined ? undefined : Buffer.from(json).toString('utf8');
  const written = context.options.write === true && text !== old;
  if (written && old !== undefined) await agreeToChange(context, old, text);
  if (written && lock !== undefined) await writeLock(folder, lock);
  else if (written) await writeWhole(join(folder, 'skill.json'), text);
  const { left, unused } = leftOver(manifest, report);
  const scripts = scriptsLeftOut(files, report, before?.commands ?? {});
  const packages = packagesInTexts(files);
  const findings = draftFindings(report);
  answer(
    context,
    {
      schema: 'skillgate.manifest-proposal/1',
      manifest,
      written,
      left,
      unused,
      scripts,
      packages,
      packagesLeft: isIdle ? [] : needs.left,
      findings,
    },
    () => manifestText(context, text),
  );
  printLeftOver(context, { manifest, left, unused, scripts, packages });
  for (const one of isIdle ? [] : needs.left) printNote(context, safe`no package: ${one}`);
  printDraftFindings(context, findings);
  if (await isBlocked(report, files, text))
    printNote(
      context,
      safe`The scan blocks this skill: run skillgate scan and fix its findings first.`,
    );
  printNote(
    context,
    outcome(join(folder, 'skill.json'), written, text.trimEnd() === old?.trimEnd()),
  );
  return exitCodes.ok;
}

// A command whose file is gone is no command any more.
function withItsFiles(manifest: Manifest, files: readonly SourceFile[]): Manifest {
  const commands = Object.entries(manifest.commands).filter(([, start]) =>
    files.some(({ path }) => path === commandFile(start)),
  );
  return { ...manifest, commands: Object.fromEntries(commands) };
}

/** Whether the scan blocks the skill with the proposed skill.json. */
async function isBlocked(
  report: ScanReport,
  files: readonly SourceFile[],
  text: string,
): Promise<boolean> {
  if (report.verdict !== 'block') return false;
  // The first scan also blocks what the present skill.json does not declare, and the proposal does.
  const others = files.filter(({ path }) => path !== 'skill.json');
  const proposed = { path: 'skill.json', bytes: Buffer.from(text), mode: 0o644 };
  return (await scanOnce([...others, proposed])).verdict === 'block';
}

// A draft without a lock is better than no draft, so a failure to lock is a note.
async function lockedDraft(
  context: CommandContext,
  files: readonly SourceFile[],
  { guesses, isUnlocked, manifest }: DraftedPackages,
): Promise<{ readonly manifest: Manifest; readonly lock?: SkillLocks }> {
  const { write, 'no-lock': noLock } = context.options;
  if (!isUnlocked || write !== true || noLock === true) return { manifest };
  printNote(context, safe`Choosing versions for the packages that the skill requires …`);
  try {
    const lock = await lockSkill(context, files, manifest, { guesses });
    printLocks(context, lock);
    return { manifest: lock.manifest, lock };
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const next = cause.hint === undefined ? safe`` : safe` ${cause.hint}`;
    printNote(
      context,
      safe`${cause.message}.${next} The draft has no lock. To lock later: ${asCalled(`skillgate lock ${context.args[0] ?? '.'}`)}`,
    );
    return { manifest };
  }
}

// A person's text is not overwritten without consent.
async function agreeToChange(context: CommandContext, old: string, text: string): Promise<void> {
  printNote(context, diffText(diffLines(old, text), inkFor(context.stderr, context.env)));
  if (context.options.yes !== true)
    await confirm(context, safe`Apply these changes to skill.json?`, 'yes', '--yes');
}

function outcome(path: string, written: boolean, isSame: boolean): Safe {
  if (written)
    return safe`Wrote ${path}. Read the file, and say in your own words why the skill needs each capability.`;
  return isSame
    ? safe`skill.json already declares everything that the scan saw.`
    : safe`Nothing was written. To write skill.json, add --write.`;
}

// Unchanged for programs; on a terminal, control characters are escaped.
function manifestText({ stdout }: CommandContext, text: string): Safe {
  const lines = text.trimEnd();
  return stdout.isTTY === true ? joined(lines.split('\n'), '\n') : new Safe(lines);
}

// Declared capabilities keep their words and order; only missing ones are added.
function widened(before: Manifest, inferred: Manifest): Manifest {
  const missing = minus(inferred.capabilities, before.capabilities);
  return {
    ...before,
    commands: inferred.commands,
    capabilities: union(before.capabilities, missing),
  };
}

function leftOver(manifest: Manifest, report: ScanReport): Pick<LeftOver, 'left' | 'unused'> {
  const { undeclared, unused } = report.capabilities;
  const hasCommands = Object.keys(manifest.commands).length > 0;
  return {
    left: hasCommands
      ? listCapabilities(minus(undeclared, manifest.capabilities)).map((use) => {
          const add = use.kind === 'env' ? addForSecret(use.name, report) : undefined;
          return add === undefined ? printCapability(use) : `${printCapability(use)}. ${add}`;
        })
      : [],
    unused: listCapabilities(unused).map(printCapability),
  };
}

interface LeftOver {
  readonly manifest: Manifest;
  /** Uses for which the draft has no entry. */
  readonly left: readonly string[];
  readonly unused: readonly string[];
  readonly scripts: readonly LeftScript[];
  readonly packages: readonly string[];
}

function printLeftOver(context: CommandContext, over: LeftOver): void {
  const { manifest, left, unused, scripts, packages } = over;
  if (Object.keys(manifest.commands).length === 0)
    printNote(
      context,
      safe`The skill has no commands. It starts nothing in the sandbox, so it needs no capabilities.`,
    );
  for (const [why, those] of Map.groupBy(scripts, (script) => script.why))
    printNote(context, safe`no command: ${listed(those.map(({ path }) => path))}: ${why}`);
  if (packages.length > 0)
    printNote(context, safe`The texts install these packages: ${listed(packages)}`);
  for (const capability of left)
    printNote(context, safe`seen by the scan, and not in the draft: ${capability}`);
  for (const capability of unused)
    printNote(context, safe`declared, but not seen by the scan: ${capability}`);
}

// What the scan found in a skill whose skill.json is drafted. The draft declares what the code
// does, so a next scan may pass code that sends a secret to a host that nobody chose.

/** Findings that a person reads beside a draft; further findings are counted. */
const findingsShownMax = 20;

/** A finding that would hold or block the skill, as `--format json` prints it. */
type DraftFinding = Pick<Finding, 'rule' | 'severity' | 'message' | 'path' | 'line' | 'column'>;

/** The findings of severity medium or higher, the worst first. */
function draftFindings({ findings }: ScanReport): readonly DraftFinding[] {
  const levelOf = ({ severity }: Finding): number => severities.indexOf(severity);
  return findings
    .filter((finding) => levelOf(finding) >= severities.indexOf('medium'))
    .sort((a, b) => levelOf(b) - levelOf(a))
    .map(({ rule, severity, message, path, line, column }) => ({
      rule,
      severity,
      message,
      path,
      line,
      column,
    }));
}

/** Prints the findings, and what the author has to check in the draft. */
function printDraftFindings(context: CommandContext, findings: readonly DraftFinding[]): void {
  if (findings.length === 0) return;
  printNote(
    context,
    safe`The scan before this draft has ${count(findings.length, 'finding')} of severity medium or higher:`,
  );
  for (const { rule, severity, message, path, line } of findings.slice(0, findingsShownMax))
    printNote(context, safe`  ${severity}  ${rule}  ${path}:${line}: ${shortText(message)}`);
  const more = findings.length - findingsShownMax;
  if (more > 0) printNote(context, safe`  and ${more} more; skillgate scan shows all findings`);
  printNote(
    context,
    safe`A declaration does not make these findings harmless. The draft declares what the code does, so check that you want each capability of the draft.`,
  );
}

// Changes of skill.json, line by line.

interface ChangedLine {
  readonly sign: '+' | '-' | ' ';
  readonly text: string;
}

/** The lines of both texts; lines that are not in the longest common part are removed or added. */
export function diffLines(before: string, after: string): readonly ChangedLine[] {
  return linesThatDiffer(inLines(before), inLines(after)).flatMap(({ added, removed, value }) =>
    value
      .slice(0, -1)
      .split('\n')
      .map((text) => ({ sign: added ? '+' : removed ? '-' : ' ', text }) as const),
  );
}

/** The changed lines, with one unchanged line on either side, for a terminal. */
function diffText(lines: readonly ChangedLine[], ink: OutputInk): Safe {
  const near = lines.filter(
    ({ sign }, index) =>
      sign !== ' ' ||
      lines.slice(Math.max(0, index - 1), index + 2).some((line) => line.sign !== ' '),
  );
  return joined(
    near.map(({ sign, text }) => {
      const line = safe`${new Safe(sign)} ${text}`;
      return sign === '+' ? ink.green(line) : sign === '-' ? ink.red(line) : ink.faint(line);
    }),
    '\n',
  );
}

// An empty text has no lines, and line endings do not count.
function inLines(text: string): string {
  return text === '' ? '' : `${text.trimEnd().replaceAll('\r\n', '\n')}\n`;
}
