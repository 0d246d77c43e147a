/** A process in the background that makes an image of the scanner: `make-image PROGRAM IMAGE`. */
import { spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename, dirname, join } from 'node:path';

const [program = '', place = ''] = process.argv.slice(2);
const beside = `${place}.new`;

setPriority(10);
// Only one process makes the image: a second one ends here. Where Node cannot make the image, the
// empty file keeps the next commands from trying again.
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
