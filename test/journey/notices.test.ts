/** A served registry tells a webhook inside the network and a reviewer by mail what waits. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { expect, it, onTestFinished } from 'vitest';
import { postOutside } from '../../runner/webhooks/post-outside.ts';
import { startStory } from '../browser/story-registry.ts';
import { publishHarmless } from '../browser/story-versions.ts';

it('notices leave the registry by themselves', async () => {
  const hooks: string[] = [];
  const web = createServer(async (request, response) => {
    hooks.push(`${request.headers['webhook-id']} ${await text(request)}`);
    response.end();
  });
  const mails: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    onData: (stream, _, done) => {
      text(stream).then((mail) => {
        mails.push(mail);
        done();
      }, done);
    },
  });
  web.listen(0, '127.0.0.1');
  const mailServer = smtp.listen(0, '127.0.0.1');
  await Promise.all([once(web, 'listening'), once(mailServer, 'listening')]);
  onTestFinished(() => {
    web.close();
    smtp.close();
  });
  const { port } = web.address() as AddressInfo;
  const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  const story = await startStory({
    postOutside,
    notices: {
      schema: 'skillgate.notices/1',
      webhooks: [
        { url: 'http://bridge.internal/skills', secret },
        // Not named below hosts, so nothing may be asked there.
        { url: `https://127.0.0.1:${port}/skills`, secret },
      ],
      hosts: { 'bridge.internal': { address: '127.0.0.1', port } },
      mail: {
        server: `smtp://127.0.0.1:${(mailServer.address() as AddressInfo).port}`,
        from: 'skillgate@acme.example',
        to: [{ address: 'ruth@acme.example' }],
      },
    },
  });
  onTestFinished(() => story.close());
  // At its first look, which is its first act, the registry notes where each recipient begins.
  await publishHarmless(story);
  await expect.poll(() => [hooks.length, mails.length], { timeout: 20_000 }).toEqual([1, 1]);
  expect(hooks[0]).toContain('"title":"@acme/notes 0.2.0 waits for review"');
  expect(mails[0]).toContain(`${story.base}/review/@acme/notes/0.2.0`);
});
