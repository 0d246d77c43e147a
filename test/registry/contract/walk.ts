/**
 * What every shell of the registry must do over HTTP: one list of steps for Node and workerd.
 *
 * No step is about backups, data folders, ports, TLS, access logs and metrics. Only the Node shell
 * has them (`registry/backup`, `registry/data-folder`, `registry/serving`), and tests of the Node
 * shell cover them.
 */
import { type Cast, makeCast, type Road } from './cast.ts';
import { walkDesk } from './desk.ts';
import { walkIncidents } from './incidents.ts';
import { walkInstallation } from './installation.ts';
import { walkInterruption } from './interruption.ts';
import { walkMailbox } from './mailbox.ts';
import { walkNearCopies } from './near-copies.ts';
import { walkPackages } from './packages.ts';
import { walkPublication } from './publication.ts';
import { walkRescans } from './rescans.ts';
import type { Shell } from './shell.ts';
import { walkWithdrawal } from './withdrawal.ts';
import { walkWitnesses } from './witnesses.ts';

/** The road of a version, and the packages on which it rests. */
const road = [walkPublication, walkPackages];
const besideTheRoad = [
  walkDesk,
  walkInstallation,
  walkIncidents,
  walkMailbox,
  walkInterruption,
  walkNearCopies,
  walkRescans,
  walkWithdrawal,
  walkWitnesses,
];

/** Walks the whole contract. */
export async function walkContract(shell: Shell): Promise<void> {
  const cast = await makeCast(shell);
  for (const walk of [...road, ...besideTheRoad]) await walk(cast);
}

/** Walks only the road, for a second way to start a shell that walks the whole contract elsewhere. */
export async function walkRoad(shell: Road): Promise<Cast<Road>> {
  const cast = await makeCast(shell);
  for (const walk of road) await walk(cast);
  return cast;
}
