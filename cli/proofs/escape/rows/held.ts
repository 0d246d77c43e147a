/**
 * Held requests: whether the request that leaves is the request that the person was shown. The
 * person here allows every request at once.
 */
import type { GatedAction, HoldHands } from '../../../../skills-index/run/holds/hold.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { wantedAttempt } from '../batch.ts';
import { isReceived, type RunnerAttempt } from '../row.ts';
import { runSandboxed } from '../sandboxed.ts';
import { runCodeBare } from './naive.ts';

type Shown = Extract<GatedAction, { kind: 'egress' }>;

const blanks = 70_000;

export const heldRequestRows: readonly RunnerAttempt[] = [
  sendHeld(
    'choose the end of a request after a person allowed it',
    `head = 'POST http://api.crm.example/v2/pay HTTP/1.1\\r\\nHost: api.crm.example\\r\\nContent-Length: %d\\r\\n\\r\\n'
with socket.create_connection((facts['proxyHost'], facts['proxyPort']), 5) as s:
    s.sendall((head % (${blanks} + len(token))).encode() + b' ' * ${blanks}); time.sleep(1)
    s.sendall(token.encode()); time.sleep(1); print(s.recv(100))`,
    ({ body }, token) => body === digestOf(`${' '.repeat(blanks)}${token}`),
  ),
  sendHeld(
    'send a header that the person was not shown',
    `get('http://api.crm.example/v2/pay', method='POST', headers='X-Target: %s\\n' % token)`,
    ({ headers = [] }, token) => headers.includes(`X-Target: ${token}`),
  ),
];

/** Contained when the request leaves as the person was shown it. */
function sendHeld(
  name: string,
  code: string,
  isShown: (action: Shown, token: string) => boolean,
): RunnerAttempt {
  const wants = 'an approval of bytes that nobody saw';
  return {
    name,
    wants,
    bare: async (world) => {
      const output = await runCodeBare(world, code);
      return isReceived({
        output,
        token: wantedAttempt(world, { name, wants, code, proof: isReceived }, 0).token,
        world,
      });
    },
    attempt: async (world, sandbox) => {
      const wanted = wantedAttempt(world, { name, wants, code, proof: isReceived, seconds: 30 }, 0);
      const shown: Shown[] = [];
      const confirm: HoldHands['confirm'] = async ({ action }) =>
        action?.kind === 'egress' && shown.push(action) > 0;
      const holds = [{ name: 'posts', when: { method: 'POST' }, seconds: 20 }];
      const { reason, outputs } = await runSandboxed(
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
      const output = outputs.get(name) ?? '';
      if (!isReceived({ output, token: wanted.token, world }))
        return { result: 'untested', detail: `${reason}: ${output}` };
      return shown.some((action) => isShown(action, wanted.token))
        ? { result: 'contained', detail: 'the person was shown the request that was sent' }
        : { result: 'through', detail: 'the request was sent, and the person was not shown it' };
    },
  };
}
