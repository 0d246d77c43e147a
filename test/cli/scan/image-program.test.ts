import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { replyTo } from '../../../cli/scan/local-scan.ts';
import { startFromImage } from '../../../cli/scan/scan-image.ts';
import { ownAttacks } from '../../scanner/own-attacks.ts';
import { folderWith } from '../temporary-folder.ts';

const entry = fileURLToPath(new URL('../../../cli/scan/scan-program.ts', import.meta.url));

it('reports from an image what a scan without an image reports', async () => {
  const folder = folderWith();
  const [program, place] = [join(folder, 'scan.cjs'), join(folder, 'scan.image')];
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
  writeFileSync(place, '', { mode: 0o600 });
  execFileSync(process.execPath, ['--snapshot-blob', place, '--build-snapshot', program], {
    stdio: 'ignore',
  });
  const child = await startFromImage({ program, place });
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
}, 120_000);

function reportIn(reply: { readonly report?: unknown; readonly message?: string }): unknown {
  return reply.report ?? reply.message;
}
