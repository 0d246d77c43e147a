/** What scans cost: warm, by size, in children, and as a whole process. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { readSkillFolder } from '../cli/scan/source-folder.ts';
import { extractFacts, scanSkill } from '../scanner/scan.ts';
import type { SourceFile } from '../skills-index/skill/bundle.ts';
import { build, childCpuMs, cpuMs, median, quantile } from './measure.ts';
import { type Row, ratioRow } from './row.ts';
import { poolRows } from './scan-pool.ts';
import { fixtureSkills, longSkill, type ProgramLanguage } from './skills.ts';

export async function scanRows(): Promise<Row[]> {
  return [
    ...(await exampleRows()),
    ...(await fixtureRows()),
    ...(await sizeRows()),
    ...(await poolRows()),
    ...coldRows(),
  ];
}

const example = fileURLToPath(new URL('../examples/weekly-report', import.meta.url));

async function exampleRows(): Promise<Row[]> {
  const { files } = await readSkillFolder(example);
  const scans: number[] = [];
  const parses: number[] = [];
  for (let round = 0; round < 50; round++) {
    const scanned = await cpuMs(() => scanSkill(files));
    const parsed = await cpuMs(() => parseOnly(files));
    if (round < 10) continue;
    scans.push(scanned);
    parses.push(parsed);
  }
  const parsing = { name: 'parsing its TypeScript', value: median(parses) };
  return [
    absoluteRow('scan of weekly-report, warm, CPU p50', median(scans), 'ms', parsing, 12),
    absoluteRow('scan of weekly-report, warm, CPU p90', quantile(scans, 0.9), 'ms', parsing, 40),
  ];
}

async function fixtureRows(): Promise<Row[]> {
  const skills = fixtureSkills();
  for (const files of skills) await scanSkill(files);
  const whole =
    (await cpuMs(async () => {
      for (const files of skills) await scanSkill(files);
    })) / skills.length;
  return [
    absoluteRow(
      `scan of ${skills.length} fixture skills, CPU mean`,
      whole,
      'ms',
      { name: 'as is', value: whole },
      10,
    ),
  ];
}

const sizes = [10, 100, 1_000, 5_000].map((kilobytes) => kilobytes * 1_000);

async function sizeRows(): Promise<Row[]> {
  const rows: Row[] = [];
  const languages: readonly ProgramLanguage[] = ['typescript', 'python', 'shell', 'markdown'];
  for (const language of languages) {
    await scanSkill(longSkill(language, 100_000));
    const perKilobyte: number[] = [];
    for (const bytes of sizes) {
      const files = longSkill(language, bytes);
      const repeats = bytes <= 100_000 ? 5 : 1;
      const taken: number[] = [];
      for (let at = 0; at < repeats; at++) taken.push(await cpuMs(() => scanSkill(files)));
      perKilobyte.push((median(taken) * 1_000) / bytes);
    }
    const [ten = 0, hundred = 1, thousand = 0, most = 0] = perKilobyte;
    const curve = `10 KB ${ten.toFixed(2)}, 100 KB ${hundred.toFixed(2)}, 1 MB ${thousand.toFixed(2)}, 5 MB ${most.toFixed(2)} ms/KB; 100 KB`;
    const row = ratioRow(
      `${language}, 5 MB in one file, CPU per KB`,
      most,
      'ms/KB',
      { name: curve, value: hundred },
      2,
    );
    // A scan that stopped early is quick, and no proof of anything.
    const { complete } = await extractFacts(longSkill(language, sizes.at(-1) ?? 0));
    rows.push(complete ? row : { ...row, name: `${row.name}, cut off`, held: false });
  }
  return rows;
}

function coldRows(): Row[] {
  build();
  const entry = fileURLToPath(new URL('../dist/cli/guard.js', import.meta.url));
  const home = mkdtempSync(join(tmpdir(), 'skillgate-bench-'));
  try {
    const skillMd = {
      path: 'SKILL.md',
      bytes: Buffer.from(
        '---\nname: words\ndescription: Counts words.\n---\n# Words\n\nCount them.\n',
      ),
    };
    const script = {
      path: 'scripts/a.ts',
      bytes: Buffer.from("export const count = (text: string) => text.split(' ').length;\n"),
    };
    const folders = { markdown: [skillMd], typescript: [skillMd, script] };
    for (const [name, files] of Object.entries(folders)) {
      for (const { path, bytes } of files) {
        mkdirSync(dirname(join(home, name, path)), { recursive: true });
        writeFileSync(join(home, name, path), bytes);
      }
    }
    const command = (name: string): string[] => [process.execPath, entry, 'scan', join(home, name)];
    const env = { PATH: process.env.PATH ?? '', SKILLGATE_HOME: join(home, 'home') };
    const taken: Record<'bare' | 'markdown' | 'typescript', number[]> = {
      bare: [],
      markdown: [],
      typescript: [],
    };
    for (let round = 0; round < 7; round++) {
      taken.bare.push(childCpuMs([process.execPath, '-e', '0'], 3, env));
      taken.markdown.push(childCpuMs(command('markdown'), 3, env));
      taken.typescript.push(childCpuMs(command('typescript'), 3, env));
    }
    const bare = { name: 'node -e 0', value: median(taken.bare) };
    return [
      ratioRow(
        'skill scan of one Markdown file, whole process, CPU',
        median(taken.markdown),
        'ms',
        bare,
        3,
      ),
      ratioRow(
        'skill scan of a TypeScript skill, whole process, CPU',
        median(taken.typescript),
        'ms',
        bare,
        7,
      ),
      memoryRow(join(home, 'home')),
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

// A process of its own scans every fixture and the four long files of 1 MB, and says how much
// memory it had at most.
function memoryRow(home: string): Row {
  const script = fileURLToPath(new URL('scan-memory.ts', import.meta.url));
  const { stdout } = spawnSync(process.execPath, ['--max-old-space-size=1024', script], {
    encoding: 'utf8',
    env: { SKILLGATE_HOME: home },
  });
  const [bare = 1, most = 0] = stdout.trim().split(' ').map(Number);
  return absoluteRow(
    'a scanning process over all fixtures, peak memory',
    most,
    'MB',
    { name: 'Node before it', value: bare },
    400,
  );
}

function absoluteRow(
  name: string,
  value: number,
  unit: string,
  other: { name: string; value: number },
  atMost: number,
): Row {
  const row = ratioRow(name, value, unit, other, Number.POSITIVE_INFINITY);
  return { ...row, goal: `≤ ${atMost} ${unit}`, held: value <= atMost };
}

function parseOnly(files: readonly SourceFile[]): void {
  for (const { path, bytes } of files) {
    if (path.endsWith('.ts'))
      ts.createSourceFile(path, Buffer.from(bytes).toString('utf8'), ts.ScriptTarget.Latest, true);
  }
}
