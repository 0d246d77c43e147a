/** Notices and their recipients. */
import * as v from 'valibot';
import { addressClass } from '../../skills-index/network/network-address.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { boundedList, exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { VersionState } from '../versions/status.ts';
import { type NoticeKind, noticeKinds } from './notice-schema.ts';

/** People and programs that a registry tells of events, by each way. */
const noticeRecipientsMax = 200;

/** What happened to a version, in words that name no content of a skill. */
export interface EventNotice {
  /** The notice's place in the order of events. */
  readonly seq: number;
  readonly kind: NoticeKind;
  readonly name: SkillName;
  readonly version: Version;
  /** The state that the version moved to; absent for a question or an answer. */
  readonly state?: VersionState;
  /** One line for people. */
  readonly title: string;
  /** The version at the desk. */
  readonly link: string;
  readonly at: Date;
}

export interface Recipient extends NoticeChoice {
  /** How the registry's log names the recipient: without paths and passwords. */
  readonly label: string;
  /** Way and address. The registry remembers by this text how far the recipient was told. */
  readonly address: string;
  /** How many notices go together. */
  readonly atOnce: number;
  /**
   * Sends notices, all or none; the signal says that the registry stops.
   * @throws when the recipient did not take them
   */
  send(
    notices: readonly EventNotice[],
    context: { readonly origin: string; readonly now: Date; readonly signal: AbortSignal },
  ): Promise<void>;
}

/** What a registry needs to tell people. */
export interface Notices {
  readonly recipients: readonly Recipient[];
  /** Tells the operator why somebody is not told. */
  readonly say: (line: string) => void;
}

// `notices.json` in the data folder: who is told what, and by which way.

const text = v.pipe(v.string(), v.minLength(1, 'is empty'), v.maxLength(500, 'is too long'));

/** What somebody wants to hear of; everything when left out. */
const choice = {
  kinds: v.exactOptional(
    v.array(
      v.picklist(
        noticeKinds,
        ({ received }) =>
          `is ${received.slice(0, 100)}, which is no kind of notice; the kinds are ${noticeKinds.join(', ')}`,
      ),
    ),
  ),
  /** Scopes without their @. */
  scopes: v.exactOptional(v.array(text)),
};

/** One address without a name, so that nothing can add a second one. */
const address = v.pipe(
  v.string(),
  v.maxLength(254, 'is too long'),
  v.regex(/^[^\s@,;<>"()]+@[^\s@,;<>"()]+$/, 'is no mail address'),
);

const webhookShape = exactObject({
  ...choice,
  url: text,
  /** `whsec_…`: base64 of 24 to 64 bytes that only the receiver knows. */
  secret: v.pipe(
    v.string(),
    v.regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'is no secret such as whsec_…'),
  ),
});

const mailShape = exactObject({
  /** `smtps://HOST`, or `smtp://HOST`, which uses STARTTLS. */
  server: text,
  user: v.exactOptional(text),
  password: v.exactOptional(text),
  from: address,
  to: boundedList(exactObject({ ...choice, address }), noticeRecipientsMax),
});

const configShape = exactObject({
  schema: v.literal('skillgate.notices/1'),
  webhooks: v.exactOptional(boundedList(webhookShape, noticeRecipientsMax)),
  mail: v.exactOptional(mailShape),
  /** Addresses of hosts inside the operator's network, by name. All others have to be public. */
  hosts: v.exactOptional(
    v.record(
      v.string(),
      exactObject({
        address: v.pipe(
          v.string(),
          v.check((one) => addressClass(one) !== 'invalid', 'is no IP address'),
        ),
        port: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(65_535)),
      }),
    ),
  ),
});

export type NoticeConfig = v.InferOutput<typeof configShape>;
export type WebhookConfig = v.InferOutput<typeof webhookShape>;
export type MailConfig = v.InferOutput<typeof mailShape>;
export type NoticeChoice = Pick<WebhookConfig, 'kinds' | 'scopes'>;

/**
 * Parses the file.
 * @throws Problem `json-invalid` with every reason
 */
export function parseNoticeConfig(bytes: Uint8Array | string, path: string): NoticeConfig {
  const parsed = parseJson(bytes, path);
  const config = parseShape(configShape, parsed, 'json-invalid', path) as NoticeConfig;
  for (const [at, { url }] of (config.webhooks ?? []).entries())
    requireHookUrl(url, config, `${path}: webhooks[${at}].url`);
  if (config.mail !== undefined) requireMailServer(config.mail, path);
  return config;
}

function requireMailServer({ server }: MailConfig, path: string): void {
  const url = URL.parse(server);
  const isServer = url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== '';
  if (isServer && url.username === '' && url.password === '') return;
  throw new Problem('json-invalid', `Cannot use ${path}: mail has no server`, {
    hint: 'Write smtps://HOST or smtp://HOST, and user and password beside it.',
  });
}

function requireHookUrl(text: string, { hosts = {} }: NoticeConfig, what: string): void {
  const url = URL.parse(text);
  const isNamed = url !== null && Object.hasOwn(hosts, url.hostname);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isNamed);
  if (isSafe && url.username === '' && url.password === '') return;
  throw new Problem('json-invalid', `Cannot use ${what} is no https address`, {
    hint: 'Write https://…. For a host inside your network, write its IP address and port below hosts.',
  });
}
