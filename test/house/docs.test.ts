import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findCommand } from '../../cli/help-and-options/commands.ts';
import { backends } from '../../skills-index/run/plan/backend-names.ts';
import { emptyHostPolicy, parseHostPolicy } from '../../skills-index/run/plan/host-policy.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: top })];
const read = (path: string): string => readFileSync(join(top, path), 'utf8');

/** The `skillgate …` and `skill …` lines of a page's shell blocks. */
function commandLines(text: string): string[] {
  const blocks = [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block ?? '');
  return blocks
    .flatMap((block) => block.split('\n'))
    .flatMap((line) => (/^skill(gate)? /.test(line) ? [line.replace(/\s+#.*$/, '')] : []));
}

function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the documentation', () => {
  it.each(pages.flatMap((page) => commandLines(read(page)).map((line) => [page, line] as const)))(
    '%s names a command that exists: %s',
    (_, line) => {
      const found = findCommand(words(line).slice(1));
      expect(found.kind).toBe('command');
      if (found.kind !== 'command') return;
      // What follows `--` is another program's.
      const ours = found.rest.includes('--')
        ? found.rest.slice(0, found.rest.indexOf('--'))
        : found.rest;
      // And what follows the command of a skill is the skill's.
      const last = ours.filter((word) => !word.startsWith('--'))[
        (found.row.verbatimAfter ?? 0) - 1
      ];
      const own = last === undefined ? ours : ours.slice(0, ours.indexOf(last) + 1);
      const options = own
        .filter((word) => word.startsWith('--'))
        .map((word) => word.slice(2).split('=')[0]);
      const known = [...Object.keys(found.row.options), 'format', 'help'];
      expect(options.filter((option) => !known.includes(option ?? ''))).toEqual([]);
    },
  );

  it.each(pages)('%s links to files that exist', (page) => {
    // What stands in a block of code is an example, not a link.
    const prose = read(page).replace(/^(`{3,})[^\n]*\n.*?^\1$/gms, '');
    const targets = [...prose.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
      ([, target]) => target ?? '',
    );
    expect(targets.filter((target) => !existsSync(join(top, dirname(page), target)))).toEqual([]);
  });

  it.each(pages)('%s links to sections that exist', (page) => {
    const prose = read(page).replace(/^(`{3,})[^\n]*\n.*?^\1$/gms, '');
    const targets = [...prose.matchAll(/\]\(([^)#:]*)#([^)]+)\)/g)].map(
      ([, file = '', anchor = '']) => [file === '' ? page : join(dirname(page), file), anchor],
    );
    expect(
      targets.filter(([file = '', anchor = '']) => !anchorsOf(read(file)).includes(anchor)),
    ).toEqual([]);
  });

  it('shows MCP settings that are JSON and start a command that exists', () => {
    const text = read('docs/operating-agents.md');
    const settings = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, block]) =>
      JSON.parse(block ?? ''),
    );
    const server = settings.find((one) => 'mcpServers' in one)?.mcpServers.skillgate;
    expect(Object.keys(JSON.parse(read('package.json')).bin)).toContain(server.command);
    expect(findCommand(server.args)).toMatchObject({
      kind: 'command',
      rest: ['--agent', 'finance'],
    });
    expect(text).toContain(
      '["--prefix", "/opt/skillgate", "run", "-s", "skill", "--", "mcp", "--agent", "finance"]',
    );
  });

  it('shows Codex and OpenCode the same server', () => {
    const text = read('docs/operating-agents.md');
    const [, command, args] =
      /\[mcp_servers\.skillgate\]\ncommand = (".*")\nargs = (\[.*\])/.exec(text) ?? [];
    const codex = [JSON.parse(command ?? '""'), ...JSON.parse(args ?? '[]')];
    const [, settings] = /```json\n(\{ "mcp": .*)\n```/.exec(text) ?? [];
    expect(codex).toEqual(['skillgate', 'mcp', '--agent', 'finance']);
    expect(JSON.parse(settings ?? '{}').mcp.skillgate).toMatchObject({
      type: 'local',
      command: codex,
    });
  });

  it('has a section with the default of the code for each member of host policy', () => {
    const sections = read('docs/host-json.md').split('\n### ').slice(1);
    const told = sections.map((section) => {
      const [, name, byDefault] = /^`(\$?\w+)`\n(?:- .*\n)*?- Default: (.*)\n/.exec(section) ?? [];
      return [
        name,
        byDefault === 'none' ? undefined : JSON.parse(byDefault?.slice(1, -1) ?? ''),
      ] as const;
    });
    const { file, ...defaults } = emptyHostPolicy;
    const optional = {
      $schema: undefined,
      advisories: undefined,
      mailbox: undefined,
      proxy: undefined,
      timeZone: undefined,
    };
    expect(Object.fromEntries(told)).toEqual({ ...defaults, ...optional });
    expect(told.map(([name]) => name).toSorted()).toEqual(
      Object.keys({ ...defaults, ...optional }).toSorted(),
    );
  });

  it('shows examples of host policy that are valid', () => {
    const examples = [...read('docs/host-json.md').matchAll(/^- Example: `(.*)`$/gm)].map(
      ([, example]) => example ?? '',
    );
    expect(examples.length).toBeGreaterThan(20);
    for (const example of examples.filter((text) => !text.includes('…')))
      expect(parseHostPolicy(Buffer.from(example)), example).toMatchObject({ file: 'host.json' });
  });

  it('has a row for each backend', () => {
    const rows = [...read('docs/spec/backends.md').matchAll(/^\| `([\w-]+)`/gm)];
    expect(rows.map(([, name]) => name).toSorted()).toEqual([...backends, 'none'].toSorted());
  });

  it('number each decision once, as its heading does', () => {
    const pages = globSync('docs/decisions/*.md', { cwd: top });
    const numbers = pages.map((page) => Number(/\/(\d{4})-/.exec(page)?.[1]));
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const [at, page] of pages.entries())
      expect(read(page), page).toMatch(new RegExp(`^# ${numbers[at]}\\. `));
  });

  it.each(globSync('docs/decisions/*.md', { cwd: top }))(
    '%s is short: context, decision, why not',
    (page) => {
      const text = read(page);
      expect([...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual([
        'Context',
        'Decision',
        'Why not',
      ]);
      expect(text.match(/\S+/g)?.length).toBeLessThanOrEqual(300);
    },
  );

  it.each(pages)('%s names only files and folders that exist', (page) => {
    const named = [
      ...read(page).matchAll(
        /`((?:cli|registry|runner|scanner|skills-index|test|bench|docs)\/[\w/.-]+)`/g,
      ),
    ].map(([, path]) => path ?? '');
    if (page === 'docs/threat-model.md') expect(named.length).toBeGreaterThan(40);
    // A row of a recipe: the reader or `npm run fix` makes the file.
    const made = [...read(page).matchAll(/^\| `([^`]+)` \| .*: new \|$/gm)].map(
      ([, path]) => path ?? '',
    );
    expect(named.filter((path) => !existsSync(join(top, path)) && !made.includes(path))).toEqual(
      [],
    );
  });

  it('shows recipes whose code imports only what exists, or what the recipe makes', () => {
    const text = read('docs/contributing.md');
    // A step names its file first; its code imports from there.
    const imports = text.split(/^\d\. /m).flatMap((step) => {
      const file = /`([\w./-]+\.ts)`/.exec(step)?.[1] ?? '';
      const named = step.matchAll(/^ *import (?:type )?\{ (.+) \} from '(\.[^']+)';$/gm);
      const loaded = step.matchAll(/import\('(\.[^']+)'\)/g);
      const found = [
        ...[...named].map(([, names = '', target = '']) => ({ names, target })),
        ...[...loaded].map(([, target = '']) => ({ names: 'run', target })),
      ];
      return found.flatMap(({ names, target }) =>
        names.split(', ').map((name) => ({
          name: name.replace('type ', ''),
          path: join(dirname(file), target),
        })),
      );
    });
    const missing = imports.filter(({ name, path }) =>
      existsSync(join(top, path))
        ? !new RegExp(`^export .*\\b${name}\\b`, 'm').test(read(path))
        : !text.includes(`| \`${path}\` | you: new |`),
    );
    expect(imports.length).toBeGreaterThan(9);
    expect(missing).toEqual([]);
  });

  it('has a row for each attacker whose stories are told, by the same name, and no other', () => {
    const table =
      read('docs/threat-model.md').split('## The attackers, one by one')[1]?.split('\n## ')[0] ??
      '';
    const rows = [...table.matchAll(/^\| (?!attacker|---)(.*?) \|/gm)].map(([, name]) => name);
    const told = [
      ...read('test/journey/attackers.test.ts').matchAll(/^describe\('attacker: (.*)', /gm),
    ].map(([, name]) => name);
    expect(told.length).toBeGreaterThan(10);
    expect(rows).toEqual(told);
  });

  it('shows the two commands on the first screen of the README', () => {
    const screen = read('README.md').split('\n').slice(0, 25).join('\n');
    expect(screen).toContain('npm ci --loglevel=error && npm run demo');
    expect(screen).toContain('npm ci --loglevel=error && npm test');
  });
});
