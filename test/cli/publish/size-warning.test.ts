import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { prepareVersion } from '../../../cli/publish/prepare-version.ts';

/** A skill with so many files. */
function folderOf(files: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-large-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'SKILL.md'), '---\nname: large\ndescription: Has files.\n---\nx\n');
  writeFileSync(join(folder, 'skill.json'), '{"name":"@acme/large","version":"1.0.0"}');
  mkdirSync(join(folder, 'notes'));
  for (let at = 2; at < files; at++) writeFileSync(join(folder, `notes/${at}.md`), 'x');
  return folder;
}

it.each([
  [512, []],
  [
    513,
    [
      {
        message:
          'the skill is in no list of skills over MCP: it has 513 files, and hosts take at most 512',
      },
    ],
  ],
])('publish warns of a skill that hosts may refuse over MCP: %i files', async (files, warnings) => {
  expect((await prepareVersion(folderOf(files))).warnings).toEqual(warnings);
});
