/** Each way to write a command that a build runs is read as a script of a shell would be. */
import { describe, expect, it } from 'vitest';
import { buildCommands } from '../../../../scanner/frontends/build/build-commands.ts';
import { scanSkill } from '../../../../scanner/scan.ts';
import {
  ant,
  attacks,
  cmake,
  command,
  execute,
  type Files,
  group,
  maven,
  msbuild,
} from './attack-forms.ts';

const honest: readonly (readonly [string, Files])[] = [
  ['a version by git', execute('git rev-parse HEAD OUTPUT_VARIABLE x')],
  ['an environment for a program', execute('env -u HOME git status WORKING_DIRECTORY y')],
  ['a test for a call', cmake('if(COMMAND cmake_policy)\n cmake_policy(VERSION 3.20)\nendif()\n')],
  [
    'commands in comments',
    cmake(`# COMMAND sh -c "${command}"\n#[[ COMMAND sh -c "${command}" ]]\n`),
  ],
  [
    'a target that compiles',
    cmake('add_custom_target(docs COMMAND doxygen Doxyfile COMMENT "a | b" VERBATIM)\n'),
  ],
  ['a compiler in Ant', ant('<exec executable="javac"><arg value="-version"/></exec>')],
  ['a command in a comment', ant(`<!-- <exec command="sh -c '${command}'"/> -->`)],
  [
    'a plugin of Maven',
    maven('<source>17</source><executions><execution><id>a</id></execution></executions>'),
  ],
  ['a compiler in MSBuild', msbuild('<Exec Condition="1 > 0" Command="dotnet --version" />')],
  ['a path of Windows', group('<PostBuildEvent>copy "$(A)b.h" "$(C)d\\"</PostBuildEvent>')],
  ['an event that copies', group('<PostBuildEvent>cp a b</PostBuildEvent>')],
  ['XML of another kind that is broken', { 'data.xml': '<list><item name="x"><exec & </list>\n' }],
  ['XML of another kind with an unknown entity', { 'data.xml': '<list>&nbsp;</list>\n' }],
];

// What no reader understands, or what is beyond a bound.
const unread: readonly (readonly [string, Files, string])[] = [
  [
    'more than 400 commands',
    cmake(
      `${'add_custom_target(t COMMAND true)\n'.repeat(401)}execute_process(COMMAND sh -c "${command}")\n`,
    ),
    'more than 400 commands',
  ],
  [
    'very long commands',
    cmake(`execute_process(COMMAND echo "${'a'.repeat(140_000)}")\n`),
    'more than 131072 characters of commands',
  ],
  [
    'a text without an end',
    cmake('execute_process(COMMAND sh "a)\n'),
    'a text of CMake that does not end',
  ],
  [
    'a bracket without an end',
    cmake('execute_process(COMMAND sh [[a)\n'),
    'a bracket of CMake that does not end',
  ],
  [
    'a call without an end',
    cmake('execute_process(COMMAND sh'),
    'a call of CMake that does not end',
  ],
  [
    'code in code',
    cmake(`${'cmake_language(EVAL CODE [[[[[['.repeat(9)}`),
    'a bracket of CMake that does not end',
  ],
  ['code in code in code', cmake(deep(9)), 'code in code of CMake that is too deep'],
  [
    'an entity of another file',
    { 'build.xml': '<!DOCTYPE project [<!ENTITY c SYSTEM "c.ent">]><project>&c;</project>' },
    'an entity of XML that is not known',
  ],
  [
    'an entity with elements',
    {
      'build.xml': `<!DOCTYPE project [<!ENTITY c "<exec command='ls'/>">]><project>&c;</project>`,
    },
    'an entity of XML that is not known',
  ],
  [
    'an entity with elements as numbers',
    {
      'build.xml': `<!DOCTYPE project [<!ENTITY c "&#60;exec command='ls'/>">]><project>&c;</project>`,
    },
    'an entity of XML that is not known',
  ],
  [
    'a parameter entity',
    { 'build.xml': '<!DOCTYPE project [<!ENTITY % p "x"> %p;]><project>&lt;</project>' },
    'an entity of XML that is not known',
  ],
  [
    'an entity of itself',
    { 'build.xml': '<!DOCTYPE project [<!ENTITY a "&a;">]><project>&a;</project>' },
    'an entity of XML that is not known',
  ],
  [
    'entities that grow',
    {
      'build.xml': `<!DOCTYPE project [<!ENTITY a0 "${'x'.repeat(99)}">${[1, 2, 3, 4, 5].map((n) => `<!ENTITY a${n} "${`&a${n - 1};`.repeat(9)}">`).join('')}]><project>&a5;</project>`,
    },
    'an entity of XML that is not known',
  ],
  [
    'a comment without an end',
    { 'build.xml': '<project><!-- <exec/></project>' },
    'no --> behind <!--',
  ],
  [
    'CDATA without an end',
    { 'pom.xml': '<project><a><![CDATA[ </a></project>' },
    'no ]]> behind <![CDATA[',
  ],
  [
    'an attribute without an end',
    { 'a.csproj': '<Project><Exec Command="ls /></Project>' },
    'an element of XML that is not well-formed',
  ],
  [
    'an element without an end',
    { 'a.csproj': '<Project><Exec Command="ls" />' },
    'an element of XML does not end',
  ],
  [
    'a wrong end',
    { 'a.csproj': '<Project><a></b></Project>' },
    'an end of XML without its beginning',
  ],
  [
    'very many elements',
    { 'a.csproj': `<Project>${'<a/>'.repeat(50_001)}</Project>` },
    'too many elements of XML',
  ],
];

function deep(depth: number): string {
  const mark = '='.repeat(depth);
  const inside = depth === 0 ? 'execute_process(COMMAND ls)' : deep(depth - 1);
  return `cmake_language(EVAL CODE [${mark}[${inside}]${mark}])`;
}

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

describe('commands of build files', () => {
  it.each(attacks)('reads %s', async (_, files) => {
    expect((await scanned(files)).verdict).toBe('block');
  });

  it.each(honest)('passes %s', async (_, files) => {
    expect((await scanned(files)).verdict).toBe('pass');
  });

  it.each(unread)('counts a file with %s as not analysed', async (_, files, reason) => {
    const report = await scanned(files);
    expect(report.verdict).toBe('incomplete');
    expect(report.coverage.files.find(({ disposition }) => disposition === 'unanalysed')).toEqual(
      expect.objectContaining({ path: Object.keys(files)[0], reason }),
    );
  });
});

it.each([
  'execute_process(COMMAND [[ ',
  'execute_process(COMMAND " ',
  'x(COMMAND a;b\n',
  'cmake_language(EVAL CODE "',
  '#[=[',
  '[=',
  '<exec ',
  '<a b="',
  '<executable>',
  '<!--',
  '<![CDATA[',
  '<!DOCTYPE a [<!ENTITY a "',
  '<!DOCTYPE a [<!--',
  '&a;',
  '</a>',
  `<project>\${a}$(a)`,
  "commandLine '",
  'command = <<E\n',
])('makes no more than 400 commands and one reason of many %s', (start) => {
  for (const path of ['a.cmake', 'a.xml', 'a.gradle', 'a.tf']) {
    const { embedded, unanalysed } = buildCommands({
      path,
      file: path,
      language: 'text',
      text: start.repeat(50_000),
      context: 'code',
      depth: 0,
    });
    expect(embedded.length + unanalysed.length).toBeLessThanOrEqual(2);
    const text = embedded.map((program) => program.text).join('');
    expect(text.length).toBeLessThanOrEqual(140_000);
  }
});
