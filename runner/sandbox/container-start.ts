/** How a container has to be started so that sandboxes can be made in it. */
import { existsSync } from 'node:fs';

const unconfined =
  '--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined';

/**
 * What to change in the start of the container that this process is in; undefined outside of one. A
 * sandbox needs namespaces and a /proc of its own, which the usual profiles forbid.
 */
export function containerStart(
  env: Readonly<Record<string, string | undefined>> = process.env,
  exists: (path: string) => boolean = existsSync,
): string | undefined {
  if (env.KUBERNETES_SERVICE_HOST !== undefined)
    return 'in the pod: hostUsers: false; in securityContext of the container: procMount: Unmasked, seccompProfile: {type: Unconfined}, appArmorProfile: {type: Unconfined}';
  const isContainer = exists('/.dockerenv');
  if (env.GITHUB_ACTIONS === 'true' && isContainer)
    return `in the job: container: {options: "${unconfined}"}, or a job without a container`;
  if (exists('/run/.containerenv'))
    return 'podman run --security-opt seccomp=unconfined --security-opt unmask=ALL …';
  return isContainer ? `docker run ${unconfined} …` : undefined;
}
