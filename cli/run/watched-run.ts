/**
 * A run from its admission to its end, as long as its version may go on: the one way in which a
 * skill of a registry is started.
 */
import { join } from 'node:path';
import * as agents from '../../runner/agents/public.ts';
import * as runs from '../../runner/run/public.ts';
import type { AdmissionWorld } from './admission.ts';
import type { HostFiles } from './host-files.ts';
import { sendIncidents, waitingIncidents } from './incident-client.ts';
import { watchRevocation } from './revocation-watch.ts';
import type { Startable } from './start-skill.ts';

/**
 * Runs it, and tells its registry of incidents where host policy allows that; ends it within a
 * second of this host learning that its version was revoked or suspended.
 */
export async function runWatched(
  world: AdmissionWorld,
  { policy }: Pick<HostFiles, 'policy'>,
  {
    admitted,
    root,
    source,
    admitAgain,
  }: Pick<Startable, 'admitted' | 'root' | 'source' | 'admitAgain'>,
  request: runs.RunRequest,
): Promise<runs.RunResult> {
  const { statusSeconds: seconds, status: statusUrls } = policy;
  const revocation = watchRevocation({
    name: admitted.name,
    version: admitted.version,
    note: admitted.checkpoint.note,
    admitAgain,
    source,
    root,
    statusUrls,
    seconds,
    now: world.now,
  });
  const waiting = waitingIncidents(world).length;
  const start = (): Promise<runs.RunResult> =>
    runs.runSkill({ ...request, stops: [...(request.stops ?? []), revocation.stop] });
  const { agent } = request;
  try {
    return await (agent === undefined
      ? start()
      : agents.withAgentSlot(join(world.paths.data, 'agents', agent.name, 'runs'), start));
  } finally {
    revocation.close();
    // What was not taken before waits for the next incident.
    if (waitingIncidents(world).length > waiting) await sendIncidents(world, policy);
  }
}
