import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runBuiltFile } from '../../cli/kept-code.ts';
import { replyTo, type ScanReply } from '../../cli/scan/local-scan.ts';
import { sampleOf } from '../sample.ts';
import { ownAttacks } from '../scanner/own-attacks.ts';

// The build leaves out what the scanner does not use of TypeScript. Something that a scan did call
// would be missing in the built scanner only.
it('reports from the built scanner what the sources report of TypeScript and JavaScript', async () => {
  const program = fileURLToPath(new URL('../../dist/cli/scanner.cjs', import.meta.url));
  const built = runBuiltFile<{ replyTo: typeof replyTo }>(program, undefined).exports;
  const attacks = ownAttacks('open').filter(({ attack }) =>
    attack.some(({ path }) => /\.[cm]?[jt]sx?$/.test(path)),
  );
  expect(attacks.length).toBeGreaterThan(10);
  for (const { attack } of sampleOf(attacks, 6, ({ technique }) => technique)) {
    const request = { files: attack, path: '.', unread: [] };
    expect(reportOf(await built.replyTo(request))).toEqual(reportOf(await replyTo(request)));
  }
});

function reportOf(reply: ScanReply): unknown {
  if (reply.kind === 'failed') throw new Error(reply.message);
  return reply.report;
}
