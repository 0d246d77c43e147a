import { once } from 'node:events';
import { resolve } from 'node:path';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { CommandContext, ExitCode } from '../command.ts';
import { printNote, safe } from '../terminal/output.ts';
import { findSkills } from './find-skills.ts';
import { readMarks } from './scan-marks.ts';
import { scanOutput } from './scan-output.ts';
import { exitOfReport, scanFolder } from './scan-skill.ts';
import { startWatchedScanner } from './watched-scan.ts';

/** `skillgate scan PATH…`: scans each skill at or below each path, in path order. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const folders = new Set<string>();
  for (const path of context.args)
    for (const folder of await findSkills(resolve(context.cwd, path))) folders.add(folder);
  const sorted = [...folders].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const marks = await readMarks(context, sorted);
  const output = await scanOutput(context, marks);
  // Accepted findings do not affect the exit code; the verdict stays the report's own.
  const exitOf = ({ findings, verdict, path }: ScanReport): ExitCode =>
    exitOfReport({
      findings: findings.filter((finding) => marks.of(finding, path).suppression === undefined),
      verdict,
    });
  let exit = 0;
  const found = new Set<string>();
  const counts = new Map<string, number>();
  const scanner = startWatchedScanner();
  context.signal.addEventListener('abort', () => scanner.close(), { once: true });
  await write(context, output.begin);
  try {
    for (const [index, folder] of sorted.entries()) {
      context.signal.throwIfAborted();
      const scanned = await scanFolder(scanner, folder, context.cwd);
      context.signal.throwIfAborted();
      await write(context, await output.one(scanned, index === 0));
      exit = Math.max(exit, exitOf(scanned.report));
      const { verdict, findings } = scanned.report;
      for (const { fingerprint } of findings) found.add(fingerprint);
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    }
  } finally {
    await scanner.close();
  }
  await write(context, output.end());
  for (const suppression of marks.idle(found))
    printNote(context, safe`suppressions: ${suppression}`);
  if (sorted.length > 1) {
    const verdicts = [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
    printNote(context, safe`${sorted.length} skills: ${verdicts}; exit ${exit}`);
  }
  return exit;
}

// Waits for a slow reader, so that a thousand reports are not in memory at once.
async function write({ stdout }: CommandContext, text: string): Promise<void> {
  if (text !== '' && !stdout.write(text)) await once(stdout, 'drain');
}
