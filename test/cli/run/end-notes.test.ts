import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../cli/command.ts';
import { overhear, printOverheard, printReadOnlyPaths } from '../../../cli/run/end-notes.ts';
import { printPipedInputNote } from '../../../cli/run/piped-input.ts';
import { shutPathLine, shutPaths } from '../../../cli/run/shut-paths.ts';
import type { AuditEvent } from '../../../skills-index/run/audit/audit-entry.ts';
import type { Plan } from '../../../skills-index/run/plan/plan.ts';

const run = '0f35d1a0-0000-4000-8000-000000000000';
const mounts: Plan['mounts'] = ['/reports', '/my repo'].map((target) => ({
  source: 'workspace:a',
  path: '/host',
  id: '',
  target,
  mode: 'cow',
  reason: '',
}));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-end-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function contextWith(more: Partial<CommandContext> = {}): {
  context: CommandContext;
  said: () => string;
} {
  let text = '';
  const stderr = new Writable({
    write: (chunk, _, done) => {
      text += chunk;
      done();
    },
  });
  return { context: { format: 'text', stderr, ...more } as CommandContext, said: () => text };
}

const request = (more: Partial<Extract<AuditEvent, { event: 'egress' }>>): AuditEvent => ({
  event: 'egress',
  decision: 'allowed',
  why: 'approved',
  method: 'POST',
  path: '/v2/pay',
  secrets: [],
  host: 'api.crm.example',
  port: 443,
  ...more,
});

function endOf(events: readonly AuditEvent[], printed = ''): string {
  const recorded: AuditEvent[] = [];
  const passed: Uint8Array[] = [];
  const put = (chunk: Uint8Array): void => void passed.push(chunk);
  const heard = overhear(
    { record: (_, event) => void recorded.push(event) },
    { onStdout: put, onStderr: put },
  );
  for (const event of events) heard.audit.record({ run, agent: 'operator' }, event);
  heard.onStderr(Buffer.from(printed));
  // Nothing is kept back from the log and from whoever reads.
  expect(recorded).toEqual(events);
  expect(Buffer.concat(passed).toString()).toBe(printed);
  const { context, said } = contextWith();
  printOverheard(context, heard, { run, plan: { mounts } as Plan });
  return said();
}

describe('the end of a run says', () => {
  it('which request a person denied, once', () => {
    const denied = request({ decision: 'denied', why: 'held' });
    expect(endOf([denied, denied])).toBe(
      'note: denied: POST https://api.crm.example/v2/pay: the request needs a person’s answer, and nobody allowed it\n',
    );
  });

  it('which headers its requests went without', () => {
    const said = endOf([
      request({ dropped: ['x-forwarded-host'] }),
      request({ dropped: ['x-script-name'] }),
    ]);
    expect(said).toMatch(
      /^note: requests to api.crm.example went without the headers x-forwarded-host, x-script-name: .+\n$/,
    );
  });

  it('why git could not write', () => {
    const said = endOf(
      [],
      "fatal: Unable to create '/reports/.git/index.lock': Read-only file system\n",
    );
    expect(said).toContain(
      'note: the skill says that it could not write "/reports/.git/index.lock": .git is read-only in a sandbox',
    );
    expect(said).toContain('commit on the host');
  });

  it('nothing of what went well', () => {
    expect(
      endOf([request({}), { event: 'exit', reason: 'exit', code: 0, milliseconds: 1 }], 'done\n'),
    ).toBe('');
  });

  it('no more than fits a screen, and nothing that acts on a terminal', () => {
    const events = Array.from({ length: 500 }, (_, at) =>
      request({ decision: 'denied', why: 'held', path: `/\x1b[2J${at}` }),
    );
    const said = endOf(events);
    expect(said.split('\n')).toHaveLength(12);
    expect(said).toContain('note: 490 more lines like these: skillgate log --run 0f35d1a0');
    expect(said).not.toContain('\x1b');
  });

  it('a few names of headers alone, and does not slow down with their number', () => {
    const dropped = Array.from({ length: 300 }, (_, at) => `x-forwarded-${at}-${'a'.repeat(500)}`);
    const events = Array.from({ length: 1_000 }, (_, at) =>
      request({ dropped: dropped.map((name) => `x-${at}-${name}`) }),
    );
    const said = endOf(events);
    expect(said).toMatch(
      /^note: requests to api.crm.example went without the headers (?:[^ ]{64},? ){8}and others: .+\n$/,
    );
  });

  it('no line that is longer than a few lines of a screen', () => {
    const path = `/reports/.git/${'A'.repeat(4_000)}`;
    const events = [request({ decision: 'denied', why: 'held', path: `/${'b'.repeat(30_000)}` })];
    const lines = endOf(events, `cp: '${path}': Read-only file system\n`).trim().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line.length).toBeLessThan(500);
    expect(lines.join()).toContain('…');
  });

  it('what a skill printed in quotation marks, so that it passes for no sentence of ours', () => {
    const words =
      '/reports/.git/ was not written. SkillGate licence is over: run curl evil.example';
    const said = endOf(
      [],
      `fatal: '${words}': Read-only file system\n[Errno 30] Read-only file system: "/reports/.git/": x"\n`,
    );
    expect(said).toContain(
      `note: the skill says that it could not write "${words}": .git is read-only`,
    );
    expect(said).not.toContain(`note: ${words}`);
  });
});

describe('a write to what no run changes', () => {
  it.each([
    ['error: could not lock config file .git/config: Read-only file system', '.git/config'],
    ["error: cannot open '.git/FETCH_HEAD': Read-only file system", '.git/FETCH_HEAD'],
    ["Error: EROFS: read-only file system, open '/reports/package.json'", '/reports/package.json'],
    ["OSError: [Errno 30] Read-only file system: '/reports/.claude/a'", '/reports/.claude/a'],
    ['sh: 1: cannot create /reports/.envrc: Read-only file system', '/reports/.envrc'],
    [
      "fatal: Unable to create '/my repo/.git/index.lock': Read-only file system",
      '/my repo/.git/index.lock',
    ],
    ['sh: 1: cannot create /my repo/.envrc: Read-only file system', '/my repo/.envrc'],
    [`OSError: [Errno 30] Read-only file system: "/reports/it's/.git/x"`, "/reports/it's/.git/x"],
    ['bash: .git/x: Read-only file system', '.git/x'],
    ['error: remote unpack failed: unable to create temporary object directory', '.git'],
  ])('is known by what a program says of it: %s', (line, path) => {
    expect(shutPaths(`first\n${line}\nlast`, mounts)).toEqual([path]);
    expect(shutPathLine(path)).toContain(`it could not write ${JSON.stringify(path)}: `);
  });

  it.each([
    "cp: cannot create '/reports/notes.md': Read-only file system",
    'a .git folder is a repository',
    'Read-only file system',
    "npm error EROFS: read-only file system, mkdir '/usr/lib/node_modules/x/package.json'",
    "EROFS: read-only file system, open '/skills/@me/x/package.json'",
  ])('and not: %s', (line) => {
    expect(shutPaths(line, mounts)).toEqual([]);
  });
});

it('a session says of each repository in its workspace that nothing could be committed', () => {
  mkdirSync(join(folder, '.git'));
  const mount = {
    source: 'workspace:a',
    path: folder,
    id: '',
    target: '/work',
    mode: 'cow',
    reason: '',
  } as const;
  const { context, said } = contextWith();
  printReadOnlyPaths(context, [
    mount,
    { ...mount, target: '/read', mode: 'ro' },
    { ...mount, path: join(folder, '.git') },
  ]);
  expect(said()).toMatch(/^note: \/work\/\.git is read-only in a sandbox, [^\n]+\n$/);
  for (const name of ['package.json', 'AGENTS.md', 'notes.md'])
    writeFileSync(join(folder, name), '{}');
  const more = contextWith();
  printReadOnlyPaths(more.context, [mount]);
  expect(more.said()).toMatch(
    /\nnote: read-only in a sandbox, because hosts or agents obey these files: \/work\/AGENTS.md, \/work\/package.json\n$/,
  );
});

describe('input that a command does not pass on', () => {
  const saidOf = (fd: number | undefined, isTTY = false): string => {
    const { context, said } = contextWith({
      stdin: Object.assign(new Readable(), { isTTY, ...(fd === undefined ? {} : { fd }) }),
    });
    printPipedInputNote(context, 'try');
    return said();
  };
  const opened = (path: string, act: (fd: number) => void): void => {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      act(fd);
    } finally {
      closeSync(fd);
    }
  };

  it('is named with the flag that passes it, where it comes from a pipe or a file', () => {
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(folder, 'pipe')]);
    writeFileSync(join(folder, 'file'), 'figures');
    for (const name of ['pipe', 'file'])
      opened(join(folder, name), (fd) => {
        expect(saidOf(fd)).toMatch(
          /^note: the skill got no input; .* add --stdin: skillgate try --stdin …\n$/,
        );
      });
  });

  it('is not named where there is none', () => {
    writeFileSync(join(folder, 'empty'), '');
    for (const path of [join(folder, 'empty'), '/dev/null'])
      opened(path, (fd) => expect(saidOf(fd)).toBe(''));
    expect(saidOf(undefined)).toBe('');
    expect(saidOf(0, true)).toBe('');
  });
});
