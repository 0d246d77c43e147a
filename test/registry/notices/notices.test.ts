import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { deliverSome, signedHeaders, webhooksOf } from '../../../registry/notices/deliver.ts';
import { lastNotices } from '../../../registry/notices/notice.ts';
import { parseNoticeConfig } from '../../../registry/notices/notice-config.ts';
import { noticePlaces, notices } from '../../../registry/notices/notice-schema.ts';
import { pathOf, scanned, visitor } from '../desk-visit.ts';
import { claimScope, makeSkill, publishApproved, state } from '../road.ts';
import { callAs, deskOf, expectAnswer, rowsOf, signInAs, stopIn, stopStatement } from '../steps.ts';
import { eachWorld } from '../world.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

interface Sent {
  readonly url: string;
  readonly id: string;
  readonly body: { type: string; data: { title: string; link: string } };
}

const world = eachWorld();
let sent: Sent[];
let said: string[];
/** How the receivers answer: a status, or a failure. */
let answer: (url: string) => number | Error;

/** Starts to tell these webhooks. */
function tell(...hooks: object[]): void {
  const text = JSON.stringify({
    schema: 'skillgate.notices/1',
    webhooks: hooks.map((hook) => ({ secret, ...hook })),
  });
  const recipients = webhooksOf(
    parseNoticeConfig(text, 'notices.json'),
    async (url, { body, headers }) => {
      const result = answer(url);
      if (result instanceof Error) throw result;
      const [id = '', time = ''] = [headers['webhook-id'], headers['webhook-timestamp']];
      const mac = createHmac('sha256', Buffer.alloc(32, 7))
        .update(`${id}.${time}.${body}`)
        .digest('base64');
      expect(headers['webhook-signature']).toBe(`v1,${mac}`);
      if (result < 300) sent.push({ url, id, body: JSON.parse(body) });
      return result;
    },
  );
  Object.assign(world.registry, {
    notices: { recipients, say: (line: string) => said.push(line) },
  });
}
const hook = { url: 'https://chat.acme.example/hooks/t0ken' };
const titles = (): string[] => sent.map(({ body }) => body.data.title);
/** One slice, when notices have settled. */
const deliver = async (): Promise<boolean> => {
  world.wait(3_000);
  return deliverSome(world.registry);
};

/** A version, after the scanner's session has ended. */
const later = async (serial: number) => {
  const tokens = { ...world.tokens, scanner: await signInAs(world, 'scanner') };
  await scanned({ ...world, tokens }, serial, 'pass');
};

beforeEach(async () => {
  sent = [];
  said = [];
  answer = () => 204;
});

describe('a webhook', () => {
  it('is told in order of what waits, was asked, was answered, was decided and was stopped', async () => {
    tell(hook);
    await deliver();
    const skill = await scanned(world, 1, 'pass');
    const desk = await deskOf(world, 'rita');
    world.wait(minute);
    await desk.post(`${pathOf(skill)}/ask`, { reason: 'Why? SECRET QUESTION' });
    world.wait(minute);
    await callAs(world, 'author', `/api/v1/reviews${pathOf(skill)}/answer`, { text: 'Because.' });
    world.wait(minute);
    await desk.post(`${pathOf(skill)}/refuse`, { reason: 'No.' });
    const second = await scanned(world, 2, 'pass');
    await callAs(world, 'author', `/api/v1/reviews${pathOf(second)}/withdraw`, {
      reason: 'Wrong. SECRET QUESTION',
    });
    await deliver();
    expect(titles()).toEqual([
      '@acme/count 1.0.1 waits for review',
      'rita asked the author of @acme/count 1.0.1',
      'The author of @acme/count 1.0.1 answered',
      '@acme/count 1.0.1 is refused',
      '@acme/count 1.0.2 waits for review',
      '@acme/count 1.0.2 is withdrawn',
    ]);
    expect(sent.map(({ body }) => body.type)).toEqual([
      'version.waiting',
      'version.asked',
      'version.answered',
      'version.decided',
      'version.waiting',
      'version.decided',
    ]);
    expect(sent[0]?.body.data.link).toBe('http://localhost/review/@acme/count/1.0.1');
    // No words about a skill, and nothing of its content.
    expect(JSON.stringify(sent)).not.toMatch(
      /SECRET QUESTION|Because|Counts words|Count the words/,
    );
  });

  it('is told once for each event, and of events since it was named', async () => {
    await scanned(world, 1, 'pass');
    tell(hook);
    await deliver();
    await scanned(world, 2, 'pass');
    await deliver();
    await deliver();
    expect(titles()).toEqual(['@acme/count 1.0.2 waits for review']);
  });

  it('is told again after a failure, later and later, in order and under the same id', async () => {
    tell(hook);
    await deliver();
    await scanned(world, 1, 'pass');
    await scanned(world, 2, 'block');
    answer = () => new TypeError('connection refused');
    await deliver();
    expect(said).toEqual([
      'warning: cannot tell webhook at chat.acme.example: connection refused; the registry tries again',
    ]);
    answer = () => 204;
    // Too early: nobody hammers a receiver that is down.
    await deliver();
    expect(sent).toEqual([]);
    world.wait(5_000);
    await deliver();
    expect(titles()).toEqual([
      '@acme/count 1.0.1 waits for review',
      '@acme/count 1.0.2 is in quarantine',
    ]);
  });

  it('gets a notice twice rather than never, when the registry dies before it notes the answer', async () => {
    tell(hook);
    await deliver();
    await scanned(world, 1, 'pass');
    const { batch } = world.registry.db;
    Object.assign(world.registry.db, {
      batch: async (writes: Parameters<typeof batch>[0]) => {
        if (sent.length > 0) throw new Error('killed');
        return batch(writes);
      },
    });
    await expect(deliver()).rejects.toThrow('killed');
    Object.assign(world.registry.db, { batch });
    await deliver();
    await deliver();
    const [first, again] = sent;
    expect(sent).toHaveLength(2);
    expect(again).toEqual(first);
  });

  it('that refuses a notice for three days misses this notice, and the operator is told', async () => {
    tell(hook);
    await deliver();
    await scanned(world, 1, 'pass');
    answer = () => 500;
    await deliver();
    for (let i = 0; i < 80; i++) {
      world.wait(61 * minute);
      await deliver();
    }
    expect(said.at(-1)).toContain(
      'nobody is told by webhook at chat.acme.example that @acme/count 1.0.1 waits for review: The webhook answered 500',
    );
    answer = () => 204;
    world.wait(2 * 60 * minute);
    await later(2);
    await deliver();
    expect(titles()).toEqual(['@acme/count 1.0.2 waits for review']);
  });

  it('that is down delays no other, and each hears what it chose', async () => {
    tell(
      { url: 'https://down.example/a' },
      { url: 'https://b.example/b', kinds: ['decided'] },
      { url: 'https://c.example/c', scopes: ['other'] },
      { url: 'https://d.example/d', scopes: ['acme'], kinds: ['waiting'] },
    );
    await deliver();
    answer = (url) => (url.includes('down') ? new TypeError('no route') : 200);
    const skill = await scanned(world, 1, 'pass');
    await (await deskOf(world, 'rita')).post(`${pathOf(skill)}/refuse`, {
      reason: 'No.',
    });
    await deliver();
    expect(sent.map(({ url, body }) => [url.slice(8, 9), body.type]).sort()).toEqual([
      ['b', 'version.decided'],
      ['d', 'version.waiting'],
    ]);
  });

  it('is told once of a statement that stops many versions', async () => {
    await claimScope(world, 'bulk', world.author);
    for (let at = 0; at < 3; at++) {
      const skill = makeSkill(`@bulk/s${at}`, '1.0.0');
      await publishApproved(world, skill);
    }
    tell(hook);
    await deliver();
    const revoked = stopStatement('revoked', { publisher: world.author.keyId }, 'stolen key');
    await expectAnswer(state(world, revoked, world.rita), 201);
    await deliver();
    expect(titles()).toHaveLength(1);
    expect(titles()[0]).toMatch(/^@bulk\/s\d 1\.0\.0 is revoked, and 2 further versions$/);
  });
});

describe('the signature of a webhook', () => {
  it('is the one of the specification’s example', () => {
    const headers = signedHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      seconds: 1_614_265_330,
      body: '{"test": 2432232314}',
    });
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
});

describe('notices.json', () => {
  const parse = (over: object) => () =>
    parseNoticeConfig(JSON.stringify({ schema: 'skillgate.notices/1', ...over }), 'notices.json');

  it('takes public https addresses, and http inside the network for a named host', () => {
    const inside = { 'chat.internal': { address: '10.0.0.5', port: 8080 } };
    const hooks = [
      { ...hook, secret },
      { url: 'http://chat.internal/x', secret },
    ];
    expect(parse({ webhooks: hooks, hosts: inside })().webhooks).toHaveLength(2);
  });

  it.each([
    ['plain http', { webhooks: [{ url: 'http://chat.acme.example/x', secret }] }],
    ['a password in the address', { webhooks: [{ url: 'https://a:b@chat.example/', secret }] }],
    ['a short secret', { webhooks: [{ ...hook, secret: 'whsec_YQ==' }] }],
    ['a pin that is no address', { hosts: { a: { address: 'b.example', port: 443 } } }],
  ])('refuses %s', (_, over) => {
    expect(parse(over)).toThrow('notices.json');
  });
});

describe('feeds', () => {
  it('show everything at the desk, and to strangers what installers see', async () => {
    await scanned(world, 1, 'pass');
    const skill = makeSkill('@acme/open', '1.0.0');
    await publishApproved(world, skill);
    const desk = await (await deskOf(world, 'rita')).get('/notices.atom');
    expect(desk.headers.get('content-type')).toContain('application/atom+xml');
    expect(desk.html).toContain('<title>@acme/count 1.0.1 waits for review</title>');
    const open = await world.send('/index/notices.atom');
    const text = await open.text();
    expect(text).toMatch(/^<\?xml version="1\.0" encoding="utf-8"\?>\n<feed xmlns/);
    expect(text).toContain('<title>@acme/open 1.0.0 is approved</title>');
    expect(text).not.toContain('waits');
    const etag = open.headers.get('etag') ?? '';
    const again = await world.send('/index/notices.atom', { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    await expectAnswer(visitor(world.send).get('/notices.atom'), 401);
  });
});

describe('the feed for everybody', () => {
  const titles = async (): Promise<string[]> => {
    const text = await (await world.send('/index/notices.atom')).text();
    return [...text.matchAll(/<entry>[\s\S]*?<title>(.*?)<\/title>/g)].map(
      ([, title = '']) => title,
    );
  };

  it('shows a stop of a publisher once for each scope, with as many versions as the scope has', async () => {
    await claimScope(world, 'second', world.author);
    for (const name of ['@acme/one', '@acme/two', '@second/one'])
      await publishApproved(world, makeSkill(name, '1.0.0'));
    world.wait(minute);
    await expectAnswer(
      stopIn(
        world,
        'suspended',
        { publisher: world.author.keyId },
        { reason: 'the key was stolen' },
      ),
      201,
    );
    const stops = (await titles()).filter((title) => title.includes('suspended'));
    expect(stops).toContain('@second/one 1.0.0 is suspended');
    expect(stops).toContainEqual(
      expect.stringMatching(/^@acme\/.* is suspended, and 1 further version$/),
    );
    expect(stops).toHaveLength(2);
  });
});

describe('the outbox', () => {
  it('forgets notices after a month, and no place goes back', async () => {
    tell(hook);
    await deliver();
    await scanned(world, 1, 'pass');
    await deliver();
    const [before] = await rowsOf(world, noticePlaces);
    world.wait(31 * day);
    await deliver();
    expect(await rowsOf(world, notices)).toEqual([]);
    const [after] = await rowsOf(world, noticePlaces);
    expect(after?.seq).toBe(before?.seq);
    await later(2);
    const [newest] = await lastNotices(world.registry, 1);
    expect(newest?.seq).toBeGreaterThan(before?.seq ?? 0);
    await deliver();
    expect(titles()).toHaveLength(2);
  });
});
