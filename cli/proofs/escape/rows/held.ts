/**
 * Requests that wait for a person: whether what they say yes to is what leaves. The person here
 * says yes at once, to whatever they are shown.
 */
import type { GatedAction, HoldHands } from '../../../../skills-index/run/holds/hold.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { wantedAttempt } from '../batch.ts';
import { isHeard, type RunnerAttempt } from '../row.ts';
import { runSandboxed } from '../sandboxed.ts';
import { triesBare } from './naive.ts';

type Shown = Extract<GatedAction, { kind: 'egress' }>;

const blanks = 70_000;

export const heldRequestRows: readonly RunnerAttempt[] = [
  askingFirst(
    'bytes of a request that are chosen after a person said yes',
    `head = 'POST http://api.crm.example/v2/pay HTTP/1.1\\r\\nHost: api.crm.example\\r\\nContent-Length: %d\\r\\n\\r\\n'
with socket.create_connection((facts['proxyHost'], facts['proxyPort']), 5) as s:
    s.sendall((head % (${blanks} + len(token))).encode() + b' ' * ${blanks}); time.sleep(1)
    s.sendall(token.encode()); time.sleep(1); print(s.recv(100))`,
    ({ body }, token) => body === digestOf(`${' '.repeat(blanks)}${token}`),
  ),
  askingFirst(
    'a header of a request that a person does not see',
    `get('http://api.crm.example/v2/pay', method='POST', headers='X-Target: %s\\n' % token)`,
    ({ headers = [] }, token) => headers.includes(`X-Target: ${token}`),
  ),
];

/** Contained when the request leaves as the person saw it. */
function askingFirst(
  name: string,
  code: string,
  isShown: (action: Shown, token: string) => boolean,
): RunnerAttempt {
  const wants = 'a yes for what nobody saw';
  return {
    name,
    wants,
    bare: async (world) => {
      const output = await triesBare(world, code);
      return isHeard({
        output,
        token: wantedAttempt(world, { name, wants, code, proof: isHeard }, 0).token,
        world,
      });
    },
    attempt: async (world, sandbox) => {
      const wanted = wantedAttempt(world, { name, wants, code, proof: isHeard, seconds: 30 }, 0);
      const shown: Shown[] = [];
      const confirm: HoldHands['confirm'] = async ({ action }) =>
        action?.kind === 'egress' && shown.push(action) > 0;
      const holds = [{ name: 'posts', when: { method: 'POST' }, seconds: 20 }];
      const { reason, told } = await runSandboxed(
        world,
        { sandbox, grants: ['egress'] },
        [wanted],
        {
          atOnce: 1,
          change: ({ hostPolicy }) => ({
            hands: { confirm },
            hostPolicy: { ...hostPolicy, holds },
          }),
        },
      );
      const output = told.get(name) ?? '';
      if (!isHeard({ output, token: wanted.token, world }))
        return { result: 'untested', detail: `${reason}: ${output}` };
      return shown.some((action) => isShown(action, wanted.token))
        ? { result: 'contained', detail: 'the person was shown what left' }
        : { result: 'through', detail: 'it left, and nobody was shown it' };
    },
  };
}
