/**
 * `npm run docs:rules`: writes the notes on rules and their pages; pages of rules that are gone go
 * with them.
 */
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules } from '../../scanner/rules.ts';
import { notesOf } from './rule-notes.ts';
import { rulePages } from './rule-pages.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));
const notes = notesOf(rules);
writeFileSync(
  `${top}skills-index/statement/rule-notes.json`,
  `${JSON.stringify(notes, null, 2)}\n`,
);
const pages = rulePages(notes);
for (const path of globSync('**/*.md', { cwd: `${top}docs/rules` }))
  if (!pages.has(path)) rmSync(`${top}docs/rules/${path}`);
for (const [path, text] of pages) {
  const file = `${top}docs/rules/${path}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
