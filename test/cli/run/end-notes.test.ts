import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../cli/command.ts';
import { overhear, printOverheard } from '../../../cli/run/end-notes.ts';
import { printPipedInputNote } from '../../../cli/run/run.ts';
import type { AuditEvent } from '../../../skills-index/run/audit/audit-entry.ts';

const run = '0f35d1a0-0000-4000-8000-000000000000';
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
  printOverheard(context, heard, { run });
  return said();
}

describe('the end of a run says', () => {
  it('which request a person denied, once', () => {
    const denied = request({ decision: 'denied', why: 'held' });
    expect(endOf([denied, denied])).toBe(
      'note: denied: POST https://api.crm.example/v2/pay: the request needs a person’s answer, and nobody allowed it\nhelp: skillgate explain held\n',
    );
  });

  it('which command explains each code, once', () => {
    const inside = request({ decision: 'denied', why: 'address-denied' });
    const other = request({ decision: 'denied', why: 'address-denied', path: '/other' });
    const undeclared = request({ decision: 'denied', why: 'host-denied' });
    const said = endOf([inside, other, undeclared]);
    expect(said).toMatch(
      /\nhelp: skillgate explain address-denied\nhelp: skillgate explain host-denied\n$/,
    );
    expect(said.match(/^help: /gm)).toHaveLength(2);
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
    expect(said.split('\n')).toHaveLength(13);
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
    const events = [request({ decision: 'denied', why: 'held', path: `/${'b'.repeat(30_000)}` })];
    const lines = endOf(events).trim().split('\n');
    expect(lines).toEqual([expect.any(String), 'help: skillgate explain held']);
    for (const line of lines) expect(line.length).toBeLessThan(500);
    expect(lines.join()).toContain('…');
  });
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
});
