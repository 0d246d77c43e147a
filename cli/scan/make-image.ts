/** A process in the background that makes an image of the scanner: `make-image PROGRAM IMAGE`. */
import { spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename, dirname, join } from 'node:path';

const [program = '', place = ''] = process.argv.slice(2);
const beside = `${place}.new`;

setPriority(10);
// What an interrupted process left there is older than any process that still makes the image.
rmSync(beside, { force: true });
// Only one process makes the image. Where Node cannot make it, the empty file keeps the next
// commands from trying again.
closeSync(openSync(beside, 'wx', 0o600));
const { status } = spawnSync(
  process.execPath,
  ['--snapshot-blob', beside, '--build-snapshot', program],
  { stdio: 'ignore', env: {}, cwd: '/' },
);
if (status === 0) {
  const file = openSync(beside, 'r+');
  // Node checks only a part of an image: a power failure must not leave half of one.
  fsyncSync(file);
  closeSync(file);
  renameSync(beside, place);
  // Images of other versions have twenty megabytes each.
  const folder = dirname(place);
  for (const name of readdirSync(folder))
    if (/^scan-.*\.image$/.test(name) && name !== basename(place))
      rmSync(join(folder, name), { force: true });
}
