/** A hold goes from a host to its approver through the registry, and the answer back. */

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { expect } from 'vitest';
import { openWith, sealFor } from '../../../cli/holds/sealed-message.ts';
import {
  answerBytes,
  holdAnswerType,
  holdDigest,
  newHold,
} from '../../../skills-index/run/holds/hold.ts';
import {
  type MailboxSigner,
  readAnswer,
  readRequest,
  sealAnswer,
  sealRequest,
  signForMailbox,
} from '../../../skills-index/run/holds/mailbox.ts';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import { pae } from '../../../skills-index/statement/signature-formats/envelope.ts';
import { call } from '../road.ts';
import { bodyAt } from '../steps.ts';
import type { Cast } from './cast.ts';

interface Correspondent extends MailboxSigner {
  readonly id: Digest;
  readonly key: KeyObject;
}

function makeCorrespondent(): Correspondent {
  const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return { key, publicKey: spki, id: digestOf(spki), sign: (bytes) => sign('sha256', bytes, key) };
}

export async function walkMailbox({ send }: Cast): Promise<void> {
  const [host, mira, box, reply] = [
    makeCorrespondent(),
    makeCorrespondent(),
    makeCorrespondent(),
    makeCorrespondent(),
  ];
  const hold = newHold(
    { run: 'r1', agent: 'finance', skill: '@acme/pay', version: '1.0.0' },
    { rule: 'posts', seconds: 120, reason: '' },
    { kind: 'egress', what: 'POST api.crm.example:443/v2/deals', scope: digestOf('scope') },
    { now: new Date(), nonce: randomBytes(16).toString('hex'), holder: '1 1' },
  );
  const label = {
    id: randomBytes(16).toString('hex'),
    to: mira.id,
    hold: holdDigest(hold),
    expires: hold.expires,
  };
  const replyTo = Buffer.from(reply.publicKey).toString('base64');
  const sealed = await sealRequest(
    label,
    { hold, approver: 'mira', replyTo },
    sealFor(box.publicKey),
  );
  const left = await signForMailbox(sealed, host);
  expect((await call(send, '/api/v1/mailbox/messages', { json: left })).status).toBe(201);

  const { base } = await bodyAt(send, '/index/config.json');
  const question = {
    schema: 'skillgate.mailbox-question/1',
    at: new Date().toISOString(),
    base,
  } as const;
  const ask = async () =>
    call(send, '/api/v1/mailbox/questions', { json: await signForMailbox(question, mira) });
  expect((await ask()).body.messages).toEqual([left]);
  const request = await readRequest(left, mira.id, openWith(box.key), new Date());
  if (request.kind !== 'request') throw new Error(request.why);

  const answer = {
    schema: 'skillgate.hold-answer/1',
    hold: holdDigest(hold),
    verdict: 'allow',
    seconds: 0,
    approver: 'mira',
    at: new Date().toISOString(),
  } as const;
  const signature = sign('sha256', pae(holdAnswerType, answerBytes(answer)), mira.key);
  const signed = { answer, signature: signature.toString('base64') };
  const back = await sealAnswer(
    request.message,
    signed,
    sealFor(Buffer.from(request.replyTo, 'base64')),
  );
  const json = await signForMailbox(back, mira);
  expect((await call(send, '/api/v1/mailbox/answers', { json })).status).toBe(201);
  const { body } = await call(send, `/api/v1/mailbox/answers/${label.id}`);
  expect(await readAnswer(body.answer, left.said, openWith(reply.key))).toEqual(signed);
  expect((await ask()).body).toEqual({ messages: [] });
  const path = `/api/v1/mailbox/messages/${label.id}`;
  expect((await send(path, { method: 'DELETE' })).status).toBeLessThan(300);
  expect((await call(send, `/api/v1/mailbox/answers/${label.id}`)).status).toBe(404);
}
