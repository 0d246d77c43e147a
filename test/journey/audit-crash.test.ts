import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAudit } from '../../runner/audit/audit.ts';
import { readEntries, verifyAuditFile } from '../../runner/audit/audit-file.ts';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';

let folder: string;
let file: string;
let keyFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-crash-'));
  [file, keyFile] = [join(folder, 'audit/audit.jsonl'), join(folder, 'config/audit-key.json')];
});
afterEach(() => rmSync(folder, { recursive: true }));

const exit: AuditEvent = { event: 'exit', reason: 'exit', code: 0, milliseconds: 1 };
const record = (): void =>
  openAudit(file, () => new Date(), keyFile).record({ run: 'r', agent: 'a' }, exit);
/** A process that records without end, or until it is refused; it says `code: message` then. */
const writer = (before: string): string[] => {
  const audit = JSON.stringify(new URL('../../runner/audit/audit.ts', import.meta.url).href);
  const code = `import { openAudit } from ${audit};
    const audit = openAudit(${JSON.stringify(file)}, () => new Date(), ${JSON.stringify(keyFile)});
    const denied = { event: 'refused', code: 'x', why: 'y'.repeat(200) };
    try { for (let i = 0; i < 5000; i++) { audit.record({ run: 'r', agent: 'a' }, denied); if (i === 3) console.log('on'); } }
    catch (cause) { console.log(cause.code); }`;
  return ['-c', `${before} exec "$0" --input-type=module -e "$1"`, process.execPath, code];
};

describe('a log whose writer is killed', () => {
  it('verifies at once, and after the next line', async () => {
    for (let round = 0; round < 5; round++) {
      const child = spawn('/bin/sh', writer(''), { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(child, 'close');
      await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await ended;
      expect(await verifyAuditFile(file, keyFile)).toMatchObject({ kind: 'whole' });
      record();
      expect(await verifyAuditFile(file, keyFile)).toMatchObject({ kind: 'whole' });
    }
  });
});

describe('a log that may not grow, as on a full disk', () => {
  it('refuses the line, keeps those before whole, and goes on when there is room', async () => {
    record();
    // 8 blocks of 512 bytes for each file: the signal is ignored, so a write fails or falls short.
    const child = spawn('/bin/sh', writer('trap "" XFSZ; ulimit -f 8;'), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
    });
    await once(child, 'close');
    expect(said).toContain('audit-unwritable');
    expect(readFileSync(file).at(-1)).toBe(0x0a);
    expect(await verifyAuditFile(file, keyFile)).toMatchObject({ kind: 'whole' });
    record();
    expect((await readEntries(file)).map(({ event }) => event).slice(-2)).toEqual([
      'exit',
      'checkpoint',
    ]);
    expect(await verifyAuditFile(file, keyFile)).toMatchObject({ kind: 'whole' });
    expect(readdirSync(join(folder, 'audit')).filter((name) => name.endsWith('.torn'))).toEqual([]);
  });
});
