import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { verifyAuditFile } from '../../runner/audit/audit-file.ts';

it('the audit log stays whole when several processes write at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-audit-'));
  const file = join(folder, 'audit', 'audit.jsonl');
  const key = join(folder, 'config', 'audit-key.json');
  const code = `import { openAudit } from ${JSON.stringify(new URL('../../runner/audit/audit.ts', import.meta.url).href)};
    const audit = openAudit(${JSON.stringify(file)}, () => new Date(), ${JSON.stringify(key)});
    for (let i = 0; i < 20; i++) audit.record({ run: 'r', agent: 'a' }, { event: 'refused', code: 'x', why: 'y' });`;
  const start = () =>
    spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
  const ends = await Promise.all(
    [1, 2, 3].map(() => new Promise((resolve) => start().on('close', resolve))),
  );
  expect(ends).toEqual([0, 0, 0]);
  // Each of these is signed at once.
  expect(await verifyAuditFile(file, key)).toMatchObject({
    kind: 'whole',
    lines: 120,
    signed: 119,
  });
  rmSync(folder, { recursive: true });
});
