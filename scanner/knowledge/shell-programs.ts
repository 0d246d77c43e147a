/**
 * What programs do with their words: operands are arguments by position, options arguments by name.
 * `input` is the standard input, `line` all words, `address` the first address among them. Sources:
 * the programs' manuals.
 */
import { unknownPart } from '../lookup-tables/egress-of.ts';
import { words } from '../lookup-tables/shell.ts';
import { type ArgOf, type EffectOf, type Row, row, type Table } from './row.ts';

type Request = EffectOf<'request'>;

interface Sending {
  /** All words together have this form. */
  readonly form?: RegExp;
  readonly to: Pick<Request, 'url' | 'scheme' | 'port'>;
  /** Options whose value is the data itself, or names a file with it. */
  readonly data?: string;
  /** The operands are the data itself. */
  readonly says?: true;
  /** Operands from this number on that are paths of this machine are sent. */
  readonly filesFrom?: number;
}

function sends({ form, to, data, says, filesFrom }: Sending): Row {
  return row(
    {
      does: 'request',
      method: '*',
      ...to,
      body: [...(data === undefined ? [] : words(data)), ...(says ? [{ rest: 0 }] : []), 'input'],
      ...(filesFrom !== undefined && { files: [{ rest: filesFrom }] }),
      ...(form !== undefined && { when: { of: 'line', form } }),
    },
    'nothing',
  );
}

/** A service with one address. */
function at(text: string, option?: string): Sending['to'] {
  return { url: { text, ...(option !== undefined && { name: option }) } };
}

/** A host that an option names, else any. */
function host(scheme: 'tcp' | 'udp', port: number, ...options: readonly string[]): Sending['to'] {
  const any: ArgOf = { text: unknownPart };
  return { url: options.reduceRight((or, name) => ({ name, or }), any), scheme, port };
}

const addressed: Sending['to'] = at(unknownPart, 'address');

const stores = /\b(cp|mv|sync|rsync|put-object|copy|copyto|move|rcat|put|upload|upload-batch)\b/;

const mail: Row = sends({ to: host('tcp', 25), data: 's subject A a attach' });
const database = (port: number): Row =>
  sends({
    form: /(^| )((-h|--host)[ =]|postgres(ql)?:\/\/)/,
    to: host('tcp', port, 'address', 'h', 'host'),
    data: 'c command e execute',
  });
const browser: Row = sends({ form: /(^| )https?:/, to: addressed, says: true });

/** Programs that send data to a place that is fixed, or that their words name. */
export const shellRows: Table = {
  aws: sends({
    form: stores,
    to: at('https://s3.amazonaws.com/*', 'endpoint-url'),
    data: 'body message payload',
    filesFrom: 1,
  }),
  gsutil: sends({ form: stores, to: at('https://storage.googleapis.com/*'), filesFrom: 1 }),
  gcloud: sends({
    form: /\bstorage\s{1,9}(cp|mv|rsync)\b/,
    to: at('https://storage.googleapis.com/*'),
    filesFrom: 1,
  }),
  az: sends({ form: /\bstorage\b.{0,80}\bupload/, to: at(unknownPart), data: 'file f data' }),
  rclone: sends({ form: stores, to: at(unknownPart), filesFrom: 1 }),
  mc: sends({ form: /\b(cp|mv|mirror|pipe)\b/, to: at(unknownPart), filesFrom: 1 }),
  s3cmd: sends({ form: /\b(put|sync)\b/, to: at('https://s3.amazonaws.com/*'), filesFrom: 1 }),
  gh: sends({
    form: /\b(gist\s{1,9}create|release\s{1,9}(create|upload)|issue\s{1,9}(create|comment)|pr\s{1,9}(create|comment)|api|secret\s{1,9}set)\b/,
    to: at('https://api.github.com/*'),
    data: 'b body F body-file f field raw-field input notes n d desc',
    filesFrom: 1,
  }),
  glab: sends({
    form: /\b(snippet\s{1,9}create|issue\s{1,9}(create|note)|api)\b/,
    to: at('https://gitlab.com/*'),
    data: 'd description m message f field',
    filesFrom: 1,
  }),
  mail,
  mailx: mail,
  mutt: sends({ to: host('tcp', 25), data: 's a i' }),
  sendmail: sends({ to: host('tcp', 25) }),
  msmtp: sends({ to: host('tcp', 25) }),
  swaks: sends({ to: host('tcp', 25, 'server'), data: 'body attach data' }),
  transfer: sends({ to: at('https://transfer.sh/*'), filesFrom: 1 }),
  croc: sends({ form: /\bsend\b/, to: host('tcp', 0), filesFrom: 1 }),
  wormhole: sends({ form: /\bsend\b/, to: host('tcp', 0), filesFrom: 1 }),
  ipfs: sends({ form: /\badd\b/, to: at(unknownPart), filesFrom: 1 }),
  lftp: sends({ to: host('tcp', 21), data: 'e c' }),
  ab: sends({ to: addressed, data: 'p u' }),
  restic: sends({ form: /\bbackup\b/, to: at(unknownPart, 'address'), filesFrom: 1 }),
  hping3: sends({ to: host('tcp', 0), data: 'E file e sign' }),
  smbclient: sends({ form: /\b(put|mput)\b/, to: host('tcp', 445), data: 'c command' }),
  lp: sends({ form: /(^| )-h/, to: host('tcp', 631), filesFrom: 0 }),
  // The line of an interactive ftp, sftp or tftp that sends a file.
  put: sends({ to: host('tcp', 21), filesFrom: 0 }),
  mput: sends({ to: host('tcp', 21), filesFrom: 0 }),
  tailscale: sends({ form: /^(file\s{1,9}cp|serve|funnel)\b/, to: host('tcp', 0), filesFrom: 1 }),
  tftp: sends({ to: host('udp', 69), data: 'c' }),
  logger: sends({
    form: /(^| )(-[a-zA-Z]*n|--server)[ =]/,
    to: host('udp', 514, 'n', 'server'),
    says: true,
  }),
  mosquitto_pub: sends({ to: host('tcp', 1883, 'h', 'host'), data: 'm f message file' }),
  'redis-cli': sends({ form: /(^| )-[hu] /, to: host('tcp', 6379, 'h'), says: true }),
  mysql: database(3306),
  mariadb: database(3306),
  psql: database(5432),
  // A browser asks for the address that it is given.
  ...Object.fromEntries(
    words(`
    brave-browser chromium chromium-browser firefox google-chrome google-chrome-stable open
    sensible-browser x-www-browser xdg-open`).map((name) => [name, browser]),
  ),
  websocat: sends({ to: addressed }),
  wscat: sends({ to: addressed, data: 'x execute' }),
};

const further: Readonly<Record<string, string>> = {
  aws: 'endpoint-url',
  swaks: 'server',
  restic: 'r repo p password-file tag exclude',
  lp: 'h d n o',
  logger: 'n server P port p priority t tag f file',
  mosquitto_pub: 'h host t topic p port u username P pw i id q qos',
  'redis-cli': 'h u p a pass user n',
  mysql: 'h host u user U username P port d dbname D database',
  mariadb: 'h host u user U username P port d dbname D database',
  psql: 'h host u user U username P port d dbname D database',
};

/** Options of these programs whose value follows: letters, and words without their dashes. */
export const valuedOptions: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(shellRows).map(([name, { effects }]) => {
    const data = effects.flatMap((one) => (one.does === 'request' ? (one.body ?? []) : []));
    return [
      name,
      [
        ...data.flatMap((one) => (typeof one === 'string' && one !== 'input' ? [one] : [])),
        ...words(further[name] ?? ''),
        ...words('profile region to from'),
      ],
    ];
  }),
);
