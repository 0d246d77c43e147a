/** Scans the skills of a set, each in a folder of its own. A scan runs nothing of them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readSkillFolder } from '../../cli/scan/source-folder.ts';
import { scanSkill } from '../../scanner/scan.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { isHeld } from '../detection.ts';
import type { FoundSkill, MadeSkill, PublicSkill } from './public-set.ts';
import type { AfterScan, SetOutcome } from './set-outcome.ts';

const script = /\.(py|sh|bash|ps1|bat|cmd|rb|go|[cm]?[jt]s)$/;
const installHook = 'supply/install-hook';

/** @param keep a folder that keeps the skills which the set makes */
export async function scanSet(
  skills: Iterable<PublicSkill>,
  keep: string | undefined,
  after: AfterScan = async (_, outcome) => outcome,
): Promise<SetOutcome[]> {
  const outcomes: SetOutcome[] = [];
  const below = keep ?? mkdtempSync(join(tmpdir(), 'skillgate-set-'));
  try {
    for (const skill of skills) {
      const found = 'folder' in skill ? skill : layOut(skill, below);
      outcomes.push(await after(found, await scanFound(found)));
      if (keep === undefined && 'files' in skill) rmSync(found.folder, { recursive: true });
      if (outcomes.length % 100 === 0) process.stderr.write(`${outcomes.length} …\n`);
    }
  } finally {
    if (keep === undefined) rmSync(below, { recursive: true, force: true });
  }
  return outcomes;
}

/** `review or above` by more than a setup.py that does anything, which honest ones do as well. */
export function isDetected({ verdict, rules }: SetOutcome): boolean {
  return isHeld(verdict) && !(rules.length > 0 && rules.every((rule) => rule === installHook));
}

function layOut({ id, files }: MadeSkill, below: string): FoundSkill {
  const folder = join(below, id);
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, path);
    try {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
    } catch (error) {
      // An archive may have a name twice, or a name that is too long.
      process.stderr.write(`${id}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  return { id, folder, inner: [] };
}

async function scanFound({ id, folder, inner }: FoundSkill): Promise<SetOutcome> {
  const before = process.cpuUsage();
  const isOwn = ({ path }: { readonly path: string }): boolean =>
    !inner.some((other) => path.startsWith(`${other}/`));
  let files: readonly SourceFile[] = [];
  try {
    const found = await readSkillFolder(folder);
    files = found.files.filter(isOwn);
    const report = await scanSkill(files, { unread: found.unread.filter(isOwn) });
    const decide = report.findings.filter((one) => report.decidedBy.includes(one.fingerprint));
    return {
      id,
      verdict: report.verdict,
      hasScripts: files.some(isScript),
      rules: [...new Set(decide.map(({ rule }) => rule))],
      decidedBy: decide.map((one) => `${one.rule}:${one.severity}@${one.path}:${one.line}`),
      cpuMs: spentMs(before),
    };
  } catch (error) {
    process.stderr.write(`${id}: ${error instanceof Error ? error.stack : String(error)}\n`);
    const hasScripts = files.some(isScript);
    return { id, verdict: 'crashed', hasScripts, rules: [], decidedBy: [], cpuMs: spentMs(before) };
  }
}

function isScript({ path, mode }: SourceFile): boolean {
  return script.test(path) || ((mode & 0o100) !== 0 && !/\.[^/]*$/.test(path));
}

function spentMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
