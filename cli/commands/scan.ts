import { resolve } from 'node:path';
import { printReport } from '../../scanner/reports/report-text.ts';
import type { CommandContext, ExitCode } from '../command.ts';
import { jsonText, note, safe, wantsColour } from '../output.ts';
import { exitOfReport, type ScannedFolder, scanFolder } from '../scan-skill.ts';
import { findSkills } from '../source-folder.ts';
import { startWatchedScanner } from '../watched-scan.ts';

/** `skill scan PATH…`: each skill at or below each path, in path order. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const folders = new Set<string>();
  for (const path of context.args) for (const folder of await findSkills(resolve(context.cwd, path))) folders.add(folder);
  const sorted = [...folders].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  let exit = 0;
  const counts = new Map<string, number>();
  const scanner = startWatchedScanner();
  context.signal.addEventListener('abort', () => scanner.close(), { once: true });
  if (context.format === 'json') context.stdout.write('{"schema":"skillgate.scans/1","reports":[');
  try {
    for (const [index, folder] of sorted.entries()) {
      context.signal.throwIfAborted();
      const scanned = await scanFolder(scanner, folder, context.cwd);
      context.signal.throwIfAborted();
      await print(context, scanned, index === 0);
      exit = Math.max(exit, exitOfReport(scanned.report));
      const { verdict } = scanned.report;
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    }
  } finally {
    await scanner.close();
  }
  if (context.format === 'json') context.stdout.write(']}\n');
  if (sorted.length > 1) {
    const said = [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
    note(context, safe`${sorted.length} skills: ${said}; exit ${exit}`);
  }
  return exit;
}

// Waits for a slow reader, so that a thousand reports are not held at once.
async function print(context: CommandContext, scanned: ScannedFolder, first: boolean): Promise<void> {
  const text = {
    text: () => reportText(context, scanned, first),
    json: () => `${first ? '' : ','}${jsonText(scanned.report)}`,
    jsonl: () => `${jsonText(scanned.report)}\n`,
  };
  if (!context.stdout.write(await text[context.format]())) await new Promise((go) => context.stdout.once('drain', go));
}

async function reportText(context: CommandContext, { report, files }: ScannedFolder, first: boolean): Promise<string> {
  const { columns } = context.stdout;
  const colour = wantsColour(context.stdout, context.env);
  // What proposes lines of a manifest is loaded only where there is something to propose.
  const asks = report.findings.some(({ kind, severity }) => kind === 'capability' && severity !== 'info');
  const allowances = asks ? (await import('../../scanner/reports/allowance.ts')).allowancesOf(report, files) : new Map();
  const width = columns === undefined ? {} : { width: columns };
  return `${first ? '' : '\n'}${printReport(report, files, { colour, allowances, ...width })}`;
}
