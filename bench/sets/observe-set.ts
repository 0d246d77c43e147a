/**
 * Observes skills of a set in the sandbox of `skillgate observe`, and nowhere else. A file keeps a
 * row for each observed skill, so that a measurement of hours can be interrupted.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readSkillFolder } from '../../cli/scan/source-folder.ts';
import { observeSkill } from '../../runner/observe/observe-skill.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import type { AfterScan, ObservedRow, SetOutcome } from './set-outcome.ts';

const severity = { pass: 0, crashed: 0, incomplete: 1, review: 2, block: 3 } as const;

/**
 * Observes the skills that the scan did not block, but for those that have a row for the same bytes.
 * @param rows the file with rows: id, digest of the files, verdict, steps, seconds, facts
 */
export function observer(rows: string): AfterScan {
  const known = readRows(rows);
  let count = 0;
  return async (skill, outcome) => {
    if (outcome.verdict === 'block') return outcome;
    const { files } = await readSkillFolder(skill.folder);
    const digest = digestOfFiles(files);
    const key = `${skill.id}\t${digest}`;
    count++;
    let observed = known.get(key);
    if (observed === undefined) {
      const begun = performance.now();
      const made = await observeFiles(files);
      observed = made.row;
      const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
      const line = [key, observed.verdict, made.steps, seconds, ...observed.facts].join('\t');
      appendFileSync(rows, `${line}\n`);
      process.stderr.write(`observed ${count}: ${skill.id} ${observed.verdict}, ${seconds} s\n`);
    }
    return { ...outcome, observed };
  };
}

/** The worse of both verdicts. An observation without facts raises nothing, whatever it left out. */
export function withObservation(outcome: SetOutcome): SetOutcome {
  const { observed, rules, verdict } = outcome;
  if (observed?.verdict !== 'review' && observed?.verdict !== 'block') return outcome;
  const worse = severity[observed.verdict] > severity[verdict] ? observed.verdict : verdict;
  return { ...outcome, verdict: worse, rules: [...rules, 'observation'] };
}

async function observeFiles(files: readonly SourceFile[]) {
  try {
    const json = files.find(({ path }) => path === 'skill.json')?.bytes;
    const observation = await observeSkill({
      skill: {
        manifest: json === undefined ? undefined : parseManifest(json),
        files: files.map(({ path, mode, bytes }) => ({
          path,
          mode: (mode & 0o100) === 0 ? '644' : '755',
          bytes,
        })),
      },
      paths: observerFolders(),
      now: () => new Date(),
    });
    const { coverage, facts, verdict } = observation;
    const row: ObservedRow = {
      verdict,
      facts: facts.map(({ kind, level, what }) => inOneCell(`${level} ${kind} ${what}`)),
    };
    return { row, steps: `${coverage.done}/${coverage.planned}, ${coverage.late} late` };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { row: { verdict: 'failed', facts: [inOneCell(message)] } as const, steps: '0/0' };
  }
}

let folders: { readonly cache: string; readonly data: string } | undefined;

// The packages of a host's base are found once for all observations.
function observerFolders(): { readonly cache: string; readonly data: string } {
  if (folders === undefined) {
    const below = mkdtempSync(join(tmpdir(), 'skillgate-observe-set-'));
    folders = { cache: join(below, 'cache'), data: join(below, 'data') };
  }
  return folders;
}

function readRows(path: string): Map<string, ObservedRow> {
  mkdirSync(dirname(path), { recursive: true });
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return new Map(
    lines.flatMap((line): [string, ObservedRow][] => {
      const [id = '', digest = '', verdict = '', , , ...facts] = line.split('\t');
      return isVerdict(verdict) ? [[`${id}\t${digest}`, { verdict, facts }]] : [];
    }),
  );
}

function isVerdict(text: string): text is ObservedRow['verdict'] {
  return /^(pass|review|block|incomplete|failed)$/.test(text);
}

function digestOfFiles(files: readonly SourceFile[]): string {
  const hash = createHash('sha256');
  for (const { path, bytes } of files)
    hash.update(`${path.length} ${bytes.byteLength} ${path}`).update(bytes);
  return hash.digest('hex').slice(0, 16);
}

// A submission chooses many of these characters.
function inOneCell(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
