/**
 * A registry is exported, the folder is carried, and a host without any network trusts the folder
 * and installs from it: as files, and from a file server that knows nothing of Skillgate.
 */
import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseRoot, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { guard } from '../built-program.ts';
import { makeRotationStage, type RotationStage } from './rotation-stage.ts';

let stage: RotationStage;
/** Fingerprints of the first root file and of the one between two rotations. */
let root: string;
let middle: string;
const fingerprint = async (): Promise<string> =>
  rootFingerprint(parseRoot(await (await fetch(`${stage.base()}/index/root.json`)).text()));
beforeAll(async () => {
  stage = await makeRotationStage();
  root = await fingerprint();
  await stage.json('eve', 'registry', 'add', stage.base(), '--root', root);
  await stage.release('1.0.0');
  await stage.json('eve', 'registry', 'export', stage.base(), 'copy');
  await stage.rotate(['ada', 'ben'], '--new-status-key');
  await stage.json('eve', 'registry', 'export', stage.base(), 'copy');
  middle = await fingerprint();
  await stage.rotate(['ada', 'cleo'], '--new-registry-key');
  await stage.release('1.1.0');
  await stage.json('eve', 'registry', 'export', stage.base(), 'copy');
  await stage.stop();
  cpSync(join(stage.folder, 'eve/project/copy'), join(stage.folder, 'stick'), { recursive: true });
});
afterAll(() => stage.close());

/** Runs a script that has loopback and no other network. `gate` is the command. */
async function isolated(home: string, script: string): Promise<string> {
  const box = ['--bind', '/', '/', '--dev-bind', '/dev', '/dev', '--unshare-net', '--'];
  const given = `gate() { "${process.execPath}" "${guard}" "$@"; }; cd "${stage.folder}"; ${script}`;
  const { stdout, stderr } = await promisify(execFile)('bwrap', [...box, 'bash', '-ec', given], {
    env: { PATH: process.env.PATH, SKILLGATE_HOME: join(stage.folder, home), NO_COLOR: '1' },
    maxBuffer: 2 ** 24,
  });
  return stdout + stderr;
}

it('a host without a network trusts the first root file, and installs from the folder', async () => {
  const said = await isolated(
    'host',
    `gate registry add file://$PWD/stick --root ${root}; gate install @acme/report --yes; gate verify @acme/report`,
  );
  expect(said).toContain('@acme/report@1.1.0');
});

it('installs from a file server on loopback, by a root file between the first and the present one', async () => {
  const said = await isolated(
    'other',
    `python3 -m http.server 8127 --bind 127.0.0.1 --directory stick 2>/dev/null & server=$!
     trap 'kill $server' EXIT
     for try in $(seq 100); do (: < /dev/tcp/127.0.0.1/8127) 2>/dev/null && break; sleep 0.1; done
     gate registry add http://127.0.0.1:8127 --root ${middle}; gate install @acme/report --yes; gate verify @acme/report`,
  );
  expect(said).toContain('@acme/report@1.1.0');
});

it('has no network, so nothing else answered', async () => {
  await expect(
    isolated('third', `gate registry add ${stage.base()} --root ${root}`),
  ).rejects.toThrow('Cannot reach');
});
