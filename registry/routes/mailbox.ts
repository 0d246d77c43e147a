/** Hosts leave holds for approvers here, and approvers leave their answers. */

import { type Context, Hono } from 'hono';
import type * as v from 'valibot';
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
    .post('/mailbox/messages', async (context) => {
      const message = await bodyOf(context, mailboxMessageShape);
      await takeMessage(registry, message, networkOf(addressOf(context) ?? 'unknown'));
      return context.json({ ok: true }, 201);
    })
    .delete('/mailbox/messages/:id', async (context) => {
      await forgetMessage(registry, context.req.param('id'));
      return context.json({ ok: true });
    })
    .post('/mailbox/questions', async (context) =>
      context.json({
        messages: await messagesFor(registry, await bodyOf(context, mailboxQuestionShape)),
      }),
    )
    .post('/mailbox/answers', async (context) => {
      await takeAnswer(registry, await bodyOf(context, mailboxAnswerShape));
      return context.json({ ok: true }, 201);
    })
    .get('/mailbox/answers/:id', async (context) => {
      const answer = await answerTo(registry, context.req.param('id'));
      return context.json(answer === undefined ? {} : { answer });
    });
}
