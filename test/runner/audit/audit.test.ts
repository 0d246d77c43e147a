import {
  appendFileSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { openAudit } from '../../../runner/audit/audit.ts';
import { readEntries, verifyAuditFile } from '../../../runner/audit/audit-file.ts';
import type { AuditEvent, AuditSubject } from '../../../skills-index/run/audit/audit-entry.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

const subject: AuditSubject = { run: 'r1', agent: 'bot', skill: '@acme/a', version: '1.0.0' };
const egress = (decision: 'allowed' | 'denied', path: string): AuditEvent => ({
  event: 'egress',
  decision,
  why: 'path-denied',
  method: 'GET',
  host: 'a.example',
  port: 80,
  path,
  secrets: [],
});
const exit: AuditEvent = { event: 'exit', reason: 'killed', code: null, milliseconds: 1 };
const now = () => new Date('2026-01-01T00:00:00Z');
let folder: string;
let file: string;
let keyFile: string;
beforeEach(() => {
  folder = folderWith();
  file = join(folder, 'audit', 'audit.jsonl');
  keyFile = join(folder, 'config', 'audit-key.json');
});
const write = (...paths: readonly string[]): void => {
  const audit = openAudit(file, now, keyFile);
  for (const path of paths) audit.record(subject, egress('denied', path));
};
const end = (): void => openAudit(file, now, keyFile).record(subject, exit);
const linesNow = (): string[] => readFileSync(file, 'utf8').trimEnd().split('\n');
const change = (how: (lines: readonly string[]) => readonly (string | undefined)[]): void =>
  writeFileSync(file, `${how(linesNow()).join('\n')}\n`);
const verify = () => verifyAuditFile(file, keyFile);

describe('the audit log', () => {
  it('chains its lines, signs the first and the end of each run, and gives them back', async () => {
    expect(await verify()).toEqual({ kind: 'whole', lines: 0, signed: 0 });
    write('/a', '/b', '/c');
    end();
    const entries = await readEntries(file);
    expect(entries.map(({ event }) => event)).toEqual([
      'egress',
      'checkpoint',
      'egress',
      'egress',
      'exit',
      'checkpoint',
    ]);
    expect(await verify()).toEqual({ kind: 'whole', lines: 6, signed: 5 });
    expect(await readEntries(file, (entry) => entry.seq > 4)).toMatchObject([
      { event: 'exit', agent: 'bot' },
      { size: 5 },
    ]);
  });

  // Lines: /a, checkpoint, /b, /c, /d.
  it.each<[string, (lines: readonly string[]) => readonly (string | undefined)[], number]>([
    ['a changed line', (l) => [l[0], l[1], l[2]?.replace('/b', '/x'), l[3], l[4]], 3],
    [
      'a changed line before the last',
      (l) => [l[0], l[1], l[2], l[3]?.replace('/c', '/x'), l[4]],
      4,
    ],
    [
      'a changed last line',
      (l) => [...l.slice(0, 4), l[4]?.replace('"agent":"bot"', '"agent": "bot"')],
      5,
    ],
    [
      'its own form in another order of members',
      (l) => [...l.slice(0, 4), `{"why":"x",${l[4]?.slice(1)}`],
      5,
    ],
    [
      'a changed link',
      (l) => [...l.slice(0, 3), l[3]?.replace(/"prev":"sha256:./, '"prev":"sha256:!'), l[4]],
      4,
    ],
    ['a line taken out', (l) => [l[0], l[1], l[3], l[4]], 3],
    ['lines in another order', (l) => [l[0], l[1], l[3], l[2], l[4]], 3],
    ['a line twice', (l) => [l[0], l[1], l[2], l[2], l[3], l[4]], 4],
    ['a line put in', (l) => [l[0], l[1], l[2]?.replace('/b', '/x'), l[2], l[3], l[4]], 4],
    ['a first line taken out', (l) => l.slice(1), 1],
    [
      'all lines numbered anew',
      (l) => l.slice(2).map((line, i) => line.replace(/"seq":\d+/, `"seq":${i + 1}`)),
      1,
    ],
    ['a line that is none', (l) => [l[0], l[1], 'hello', l[2], l[3], l[4]], 3],
    ['an empty line', (l) => [l[0], l[1], '', l[2], l[3], l[4]], 3],
    [
      'a checkpoint of another key',
      (l) => [l[0], l[1]?.replace(/"keyId":"sha256:../, '"keyId":"sha256:ff'), ...l.slice(2)],
      2,
    ],
  ])('with %s names the line that is broken', async (_, how, line) => {
    write('/a', '/b', '/c', '/d');
    change(how);
    expect(await verify()).toMatchObject({ kind: 'broken', line });
  });

  it('takes nothing more once signed lines were cut off, however many lines are put in their place', () => {
    write('/a', '/b', '/c', '/d');
    end();
    const whole = readFileSync(file);
    change((lines) => lines.slice(0, 3));
    expect(() => write('/e')).toThrow('the log has 3 lines, but 6 lines were signed');
    writeFileSync(file, whole);
    const signed = linesNow().slice(0, 2);
    rmSync(join(folder, 'config'), { recursive: true });
    rmSync(`${file}.head`);
    writeFileSync(file, `${signed.join('\n')}\n`);
    write('/forged', '/forged', '/forged', '/forged', '/forged', '/forged');
    const forged = readFileSync(file);
    rmSync(folder, { recursive: true });
    write('/a', '/b', '/c', '/d');
    end();
    writeFileSync(file, forged);
    expect(() => write('/e')).toThrow('line 6 differs from the line that was signed');
  });

  it('misses signed lines that were cut off, and takes no more', async () => {
    write('/a', '/b');
    end();
    change((lines) => lines.slice(0, 2));
    expect(await verify()).toEqual({
      kind: 'broken',
      line: 3,
      why: 'lines 3 to 4 are missing: 4 lines were signed',
    });
    expect(() => end()).toThrowError(expect.objectContaining({ code: 'audit-broken' }));
    truncateSync(file);
    expect(() => write('/a')).toThrowError(expect.objectContaining({ code: 'audit-broken' }));
    rmSync(file);
    expect(() => write('/a')).toThrowError(expect.objectContaining({ code: 'audit-broken' }));
    expect(await verify()).toMatchObject({ kind: 'broken', line: 1 });
  });

  it('cannot go back to an earlier checkpoint of its own, though the one beside it does', async () => {
    write('/a');
    const early = readFileSync(`${file}.head`);
    write('/b', '/c');
    end();
    change((lines) => lines.slice(0, 2));
    writeFileSync(`${file}.head`, early);
    const why = 'lines 3 to 5 are missing: 5 lines were signed';
    expect(await verify()).toEqual({ kind: 'broken', line: 3, why });
    expect(() => end()).toThrowError(expect.objectContaining({ code: 'audit-broken' }));
    rmSync(join(folder, 'audit'), { recursive: true });
    expect(await verify()).toMatchObject({ kind: 'broken', line: 1 });
    expect(() => write('/a')).toThrowError(expect.objectContaining({ code: 'audit-broken' }));
  });

  it('begins anew where it was moved away with the checkpoint beside the key', async () => {
    write('/a', '/b');
    end();
    rmSync(join(folder, 'audit'), { recursive: true });
    rmSync(`${keyFile}.head`);
    write('/a');
    expect(await verify()).toEqual({ kind: 'whole', lines: 2, signed: 1 });
  });

  it('misses the checkpoint that is kept beside it, and knows another host’s', async () => {
    write('/a');
    const kept = `${file}.head`;
    copyFileSync(kept, `${kept}.copy`);
    rmSync(kept);
    expect(await verify()).toMatchObject({ kind: 'broken', line: 3 });
    writeFileSync(kept, readFileSync(`${kept}.copy`, 'utf8').replace('"size":1', '"size":2'));
    expect(await verify()).toMatchObject({ kind: 'broken' });
    rmSync(keyFile);
    copyFileSync(`${kept}.copy`, kept);
    expect(await verify()).toMatchObject({ kind: 'broken' });
  });

  it.each([
    ['in the middle of a line', '{"half":', 1],
    ['in the first bytes of a line', '{', 1],
    ['with nothing but zeros', '\0\0\0\0', 1],
    ['before the newline', '', 0],
  ])('moves aside what a crash left %s, and goes on whole', async (_, half, more) => {
    write('/a', '/b');
    if (more === 0) truncateSync(file, readFileSync(file).length - 1);
    else appendFileSync(file, half);
    write('/c');
    const entries = await readEntries(file);
    expect(entries.map(({ event }) => event).slice(-2)).toEqual(['recovered', 'egress']);
    expect(await verify()).toMatchObject({ kind: 'whole' });
    const [torn = ''] = readdirSync(join(folder, 'audit')).filter((name) => name.endsWith('.torn'));
    expect(readFileSync(join(folder, 'audit', torn), 'utf8')).toContain(
      more === 0 ? '"path":"/b"' : half,
    );
  });

  it('takes no line after one that was not written here', async () => {
    write('/a');
    appendFileSync(file, '{"seq":3}\n');
    expect(() => write('/b')).toThrowError(expect.objectContaining({ code: 'audit-broken' }));
    expect(await verify()).toMatchObject({ kind: 'broken', line: 3 });
  });

  it('keeps allowed requests in order with what comes after, and signs nothing for them alone', async () => {
    write('/a');
    const audit = openAudit(file, now, keyFile);
    for (let i = 0; i < 5; i++) audit.record(subject, egress('allowed', `/${i}`));
    expect(linesNow()).toHaveLength(2);
    audit.record(subject, egress('denied', '/no'));
    expect((await readEntries(file)).slice(2)).toMatchObject(
      [0, 1, 2, 3, 4, 'no'].map((one) => ({ path: `/${one}` })),
    );
    audit.record(subject, egress('allowed', '/last'));
    await expect.poll(linesNow).toHaveLength(9);
    expect(await verify()).toEqual({ kind: 'whole', lines: 9, signed: 1 });
  });

  it('stays one line for each entry, without characters that act, whatever is written', async () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.constantFrom(
        '\n{"seq":9}',
        '\u001b[2J\u001b]0;x\u0007',
        '"},{"',
        '\u202eevil',
        '\ud800',
        '\r\n',
        '\u2028',
        '\u0000',
        '\u200b',
        '\ufeff',
      ),
    );
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (path, why) => {
        for (const one of [join(folder, 'audit'), `${keyFile}.head`])
          rmSync(one, { recursive: true, force: true });
        openAudit(file, now, keyFile).record(
          { ...subject, agent: why },
          { event: 'call', tool: 'open', path, why },
        );
        write('/next');
        const bytes = readFileSync(file);
        expect(bytes.toString('utf8').split('\n')).toHaveLength(4);
        expect(Buffer.from(bytes.toString('utf8'))).toEqual(bytes);
        expect(bytes.toString('utf8').replaceAll('\n', '')).not.toMatch(
          /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u,
        );
        expect(await verify()).toMatchObject({ kind: 'whole', lines: 3 });
      }),
      { numRuns: 40 },
    );
  });
});
