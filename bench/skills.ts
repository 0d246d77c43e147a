/**
 * Skills to measure with: the small ones of the rules' fixtures and of our own attacks, and
 * programs of any size.
 */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { packBundle } from '../skills-index/skill/authoring/pack-bundle.ts';
import type { SourceFile } from '../skills-index/skill/bundle.ts';
import { fileOf, parseTextArchive } from '../test/scanner/txtar.ts';

const folder = fileURLToPath(new URL('../test/scanner/', import.meta.url));

/** Every skill of every fixture, in the order of paths. */
export function fixtureSkills(): SourceFile[][] {
  const archives = globSync('{rules,attacks}/**/*.txt', { cwd: folder }).sort();
  return archives.flatMap((name) => {
    const skills = new Map<string, SourceFile[]>();
    for (const [entry, content] of parseTextArchive(readFileSync(`${folder}${name}`, 'utf8'))
      .files) {
      const { path, bytes } = fileOf(entry, content);
      const [skill = '', ...rest] = path.split('/');
      if (rest.length > 0)
        skills.set(skill, [
          ...(skills.get(skill) ?? []),
          { path: rest.join('/'), bytes, mode: 0o644 },
        ]);
    }
    return [...skills.values()].map(withSkillMd).filter(makesBundle);
  });
}

function withSkillMd(files: readonly SourceFile[]): SourceFile[] {
  const text = '---\nname: sample\ndescription: A sample.\n---\n# Sample\n';
  const skillMd = { path: 'SKILL.md', bytes: Buffer.from(text), mode: 0o644 };
  return files.some((file) => file.path === 'SKILL.md') ? [...files] : [...files, skillMd];
}

function makesBundle(files: readonly SourceFile[]): boolean {
  try {
    packBundle(files);
    return true;
  } catch {
    return false;
  }
}

const units = {
  typescript: (at: number) =>
    `export async function task${at}(items: string[], limit = ${at}): Promise<number> {\n` +
    `  const wanted = items.filter((item) => item.length > limit).map((item) => \`\${item}-${at}\`);\n` +
    `  const answer = await fetch('https://api.example/v1/items/${at}', { method: 'POST', body: JSON.stringify(wanted) });\n` +
    `  if (!answer.ok) throw new Error('refused');\n  return wanted.length;\n}\n\n`,
  python: (at: number) =>
    `def task_${at}(items, limit=${at}):\n    wanted = [f"{item}-${at}" for item in items if len(item) > limit]\n` +
    `    answer = requests.post("https://api.example/v1/items/${at}", json={"items": wanted, "n": ${at}})\n` +
    '    answer.raise_for_status()\n    with open(f"out/{limit}.json", "w") as out:\n        json.dump(wanted, out)\n    return len(wanted)\n\n',
  shell: (at: number) =>
    `task_${at}() {\n  local items="$1" limit=${at}\n  for item in $items; do\n    if [ "\${#item}" -gt "$limit" ]; then\n` +
    `      curl -fsS -X POST -d "item=$item" "https://api.example/v1/items/${at}" >> "out/${at}.json"\n    fi\n  done\n}\n\n`,
  markdown: (at: number) =>
    `## Step ${at}\n\nRead the table of the week and compare it with the one before. Then write what changed, in plain words, into the report;\n` +
    `leave out what is the same. The column *${at}* holds the totals.\n\n- open the file\n- sort by \`total\`\n\n` +
    `\`\`\`bash\nsort -k2 -n week-${at}.csv | head -n 20\n\`\`\`\n\n`,
};
export type ProgramLanguage = keyof typeof units;

const heads: Record<ProgramLanguage, string> = {
  typescript: '',
  python: 'import json\nimport requests\n\n',
  shell: '#!/bin/sh\nset -eu\n',
  markdown: '---\nname: long\ndescription: A long text.\n---\n# Long\n\n',
};
const paths: Record<ProgramLanguage, string> = {
  typescript: 'scripts/a.ts',
  python: 'scripts/a.py',
  shell: 'scripts/a.sh',
  markdown: 'SKILL.md',
};

/** A skill of one honest, repetitive file of about so many bytes. */
export function longSkill(language: ProgramLanguage, bytes: number): SourceFile[] {
  const parts = [heads[language]];
  for (let length = 0, at = 0; length < bytes; at++) {
    const part = units[language](at);
    parts.push(part);
    length += part.length;
  }
  return [{ path: paths[language], bytes: Buffer.from(parts.join('')), mode: 0o644 }];
}
