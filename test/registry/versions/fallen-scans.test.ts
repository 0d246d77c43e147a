/** What waits for people on a scan that fell with its scanner. */
import { describe, expect, it } from 'vitest';
import { listDoubts } from '../../../registry/versions/second-scans.ts';
import { memberStatement } from '../../../skills-index/statement/attestation.ts';
import { peekStatement } from '../../../skills-index/statement/signature-formats/envelope.ts';
import { freshNonce } from '../../nonce.ts';
import { readLine } from '../contract/read-line.ts';
import { makeKey, type TestKey } from '../people.ts';
import { enrol, makeSkill, publishApproved, scan, signIn, state } from '../road.ts';
import { approveIn, bodyAt, expectAnswer } from '../steps.ts';
import { eachWorld } from '../world.ts';

/** Policy wants two people for it, one of them independent. */
const skill = makeSkill('@acme/t', '1.0.0', {
  capabilities: {
    secret: [{ name: 'TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'w' }],
    egress: [{ url: 'https://api.crm.example/*', methods: ['GET'], why: 'w' }],
  },
});

describe('a version in review whose scanner is ended for the time of its scan', () => {
  const world = eachWorld({}, async () => {
    await publishApproved(world, skill);
    second = makeKey();
  });
  let second: TestKey;

  const end = (validUpTo?: number) =>
    state(
      world,
      memberStatement({
        nonce: freshNonce(),
        name: 'scanner',
        roles: ['scanner'],
        key: world.scanner.open,
        state: 'ended',
        ...(validUpTo === undefined ? {} : { validUpTo }),
      }),
      world.trust.administrator,
    );
  const shown = async () => await bodyAt(world, '/api/v1/versions/@acme/t/1.0.0');
  const scanAgain = async () => {
    await enrol(world, world.trust.administrator, {
      name: 'scanner-2',
      roles: ['scanner'],
      key: second,
    });
    return scan(world, await signIn(world, second), second, skill, 'pass');
  };
  const approveBoth = async () => {
    await approveIn(world, skill);
    return approveIn(world, skill, { by: 'omar', independent: true });
  };

  it('is scanned again, by the same rules too, and approved on that scan', async () => {
    await expectAnswer(end(0), 201);
    // What was approved before rests on nothing, and nobody adds to it.
    expect((await approveIn(world, skill, { by: 'omar', independent: true })).body).toMatchObject({
      code: 'approval-refused',
    });
    expect(await scanAgain()).toMatchObject({ status: 200, body: { status: 'in review' } });
    await expectAnswer(approveIn(world, skill, { by: 'omar', independent: true }), 201);
    expect(await shown()).toMatchObject({ status: 'in review' });
    await expectAnswer(approveIn(world, skill), 201);
    expect(await shown()).toMatchObject({ status: 'approved' });
    const { statements } = await readLine(world.send, skill);
    const said = await Promise.all(
      statements.map(async (one) =>
        peekStatement(
          JSON.parse(await (await world.send(`/blobs/sha256/${one.slice(7)}`)).text()).dsseEnvelope,
        ),
      ),
    );
    expect(said.filter(({ predicateType }) => predicateType.includes('/scan/'))).toHaveLength(1);
  });

  it('is told so to the desk until then', async () => {
    await end(0);
    const about = {
      name: '@acme/t',
      status: 'in review',
      why: expect.stringContaining('it is scanned again'),
    };
    expect(await listDoubts(world.registry)).toMatchObject([about]);
    world.wait(120_000);
    await scanAgain();
    expect(await listDoubts(world.registry)).toEqual([]);
  });

  it('is left alone where the scanner ends for today, or somebody else does', async () => {
    await expectAnswer(end(), 201);
    await expectAnswer(approveBoth(), 201);
    expect(await shown()).toMatchObject({ status: 'approved' });
  });
});
