/**
 * `npm run docs:rules`: writes the notes on rules, and the pages of the web site from them to
 * `dist/docs/rules`; and `dist/docs/knowledge.md`.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { anyRows, globalRows, nodeRows, npmRows } from '../../scanner/knowledge/javascript.ts';
import { phpKnowledge } from '../../scanner/knowledge/php.ts';
import { pythonRows } from '../../scanner/knowledge/python/library.ts';
import { rubyKnowledge } from '../../scanner/knowledge/ruby.ts';
import { windowsKnowledge } from '../../scanner/knowledge/windows.ts';
import { rules } from '../../scanner/rules.ts';
import { knowledgePage } from './languages/knowledge-page.ts';
import { notesOf } from './rule-notes.ts';
import { rulePages } from './rule-pages.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));
const notes = notesOf(rules);
writeFileSync(
  `${top}skills-index/statement/rule-notes.json`,
  `${JSON.stringify(notes, null, 2)}\n`,
);
const folder = `${top}dist/docs/rules`;
rmSync(folder, { recursive: true, force: true });
for (const [path, text] of rulePages(notes)) {
  mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
  writeFileSync(`${folder}/${path}`, text);
}
writeFileSync(
  `${top}dist/docs/knowledge.md`,
  knowledgePage({
    Python: pythonRows,
    JavaScript: { ...globalRows, ...nodeRows, ...npmRows, ...anyRows },
    Ruby: rubyKnowledge.rows,
    PHP: phpKnowledge.rows,
    Windows: windowsKnowledge.rows,
  }),
);
