/** A file system without room, over which a registry runs, is killed and starts. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskCheckMs, reserveName } from '../../../registry/serving/disk-reserve.ts';
import { type Answer, call, makeSkill, registryIdAt, type Skill } from '../../registry/road.ts';
import { type Act, claim, publication, revocation } from '../acts.ts';
import { drafted, releaseOne, scanOne } from '../walk.ts';
import { printCounts } from './slow-bodies.ts';
import { makeStage, type Row, type Stage } from './stage.ts';

const sizeMiB = 64;

/** @returns a row that says why, where nobody may mount a file system */
export async function runFullDisk(): Promise<Row> {
  const what = 'a full file system';
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-full-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'skillgate', folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return { what, outcome: `skipped: cannot mount a tmpfs: ${String(error).trim()}`, faults: [] };
  }
  try {
    return { what, ...(await runOver(folder)) };
  } finally {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runOver(folder: string): Promise<Omit<Row, 'what'>> {
  const stage = await makeStage({ parent: folder });
  const { site, walk } = stage;
  const { send, staff, take } = walk;
  const filler = join(folder, 'filler');
  const faults: string[] = [];
  try {
    const id = await registryIdAt(send);
    const kept = await releaseOne(walk, makeSkill('@acme/kept', '1.0.0'));
    const waiting = makeSkill('@acme/waiting', '1.0.0');
    await scanOne(walk, waiting);
    const upload = await publication(makeSkill('@acme/late', '1.0.0'), staff.author);
    const early: readonly Act[] = [
      await drafted(send, waiting, staff.reviewer),
      await claim(id, 'early'),
      await revocation(id, kept, staff.reviewer.key),
    ];
    const late: readonly Act[] = [
      upload,
      await claim(id, 'late'),
      await revocation(id, waiting, staff.reviewer.key),
    ];
    const said: string[] = [];
    const reserve = join(site.dir, reserveName);
    await until(() => existsSync(reserve));
    fill(folder, filler);
    await until(() => !existsSync(reserve));
    said.push(`publish ${codeOf(await upload.send(send))}`);
    for (const act of early) await take(act);
    if ((await send('/index/status.json')).status !== 200)
      faults.push('the status is not signed in the room of the reserve');
    // Another program takes what the registry gave up.
    fill(folder, `${filler}.more`);
    const tryAll = async (): Promise<void> => {
      for (const act of late) said.push(`${act.kind} ${codeOf(await act.send(send))}`);
      if (!(await reads(stage, kept))) faults.push('the full registry does not serve what it has');
      await sleep(diskCheckMs);
      const ready = await call(send, '/readyz');
      if (ready.status !== 503 || ready.body.disk === undefined)
        faults.push(`readyz: ${ready.status} ${JSON.stringify(ready.body)}`);
    };
    await tryAll();
    await site.kill();
    // The file system stays full while the registry starts.
    await site.start();
    await tryAll();
    rmSync(filler);
    rmSync(`${filler}.more`);
    await sleep(diskCheckMs);
    for (const act of late) await take(act);
    if ((await call(send, '/readyz')).status !== 200) faults.push('not ready with room again');
    await site.kill();
    await site.start();
    const revoked = new Set(
      [kept, waiting].map(({ manifest }) => `${manifest.name}@${manifest.version}`),
    );
    faults.push(...(await stage.lacks(revoked)));
    return { outcome: `${printCounts(said)}; taken as soon as there is room`, faults };
  } finally {
    for (const path of [filler, `${filler}.more`]) rmSync(path, { force: true });
    await site.close();
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries === reserveTriesMax) throw new Error('the registry does not tend its reserve');
    await sleep(100);
  }
}

const reserveTriesMax = 100;

/** Writes until the file system takes no byte more. */
function fill(folder: string, filler: string): void {
  const { bavail, bsize } = statfsSync(folder);
  try {
    writeFileSync(filler, Buffer.alloc(bavail * bsize + bsize));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

async function reads({ walk: { send } }: Stage, { manifest }: Skill): Promise<boolean> {
  const paths = [`/index/${manifest.name}`, `/api/v1/versions/${manifest.name}/1.0.0`];
  const answers = await Promise.all(paths.map((path) => call(send, path)));
  return answers.every(({ status }) => status === 200);
}

const codeOf = ({ status, body }: Answer): string =>
  status < 300 ? 'acknowledged' : String(body.code);
