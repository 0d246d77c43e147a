/**
 * A process in the background that makes the images of the scanner:
 * `make-images PROGRAM IMAGE LIGHT`.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename, dirname, join } from 'node:path';

const [program = '', place = '', light = ''] = process.argv.slice(2);

setPriority(10);
// Only one process makes the images: a second one ends here. Where Node cannot make an image, the
// empty file keeps the next commands from trying again.
closeSync(openSync(`${place}.new`, 'wx', 0o600));
closeSync(openSync(`${light}.new`, 'w', 0o600));
if (made(light, ['light']) && made(place, [])) {
  // Images of other versions have forty megabytes together.
  const own = [basename(place), basename(light)];
  const folder = dirname(place);
  for (const name of readdirSync(folder))
    if (/^scan-.*\.image$/.test(name) && !own.includes(name))
      rmSync(join(folder, name), { force: true });
}

/** @param words the program's arguments */
function made(image: string, words: readonly string[]): boolean {
  const beside = `${image}.new`;
  const { status } = spawnSync(
    process.execPath,
    ['--snapshot-blob', beside, '--build-snapshot', program, ...words],
    { stdio: 'ignore', env: {}, cwd: '/' },
  );
  if (status !== 0) return false;
  const file = openSync(beside, 'r+');
  // Node checks only a part of an image: a power failure must not leave half of one.
  fsyncSync(file);
  closeSync(file);
  renameSync(beside, image);
  return true;
}
