/**
 * Scans the code of a package: its files of Python, JavaScript and shell, in parts that one child
 * can hold. The scan reports what only malice explains.
 */
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { bundleFilesMax } from '../../skills-index/skill/limits.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type Finding, severities, type Verdict } from '../../skills-index/statement/finding.ts';
import { languageOf } from '../fact/language.ts';
import { programIn } from '../fact/program-look.ts';
import type { Language } from '../fact/source.ts';
import {
  packageCodeBytesMax,
  packageHeadBytes,
  packagePartBytesMax,
  packageScanSecondsMax,
  sourceCharsMax,
} from '../limits.ts';
import type { ScanPool } from './pool.ts';

export interface PackageFile {
  readonly path: string;
  readonly size: number;
  readonly isExecutable: boolean;
  readonly read: () => Uint8Array;
}

export interface PackageScan {
  readonly verdict: Verdict;
  /** The worst first. */
  readonly findings: readonly Finding[];
  /** `part`: the package has more code than one scan reads, or a child was stopped. */
  readonly read: 'whole' | 'part';
}

/** @param named the package's name and version. Never throws because of the files' content. */
export async function scanPackage(
  pool: ScanPool,
  files: readonly PackageFile[],
  named: { readonly name: string; readonly version: string },
): Promise<PackageScan> {
  const end = Date.now() + packageScanSecondsMax * 1_000;
  const { parts, isWhole } = partsOf(files.filter(isCode));
  const findings: Finding[] = [];
  const verdicts = new Set<Verdict>();
  let read: PackageScan['read'] = isWhole ? 'whole' : 'part';
  for (const part of parts) {
    if (Date.now() > end) {
      read = 'part';
      break;
    }
    try {
      const { report } = await pool.scan(part.map(sourceOf), { ...named, of: 'package' });
      verdicts.add(report.verdict);
      findings.push(...report.findings);
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.code !== 'scan-killed') throw cause;
      read = 'part';
    }
  }
  if (read === 'part') verdicts.add('incomplete');
  const verdict = worstFirst.find((one) => verdicts.has(one)) ?? 'pass';
  const rank = ({ severity }: Finding): number => severities.indexOf(severity);
  return { verdict, findings: findings.sort((a, b) => rank(b) - rank(a)), read };
}

const worstFirst = ['block', 'incomplete', 'review'] as const satisfies Verdict[];
const analysed: ReadonlySet<Language> = new Set(['python', 'javascript', 'typescript', 'shell']);

// Stubs of types and sources of Cython never run. package.json names the scripts of an
// installation.
function isCode({ path, read, size }: PackageFile): boolean {
  if (/\.py[ix]$|\.px[di]$|\.d\.[cm]?ts$|\.dist-info\/METADATA$/.test(path) || size === 0)
    return false;
  if (path === 'package.json') return true;
  // A file whose name says nothing may be a program: by its `#!` line, or when a program loads it.
  const byName = languageOf(path, '');
  if (byName !== 'text') return analysed.has(byName);
  const head = Buffer.from(read().subarray(0, packageHeadBytes)).toString('latin1');
  if (head.includes('\0')) return false;
  return analysed.has(languageOf(path, head)) || analysed.has(programIn(head) ?? 'text');
}

function partsOf(files: readonly PackageFile[]): {
  readonly parts: readonly (readonly PackageFile[])[];
  readonly isWhole: boolean;
} {
  const parts: PackageFile[][] = [];
  let bytes = 0;
  let inPart = 0;
  let isWhole = true;
  for (const file of files) {
    if (file.size > sourceCharsMax || bytes + file.size > packageCodeBytesMax) {
      isWhole = false;
      continue;
    }
    const last = parts.at(-1);
    const fits = inPart + file.size <= packagePartBytesMax && (last?.length ?? 0) < bundleFilesMax;
    if (last !== undefined && fits) last.push(file);
    else parts.push([file]);
    inPart = last !== undefined && fits ? inPart + file.size : file.size;
    bytes += file.size;
  }
  return { parts, isWhole };
}

function sourceOf({ isExecutable, path, read }: PackageFile): SourceFile {
  return { path, bytes: read(), mode: isExecutable ? 0o755 : 0o644 };
}
