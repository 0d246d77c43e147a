/** Folders below a world for attempts on the runner. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { changeOwner, type EscapeWorld } from '../world.ts';

/** A folder of the user of attempts; made where it is not there. */
export function freshFolder(world: EscapeWorld, name: string): string {
  const folder = join(world.folder, name);
  fs.mkdirSync(folder, { recursive: true });
  changeOwner(folder, world.user);
  return folder;
}
