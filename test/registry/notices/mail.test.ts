import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliverSome } from '../../../registry/notices/deliver.ts';
import { mailRecipients, serverOf } from '../../../registry/notices/mail.ts';
import { parseNoticeConfig } from '../../../registry/notices/notice-config.ts';
import { scanned } from '../desk-visit.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

interface Mail {
  readonly to: readonly string[];
  readonly text: string;
}

let world: Staffed;
let mails: Mail[];
let said: string[];
let server: SMTPServer | undefined;
beforeEach(async () => {
  world = await makeStaffedWorld();
  mails = [];
  said = [];
});
afterEach(async () => {
  world.close();
  await new Promise<void>((done) => (server === undefined ? done() : server.close(() => done())));
  server = undefined;
});

/** A mail server on loopback; returns its port. */
async function startServer(options: SMTPServerOptions = {}): Promise<number> {
  server = new SMTPServer({
    authOptional: true,
    onData: (stream, { envelope }, done) => {
      text(stream).then((all) => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), text: all });
        done();
      }, done);
    },
    ...options,
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return (listening.address() as AddressInfo).port;
}

const mailOf = (port: number, over: object = {}) => {
  const mail = {
    server: `smtp://127.0.0.1:${port}`,
    from: 'skillgate@acme.example',
    to: [
      { address: 'rita@acme.example', kinds: ['waiting'] },
      { address: 'ops@acme.example', kinds: ['stopped'] },
    ],
    ...over,
  };
  const file = JSON.stringify({ schema: 'skillgate.notices/1', mail });
  const parsed = parseNoticeConfig(file, 'notices.json').mail;
  if (parsed === undefined) throw new Error('no mail');
  return parsed;
};

async function tell(port: number, over: object = {}): Promise<void> {
  const recipients = await mailRecipients(mailOf(port, over));
  Object.assign(world.registry, {
    notices: { recipients, say: (line: string) => said.push(line) },
  });
  await deliver();
}

const deliver = async (): Promise<boolean> => {
  world.wait(3_000);
  return deliverSome(world.registry);
};

describe('notices by mail', () => {
  it('reach a real SMTP server: one mail for what is ready, to whoever chose it', async () => {
    await tell(await startServer());
    await scanned(world, 1, 'pass');
    await scanned(world, 2, 'pass');
    await deliver();
    expect(mails.map(({ to }) => to)).toEqual([['rita@acme.example']]);
    const [mail] = mails;
    expect(mail?.text).toContain('Subject: localhost: 2 notices');
    expect(mail?.text).toContain('Auto-Submitted: auto-generated');
    expect(mail?.text).toContain('@acme/count 1.0.1 waits for review\r\nhttp://localhost/review/');
    expect(mail?.text).not.toContain('Count the words');
    await scanned(world, 3, 'pass');
    await deliver();
    expect(mails[1]?.text).toContain('Subject: localhost: @acme/count 1.0.3 waits for review');
  });

  it('sign in with user and password, and say why not', async () => {
    const onAuth: SMTPServerOptions['onAuth'] = ({ username, password }, _, done) =>
      password === 'right' ? done(null, { user: username }) : done(new Error('wrong password'));
    const options = { authOptional: false, allowInsecureAuth: true, onAuth };
    const port = await startServer(options);
    await tell(port, { user: 'skillgate', password: 'n0t-the-password' });
    await scanned(world, 1, 'pass');
    await deliver();
    expect(mails).toEqual([]);
    expect(said[0]).toMatch(/^warning: cannot tell mail to rita@acme\.example: Invalid login/);
    expect(said.join()).not.toContain('n0t-the-password');
    world.wait(10_000);
    const recipients = await mailRecipients(mailOf(port, { user: 'skillgate', password: 'right' }));
    Object.assign(world.registry, { notices: { recipients, say: () => undefined } });
    await deliver();
    expect(mails).toHaveLength(1);
  });

  it('go to no server whose certificate nobody vouches for', async () => {
    const port = await startServer({ secure: true });
    await tell(port, { server: `smtps://127.0.0.1:${port}` });
    await scanned(world, 1, 'pass');
    await deliver();
    expect(mails).toEqual([]);
    expect(said[0]).toMatch(/self.signed certificate|certificate/);
  });

  it('need TLS, except on this machine', () => {
    const of = (server: string) => serverOf(mailOf(25, { server }));
    expect(of('smtp://mail.acme.example')).toMatchObject({ port: 587, requireTLS: true });
    expect(of('smtp://127.0.0.1.acme.example')).toMatchObject({ requireTLS: true });
    expect(of('smtps://mail.acme.example')).toMatchObject({ port: 465, secure: true });
    expect(of('smtp://localhost:25')).toMatchObject({ port: 25, requireTLS: false });
    expect(of('smtp://[::1]:25')).toMatchObject({ host: '::1', requireTLS: false });
  });

  it.each([
    ['another protocol', { server: 'https://mail.acme.example' }],
    ['a password in the address', { server: 'smtps://a:b@mail.acme.example' }],
    ['a line end in an address', { to: [{ address: 'a@b.example\nBcc: c@d.example' }] }],
  ])('are refused with %s', (_, over) => {
    expect(() => mailOf(25, over)).toThrow('notices.json');
  });
});
