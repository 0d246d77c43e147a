import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWith, sealFor } from '../../../cli/holds/sealed-message.ts';
import {
  mailboxMax,
  mailboxMsMax,
  mailboxOfHostMax,
  mailboxOfKeyMax,
  mailboxOfNetworkMax,
} from '../../../registry/people/mailbox.ts';
import { mailbox } from '../../../registry/store/mailbox-schema.ts';
import {
  answerBytes,
  type Hold,
  holdAnswerType,
  holdDigest,
  newHold,
  type SignedAnswer,
} from '../../../skills-index/run/holds/hold.ts';
import {
  type MailboxAnswer,
  type MailboxMessage,
  type MailboxQuestion,
  type MailboxSigner,
  mailboxBytesMax,
  type Open,
  readAnswer,
  readRequest,
  type Seal,
  type SignedMailboxText,
  sealAnswer,
  sealRequest,
  signForMailbox,
} from '../../../skills-index/run/holds/mailbox.ts';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import { pae } from '../../../skills-index/statement/signature-formats/envelope.ts';
import { expectAnswer, expectCode, rowsOf } from '../steps.ts';
import { makeWorld, type World } from '../world.ts';

interface Person extends MailboxSigner {
  readonly key: KeyObject;
  readonly id: Digest;
  readonly spki: string;
  /** For the person's mailbox key, and with it. */
  readonly seal: Seal;
  readonly open: Open;
}

function makePerson(): Person {
  const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return {
    key,
    publicKey: spki,
    id: digestOf(spki),
    spki: spki.toString('base64'),
    ...makeBox(),
    sign: (bytes) => sign('sha256', bytes, key),
  };
}
function makeBox(): { seal: Seal; open: Open; replyTo: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return { seal: sealFor(spki), open: openWith(privateKey), replyTo: spki.toString('base64') };
}

let world: World;
let host: Person;
let mira: Person;
let reply: ReturnType<typeof makeBox>;
beforeEach(async () => {
  world = await makeWorld();
  [host, mira, reply] = [makePerson(), makePerson(), makeBox()];
});
afterEach(() => world.close());

const subject = { run: 'r1', agent: 'finance', skill: '@acme/pay', version: '1.0.0' };
function makeHold(what = 'POST api.crm.example:443/v2/deals with 4 bytes', seconds = 120): Hold {
  const about = { kind: 'egress', what, scope: digestOf('scope') } as const;
  const material = {
    now: world.registry.now(),
    nonce: randomBytes(16).toString('hex'),
    holder: '1 1',
  };
  return newHold(subject, { rule: 'posts', seconds, reason: '' }, about, material);
}
function messageOf(
  hold: Hold,
  { to = mira, shown = hold, expires = hold.expires } = {},
): Promise<MailboxMessage> {
  const label = { id: randomBytes(16).toString('hex'), to: to.id, hold: holdDigest(hold), expires };
  const request = { hold: shown, approver: 'mira', replyTo: reply.replyTo };
  return sealRequest(label, request, to.seal);
}
const sealed = async (hold: Hold, by: Person = host) => signForMailbox(await messageOf(hold), by);

async function send(
  path: string,
  body?: unknown,
  from?: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = {
    'content-type': 'application/json',
    ...(from === undefined ? {} : { 'x-test-address': from }),
  };
  const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await world.send(`/api/v1/mailbox/${path}`, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const questionOf = (at = world.registry.now()): MailboxQuestion => ({
  schema: 'skillgate.mailbox-question/1',
  at: at.toISOString(),
  base: 'http://localhost',
});
const ask = async (by: Person, at = world.registry.now()) =>
  send('questions', await signForMailbox(questionOf(at), by));

/** What mira signs when she allows a hold. */
function allowed(hold: Hold, by = mira): SignedAnswer {
  const answer = {
    ...({
      schema: 'skillgate.hold-answer/1',
      hold: holdDigest(hold),
      verdict: 'allow',
      seconds: 0,
      approver: 'mira',
    } as const),
    at: world.registry.now().toISOString(),
  };
  return {
    answer,
    signature: sign('sha256', pae(holdAnswerType, answerBytes(answer)), by.key).toString('base64'),
  };
}

describe('a registry as a mailbox', () => {
  it('stores no word of a hold or its answer, and takes a message that comes again', async () => {
    const hold = makeHold();
    const left = await sealed(hold);
    expect(await send('messages', left)).toEqual({ status: 201, body: { ok: true } });
    await expectAnswer(send('messages', left), 201);
    expect((await send(`answers/${left.said.id}`)).body).toEqual({});
    const answer = await sealAnswer(left.said, allowed(hold), reply.seal);
    await expectAnswer(send('answers', await signForMailbox(answer, mira)), 201);
    const stored = JSON.stringify(await rowsOf(world, mailbox));
    expect(stored).toContain(answer.content.ciphertext);
    for (const word of [
      'crm.example',
      'deals with',
      'finance',
      'mira',
      'allow',
      hold.nonce,
      hold.id,
    ])
      expect(stored).not.toContain(word);
  });

  it('shows what waits to the holder of the key alone, and only with a question of these minutes', async () => {
    await send('messages', await sealed(makeHold()));
    expect((await ask(makePerson())).body).toEqual({ messages: [] });
    const old = new Date(world.registry.now().getTime() - 6 * 60_000);
    await expectAnswer(ask(mira, old), 401, 'signature-invalid');
    const question = await signForMailbox(questionOf(), makePerson());
    await expectCode(send('questions', { ...question, publicKey: mira.spki }), 'signature-invalid');
  });

  it('lists nothing for a question that was asked of another registry, which passes it on', async () => {
    const left = await sealed(makeHold());
    await send('messages', left);
    const own = questionOf();
    const passedOn = await signForMailbox({ ...own, base: 'https://evil.example' }, mira);
    const { status, body } = await send('questions', passedOn);
    expect([status, body.code]).toEqual([422, 'other-registry']);
    expect(JSON.stringify(body)).toContain('was signed for https://evil.example');
    expect(JSON.stringify(body)).not.toContain(left.said.id);
    const pretended = { ...passedOn, said: own };
    await expectCode(send('questions', pretended), 'signature-invalid');
  });

  it('forgets what is over', async () => {
    const left = await sealed(makeHold());
    await send('messages', left);
    world.wait(120_000);
    expect((await ask(mira)).body).toEqual({ messages: [] });
    await expectAnswer(send(`answers/${left.said.id}`), 404);
    await send('messages', await sealed(makeHold()));
    expect(await rowsOf(world, mailbox)).toHaveLength(1);
  });

  it.each<[string, (left: SignedMailboxText<MailboxMessage>) => unknown, number, string]>([
    [
      'not signed by the key it names',
      (left) => ({ ...left, publicKey: mira.spki }),
      401,
      'signature-invalid',
    ],
    [
      'changed on the way',
      (left) => ({ ...left, said: { ...left.said, to: host.id } }),
      401,
      'signature-invalid',
    ],
    [
      'of another form',
      (left) => ({ ...left, said: { ...left.said, what: 'POST' } }),
      400,
      'request-invalid',
    ],
    [
      'too large',
      (left) => ({ ...left, signature: 'A'.repeat(mailboxBytesMax) }),
      413,
      'request-too-large',
    ],
  ])('takes no message that is %s', async (_, change, status, code) => {
    const { status: got, body } = await send('messages', change(await sealed(makeHold())));
    expect([got, body.code]).toEqual([status, code]);
    expect(await rowsOf(world, mailbox)).toEqual([]);
  });

  it('takes no message to be kept longer than a hold lasts, none that is over, and no second one of an id', async () => {
    await expectCode(
      send('messages', await sealed(makeHold('x', mailboxMsMax / 1_000 + 1))),
      'request-invalid',
    );
    await expectCode(send('messages', await sealed(makeHold('x', 0))), 'request-invalid');
    const first = await messageOf(makeHold());
    await send('messages', await signForMailbox(first, host));
    const second = await signForMailbox(
      { ...(await messageOf(makeHold())), id: first.id },
      makePerson(),
    );
    await expectCode(send('messages', second), 'request-invalid');
  });

  it('takes an answer from the key alone for which the message is', async () => {
    const hold = makeHold();
    const left = await sealed(hold);
    await send('messages', left);
    const eve = makePerson();
    const answer = await sealAnswer(left.said, allowed(hold, eve), reply.seal);
    await expectCode(send('answers', await signForMailbox(answer, eve)), 'signature-invalid');
    const unknown = await signForMailbox({ ...answer, id: '0'.repeat(32) }, mira);
    await expectCode(send('answers', unknown), 'not-found');
    expect((await send(`answers/${left.said.id}`)).body).toEqual({});
  });

  it.each([
    ['one host', mailboxOfHostMax, { host: 'one', network: 'many', key: 'many' }],
    ['one approver', mailboxOfKeyMax, { host: 'many', network: 'many', key: 'one' }],
    ['one address', mailboxOfNetworkMax, { host: 'many', network: 'one', key: 'many' }],
    ['all strangers', mailboxMax, { host: 'many', network: 'many', key: 'many' }],
  ])('has no room for a flood of %s, and enrolled hosts still have', async (_, max, of) => {
    const expiresAt = world.registry.now().getTime() + 60_000;
    const rows = Array.from({ length: max }, (_one, n) => ({
      id: `row ${n}`,
      expiresAt,
      message: '{}',
      enrolled: 0 as const,
      host: of.host === 'one' ? host.id : digestOf(`host ${n}`),
      to: of.key === 'one' ? mira.id : digestOf(`key ${n}`),
      network: of.network === 'one' ? '192.0.2.7' : `network ${n}`,
    }));
    await world.registry.db.batch(rows.map((row) => (db) => db.insert(mailbox).values(row)));
    const flooded = await send('messages', await sealed(makeHold()), '192.0.2.7');
    await expectAnswer(flooded, 429, 'too-many-requests');
    const known = makePerson();
    Object.assign(world.registry, { incidents: { reporters: { office: known.id }, needed: 0 } });
    await expectAnswer(send('messages', await sealed(makeHold(), known), '192.0.2.7'), 201);
  });
});

describe('an approver of a mailbox is shown nothing', () => {
  const read = (signed: SignedMailboxText<MailboxMessage>) =>
    readRequest(signed, mira.id, mira.open, world.registry.now());
  it.each<[string, (hold: Hold) => Promise<SignedMailboxText<MailboxMessage>>, string]>([
    [
      'when the registry changed what is sealed',
      async (hold) => {
        const left = await sealed(hold);
        const bytes = Buffer.from(left.said.content.ciphertext, 'base64');
        bytes[9] = (bytes[9] ?? 0) ^ 1;
        return {
          ...left,
          said: {
            ...left.said,
            content: { ...left.said.content, ciphertext: bytes.toString('base64') },
          },
        };
      },
      'no host signed the message',
    ],
    [
      'when it signs that as a host of its own',
      async (hold) => {
        const { content } = await messageOf(makeHold('GET harmless'));
        return signForMailbox({ ...(await messageOf(hold)), content }, makePerson());
      },
      'cannot decrypt the message',
    ],
    [
      'when the words are not those of the digest',
      async (hold) => {
        const other = { ...hold, what: 'GET api.crm.example:443/v2/harmless' };
        return signForMailbox(await messageOf(hold, { shown: other }), makePerson());
      },
      'shows another hold than the one whose digest was signed',
    ],
    [
      'when it lasts longer than its hold',
      async (hold) => {
        const expires = new Date(Date.parse(hold.expires) + 60_000).toISOString();
        return signForMailbox(await messageOf(hold, { expires }), host);
      },
      'expire at different times',
    ],
    [
      'when it is for somebody else',
      async (hold) => signForMailbox(await messageOf(hold, { to: makePerson() }), host),
      'for another key',
    ],
    [
      'when it comes again after its time',
      async (hold) => {
        const left = await sealed(hold);
        world.wait(120_000);
        return left;
      },
      'the hold has expired',
    ],
  ])('%s', async (_, make, why) => {
    expect(await read(await make(makeHold()))).toEqual({
      kind: 'refused',
      why: expect.stringContaining(why),
    });
  });
});

describe('a host of a mailbox takes no answer', () => {
  it.each<
    [string, (left: MailboxMessage, hold: Hold) => Promise<SignedMailboxText<MailboxAnswer>>]
  >([
    [
      'that the registry made, which does not know where to seal it for',
      async (left, hold) =>
        signForMailbox(await sealAnswer(left, allowed(hold), sealFor(host.publicKey)), mira),
    ],
    [
      'that another key handed in',
      async (left, hold) =>
        signForMailbox(await sealAnswer(left, allowed(hold), reply.seal), makePerson()),
    ],
    [
      'to another message, under the id of this one',
      async (left, hold) => {
        const answer = await sealAnswer(await messageOf(makeHold()), allowed(hold), reply.seal);
        return signForMailbox({ ...answer, id: left.id }, mira);
      },
    ],
  ])('%s', async (_, make) => {
    const hold = makeHold();
    const left = await messageOf(hold);
    expect(await readAnswer(await make(left, hold), left, reply.open)).toBeUndefined();
  });

  it('is sealed on one curve: nothing is sealed for a key on another one', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const hold = makeHold();
    const spki = other.publicKey.export({ type: 'spki', format: 'der' });
    const request = { hold, approver: 'mira', replyTo: reply.replyTo };
    await expect(sealRequest(await messageOf(hold), request, sealFor(spki))).rejects.toThrow(
      'not a P-256 key',
    );
  });
});
