/** Asks the optional reader about the prose of one scanned skill, and prints the remarks. */
import type { ProseReader } from '../../scanner/reader/reader.ts';
import { type ScanPool, startScanPool } from '../../scanner/worker/pool.ts';
import type { Prose } from '../../skills-index/statement/prose.ts';
import { remarkKinds } from '../../skills-index/statement/reading.ts';
import type { CommandContext } from '../command.ts';
import { count, printNote, safe } from '../terminal/output.ts';
import type { ScannedFolder } from './scan-skill.ts';

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
