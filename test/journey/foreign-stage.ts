/** A served registry with a version in each state that a client of another registry can meet. */
import { setTimeout as sleep } from 'node:timers/promises';
import { revocationStatement } from '../../skills-index/statement/attestation.ts';
import { claim, publication } from '../faults/acts.ts';
import { makeServedSite, type ServedSite } from '../faults/served-site.ts';
import { enterStaff, recordTaken, releaseOne, scanOne, type Walk } from '../faults/walk.ts';
import { freshNonce } from '../nonce.ts';
import { call, makeSkill, registryIdAt, type Skill, scan, state } from '../registry/road.ts';

/** Long enough for a loaded machine: the offered version is chosen beside the requests. */
const offeredMsMax = 20_000;

export interface ForeignStage {
  base(): string;
  readonly site: ServedSite;
  readonly walk: Walk;
  /** Publishes, scans and approves a version, and waits until the registry offers it. */
  release(name: string, version: string): Promise<void>;
  /** Waits until the registry offers a version: `@acme/weekly/1.0.0`. */
  offers(version: string): Promise<void>;
  revoke(name: string, version: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * `@acme/weekly` and `@acme/other` are approved. `@acme/waiting`, `@acme/quarantined`,
 * `@acme/refused` and `@acme/revoked` have one version each, in the state of their name.
 */
export async function makeForeignStage(): Promise<ForeignStage> {
  const site = await makeServedSite();
  await site.start();
  const send = site.sender('127.0.0.1');
  const staff = await enterStaff(send, site.trust);
  const walk: Walk = { send, staff, take: recordTaken(send, []) };
  const registry = await registryIdAt(send);
  await walk.take(await claim(registry, 'acme', staff.author));
  const stopped = makeSkill('@acme/revoked', '1.0.0');
  const weekly = makeSkill('@acme/weekly', '1.0.0', { files: { 'notes/how.md': 'how\n' } });
  for (const skill of [weekly, stopped, makeSkill('@acme/other', '1.0.0')])
    await releaseOne(walk, skill);
  await scanOne(walk, makeSkill('@acme/waiting', '1.0.0'));
  await scanOne(walk, makeSkill('@acme/refused', '1.0.0'));
  const refusal = await call(send, '/api/v1/reviews/@acme/refused/1.0.0/move', {
    token: staff.reviewer.token,
    json: { to: 'refused', reason: 'it is of no use' },
  });
  requireStatus(refusal, 200);
  const caught = makeSkill('@acme/quarantined', '1.0.0');
  await walk.take(await publication(caught, staff.author));
  requireStatus(
    await scan(send, staff.scanner.token, staff.scanner.key, caught, 'incomplete'),
    200,
  );
  const revoke = async (skill: Skill): Promise<void> => {
    const target = { bundle: skill.packed.digest };
    const said = { registry, reason: 'it sends keys', kind: 'revoked', target } as const;
    const stop = revocationStatement({ ...said, nonce: freshNonce() });
    requireStatus(await state(send, stop, staff.reviewer.key), 201);
  };
  await revoke(stopped);
  const stage: ForeignStage = {
    base: () => site.base(),
    site,
    walk,
    release: async (name, version) => {
      await releaseOne(walk, makeSkill(name, version));
      await offered(site, `${name}/${version}`);
    },
    offers: (version) => offered(site, version),
    revoke: (name, version) => revoke(makeSkill(name, version)),
    close: () => site.close(),
  };
  await offered(site, '@acme/other/1.0.0');
  return stage;
}

async function offered(site: ServedSite, version: string): Promise<void> {
  const until = Date.now() + offeredMsMax;
  for (;;) {
    const answer = await fetch(`${site.base()}/@acme/.well-known/agent-skills/index.json`);
    if ((await answer.text()).includes(`/archives/${version}`)) return;
    if (Date.now() > until) throw new Error(`The registry does not offer ${version}`);
    await sleep(50);
  }
}

function requireStatus({ status, body }: { status: number; body: unknown }, wanted: number): void {
  if (status !== wanted) throw new Error(`${status}: ${JSON.stringify(body)}`);
}
