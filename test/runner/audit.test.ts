import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAudit, readAudit, verifyAudit } from '../../runner/audit.ts';
import { tryLock, unlock } from '../../runner/lock.ts';
import type { AuditEvent, AuditSubject } from '../../skills-index/run/audit-entry.ts';

const subject: AuditSubject = { run: 'r1', agent: 'bot', skill: '@acme/a', version: '1.0.0' };
const denied = (path: string): AuditEvent => ({
  event: 'egress',
  decision: 'denied',
  why: 'path-denied',
  method: 'GET',
  host: 'a.example',
  port: 80,
  path,
  secrets: [],
});
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-audit-'));
  file = join(folder, 'audit', 'audit.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));
const write = (...paths: readonly string[]): void => {
  const audit = openAudit(file, () => new Date('2026-01-01T00:00:00Z'));
  for (const path of paths) audit.record(subject, denied(path));
};

describe('the audit log', () => {
  it('chains its lines and gives them back', () => {
    expect(verifyAudit(file)).toEqual({ kind: 'whole', lines: 0 });
    write('/a', '/b', '/c');
    expect(verifyAudit(file)).toEqual({ kind: 'whole', lines: 3 });
    expect(readAudit(file, (entry) => entry.seq > 1)).toMatchObject([
      { seq: 2, path: '/b', agent: 'bot' },
      { seq: 3, path: '/c' },
    ]);
  });

  it.each([
    ['a changed line', (lines: string[]) => [lines[0], lines[1]?.replace('/b', '/x'), lines[2]], 3],
    ['a changed last line', (lines: string[]) => [lines[0], lines[1], lines[2]?.replace('"agent":"bot"', '"agent": "bot"')], 3],
    ['a line taken out', (lines: string[]) => [lines[0], lines[2]], 2],
    ['lines in another order', (lines: string[]) => [lines[1], lines[0], lines[2]], 1],
    ['a line twice', (lines: string[]) => [lines[0], lines[0], lines[1], lines[2]], 2],
    ['a first line taken out', (lines: string[]) => lines.slice(1), 1],
    ['a line that is none', (lines: string[]) => [lines[0], 'hello', lines[1]], 2],
    ['an empty line', (lines: string[]) => [lines[0], '', lines[1]], 2],
  ])('with %s names the line that is broken', (_, change, line) => {
    write('/a', '/b', '/c');
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    writeFileSync(file, `${change(lines).join('\n')}\n`);
    expect(verifyAudit(file)).toMatchObject({ kind: 'broken', line });
  });

  it('takes no line after one that is not whole', () => {
    write('/a');
    appendFileSync(file, '{"half":');
    expect(() => write('/b')).toThrowError(expect.objectContaining({ code: 'audit-broken' }));
    expect(verifyAudit(file)).toMatchObject({ kind: 'broken', line: 2 });
  });

  it('stays one line for each entry, without control characters, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (path) => {
        rmSync(file, { force: true });
        write(path, '/next');
        const text = readFileSync(file, 'utf8');
        expect(text.split('\n')).toHaveLength(3);
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
        expect(verifyAudit(file)).toEqual({ kind: 'whole', lines: 2 });
      }),
      { numRuns: 15 },
    );
  });
});

describe('a lock', () => {
  it('has one holder, and a holder that died is cleared', () => {
    const path = join(folder, 'x.lock');
    expect([tryLock(path), tryLock(path)]).toEqual([true, false]);
    unlock(path);
    writeFileSync(path, `${process.pid} 1`);
    expect([tryLock(path), tryLock(path), tryLock(path)]).toEqual([false, true, false]);
  });
});
