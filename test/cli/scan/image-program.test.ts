import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { replyTo } from '../../../cli/scan/local-scan.ts';
import { startFromImage } from '../../../cli/scan/scan-image.ts';
import { ownAttacks } from '../../scanner/own-attacks.ts';
import { folderWith } from '../temporary-folder.ts';

const entry = fileURLToPath(new URL('../../../cli/scan/scan-program.ts', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'skillgate-scan-'));
const program = join(folder, 'scan.cjs');
beforeAll(async () => {
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    banner: { js: 'var module = { exports: {} };' },
    define: { 'import.meta.url': '"file:///scan.cjs"' },
    logLevel: 'error',
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['an image', []],
  ['the light image, which loads a parser when it needs it', ['light']],
])(
  'reports from %s what a scan without an image reports',
  async (_, words) => {
    const place = join(folderWith(), 'scan.image');
    writeFileSync(place, '', { mode: 0o600 });
    const making = ['--snapshot-blob', place, '--build-snapshot', program, ...words];
    execFileSync(process.execPath, making, { stdio: 'ignore' });
    const child = await startFromImage(place);
    onTestFinished(() => child?.kill());
    const groups = Map.groupBy(ownAttacks('open'), (one) => one.technique + one.language);
    const requests = [
      ...[...groups.values()].flatMap(([one]) => (one === undefined ? [] : [one.attack])),
      // As deep as the stack and the parser bear.
      [{ path: 'deep.ts', bytes: Buffer.from(`x=${'['.repeat(450)}`), mode: 0o644 }],
    ].map((files) => ({ files, path: '.', unread: [] }));
    expect(requests.length).toBeGreaterThan(10);
    for (const request of requests) {
      const answer = await child?.ask(serialize(request), 60);
      const here = await replyTo(request);
      expect(reportIn(JSON.parse(Buffer.from(answer ?? []).toString()))).toEqual(
        reportIn(JSON.parse(JSON.stringify(here))),
      );
    }
  },
  120_000,
);

function reportIn(reply: { readonly report?: unknown; readonly message?: string }): unknown {
  return reply.report ?? reply.message;
}
