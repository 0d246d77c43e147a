import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { leakDetector } from '../../../runner/egress/leaks.ts';
import { openUpstream } from '../../../runner/egress/upstream.ts';
import { denialOfFailure } from '../../../skills-index/run/egress/denial.ts';
import type { PlannedEgress } from '../../../skills-index/run/plan/plan.ts';

const leaks = leakDetector([], () => undefined);
const rule: PlannedEgress = {
  scheme: 'https',
  mode: 'intercept',
  host: '*.crm.example',
  port: 443,
  methods: ['GET'],
  path: '/*',
  reason: '',
  pinned: { 'pinned.crm.example': { address: '127.0.0.1', port: 4010 } },
};
const settings = {
  folder: '',
  rules: { egress: [rule], secrets: [] },
  reveal: async () => '',
  known: () => [],
  record: () => undefined,
  leaks,
};

/** The addresses that a connection to a host is made to, asked as `net.connect` asks. */
function addressesOf(
  host: string,
  resolve: (host: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const upstream = openUpstream({ ...settings, resolve });
  const { agent } = upstream.optionsFor({ scheme: 'https', host, port: 443, pinned: undefined });
  const { lookup } = (agent as unknown as { options: { lookup: LookupFunction } }).options;
  return new Promise((done, fail) =>
    lookup(host, { all: true }, (cause, found) => {
      upstream.close();
      if (cause !== null) fail(cause);
      else
        done(
          (found as LookupAddress[]).map(({ address, family }) =>
            isIP(address) === family ? address : 'wrong',
          ),
        );
    }),
  );
}

describe('a name', () => {
  it('leads to what its one resolution said, and the next connection is judged anew', async () => {
    const answers = [['9.9.9.9', '2620:fe::fe'], ['127.0.0.1']];
    const resolve = async (): Promise<readonly string[]> => answers.shift() ?? [];
    expect(await addressesOf('api.crm.example', resolve)).toEqual(['9.9.9.9', '2620:fe::fe']);
    await expect(addressesOf('api.crm.example', resolve)).rejects.toMatchObject({
      code: 'address-denied',
    });
    expect(answers).toEqual([]);
  });

  it('that is pinned is not asked for', async () => {
    const resolve = (): Promise<never> => Promise.reject(new Error('asked'));
    expect(await addressesOf('pinned.crm.example', resolve)).toEqual(['127.0.0.1']);
  });

  it('that leads to this very host is refused, whatever its address', async () => {
    const own = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).map(({ address }) => address),
    );
    for (const address of own)
      await expect(addressesOf('api.crm.example', async () => [address])).rejects.toThrow();
  });
});

describe('what went wrong', () => {
  it.each([
    ['address-denied', 'address-denied'],
    ['HPE_INVALID_CONSTANT', 'answer-malformed'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate-denied'],
    ['CERT_HAS_EXPIRED', 'certificate-denied'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate-denied'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate-denied'],
    ['ECONNREFUSED', 'unreachable'],
    ['ENOTFOUND', 'unresolved'],
    ['EAI_AGAIN', 'unresolved'],
    [undefined, 'unreachable'],
  ])('%s is %s', (code, expected) => {
    expect(denialOfFailure(Object.assign(new Error(), code === undefined ? {} : { code }))).toBe(
      expected,
    );
  });
});
