/** Notices by mail (SMTP). Only the Node shell imports this file: a Worker opens no such port. */
import { addressClass } from '../../skills-index/network/network-address.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { EventNotice, MailConfig, Recipient } from './notice-config.ts';

export const noticeSendMs = 10_000;

/** Notices of one slice for one recipient. */
export const noticesAtOnce = 20;

/**
 * The recipients by mail. One mail holds all notices that are ready.
 * @throws Problem `usage` where the optional package nodemailer is missing
 */
export async function mailRecipients(mail: MailConfig): Promise<Recipient[]> {
  const { createTransport } = await import('nodemailer').catch((cause: unknown) => {
    throw new Problem('usage', 'Cannot send mail: the package nodemailer is not installed', {
      hint: 'npm install nodemailer, or leave mail out of notices.json',
      cause,
    });
  });
  const transport = createTransport(serverOf(mail));
  return mail.to.map((person) => ({
    ...person,
    label: `mail to ${person.address}`,
    address: `mail ${person.address}`,
    atOnce: noticesAtOnce,
    send: async (notices, { origin, signal }) => {
      const sent = transport.sendMail({
        from: mail.from,
        to: person.address,
        ...mailOf(notices, origin),
        // RFC 3834: no answering machine answers.
        headers: { 'auto-submitted': 'auto-generated' },
      });
      await Promise.race([sent, aborted(signal)]);
    },
  }));
}

/** How to reach the mail server: with TLS, except on this machine. */
export function serverOf({ server, user, password }: MailConfig) {
  const url = new URL(server);
  const isHere = isLoopback(url.hostname);
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    // Without this, a machine on the way could read password and mail by hiding STARTTLS.
    requireTLS: !secure && !isHere,
    ignoreTLS: !secure && isHere,
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: noticeSendMs,
    greetingTimeout: noticeSendMs,
    socketTimeout: noticeSendMs,
    // A mail is the text below, and nothing from a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || addressClass(host.replace(/^\[|\]$/g, '')) === 'loopback';
}

function mailOf(notices: readonly EventNotice[], origin: string) {
  const [first] = notices;
  const title = notices.length === 1 ? first?.title : `${notices.length} notices`;
  return {
    subject: `${origin}: ${title}`,
    text: notices.map((notice) => `${notice.title}\n${notice.link}\n`).join('\n'),
    // The same for each attempt.
    messageId: `<notices-${first?.seq}-${notices.at(-1)?.seq}@${origin}>`,
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, fail) => {
    if (signal.aborted) fail(signal.reason);
    else signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  });
}
