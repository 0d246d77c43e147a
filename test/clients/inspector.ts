/**
 * The MCP inspector against `skill mcp`: 110 MB in 112 packages, so it is no dependency and not in
 * the ordinary tests.
 */
import { join } from 'node:path';
import { makeReportSkill, release } from '../cli/installer-world.ts';
import { makeInstalledHost } from '../journey/installed-host.ts';
import { installOnce } from './clients.ts';
import { mcpSuites, suiteLine } from './mcp-suites.ts';

const name = '@acme/weekly-report';

/** Each method that it has, and what its answer has to hold. */
const calls: readonly (readonly [says: string, args: readonly string[], holds: RegExp])[] = [
  [
    'tools/list: three tools',
    ['--method', 'tools/list'],
    /skills_search[\s\S]*skill_open[\s\S]*skill_run/,
  ],
  ['skills_search', tool('skills_search', 'task=the report'), /@acme\/weekly-report/],
  ['skill_open', tool('skill_open', `name=${name}`), /Run report\./],
  [
    'skill_run',
    tool('skill_run', `name=${name}`, 'command=report', 'args=["12"]', 'why=inspector'),
    /the report of 12/,
  ],
  [
    'skill_run without why is refused',
    tool('skill_run', `name=${name}`),
    /refused \[usage\]|isError|why/,
  ],
  ['resources/list', ['--method', 'resources/list'], /skill:\/\/acme\/weekly-report\/SKILL\.md/],
  ['resources/templates/list', ['--method', 'resources/templates/list'], /skill:\/\/\{scope\}/],
  [
    'resources/read',
    ['--method', 'resources/read', '--uri', 'skill://acme/weekly-report/SKILL.md'],
    /Run report\./,
  ],
  [
    'skills/list: verified, file by file',
    ['--method', 'skills/list', '--verify'],
    /Verified 1 skill and \d+ files: no conformance errors/,
  ],
];

export async function tryInspector(): Promise<
  (readonly [says: string, isSo: boolean, more?: string])[]
> {
  const folder = installOnce('inspector', suiteLine(tryInspector.package));
  const host = await makeInstalledHost();
  try {
    await release(
      host.network,
      makeReportSkill(name, { commands: { report: 'scripts/report.ts' } }),
    );
    await host.skill('agent', 'create', 'reporter');
    await host.skill('agent', 'grant', 'reporter', name);
    const program = join(folder, 'bin/mcp-inspector');
    const rows: (readonly [string, boolean, string?])[] = [];
    for (const [says, args, holds] of calls) {
      const env = Object.entries(host.env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
      const words = [
        '--cli',
        '--connect-timeout',
        '60000',
        ...env,
        'skillgate',
        'mcp',
        '--agent',
        'reporter',
        ...args,
      ];
      const { err, out } = await host.call(process.execPath, [program, ...words]);
      const isSo = holds.test(out + err);
      rows.push(isSo ? [says, true] : [says, false, (out + err).slice(-300).replaceAll('\n', ' ')]);
    }
    return rows;
  } finally {
    await host.close();
  }
}
tryInspector.package = mcpSuites.inspector;

function tool(called: string, ...values: readonly string[]): string[] {
  return [
    '--method',
    'tools/call',
    '--tool-name',
    called,
    ...values.flatMap((one) => ['--tool-arg', one]),
  ];
}
