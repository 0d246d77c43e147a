/** Each way to write a command that a build runs keeps the file for a person. */
import { describe, expect, it } from 'vitest';
import { buildFileRuns } from '../../../scanner/frontends/build-files.ts';
import { scanSkill } from '../../../scanner/scan.ts';
import { ant, attacks, cmake, type Files, maven, msbuild } from './build-attacks.ts';

const honest: readonly (readonly [string, Files])[] = [
  [
    'a program that is compiled',
    cmake('project(a C)\nadd_executable(a a.c)\ninstall(TARGETS a)\n'),
  ],
  ['a test for a call', cmake('if(COMMAND cmake_policy)\n cmake_policy(VERSION 3.20)\nendif()\n')],
  ['a compiler of Ant', ant('<javac srcdir="src" destdir="out"/>')],
  [
    'a plugin of Maven',
    maven('<source>17</source><executions><execution><id>a</id></execution></executions>'),
  ],
  ['a project of MSBuild', msbuild('<Message Text="done" />')],
  ['XML of another kind', { 'data.xml': '<list><item name="x"><exec & </list>\n' }],
  [
    'XML of another kind with an entity',
    { 'data.xml': '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>' },
  ],
];

async function scanned(files: Files) {
  const page =
    '---\nname: build\ndescription: Builds a project.\n---\n# Build\nBuild the project.\n';
  const list = Object.entries({ 'SKILL.md': page, ...files }).map(([path, text]) => ({
    path,
    bytes: Buffer.from(text),
    mode: 0o644,
  }));
  return scanSkill(list, {});
}

describe('build files', () => {
  it.each(attacks)('are held for a person: %s', async (_, files) => {
    const report = await scanned(files);
    expect(report.verdict).toBe('incomplete');
    expect(report.coverage.files).toContainEqual(
      expect.objectContaining({ path: Object.keys(files)[0], disposition: 'unanalysed' }),
    );
  });

  it.each(honest)('pass without programs: %s', async (_, files) => {
    expect((await scanned(files)).verdict).toBe('pass');
  });
});

it.each([
  'if(NOT COMMAND ',
  'install(\n TARGETS ',
  'file(  GLOB ',
  '<project><echo ',
  '<project><a:',
])('are searched in linear time for many %s', (start) => {
  for (const path of ['a.cmake', 'a.xml']) {
    const text = start.repeat(50_000);
    const source = {
      path,
      file: path,
      language: 'text',
      text,
      context: 'code',
      depth: 0,
    } as const;
    expect(buildFileRuns(source).unanalysed).toHaveLength(0);
  }
});
