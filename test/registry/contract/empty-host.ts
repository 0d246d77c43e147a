/** What a host asks that has nothing of a skill yet. */
import type { AdmissionRequest } from '../../../runner/admission/admit.ts';
import type { GetFile } from '../../../skills-index/client/blobs.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import type { Skill } from '../road.ts';
import type { Road } from './cast.ts';

/** @param asked gets the path of each request */
export function emptyHost(
  { send, trust }: Road,
  { manifest: { name, version } }: Skill,
  asked: string[] = [],
): AdmissionRequest {
  const fetch: GetFile = async (url, { headers }) => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    return (await send(pathname, { headers })) as Awaited<ReturnType<GetFile>>;
  };
  return {
    fetch,
    base: 'http://localhost',
    store: memoryStore(),
    root: trust.root,
    policy: defaultPolicy,
    now: Date.now(),
    name,
    range: version,
  };
}
