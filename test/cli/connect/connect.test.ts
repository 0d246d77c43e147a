import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { agents } from '../../../cli/connect/agents.ts';
import { programOf } from '../../../cli/connect/connect.ts';
import { fileDocument } from '../../../cli/connect/document.ts';
import { type Ran, skill } from '../command-line.ts';
import { folderWith } from '../temporary-folder.ts';

let home = '';
beforeEach(() => {
  home = folderWith();
});

const guard = join(import.meta.dirname, '../../../cli/guard.js');

function run(words: string, env: Record<string, string> = {}): Promise<Ran> {
  return skill(words.split(' '), { env: { HOME: home, ...env }, cwd: home });
}

function write(path: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
  chmodSync(join(home, path), mode);
}

const read = (path: string): string => readFileSync(join(home, path), 'utf8');

/** The files of the home folder, without those of Skillgate. */
function filesOf(folder = home): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name, parentPath }) => join(parentPath, name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('.config/skillgate/'))
    .toSorted();
}

interface Row {
  readonly agent: string;
  readonly files: readonly string[];
  /** Of the first file: as a person has it, with an entry that is not ours, and no text of its format. */
  readonly existing: string;
  readonly foreign: string;
  readonly malformed: string;
  /** What moves the first file, and where to. */
  readonly moved?: readonly [variable: string, value: string, file: string];
}

const mcpServers = {
  existing:
    '{\r\n\t// mine\r\n\t"mcpServers": {\r\n\t\t"x": { "command": "x" }, // keep\r\n\t},\r\n}\r\n',
  foreign: '{"mcpServers": {"skillgate": {"command": "mine"}}}',
  malformed: '{"mcpServers": {',
};

const rows: readonly Row[] = [
  {
    agent: 'claude-code',
    files: ['.claude.json', '.claude/settings.json'],
    ...mcpServers,
    moved: ['CLAUDE_CONFIG_DIR', 'elsewhere', 'elsewhere/.claude.json'],
  },
  {
    agent: 'codex',
    files: ['.codex/config.toml'],
    existing: '# mine\nmodel = "x"\n\n[mcp_servers.other] # keep\ncommand = "x"',
    foreign: '[mcp_servers.skillgate]\ncommand = "mine"\n',
    malformed: 'model = \n',
    moved: ['CODEX_HOME', 'elsewhere', 'elsewhere/config.toml'],
  },
  {
    agent: 'opencode',
    files: ['.config/opencode/opencode.json'],
    existing: '{\n  // mine\n  "mcp": {},\n  "model": "x", /* keep */\n}\n',
    foreign: '{"mcp": {"skillgate": {"type": "remote", "url": "https://x.example"}}}',
    malformed: '{"mcp": }',
    moved: ['OPENCODE_CONFIG', 'mine.jsonc', 'mine.jsonc'],
  },
  {
    agent: 'openclaw',
    files: ['.openclaw/openclaw.json'],
    existing:
      "{\n  // mine\n  mcp: { servers: { 'x': { command: 'x' } } },\n  security: {}, // keep\n}\n",
    foreign: '{mcp: {servers: {skillgate: {command: "mine"}}}}',
    malformed: '{mcp: {servers: }}',
    moved: ['OPENCLAW_CONFIG_PATH', 'mine.json', 'mine.json'],
  },
  { agent: 'cursor', files: ['.cursor/mcp.json'], ...mcpServers },
];

describe.each(rows)('$agent', ({ agent, files, existing, foreign, malformed, moved }) => {
  const [first = ''] = files;

  it('is shown, connected once, and disconnected without a trace', async () => {
    const shown = await run(`connect ${agent}`);
    expect([shown.exit, filesOf()]).toEqual([6, []]);
    expect(shown.stderr).toContain(`+++ ${join(home, first)}`);
    expect(shown.stderr).toContain('help: add --yes');
    expect((await run(`connect ${agent} --yes`)).stdout).toContain(`connected ${agent}\n`);
    expect(filesOf()).toEqual([...files].toSorted());
    const texts = files.map(read);
    expect(texts[0]).toContain(guard);
    expect(texts[0]).toContain(process.execPath);
    expect((await run(`connect ${agent} --yes`)).stdout).toContain(
      `nothing to change for ${agent}\n`,
    );
    expect(files.map(read)).toEqual(texts);
    expect((await run(`disconnect ${agent}`)).exit).toBe(6);
    expect(await run(`disconnect ${agent} --yes`)).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining(`disconnected ${agent}\n`),
    });
    expect(filesOf()).toEqual([]);
    expect((await run(`disconnect ${agent}`)).stdout).toBe(
      `nothing of Skillgate to remove for ${agent}\n`,
    );
  });

  it('keeps every byte and the mode of a file that a person wrote', async () => {
    for (const path of files) write(path, path === first ? existing : '{"hooks": {}}', 0o640);
    expect((await run(`connect ${agent} --yes`)).exit).toBe(0);
    expect(read(first)).not.toBe(existing);
    expect(statSync(join(home, first)).mode & 0o777).toBe(0o640);
    expect((await run(`disconnect ${agent} --yes`)).exit).toBe(0);
    expect(read(first)).toBe(existing);
    expect(filesOf()).toEqual([...files].toSorted());
  });

  it('keeps an entry of the same name, and says so', async () => {
    write(first, foreign);
    const { exit, stdout } = await run(`connect ${agent} --yes`);
    expect([exit, stdout]).toEqual([
      6,
      expect.stringContaining(`left as it is in ${join(home, first)}: mcp`),
    ]);
    expect((await run(`disconnect ${agent} --yes`)).exit).toBe(0);
    expect(read(first)).toBe(foreign);
  });

  it('keeps an entry that was edited afterwards, and says so', async () => {
    await run(`connect ${agent} --yes`);
    const edited = read(first).replace(/"--agent",\s*"[\w-]+"/, '"--agent", "edited"');
    write(first, edited);
    expect((await run(`connect ${agent} --yes`)).exit).toBe(6);
    expect((await run(`disconnect ${agent} --yes`)).stdout).toContain('left as it is');
    expect(read(first)).toContain('"edited"');
  });

  it('writes its own entry anew for another identity, and after it was deleted', async () => {
    await run(`connect ${agent} --yes`);
    expect((await run(`connect ${agent} --agent coder --yes`)).exit).toBe(0);
    const text = read(first);
    expect(text).toContain('"coder"');
    write(first, existing);
    await run(`connect ${agent} --agent coder --yes`);
    expect(read(first)).toContain('"coder"');
    expect((await run(`disconnect ${agent} --yes`)).exit).toBe(0);
    expect(read(first)).toBe(existing);
  });

  it('refuses a file that does not parse, with the place', async () => {
    write(first, malformed);
    const { exit, stderr } = await run(`connect ${agent} --yes`);
    expect([exit, read(first), filesOf()]).toEqual([6, malformed, [first]]);
    expect(stderr).toMatch(new RegExp(`agent-config-invalid[^]*${first}:[12]:\\d+`));
  });

  it('follows a link of its owner, and the link stays', async () => {
    write('dotfiles/config', existing);
    mkdirSync(dirname(join(home, first)), { recursive: true });
    symlinkSync(join(home, 'dotfiles/config'), join(home, first));
    expect((await run(`connect ${agent} --yes`)).exit).toBe(0);
    expect(read('dotfiles/config')).toContain('skillgate');
    expect(readlinkSync(join(home, first))).toBe(join(home, 'dotfiles/config'));
    await run(`disconnect ${agent} --yes`);
    expect(read('dotfiles/config')).toBe(existing);
    expect(lstatSync(join(home, first)).isSymbolicLink()).toBe(true);
  });

  if (moved !== undefined)
    it('is found where its variable says', async () => {
      const [variable, value, file] = moved;
      await run(`connect ${agent} --yes`, { [variable]: join(home, value) });
      expect(filesOf()).toContain(file);
      expect(filesOf()).not.toContain(first);
      await run(`disconnect ${agent} --yes`);
      expect(filesOf()).toEqual([]);
    });
});

describe('NanoClaw', () => {
  const rowsOf = () => {
    const db = new BetterSqlite3(join(home, 'nano/data/v2.db'));
    const all = db.prepare('SELECT skills, mcp_servers AS servers FROM container_configs').all();
    db.close();
    return all as { skills: string; servers: string }[];
  };
  const before = { skills: '["welcome"]', servers: '{"x": {"command":"x"}}' };

  beforeEach(() => {
    mkdirSync(join(home, 'nano/data'), { recursive: true });
    const db = new BetterSqlite3(join(home, 'nano/data/v2.db'));
    db.exec(
      'CREATE TABLE container_configs (agent_group_id TEXT PRIMARY KEY, skills TEXT, mcp_servers TEXT, updated_at TEXT)',
    );
    for (const group of ['a', 'b: skills'])
      db.prepare('INSERT INTO container_configs VALUES (?, ?, ?, 0)').run(
        group,
        before.skills,
        before.servers,
      );
    db.close();
  });

  it('gets the server, and no other skills, in all groups and back', async () => {
    const { exit, stdout } = await run('connect nanoclaw nano --yes');
    expect(exit).toBe(0);
    expect(stdout).toContain(`--socket ${join(home, 'nano/container/skills/.skillgate.sock')}`);
    for (const { skills, servers } of rowsOf()) {
      expect(skills).toBe('[]');
      expect(JSON.parse(servers)).toMatchObject({
        x: { command: 'x' },
        skillgate: { command: 'node' },
      });
    }
    expect((await run('connect nanoclaw nano --yes')).stdout).toContain('nothing to change');
    expect((await run('disconnect nanoclaw --yes')).exit).toBe(0);
    expect(rowsOf()).toEqual([before, before]);
  });

  it('is disconnected after its database is gone', async () => {
    await run('connect nanoclaw nano --yes');
    rmSync(join(home, 'nano'), { recursive: true });
    expect((await run('disconnect nanoclaw --yes')).exit).toBe(0);
    expect((await run('disconnect nanoclaw')).stdout).toContain('nothing of Skillgate');
  });

  it('is refused in another folder', async () => {
    expect(await run('connect nanoclaw --yes')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('no folder of NanoClaw'),
    });
    expect((await run('connect codex nano')).exit).toBe(2);
    expect((await run('connect unknown')).stderr).toContain('name one of claude-code, codex');
  });
});

it('asks at a terminal, and takes only yes', async () => {
  const ask = (input: string) =>
    skill(['connect', 'codex'], { env: { HOME: home }, cwd: home, terminal: true, input });
  const { exit, stderr } = await ask('no\n');
  expect([exit, filesOf()]).toEqual([6, []]);
  expect(stderr).toContain('+[mcp_servers.skillgate]');
  expect((await ask('yes\n')).exit).toBe(0);
  expect(filesOf()).toEqual(['.codex/config.toml']);
});

it('writes none of the files when one changed before the answer', async () => {
  const input = new PassThrough();
  const stdin = Object.assign(input, { isTTY: true });
  const quiet = input.listenerCount('end');
  const asked = skill(['connect', 'claude-code'], {
    env: { HOME: home },
    cwd: home,
    terminal: true,
    stdin,
  });
  // The question reads the terminal.
  while (input.listenerCount('end') === quiet) await sleep(5);
  write('.claude/settings.json', '{"meanwhile": true}');
  input.write('yes\n');
  const { exit, stderr } = await asked;
  expect([exit, stderr]).toEqual([
    6,
    expect.stringContaining('another program has just changed it'),
  ]);
  expect([filesOf(), read('.claude/settings.json')]).toEqual([
    ['.claude/settings.json'],
    '{"meanwhile": true}',
  ]);
});

it('answers programs in JSON', async () => {
  const { exit, stdout } = await run('connect cursor --yes --format json');
  expect([exit, JSON.parse(stdout)]).toEqual([
    0,
    {
      schema: 'skillgate.connected/1',
      agent: 'cursor',
      changed: [join(home, '.cursor/mcp.json')],
      left: 0,
      next: [
        expect.stringContaining('agent create cursor'),
        expect.stringContaining('agent grant cursor'),
      ],
      gap: expect.stringContaining('Cursor'),
    },
  ]);
});

it('with --yes, no line of a file gets into the log of a script', async () => {
  write('.claude.json', '{\n  "primaryApiKey": "sk-secret"\n}\n');
  const { stdout, stderr } = await run('connect claude-code --yes');
  expect(stdout).toContain(`changed ${join(home, '.claude.json')}\n`);
  expect(stdout + stderr).not.toContain('sk-secret');
  expect((await run('disconnect claude-code')).stderr).toContain('sk-secret');
});

it('a hook for another place of Skillgate replaces the earlier one', async () => {
  await run('connect claude-code --yes', { NODE_EXTRA_CA_CERTS: '/ca.pem' });
  expect(read('.claude/settings.json')).toContain('"NODE_EXTRA_CA_CERTS=/ca.pem ');
  write('.claude/settings.json', JSON.stringify(JSON.parse(read('.claude/settings.json'))));
  expect((await run('connect claude-code --yes')).exit).toBe(0);
  const { PreToolUse, UserPromptExpansion } = JSON.parse(read('.claude/settings.json')).hooks;
  expect([PreToolUse.length, UserPromptExpansion.length]).toEqual([1, 1]);
  expect(read('.claude/settings.json')).not.toContain('ca.pem');
});

it('a hook that a person pasted is not doubled', async () => {
  const pasted =
    '{"hooks": {"PreToolUse": [{"hooks": [{"command": "skillgate policy claude-code || exit 2"}]}]}}';
  write('.claude/settings.json', pasted);
  const { exit, stdout } = await run('connect claude-code --yes');
  expect([exit, stdout]).toEqual([6, expect.stringContaining('settings.json: hooks.PreToolUse')]);
  expect(JSON.parse(read('.claude/settings.json')).hooks.PreToolUse).toHaveLength(1);
});

it('what belongs to other users, or is no text, is refused and stays', async () => {
  const attacks: Record<string, (path: string) => void> = {
    'it is larger than': (path) => writeFileSync(path, ' '.repeat(16 * 1024 * 1024 + 1)),
    'it is not UTF-8': (path) => writeFileSync(path, Buffer.from([0x7b, 0xff, 0x7d])),
    'it is no regular file': (path) => mkdirSync(path),
    'it is a link to a file that does not exist': (path) => symlinkSync('/nowhere', path),
    ELOOP: (path) => symlinkSync(path, path),
    ENOTDIR: (path) => {
      rmSync(dirname(path), { recursive: true });
      writeFileSync(dirname(path), '');
    },
    'every user may write to': (path) => chmodSync(dirname(path), 0o777),
    ...(process.getuid?.() === 0 && {
      'belongs to user 65534': (path) => {
        writeFileSync(path, '{}');
        chownSync(path, 65_534, 65_534);
      },
      'belongs to user 65534: type the command as that user': (path) =>
        chownSync(dirname(path), 65_534, 65_534),
      // Its folder is a link to one of ours, made by whoever owns the home folder.
      'belongs to user 65534: type the command': (path) => {
        rmSync(dirname(path), { recursive: true });
        symlinkSync(folderWith(), dirname(path));
        chownSync(home, 65_534, 65_534);
      },
      'it is a link of user 65534': (path) => {
        symlinkSync('/etc/hostname', path);
        lchownSync(path, 65_534, 65_534);
      },
    }),
  };
  for (const [why, attack] of Object.entries(attacks)) {
    home = folderWith();
    mkdirSync(join(home, '.cursor'));
    attack(join(home, '.cursor/mcp.json'));
    const { exit, stderr } = await run('connect cursor --yes', { SKILLGATE_HOME: folderWith() });
    expect([exit, stderr]).toEqual([6, expect.stringContaining(why)]);
  }
});

it('a file that changed between the question and the answer is not overwritten', async () => {
  write('file', 'before');
  const document = fileDocument(join(home, 'file'));
  expect(await document.read()).toBe('before');
  write('file', 'meanwhile');
  await expect(document.write('after', 'before')).rejects.toThrow(
    'another program has just changed it',
  );
  expect([read('file'), existsSync(join(home, 'new'))]).toEqual(['meanwhile', false]);
});

it('the executable is named by its own path, which outlives its next release', () => {
  const unpacked = '/home/a/.cache/skillgate/program-0f3c/node_modules/skillgate/dist/cli/guard.js';
  const env = { SKILLGATE_EXECUTABLE: '/usr/local/bin/skillgate' };
  expect(programOf(env, unpacked)).toEqual(['/usr/local/bin/skillgate']);
  for (const given of [{}, { SKILLGATE_EXECUTABLE: 'skillgate' }])
    expect(programOf(given, unpacked)).toEqual([process.execPath, unpacked]);
  expect(programOf(env, '/opt/guard.js')).toEqual([process.execPath, '/opt/guard.js']);
});

it('the home of Skillgate goes with the command, and no secret of the environment does', async () => {
  const env = {
    SKILLGATE_HOME: join(home, 'its home'),
    HTTPS_PROXY: 'http://u:secret@proxy',
    API_KEY: 'secret',
  };
  for (const agent of Object.keys(agents).filter((one) => one !== 'nanoclaw'))
    await run(`connect ${agent} --yes`, env);
  const texts = filesOf()
    .filter((path) => !path.startsWith('its home'))
    .map(read);
  expect(texts.filter((text) => text.includes('its home'))).toHaveLength(texts.length);
  expect(texts.join('')).not.toContain('secret');
});
