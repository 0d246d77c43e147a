/** Images of small programs in the place of the scanner. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, vi } from 'vitest';
import { type ScanImage, scanImage, startMakingImages } from '../../../cli/scan/scan-image.ts';
import { folderWith } from '../temporary-folder.ts';

/** Answers each request with what a process from the image may do. */
export const program = `
  const { startupSnapshot } = require('node:v8');
  const frameOf = (text) => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(Buffer.byteLength(text));
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const codeOf = (act) => {
    try {
      act();
      return 'done';
    } catch ({ code }) {
      return code;
    }
  };
  const builtin = process.getBuiltinModule;
  startupSnapshot.setDeserializeMainFunction(() => {
    process.stdout.write(frameOf('ready'));
    process.stdin.on('data', () =>
      process.stdout.write(
        frameOf(
          JSON.stringify({
            home: process.env.HOME,
            read: codeOf(() => builtin('node:fs').readFileSync('/etc/passwd')),
            write: codeOf(() => builtin('node:fs').writeFileSync('/tmp/skillgate-image', '')),
            start: codeOf(() => builtin('node:child_process').execFileSync('/bin/true')),
          }),
        ),
      ),
    );
  });
`;

/** The place for the image of a program. */
export function imageOf(text: string): ScanImage {
  const folder = folderWith({ 'scan.cjs': text, 'scan.cjs.sha256': 'aa' });
  const image = scanImage({ SKILLGATE_HOME: join(folder, 'home') }, join(folder, 'scan.cjs'));
  if (image === undefined) throw new Error('no place for an image');
  return image;
}

/** The environment of the user whose image it is. */
export function environmentOf({ program }: ScanImage): NodeJS.ProcessEnv {
  return { SKILLGATE_HOME: join(dirname(program), 'home') };
}

/** Has the image made. */
export async function make(image: ScanImage): Promise<void> {
  startMakingImages(image);
  await vi.waitFor(() => expect(existsSync(image.place)).toBe(true), { timeout: 20_000 });
}
