import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withSource } from '../../../../cli/publish/import/import-source.ts';
import { withPluginFiles } from '../../../../cli/publish/import/plugin-files.ts';
import { scanSkill } from '../../../../scanner/scan.ts';
import { folderWith } from '../../temporary-folder.ts';

const front = '---\nname: a\ndescription: b\n---\n';
const root = `\${CLAUDE_PLUGIN_ROOT}`;

/** The skill `skills/a` of a plugin, as an import reads it. */
async function imported(files: Record<string, string>, marker = '.claude-plugin/plugin.json') {
  const top = folderWith({
    [`p/${marker}`]: '{}',
    'p/skills/a/SKILL.md': front,
    'secret.md': 'of the host',
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`p/${path}`, text])),
  });
  const from = { address: join(top, 'p/skills/a'), path: undefined };
  const context = { cwd: top, env: process.env } as Parameters<typeof withSource>[0];
  return withSource(context, from, async ([skill]) => {
    const alone = await skill?.read();
    const place = await skill?.plugin?.();
    if (alone === undefined || place === undefined) return undefined;
    const { folder, ...rest } = await withPluginFiles(alone, place);
    const text = (path: string) =>
      String(folder.files.find((file) => file.path === path)?.bytes).replace(front, '');
    return { ...rest, text, files: folder.files };
  });
}

describe('an imported skill of a plugin', () => {
  it('has the files that it names, and those that they name', async () => {
    const made = await imported({
      'skills/a/SKILL.md': `${front}[g](../../docs/g.md), \`python3 ${root}/lib/x.py\`, ${root}/skills/a/own.sh.`,
      'skills/a/own.sh': `. "${root}/lib/all.sh"\n. "$(dirname "$0")/../../lib/all.sh"\nsay own\n`,
      'docs/g.md': 'See [more](../skills/b/more.md).',
      'skills/b/more.md': `Ask \`$CLAUDE_PLUGIN_ROOT/tables\`.`,
      'skills/b/other.md': 'Nobody names it.',
      'tables/1.csv': '1',
      'tables/.env': 'TOKEN=1',
      'lib/x.py': 'import y',
      'lib/y.py': 'print("hi")',
      'lib/all.sh': `. "${root}/lib/say.sh"\n`,
      'lib/say.sh': 'say() { echo "$1"; }\n',
    });
    expect(made?.copied.toSorted()).toEqual(
      ['docs/g.md', 'lib/all.sh', 'lib/say.sh', 'lib/x.py', 'lib/y.py']
        .concat('skills/b/more.md', 'tables/1.csv')
        .map((path) => `plugin/${path}`),
    );
    expect(made?.lost).toEqual([]);
    expect(made?.text('SKILL.md')).toBe(
      '[g](plugin/docs/g.md), `python3 plugin/lib/x.py`, own.sh.',
    );
    expect(made?.text('plugin/docs/g.md')).toBe('See [more](../skills/b/more.md).');
    expect(made?.text('plugin/skills/b/more.md')).toBe('Ask `plugin/tables`.');
    const written = folderWith(
      Object.fromEntries((made?.files ?? []).map(({ path, bytes }) => [path, String(bytes)])),
    );
    expect(execFileSync('bash', ['own.sh'], { cwd: written, encoding: 'utf8' })).toBe('own\n');
    // The scan follows the rewritten paths, so it asks for no folder of the host.
    const { observed } = (await scanSkill(made?.files ?? [])).capabilities;
    expect(observed.env).toEqual([]);
    expect(observed.mount).toEqual([]);
  });

  it.each([
    ['a file above the plugin', '[x](../../../secret.md)', '../../../secret.md'],
    ['a file above it by the variable', `${root}/../secret.md`, `${root}/../secret.md`],
    ['a file that nobody has', `${root}/gone.md`, `${root}/gone.md`],
    ['the whole plugin', '[x](../../skills)', '../../skills'],
    ['a file of secrets', `${root}/.env`, `${root}/.env`],
  ])('does not bring %s, and says so', async (_, text, lost) => {
    const files = { 'skills/a/SKILL.md': `${front}${text}`, '.env': 'TOKEN=1' };
    expect(await imported(files)).toMatchObject({ copied: [], lost: [lost] });
  });

  it('says what a program reads through the variable, which nobody can rewrite', async () => {
    const made = await imported({
      'skills/a/x.js': `expand('${root}/lib/y.js')`,
      'lib/y.js': '1',
    });
    expect(made).toMatchObject({ lost: [`${root}/lib/y.js`] });
    expect(made?.text('x.js')).toBe(`expand('${root}/lib/y.js')`);
  });

  it('reads no folder around a skill that is in no plugin', async () => {
    const files = { 'skills/a/SKILL.md': `${front}[x](../../../secret.md)` };
    expect(await imported(files, 'plugin.txt')).toBeUndefined();
  });
});
