/** Every row of the escape suite. */
import type { Attempt, EscapeGroup, EscapeRow, LoneAttempt, RunnerAttempt } from './row.ts';
import { aroundRows } from './rows/around.ts';
import { canaryRows } from './rows/canary.ts';
import { deviceRows } from './rows/devices.ts';
import { filesystemRows } from './rows/filesystem.ts';
import { gitRows } from './rows/git.ts';
import { handedOverRows } from './rows/handed-over.ts';
import { heldRequestRows } from './rows/held.ts';
import { keptRows } from './rows/kept.ts';
import { kernelRows } from './rows/kernel.ts';
import { logRows } from './rows/log.ts';
import { namespaceRows } from './rows/namespaces.ts';
import { networkRows } from './rows/network.ts';
import { operatorRows } from './rows/operator.ts';
import { ownershipRows } from './rows/ownership.ts';
import { packageRows } from './rows/packages.ts';
import { privilegeRows } from './rows/privileges.ts';
import { processRows } from './rows/processes.ts';
import { baseRows, besideRows, programRows } from './rows/programs.ts';
import { proxyRows } from './rows/proxy.ts';
import { resourceRows } from './rows/resources.ts';
import { bundleRows, heldRows, manifestRows } from './rows/runner.ts';
import { secretRows } from './rows/secrets.ts';
import {
  sessionFileRows,
  sessionIndexRows,
  sessionNamespaceRows,
  sessionNetworkRows,
  sessionPrivilegeRows,
  sessionProcessRows,
} from './rows/session-place.ts';
import { indexRows, shownRows, terminalRows } from './rows/sessions.ts';
import { sharedFileRows } from './rows/shared-files.ts';
import { socketRows } from './rows/sockets.ts';
import { trapRows } from './rows/traps.ts';
import { tunnelRows } from './rows/tunnels.ts';

const together = (group: EscapeGroup, rows: readonly Attempt[]): EscapeRow[] =>
  rows.map((row) => ({ ...row, kind: 'together', group }));
const alone = (group: EscapeGroup, rows: readonly LoneAttempt[]): EscapeRow[] =>
  rows.map((row) => ({ ...row, kind: 'alone', group }));
const runner = (group: EscapeGroup, rows: readonly RunnerAttempt[]): EscapeRow[] =>
  rows.map((row) => ({ ...row, kind: 'runner', group }));

/** In the order of execution and of the report; attempts that use up resources come last. */
export const escapeRows: readonly EscapeRow[] = [
  ...together('filesystem', [...filesystemRows, ...sharedFileRows, ...sessionFileRows]),
  ...together('mounts and namespaces', [...namespaceRows, ...sessionNamespaceRows]),
  ...together('processes and secrets', [...processRows, ...sessionProcessRows]),
  ...together('kernel surface', kernelRows),
  ...together('devices and proc', deviceRows),
  ...together('privileges and terminal', [
    ...privilegeRows,
    ...programRows,
    ...sessionPrivilegeRows,
  ]),
  ...runner('privileges and terminal', [...terminalRows, ...shownRows]),
  ...together('direct network', [...networkRows, ...sessionNetworkRows]),
  ...runner('direct network', socketRows),
  ...together('through the proxy', [
    ...proxyRows,
    ...tunnelRows,
    ...secretRows,
    ...canaryRows,
    ...sessionIndexRows,
  ]),
  ...runner('through the proxy', indexRows),
  ...together('acting as the operator', operatorRows),
  ...together('traps for the host', trapRows),
  ...runner('the runner', [
    ...manifestRows,
    ...heldRows,
    ...heldRequestRows,
    ...bundleRows,
    ...logRows,
    ...aroundRows,
    ...ownershipRows,
    ...baseRows,
    ...besideRows,
    ...keptRows,
    ...gitRows,
    ...handedOverRows,
    ...packageRows,
  ]),
  ...alone('resources', resourceRows),
];
