/** `skillgate evidence --verify`: computes a report's claims again, from the report alone. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes, listOf } from '../command.ts';
import { evidenceReportBytesMax } from '../limits.ts';
import { readRegistries } from '../registries/registry-base.ts';
import { answer } from '../terminal/output.ts';
import { writeWhole } from '../whole-file.ts';
import type { Claim } from './claim.ts';
import { claimsOf } from './claims.ts';
import { claimsText } from './claims-text.ts';
import { computeFacts } from './compute-facts.ts';
import { pageOf } from './report-page.ts';
import { openReport } from './write-report.ts';

/** `skillgate evidence --verify`. */
export async function verifyReport(context: CommandContext): Promise<ExitCode> {
  const { signer, page } = context.options;
  const file = String(context.options.verify);
  const known = {
    signer: typeof signer === 'string' ? parseDigest(signer) : undefined,
    roots: [...listOf(context.options.root).map(parseDigest), ...pinnedRoots(context)],
  };
  const bytes = await readReport(resolve(context.cwd, file));
  const opened = openReport(bytes, file);
  const computed = await computeFacts(opened.report, opened.parts);
  const claims = claimsOf(opened, computed, known);
  const wrong = claims.filter(({ standing }) => standing === 'false');
  if (typeof page === 'string' && wrong.length === 0)
    await writeWhole(resolve(context.cwd, page), await pageOf(opened.report, claims), 0o600);
  const isOpen = claims.some(({ standing }) => standing === 'open');
  if (wrong.length === 0 || context.format === 'json')
    answer(context, { schema: 'skillgate.evidence-verify/1', file, claims }, () =>
      claimsText(context, opened.report, claims),
    );
  if (wrong.length === 0) return isOpen ? exitCodes.limit : exitCodes.ok;
  if (context.format === 'json') return exitCodes.refused;
  throw contradiction(file, wrong);
}

function contradiction(file: string, wrong: readonly Claim[]): Problem {
  const reasons = wrong.map(({ about, says, why }) => ({
    message: `${about}: contradicted: ${says} (${why})`,
  }));
  return new Problem('evidence-invalid', `${file} says what its own evidence contradicts`, {
    reasons,
    hint: 'do not rely on this report: ask its maker, and compare the key that signed it',
  });
}

async function readReport(path: string): Promise<Buffer> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const why =
      cause.code === 'ENOENT' ? 'there is no such file' : `it cannot be opened (${cause.code})`;
    throw new Problem('file-not-found', `Cannot read ${path}: ${why}`);
  });
  if (bytes.byteLength > evidenceReportBytesMax * 2)
    throw new Problem('evidence-invalid', `${path} is too large for a report`);
  return bytes;
}

function pinnedRoots({ paths }: CommandContext): string[] {
  return readRegistries(paths).registries.map(({ root }) => root);
}
