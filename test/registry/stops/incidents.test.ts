import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { incidentsOf } from '../../../registry/stops/incidents.ts';
import { requireVersion } from '../../../registry/versions/find-versions.ts';
import {
  parseAuditKey,
  printAuditKey,
  type SigningAuditKey,
} from '../../../skills-index/run/audit/audit-chain.ts';
import {
  type IncidentRule,
  reportOf,
  type SignedIncident,
} from '../../../skills-index/run/audit/incident.ts';
import type { Digest } from '../../../skills-index/skill/digest.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import {
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
  sayOf,
} from '../../cli/installer-world.ts';
import { stopsShown } from '../road.ts';
import { expectAnswer, expectCode } from '../steps.ts';

const makeHost = (): SigningAuditKey => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return parseAuditKey(Buffer.from(printAuditKey(privateKey)), 'audit-key.json');
};
let minute = 0;
let registry: Digest;
function reported(
  key: SigningAuditKey,
  bundle: Digest,
  rule: IncidentRule = 'canary',
  place = 'paste.example:443',
): SignedIncident {
  const at = new Date(Date.UTC(2026, 2, 1, 12, minute++));
  const subject = { run: 'r1', agent: 'finance', skill: '@acme/a', version: '1.0.0', bundle };
  const made = reportOf(
    subject,
    { rule, place, counts: { allowed: 3, denied: 1 } },
    { at, key, registry },
  );
  if (made === undefined) throw new Error('no report');
  return made;
}
async function withRelease<Result>(
  act: (network: Network, bundle: Digest) => Promise<Result>,
  policy?: object,
): Promise<Result> {
  const network = await makeNetwork();
  try {
    const { packed } = await release(network, makeReportSkill('@acme/a'));
    Object.assign(network.registry.registry, policy === undefined ? {} : { incidents: policy });
    registry = registryIdOf(network.registry.registry.root);
    return await act(network, packed.digest);
  } finally {
    network.close();
  }
}
const send = async (network: Network, report: unknown) => {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(report),
  };
  const response = await network.registry.send('/api/v1/incidents', init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const statusOf = async (network: Network) =>
  (
    (await (await network.registry.send('/api/v1/versions/@acme/a/1.0.0')).json()) as {
      status: string;
    }
  ).status;

describe('a report of an incident', () => {
  it('of a host that nobody enrolled informs, suspends nothing, is one when sent twice, and has a limit', async () => {
    await withRelease(
      async (network, bundle) => {
        const host = makeHost();
        const report = reported(host, bundle);
        expect(await send(network, report)).toMatchObject({
          status: 201,
          body: { isEnrolled: false, isNew: true, status: 'approved' },
        });
        expect(await send(network, report)).toMatchObject({ status: 201, body: { isNew: false } });
        for (let i = 1; i < 20; i++)
          await expectAnswer(send(network, reported(makeHost(), bundle)), 201);
        await expectAnswer(send(network, reported(makeHost(), bundle)), 429, 'too-many-requests');
        expect(await statusOf(network)).toBe('approved');
      },
      { reporters: {}, needed: 1 },
    );
  });

  it.each<[string, number, readonly IncidentRule[], string]>([
    ['one where one is enough', 1, ['canary'], 'suspended'],
    ['one where two are wanted', 2, ['canary'], 'approved'],
    ['two where two are wanted', 2, ['canary', 'secret-unbound'], 'suspended'],
    ['one that only tried to get out', 1, ['escape'], 'approved'],
    ['any where the operator suspends nothing', 0, ['canary', 'canary'], 'approved'],
  ])('of enrolled hosts: %s (needed: %d, %j): %s', async (_, needed, rules, expected) => {
    const hosts = [makeHost(), makeHost()] as const;
    const reporters = { north: hosts[0].keyId, south: hosts[1].keyId };
    await withRelease(
      async (network, bundle) => {
        for (const [i, rule] of rules.entries()) {
          const answer = await send(network, reported(hosts[i] ?? hosts[0], bundle, rule));
          expect(answer).toMatchObject({ status: 201, body: { isEnrolled: true } });
        }
        expect(await statusOf(network)).toBe(expected);
        expect(Object.values(await stopsShown(network.registry, '@acme/a'))).toEqual(
          expected === 'suspended' ? ['suspended'] : [],
        );
      },
      { reporters, needed },
    );
  });

  it('that came before a lift does not count with those after it', async () => {
    const north = makeHost();
    const south = makeHost();
    await withRelease(
      async (network, bundle) => {
        const tell = (host: SigningAuditKey) => {
          network.registry.wait(1_000);
          return send(network, reported(host, bundle));
        };
        const statuses = [await tell(north), await tell(south)].map(({ body }) => body.status);
        network.registry.wait(1_000);
        await sayOf(
          network,
          { packed: { digest: bundle } } as Parameters<typeof sayOf>[1],
          'lifted',
        );
        statuses.push(await statusOf(network));
        for (const host of [north, north, south]) statuses.push((await tell(host)).body.status);
        expect(statuses).toEqual([
          'approved',
          'suspended',
          'approved',
          'approved',
          'approved',
          'suspended',
        ]);
      },
      { reporters: { north: north.keyId, south: south.keyId }, needed: 2 },
    );
  });

  it('of an enrolled host is listed before those of strangers, however many these send, and beside those of a host that floods', async () => {
    const north = makeHost();
    const south = makeHost();
    const evil = makeHost();
    await withRelease(
      async (network, bundle) => {
        const codes: number[] = [];
        const tell = async (host: SigningAuditKey, rule: IncidentRule) => {
          network.registry.wait(1_000);
          codes.push((await send(network, reported(host, bundle, rule))).status);
        };
        await tell(south, 'canary');
        for (let day = 0; day < 6; day++) {
          for (let i = 0; i < 20; i++) await tell(evil, 'escape');
          network.registry.wait(86_500_000);
        }
        expect(new Set(codes)).toEqual(new Set([201]));
        for (let i = 0; i < 30; i++) await tell(north, 'escape');
        expect(codes.slice(-11)).toEqual([201, ...Array<number>(10).fill(429)]);
        await tell(north, 'canary');
        expect(codes.at(-1)).toBe(201);
        const row = await requireVersion(network.registry.registry, {
          name: '@acme/a' as never,
          version: '1.0.0' as never,
        });
        const said = await incidentsOf(network.registry.registry, row);
        const who = said.map(({ by }) => (by.startsWith('host ') ? by : 'stranger'));
        expect(who).toEqual([
          ...Array<string>(20).fill('host north'),
          'host south',
          ...Array<string>(20).fill('stranger'),
        ]);
        expect(said[0]?.text).toContain('canary at ');
      },
      { reporters: { north: north.keyId, south: south.keyId }, needed: 0 },
    );
  });

  it('of one host counts once, however often it reports', async () => {
    const host = makeHost();
    await withRelease(
      async (network, bundle) => {
        for (let i = 0; i < 5; i++)
          await send(network, reported(host, bundle, 'canary', `a${i}.example:443`));
        expect(await statusOf(network)).toBe('approved');
      },
      { reporters: { north: host.keyId }, needed: 2 },
    );
  });

  it('for another registry is refused there, from an enrolled host too, and suspends nothing', async () => {
    const host = makeHost();
    await withRelease(
      async (network, bundle) => {
        const own = registry;
        registry = `sha256:${'1'.repeat(64)}` as Digest;
        const elsewhere = reported(host, bundle);
        const { registry: _, ...unnamed } = elsewhere.incident;
        await expectAnswer(send(network, elsewhere), 422, 'other-registry');
        await expectCode(
          send(network, { ...elsewhere, incident: { ...elsewhere.incident, registry: own } }),
          'signature-invalid',
        );
        await expectCode(send(network, { ...elsewhere, incident: unnamed }), 'request-invalid');
        expect(await statusOf(network)).toBe('approved');
        registry = own;
        expect(await send(network, reported(host, bundle))).toMatchObject({
          status: 201,
          body: { status: 'suspended' },
        });
      },
      { reporters: { north: host.keyId }, needed: 1 },
    );
  });

  it('that is forged, about other bytes, or no report, is refused and kept nowhere', async () => {
    const host = makeHost();
    const other = makeHost();
    await withRelease(
      async (network, bundle) => {
        const report = reported(host, bundle);
        const { incident } = report;
        const foreign = reported(host, `sha256:${'0'.repeat(64)}` as Digest);
        const cases: readonly [unknown, string][] = [
          [{ ...report, incident: { ...incident, rule: 'secret-unbound' } }, 'signature-invalid'],
          [{ ...report, publicKey: reported(other, bundle).publicKey }, 'signature-invalid'],
          [{ ...report, signature: 'AAAA' }, 'signature-invalid'],
          [foreign, 'subject-mismatch'],
          [{ ...report, incident: { ...incident, place: '\u001b[2J' } }, 'request-invalid'],
          [{ ...report, incident: { ...incident, more: 1 } }, 'request-invalid'],
          [{ ...report, incident: { ...incident, skill: '../x' } }, 'request-invalid'],
          [{ ...report, incident: { ...incident, place: 'x'.repeat(9_000) } }, 'request-too-large'],
          [[], 'request-invalid'],
        ];
        for (const [body, code] of cases) await expectCode(send(network, body), code);
        expect(await statusOf(network)).toBe('approved');
      },
      { reporters: { north: host.keyId }, needed: 1 },
    );
  });
});
