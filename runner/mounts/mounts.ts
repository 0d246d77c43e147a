/**
 * The mounts of a run. A run sees a writable folder (`rw` or `cow`) through a private view, so no
 * write of the run reaches the host before the runner has judged the write. Changes to `rw` folders
 * are applied after the run, because a person allowed these changes before the start. Changes to
 * `cow` folders wait until somebody accepts them.
 */
import { closeSync } from 'node:fs';
import { requireOverlays } from '../../skills-index/run/plan/own-locks.ts';
import { workspaceOf } from '../../skills-index/run/plan/plan-capabilities.ts';
import { libraries } from '../bubblewrap/launch.ts';
import type { LeakDetector } from '../egress/leaks.ts';
import type { SandboxStart } from '../sandbox/sandbox.ts';
import type { HandOver } from './ended-view.ts';
import { type FinishedMounts, finishAll, type WritableMount } from './finish-mounts.ts';
import type { MountsRequest } from './mounts-request.ts';
import { closeNamespace } from './namespace.ts';
import { overlayReadOnly } from './read-only.ts';
import { openViews, type Views } from './views.ts';
import { openWorkspace } from './workspace.ts';

export interface OpenMounts
  extends Pick<SandboxStart, 'pins' | 'sources' | 'systemViews' | 'namespace'> {
  readonly notes: ReturnType<Views['notes']>;
  /**
   * Collects the run's changes after the last process of the run has ended. Never throws; a second
   * call returns the same result.
   * @param leaks searches each changed file; absent when the run was ended from outside, and then
   * all changes are dropped
   * @param handOver reads the repositories of a view; absent where git's folders stay in the view
   */
  finish(leaks?: LeakDetector, handOver?: HandOver): Promise<FinishedMounts>;
}

/**
 * Opens the mounts of a run.
 * @throws Problem `plan-refused`, `mode-unsupported`
 */
export async function openMounts(request: MountsRequest): Promise<OpenMounts> {
  const { folders, overlays, plan, programs, runFolder } = request;
  const system = ['/usr', ...libraries.map(({ path }) => path), ...programs];
  const descriptorOf = (source: string): number => folders.get(workspaceOf(source)) ?? -1;
  const ownLocks = readWithOwnLocks(request);
  // Skip the overlays for a run without a mount. Such a run can read no private file of the host,
  // and overlays would double the time of its start.
  const needsOverlays = overlays && plan.mounts.length > 0;
  const readOnly = needsOverlays
    ? await overlayReadOnly({ room: `${runFolder}/read`, system, workspaces: ownLocks })
    : 'this sandbox does not use overlays';
  const overlaid = typeof readOnly === 'object' ? readOnly : undefined;
  const bytes = plan.limits.changesMiB * 1024 * 1024;
  const views = openViews(runFolder, overlays, bytes, overlaid?.namespace);
  const writable: WritableMount[] = [];
  const pins = new Map<string, number>();
  const sources = new Map<string, string>();
  let finished: Promise<FinishedMounts> | undefined;
  const close = (): void => {
    views.close();
    for (const { kept } of writable) kept?.close();
    if (overlaid === undefined) return;
    closeNamespace(overlaid.namespace);
    for (const { pin } of overlaid.views.values()) closeSync(pin);
  };
  const finish: OpenMounts['finish'] = (leaks, handOver) => {
    finished ??= finishAll(request, writable, leaks, handOver).finally(close);
    return finished;
  };
  try {
    requireOverlays(ownLocks, readOnly);
    for (const mount of plan.mounts) {
      const { mode, path, source, target } = mount;
      const folder = descriptorOf(source);
      const isWritable = mode !== 'ro';
      const kept = isWritable ? request.openKept?.(mount, folder) : undefined;
      const workspace = isWritable
        ? await openWorkspace(folder, path, mount, views, request.obeyed, kept)
        : undefined;
      const view = workspace?.view ?? (ownLocks.has(path) ? overlaid?.views.get(path) : undefined);
      pins.set(target, view?.pin ?? folder);
      sources.set(target, view?.source ?? path);
      if (workspace !== undefined) writable.push({ mount, workspace, kept });
    }
  } catch (cause) {
    await finish();
    throw cause;
  }
  return {
    pins,
    sources,
    systemViews: new Map(
      [...(overlaid?.views ?? [])].map(([folder, { source }]) => [folder, source]),
    ),
    namespace: views.namespace(),
    notes: views.notes(),
    finish,
  };
}

function readWithOwnLocks({ folders, ownLocks, plan }: MountsRequest): Map<string, number> {
  const isOwn = (name: string): boolean => ownLocks.includes(name) && folders.has(name);
  const read = plan.mounts.filter(
    ({ mode, source }) => mode === 'ro' && isOwn(workspaceOf(source)),
  );
  return new Map(read.map(({ path, source }) => [path, folders.get(workspaceOf(source)) ?? -1]));
}
