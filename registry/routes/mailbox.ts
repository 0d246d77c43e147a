/** Hosts leave holds for approvers here, and approvers leave their answers. */

import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import {
  mailboxAnswerShape,
  mailboxBytesMax,
  mailboxMessageShape,
  mailboxQuestionShape,
  parseForMailbox,
} from '../../skills-index/run/holds/mailbox.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Registry } from '../context.ts';
import {
  answerTo,
  forgetMessage,
  messagesFor,
  takeAnswer,
  takeMessage,
} from '../people/mailbox.ts';
import { limitBody } from '../request-limits/body-limit.ts';
import { type AddressOf, networkOf } from '../request-limits/write-limits.ts';
import { describe } from './describe.ts';

const text = { type: 'string' } as const;
const done = v.object({ ok: v.boolean() });
const content = {
  type: 'object',
  required: ['enc', 'ciphertext'],
  properties: { enc: text, ciphertext: text },
};

// The signed content, the signer, and the signature.
function signedBody(schema: string, properties: Record<string, unknown>) {
  const contentShape = { type: 'object', required: ['schema', ...Object.keys(properties)] };
  return {
    'application/json': {
      schema: {
        type: 'object',
        required: ['said', 'publicKey', 'signature'],
        properties: {
          said: { ...contentShape, properties: { schema: { const: schema }, ...properties } },
          publicKey: text,
          signature: text,
        },
      },
    },
  };
}

async function bodyOf<Schema extends v.GenericSchema>(
  context: Context,
  shape: Schema,
): Promise<v.InferOutput<Schema>> {
  const { value } = parseJson(new Uint8Array(await context.req.arrayBuffer()), 'body');
  return parseForMailbox(shape, value);
}

/** Routes below /api/v1. */
export function mailboxRoutes(registry: Registry, addressOf: AddressOf): Hono {
  return new Hono()
    .use('/mailbox/*', limitBody(mailboxBytesMax))
    .post(
      '/mailbox/messages',
      describe({
        summary: 'Leave a sealed message for an approver, signed by the key of a host',
        answer: done,
        created: true,
        body: signedBody('skillgate.mailbox/2', {
          id: text,
          to: text,
          hold: text,
          expires: text,
          content,
        }),
        problems: [
          'request-invalid',
          'request-too-large',
          'signature-invalid',
          'too-many-requests',
        ],
      }),
      async (context) => {
        const message = await bodyOf(context, mailboxMessageShape);
        await takeMessage(registry, message, networkOf(addressOf(context) ?? 'unknown'));
        return context.json({ ok: true }, 201);
      },
    )
    .delete(
      '/mailbox/messages/:id',
      describe({ summary: 'Delete a message by its id', answer: done, problems: [] }),
      async (context) => {
        await forgetMessage(registry, context.req.param('id'));
        return context.json({ ok: true });
      },
    )
    .post(
      '/mailbox/questions',
      describe({
        summary: 'List the messages for the key that signed the question',
        answer: v.object({ messages: v.array(v.unknown()) }),
        body: signedBody('skillgate.mailbox-question/1', { at: text, base: text }),
        problems: [
          'request-invalid',
          'request-too-large',
          'signature-invalid',
          'other-registry',
          'too-many-requests',
        ],
      }),
      async (context) =>
        context.json({
          messages: await messagesFor(registry, await bodyOf(context, mailboxQuestionShape)),
        }),
    )
    .post(
      '/mailbox/answers',
      describe({
        summary: 'Leave a sealed answer to a message, signed by the key that the message is for',
        answer: done,
        created: true,
        body: signedBody('skillgate.mailbox-answer/2', { id: text, content }),
        problems: [
          'request-invalid',
          'request-too-large',
          'signature-invalid',
          'not-found',
          'too-many-requests',
        ],
      }),
      async (context) => {
        await takeAnswer(registry, await bodyOf(context, mailboxAnswerShape));
        return context.json({ ok: true }, 201);
      },
    )
    .get(
      '/mailbox/answers/:id',
      describe({
        summary:
          'Read the answer to a message by the message id; without `answer` while there is none',
        answer: v.object({ answer: v.exactOptional(v.unknown()) }),
        problems: ['not-found'],
      }),
      async (context) => {
        const answer = await answerTo(registry, context.req.param('id'));
        return context.json(answer === undefined ? {} : { answer });
      },
    );
}
