/**
 * Loaded into a command: sends the process SIGNAL_KIND before its act SIGNAL_STEP, where an act is a
 * change of a file or a request. Without these it writes the number of acts to SIGNAL_COUNT.
 */
import { writeFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const { SIGNAL_KIND: kind, SIGNAL_STEP: step, SIGNAL_COUNT: count } = process.env;
const require = createRequire(import.meta.url);
const fs = require('node:fs');
const write = writeFileSync;
let acts = 0;

function act(name) {
  acts++;
  if (acts === Number(step)) process.kill(process.pid, kind);
  // A signal that is not handled ends the process a little later.
  if (kind === 'SIGKILL' && acts >= Number(step)) for (;;);
  return name;
}

const changes =
  'appendFile copyFile cp fsync ftruncate link mkdir mkdtemp open rename rm rmdir symlink truncate unlink write writeFile writev';
for (const name of changes.split(' '))
  for (const [owner, key] of [
    [fs, `${name}Sync`],
    [fs.promises, name],
  ]) {
    const real = owner[key];
    if (real === undefined) continue;
    owner[key] = (...args) => {
      // Opening a file to read it changes nothing.
      const isRead =
        name === 'open' && (args[1] === undefined || args[1] === 'r' || (args[1] & 3) === 0);
      if (!isRead && !(name.startsWith('write') && (args[0] === 1 || args[0] === 2))) act(name);
      return real.apply(owner, args);
    };
  }
for (const owner of [require('node:http'), require('node:https')]) {
  const real = owner.request;
  owner.request = (...args) => {
    act('request');
    return real.apply(owner, args).once('response', () => act('response'));
  };
}
const { fetch } = globalThis;
globalThis.fetch = async (...args) => {
  act('request');
  const answer = await fetch(...args);
  act('response');
  return answer;
};
syncBuiltinESMExports();
if (count !== undefined) process.on('exit', () => write(count, String(acts)));
