import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { beforeAll, describe, expect, it } from 'vitest';
import { passkeyCounters } from '../../../registry/store/passkey-schema.ts';
import { predicateTypes } from '../../../skills-index/statement/attestation.ts';
import { parseStatement } from '../../../skills-index/statement/parse-statement.ts';
import { firstPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { approvalChallenge } from '../../../skills-index/trust/signatures/passkey.ts';
import { testPasskey } from '../../skills-index/story-keys.ts';
import {
  type DeskPasskey,
  deskPasskey,
  pathOf,
  scanned,
  statusOf,
  type Visitor,
  visitor,
} from '../desk-visit.ts';
import { state } from '../road.ts';
import { approveIn, callAs, deskOf, expectAnswer, reviewerStatement } from '../steps.ts';
import { makeStaffedWorld, oneWorld } from '../world.ts';

const world = oneWorld();
let rita: Visitor;
const ritasPasskey: DeskPasskey = deskPasskey('rita');
let serial = 1;

beforeAll(async () => {
  rita = await deskOf(world, 'rita');
});

describe('a passkey', () => {
  it('is made for who asked, once', async () => {
    const omar = await deskOf(world, 'omar');
    const response = ritasPasskey.create(await rita.get('/passkeys'));
    await expectAnswer(omar.post('/passkeys', { response }), 401);
    const fresh = ritasPasskey.create(await rita.get('/passkeys'));
    await expectAnswer(rita.post('/passkeys', { response: fresh }), 303);
    await expectAnswer(rita.post('/passkeys', { response: fresh }), 401);
    const { credentialId } = ritasPasskey.enrolled;
    expect((await rita.get('/passkeys')).html).toContain(
      `skillgate member add <bdi>rita</bdi> --passkey=${credentialId} <span data-passkey-key="${credentialId}">`,
    );
  });

  const enrol = async () => {
    const passkey = ritasPasskey.enrolled;
    const member = reviewerStatement('rita', { passkey });
    await expectAnswer(state(world, member, world.trust.administrator), 201);
  };
  /** The page of an approval that rita would sign with her passkey. */
  const draft = async (): Promise<string> => {
    const skill = await scanned(world, serial++, 'pass');
    const reviewer = `passkey:${ritasPasskey.enrolled.credentialId}`;
    const { location } = await rita.post(`${pathOf(skill)}/approve`, {
      reason: 'read it',
      reviewer,
    });
    return (location ?? '').replace('/review', '');
  };

  it('approves nothing before an administrator has signed for it, and then what its owner was shown', async () => {
    expect(await draft()).toBe('');
    await enrol();
    const at = await draft();
    const lies = { challenge: 'A'.repeat(43) };
    await expectAnswer(
      rita.post(at, { response: ritasPasskey.get(await rita.get(at), lies) }),
      403,
    );
    const response = ritasPasskey.get(await rita.get(at));
    expect(await rita.post(at, { response })).toMatchObject({
      status: 303,
      location: expect.stringContaining('done=signed'),
    });
  });

  it('whose counter does not go up is refused as a copy, as the library refuses it; one that never counts is not', async () => {
    const counted = async (counter: number): Promise<boolean> => {
      const at = await draft();
      return (
        (await rita.post(at, { response: ritasPasskey.get(await rita.get(at), { counter }) }))
          .status === 303
      );
    };
    const library = async (counter: number, before: number): Promise<boolean> => {
      const bytes = Buffer.alloc(32, 7);
      const { credentialId, ...response } = testPasskey('rita').assert(bytes, { counter });
      const { publicKey } = ritasPasskey.enrolled;
      return verifyAuthenticationResponse({
        response: {
          id: credentialId,
          rawId: credentialId,
          response,
          type: 'public-key',
          clientExtensionResults: {},
        },
        expectedChallenge: bytes.toString('base64url'),
        expectedOrigin: 'https://skills.example',
        expectedRPID: 'skills.example',
        credential: {
          id: credentialId,
          publicKey: Uint8Array.from(Buffer.from(publicKey, 'base64url')),
          counter: before,
        },
      }).then(
        () => true,
        () => false,
      );
    };
    await world.registry.db.read.delete(passkeyCounters);
    let before = 0;
    for (const counter of [0, 0, 40, 41, 41, 40, 0, 42]) {
      const taken = await counted(counter);
      expect([counter, taken]).toEqual([counter, await library(counter, before)]);
      if (taken) before = counter;
    }
  });

  it.each(['no json', '{}'])('that is %j is no answer of a browser', async (response) => {
    await expectAnswer(rita.post('/passkeys', { response }), 400);
    await expectAnswer(rita.post(await draft(), { response }), 400);
  });

  it('is made within five minutes', async () => {
    const response = deskPasskey('late').create(await rita.get('/passkeys'));
    world.wait(6 * 60_000);
    await expectAnswer(rita.post('/passkeys', { response }), 401);
  });
});

describe('a sign-in', () => {
  it('is no signature of a passkey, so a desk in a thief’s hands has none that it could log as an approval', async () => {
    const skill = await scanned(world, serial++, 'pass');
    const reviewer = { credentialId: ritasPasskey.enrolled.credentialId };
    const { body } = await callAs(world, 'rita', `/api/v1/reviews${pathOf(skill)}/draft`, {
      reviewer,
      reason: 'nobody read it',
    });
    const statement = parseStatement(Buffer.from(body.payload, 'base64'));
    if (statement.predicateType !== predicateTypes.approval) throw new Error('no approval');
    // Whatever the desk hands out as a challenge from now on is that of the approval.
    const { random } = world.registry;
    Object.assign(world.registry, {
      random: (n: number) => (n === 32 ? approvalChallenge(statement) : random(n)),
    });
    const page = await visitor(world.send).get('/sign-in');
    Object.assign(world.registry, { random });
    expect(page.html).toContain('skillgate login --browser');
    expect(page.html).toContain('You cannot sign in with a passkey');
    expect(page.html).not.toMatch(/data-passkey|data-options/);
    const response = ritasPasskey.get(page, {
      challenge: Buffer.from(approvalChallenge(statement)).toString('base64url'),
    });
    await expectAnswer(visitor(world.send).post('/sign-in/passkey', { response }), 404);
    expect(await statusOf(world, skill)).toBe('in review');
  });

  it('happens by link, and no page but that of a statement asks a passkey to sign', async () => {
    const skill = await scanned(world, serial++, 'pass');
    const paths = [
      '',
      '/passkeys',
      '/rules/flow/secret-to-network',
      pathOf(skill),
      `${pathOf(skill)}/files/SKILL.md`,
    ];
    for (const path of paths) {
      const { html, status } = await rita.get(path);
      expect([path, status, html.includes('data-passkey="get"')]).toEqual([path, 200, false]);
    }
  });
});

describe('the policy of a new registry', () => {
  it('is not content with what was signed in the desk, and is with the same person’s approval from outside', async () => {
    const here = await makeStaffedWorld({ policy: firstPolicy });
    const passkey = ritasPasskey.enrolled;
    const member = reviewerStatement('rita', { passkey });
    await expectAnswer(state(here, member, here.trust.administrator), 201);
    const me = await deskOf(here, 'rita');
    const skill = await scanned(here, 1, 'pass');
    const { location } = await me.post(`${pathOf(skill)}/approve`, {
      reason: 'read it',
      reviewer: `passkey:${passkey.credentialId}`,
    });
    const at = (location ?? '').replace('/review', '');
    await expectAnswer(me.post(at, { response: ritasPasskey.get(await me.get(at)) }), 303);
    expect(await statusOf(here, skill)).toBe('in review');
    expect((await me.get(pathOf(skill))).html).toContain(
      'The version also needs an approval from outside the desk, which you can give',
    );
    expect((await me.get(pathOf(skill))).html).toContain('from outside the desk: <b>0 of 1</b>');
    await approveIn(here, skill, { independent: true });
    expect(await statusOf(here, skill)).toBe('approved');
    here.close();
  });
});
