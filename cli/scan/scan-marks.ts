/**
 * Reads the user's files about findings for `skillgate scan`: accepted ones (`--suppressions`) and
 * an earlier report (`--baseline`).
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { type Marks, marksFrom, noMarks } from '../../scanner/reports/marks.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { scanReportValuesMax } from '../../skills-index/statement/scan-report.ts';
import type { CommandContext } from '../command.ts';

const baselineBytesMax = 256 * 1024 * 1024;

/** Input of `skillgate scan` about findings: a list of accepted ones, an earlier report. */
const suppressionsBytesMax = 4 * 1024 * 1024;

/**
 * Marks from the files of the options; none without them.
 * @param folders the skills to be scanned. A file inside one of them was written by its author and
 * is refused
 * @throws Problem for a missing, too large or malformed file, and for one inside a skill
 */
export async function readMarks(
  { options, cwd, now }: CommandContext,
  folders: readonly string[],
): Promise<Marks> {
  const { suppressions, baseline } = options;
  if (typeof suppressions !== 'string' && typeof baseline !== 'string') return noMarks;
  const accepted =
    typeof suppressions === 'string'
      ? await readSuppressions(resolve(cwd, suppressions), folders)
      : [];
  const before =
    typeof baseline === 'string' ? await readBaseline(resolve(cwd, baseline)) : undefined;
  return marksFrom(accepted, before, now().toISOString().slice(0, 10));
}

async function readSuppressions(path: string, folders: readonly string[]) {
  const bytes = await readLimited(path, suppressionsBytesMax);
  const real = await realpath(path);
  for (const folder of folders) {
    if (!`${dirname(real)}${sep}`.startsWith(`${await realpath(folder)}${sep}`)) continue;
    throw new Problem(
      'usage',
      `Cannot use suppressions from inside the skill ${JSON.stringify(folder)}: the skill’s author wrote them`,
      {
        hint: 'keep the file outside the skill, where its reviewers control it',
      },
    );
  }
  const { parseSuppressions } = await import('../../scanner/reports/suppressions.ts');
  return parseSuppressions(bytes, path);
}

/**
 * One report a line, as `--format jsonl` prints them, or all in one object, as `--format json`
 * does.
 * @throws Problem `json-invalid`, which names the file, for any other content
 */
async function readBaseline(path: string): Promise<ScanReport[]> {
  const text = (await readLimited(path, baselineBytesMax)).toString('utf8');
  const { parseJson } = await import('../../skills-index/skill/text/json.ts');
  requireNoSarif(text, path);
  const values = text.split('\n').flatMap((line, index): unknown[] => {
    if (line.trim() === '') return [];
    const { value } = parseJson(line, `${path}, line ${index + 1}`, scanReportValuesMax);
    return isList(value) ? [...value.reports] : [value];
  });
  const { parseScanReport } = await import('../../skills-index/statement/scan-report.ts');
  return values.map((value) => {
    try {
      return parseScanReport(value);
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      const message = `Cannot compare with ${JSON.stringify(path)}: it is not a scan report`;
      throw new Problem('json-invalid', message, {
        reasons: cause.reasons.map(({ message }) => ({ message })),
        hint: baselineHint,
      });
    }
  });
}

const baselineHint = 'name a report that skillgate scan --format jsonl (or json) wrote';

function requireNoSarif(text: string, path: string): void {
  if (
    !/^\s{0,100}\{/.test(text) ||
    !/"\$schema"\s{0,9}:\s{0,9}"[^"]{0,200}sarif/.test(text.slice(0, sarifHeadChars))
  )
    return;
  throw new Problem('json-invalid', `Cannot compare with ${JSON.stringify(path)}: it is SARIF`, {
    hint: baselineHint,
  });
}

const sarifHeadChars = 2_000;

function isList(value: unknown): value is { readonly reports: readonly unknown[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'reports' in value &&
    Array.isArray(value.reports)
  );
}

async function readLimited(path: string, bytesMax: number): Promise<Buffer> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true)
    throw new Problem('file-not-found', `There is no file ${JSON.stringify(path)}`);
  if (found.size > bytesMax)
    throw new Problem('usage', `Cannot read ${JSON.stringify(path)}: more than ${bytesMax} bytes`);
  return readFile(path);
}
