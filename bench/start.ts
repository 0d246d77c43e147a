/** How much a command costs to start, on dist/, over a bare Node. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InstalledHost } from '../test/journey/installed-host.ts';
import { build, childCpuMs, median, servedCpuMs } from './measure.ts';
import { type Row, ratioRow } from './row.ts';
import { hostWithSkill, runSkill } from './skill-run.ts';

const rounds = 9;
const runs = 4;

const page = `---
name: release-notes
description: Writes release notes from merged changes. Use it when somebody asks for a changelog.
---
# Release notes

Read the merged changes since the last tag with \`git log --oneline TAG..HEAD\`, group them by kind,
and write one line for each into \`NOTES.md\`.
`;
const script = `import { readFileSync, writeFileSync } from 'node:fs';

interface Page { readonly title: string; readonly lines: readonly string[] }

const pages = new Map<string, Page>();
for (const name of process.argv.slice(2)) {
  const answer = await fetch(\`https://news.example/\${encodeURIComponent(name)}\`);
  if (answer.ok) pages.set(name, (await answer.json()) as Page);
}
const known = readFileSync('known.txt', 'utf8').split('\\n');
const news = [...pages].filter(([name]) => !known.includes(name));
writeFileSync('news.txt', news.map(([name, { title, lines }]) => \`\${name}: \${title}, \${lines.length}\`).join('\\n'));
`;

export async function startRows(): Promise<Row[]> {
  build();
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-start-'));
  const host = await hostWithSkill();
  try {
    return await rowsIn(folder, host);
  } finally {
    await host.close();
    rmSync(folder, { recursive: true });
  }
}

async function rowsIn(folder: string, host: InstalledHost): Promise<Row[]> {
  mkdirSync(join(folder, 'page'));
  writeFileSync(join(folder, 'page/SKILL.md'), page);
  mkdirSync(join(folder, 'typescript/scripts'), { recursive: true });
  writeFileSync(join(folder, 'typescript/SKILL.md'), page);
  writeFileSync(join(folder, 'typescript/scripts/news.ts'), script);
  const env = { ...process.env, SKILLGATE_HOME: join(folder, 'home') };
  const entry = fileURLToPath(new URL('../dist/cli/guard.js', import.meta.url));
  const commands = [
    { name: '--version', words: ['--version'], atMost: 1.2 },
    { name: 'help', words: ['help'], atMost: 1.6 },
    { name: 'scan of one page', words: ['scan', join(folder, 'page')], atMost: 4 },
    { name: 'scan of a TypeScript skill', words: ['scan', join(folder, 'typescript')], atMost: 10 },
  ].map((row) => ({
    ...row,
    argv: [process.execPath, entry, ...row.words],
    taken: [] as number[],
  }));
  // The first start keeps compiled code for the others.
  for (const { argv } of commands) childCpuMs(argv, 1, env);
  await runSkill(host);
  const bare: number[] = [];
  const run: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(childCpuMs([process.execPath, '-e', '0'], runs, env));
    for (const { argv, taken } of commands) taken.push(childCpuMs(argv, runs, env));
    run.push(await servedCpuMs(() => runSkill(host), runs));
  }
  const against = { name: 'node -e 0', value: median(bare) };
  return [...commands, { name: 'run of an admitted skill', taken: run, atMost: 5 }].map(
    ({ name, taken, atMost }) =>
      ratioRow(`skillgate ${name}, CPU`, median(taken), 'ms', against, atMost),
  );
}
