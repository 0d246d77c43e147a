/**
 * Everybody who could try to get a version into the index, and the calls by which they could: a
 * crowd takes one step at a time.
 */

import fc from 'fast-check';
import { states } from '../../registry/versions/status.ts';
import { capabilityDigest, noCapabilities } from '../../skills-index/skill/capability.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { purlOf } from '../../skills-index/skill/name.ts';
import { memberStatement } from '../../skills-index/statement/attestation.ts';
import { parseStatement } from '../../skills-index/statement/parse-statement.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import {
  approvalStatement,
  verificationSummaryStatement,
} from '../../skills-index/statement/version-statement.ts';
import { defaultPolicy, policyDigest } from '../../skills-index/trust/policy/policy.ts';
import { freshNonce } from '../nonce.ts';
import {
  type DeskPasskey,
  deskPasskey,
  type Lies,
  pathOf,
  signedIn,
  type Visitor,
} from './desk-visit.ts';
import { makeKey, type TestKey } from './people.ts';
import { aboutOf, call, enrol, makeReport, type Skill, signIn, signReport, state } from './road.ts';
import { stopStatement } from './steps.ts';
import { makeStaffedWorld, type Staffed } from './world.ts';

/** Anna is the author under another key; mallory holds a key that nobody enrolled. */
export const names = [
  'author',
  'anna',
  'scanner',
  'rita',
  'omar',
  'administrator',
  'mallory',
] as const;
export type Name = (typeof names)[number];
const who = fc.constantFrom(...names);
const reviewer = fc.constantFrom('rita' as const, 'omar' as const);
const atDesk = fc.constantFrom('rita', 'omar', 'anna');
const lies: readonly (Lies & { challenge?: string })[] = [
  {},
  {},
  {},
  { origin: 'http://evil.example' },
  { flags: 1 },
  { challenge: 'AAAA' },
];

export const step = fc.oneof(
  fc.record({
    kind: fc.constant('scan' as const),
    who,
    verdict: fc.constantFrom(
      'pass' as const,
      'review' as const,
      'block' as const,
      'incomplete' as const,
    ),
  }),
  fc.record({ kind: fc.constant('approve' as const), who, independent: fc.boolean() }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('approve' as const),
      who: reviewer,
      independent: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant('sign for another' as const), who, drafted: reviewer }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('passkey' as const),
      who: atDesk,
      holder: atDesk,
      lie: fc.constantFrom(...lies),
    }),
  },
  fc.record({ kind: fc.constant('again' as const) }),
  fc.record({ kind: fc.constant('approve without a draft' as const), who }),
  fc.record({ kind: fc.constant('move' as const), who, to: fc.constantFrom(...states) }),
  fc.record({
    kind: fc.constant('state' as const),
    who,
    what: fc.constantFrom('suspended' as const, 'lifted' as const, 'revoked' as const),
  }),
  fc.record({ kind: fc.constant('summary' as const), who }),
  fc.record({ kind: fc.constant('claim' as const), who }),
  fc.record({ kind: fc.constant('enrol oneself' as const), who }),
  fc.record({ kind: fc.constant('leave' as const), who: reviewer }),
  fc.record({ kind: fc.constant('leave with a draft' as const), who: reviewer }),
);
export type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

interface Seat {
  readonly visitor: Visitor;
  readonly passkey: DeskPasskey;
}

/** Makes a registry and everybody around it. */
export async function makeCrowd(): Promise<Crowd> {
  const world = await makeStaffedWorld();
  const { send, author, scanner, rita, omar, trust } = world;
  const anna = makeKey();
  const mallory = makeKey();
  const keys = { author, anna, scanner, rita, omar, administrator: trust.administrator, mallory };
  // The author is a reviewer too, under both keys: one person, one name.
  for (const key of [author, anna])
    await enrol(send, trust.administrator, { name: 'anna', roles: ['reviewer'], key });
  const tokens: Partial<Record<Name, string>> = {};
  for (const name of names) if (name !== 'mallory') tokens[name] = await signIn(send, keys[name]);
  const desk: Record<string, Seat> = {};
  for (const name of ['rita', 'omar', 'anna'] as const) {
    const passkey = deskPasskey(name);
    const enrolled = {
      nonce: freshNonce(),
      name,
      roles: ['reviewer' as const],
      passkey: passkey.enrolled,
      state: 'enrolled' as const,
    };
    await state(send, memberStatement(enrolled), trust.administrator);
    desk[name] = { visitor: await signedIn(send, tokens[name] ?? ''), passkey };
  }
  return new Crowd(world, keys, tokens, desk);
}

export class Crowd {
  readonly world: Staffed;
  readonly keys: Readonly<Record<Name, TestKey>>;
  readonly tokens: Readonly<Partial<Record<Name, string>>>;
  readonly desk: Readonly<Record<string, Seat>>;
  readonly #seen: { sent: unknown; keyId: TestKey['keyId'] }[] = [];

  constructor(world: Staffed, keys: Crowd['keys'], tokens: Crowd['tokens'], desk: Crowd['desk']) {
    this.world = world;
    this.keys = keys;
    this.tokens = tokens;
    this.desk = desk;
  }

  async walk(skill: Skill, one: Step): Promise<void> {
    const { send, registry } = this.world;
    const { name, version } = skill.manifest;
    const about = aboutOf(skill);
    switch (one.kind) {
      case 'scan': {
        const { job } = (
          await call(send, '/api/v1/jobs/lease', { token: this.world.tokens.scanner, json: {} })
        ).body;
        const report = makeReport(skill, one.verdict);
        const json = {
          lease: job?.lease ?? 'none',
          envelope: await signReport(send, skill, report, this.keys[one.who]),
          report,
        };
        await call(send, `/api/v1/jobs/${job?.id ?? 'none'}/report`, {
          ...this.#tokenOf(one.who),
          json,
        });
        return;
      }
      case 'approve':
        return this.#approve(skill, {
          by: one.who,
          drafted: one.who,
          independent: one.independent,
        });
      case 'sign for another':
        return this.#approve(skill, { by: one.who, drafted: one.drafted, independent: true });
      case 'passkey':
        return this.#approveAtDesk(skill, one);
      case 'again': {
        // What somebody signed about another version comes again, and what was signed about this
        // one.
        for (const { sent, keyId } of this.#seen.slice(-3))
          await call(send, '/api/v1/statements', { json: sent, keyId });
        return;
      }
      case 'approve without a draft': {
        const approval = approvalStatement(about, {
          name,
          version,
          bundle: about.bundle,
          capabilities: noCapabilities,
          capabilityDigest: capabilityDigest(noCapabilities),
          scanReport: digestOf('none'),
          ruleSet: digestOf('none'),
          policy: policyDigest(defaultPolicy),
          reviewer: { member: one.who, keyId: this.keys[one.who].keyId },
          reason: 'r',
          nonce: freshNonce(),
          expires: '2027-01-01T00:00:00.000Z',
          independent: true,
        });
        await state(send, approval, this.keys[one.who]);
        return;
      }
      case 'move':
        await call(send, `/api/v1/reviews${pathOf(skill)}/move`, {
          ...this.#tokenOf(one.who),
          json: { to: one.to, reason: 'r' },
        });
        return;
      case 'state': {
        const said = stopStatement(one.what, { name, version });
        await state(send, said, this.keys[one.who]);
        return;
      }
      case 'summary': {
        const summary = verificationSummaryStatement(about, {
          verifier: { id: 'http://localhost' },
          timeVerified: registry.now().toISOString(),
          resourceUri: purlOf(name, version),
          policy: { digest: { sha256: hexOf(policyDigest(defaultPolicy)) } },
          inputAttestations: [],
          verificationResult: 'PASSED',
          verifiedLevels: [],
        });
        await state(send, summary, this.keys[one.who]);
        return;
      }
      case 'claim':
        await call(send, `/api/v1/reviews${pathOf(skill)}/claim`, {
          ...this.#tokenOf(one.who),
          json: {},
        });
        return;
      case 'enrol oneself': {
        if (one.who === 'administrator') return;
        await enrol(send, this.keys[one.who], {
          name: 'somebody',
          roles: ['reviewer'],
          key: this.keys.mallory,
        });
        return;
      }
      case 'leave':
        return this.#leave(one.who);
      case 'leave with a draft':
        return this.#approve(skill, { by: one.who, drafted: one.who, independent: true }, () =>
          this.#leave(one.who),
        );
    }
  }

  async #leave(name: 'rita' | 'omar'): Promise<void> {
    const key = this.keys[name].open;
    const ended = memberStatement({
      nonce: freshNonce(),
      name,
      roles: ['reviewer'],
      key,
      state: 'ended',
    });
    await state(this.world, ended, this.world.trust.administrator);
  }

  async #approve(
    skill: Skill,
    { by, drafted, independent }: { by: Name; drafted: Name; independent: boolean },
    meanwhile?: () => Promise<void>,
  ): Promise<void> {
    const json = { reviewer: { keyId: this.keys[drafted].keyId }, reason: 'read it', independent };
    const draft = await call(this.world, `/api/v1/reviews${pathOf(skill)}/draft`, {
      ...this.#tokenOf(drafted),
      json,
    });
    if (draft.status !== 201) return;
    await meanwhile?.();
    const sent = await signStatement(
      parseStatement(Buffer.from(draft.body.payload, 'base64')),
      this.keys[by],
    );
    this.#seen.push({ sent, keyId: this.keys[by].keyId });
    await call(this.world, '/api/v1/statements', { json: sent, keyId: this.keys[by].keyId });
  }

  async #approveAtDesk(skill: Skill, one: Extract<Step, { kind: 'passkey' }>): Promise<void> {
    const seat = this.desk[one.who];
    const holder = this.desk[one.holder];
    if (seat === undefined || holder === undefined) throw new Error('nobody at the desk');
    const credential = `passkey:${seat.passkey.enrolled.credentialId}`;
    const { status, location } = await seat.visitor.post(`${pathOf(skill)}/approve`, {
      reason: 'Read it.',
      reviewer: credential,
    });
    if (status !== 303) return;
    const at = location?.replace('/review', '') ?? '';
    await seat.visitor.post(at, {
      response: holder.passkey.get(await seat.visitor.get(at), one.lie),
    });
  }

  /** The next walk finds its own job at the head of the queue, and everybody in office again. */
  async tidy(): Promise<void> {
    const { send, trust, tokens } = this.world;
    for (let job = true; job; )
      job =
        (await call(send, '/api/v1/jobs/lease', { token: tokens.scanner, json: {} })).body.job !==
        null;
    const { body } = await call(send, '/api/v1/members', this.#tokenOf('administrator'));
    for (const name of ['rita', 'omar'] as const) {
      const isIn = body.members.some(
        (one: { keyId?: string }) => one.keyId === this.keys[name].keyId,
      );
      if (!isIn)
        await enrol(send, trust.administrator, { name, roles: ['reviewer'], key: this.keys[name] });
    }
  }

  #tokenOf(name: Name): { token?: string } {
    const token = this.tokens[name];
    return token === undefined ? {} : { token };
  }
}
