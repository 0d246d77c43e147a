/**
 * Programs that upload data to a fixed place: their words for it, and the place. Sources: their
 * manuals.
 */
import { unknownPart } from '../../../../lookup-tables/egress-of.ts';

export interface Uploader {
  /** Matched against the words behind the program, joined by blanks. */
  readonly form: RegExp;
  /** The destination as a URL; a word of the command when `word` is given. */
  readonly url: string;
  /** The option or form of the word that names the destination. */
  readonly word?: RegExp;
  /** Options whose value is the host of the destination. */
  readonly host?: readonly string[];
  /** Options whose value is the data itself. */
  readonly data?: readonly string[];
  /** Whether the operands are the data itself. */
  readonly says?: true;
  /** Whether operands that are local paths are sent. */
  readonly files: boolean;
  readonly takesValue?: readonly string[];
  /** The number of operands before the files; by default 1, the verb. */
  readonly filesFrom?: number;
}

const objectStore =
  /\b(cp|mv|sync|rsync|put-object|copy|copyto|move|rcat|put|upload|upload-batch)\b/;

export const uploaders: Readonly<Record<string, Uploader>> = {
  aws: {
    form: objectStore,
    url: 'https://s3.amazonaws.com/*',
    word: /^--endpoint-url=?(.*)$/,
    files: true,
    data: ['body', 'message', 'payload'],
  },
  gsutil: { form: objectStore, url: 'https://storage.googleapis.com/*', files: true },
  gcloud: {
    form: /\bstorage\s{1,9}(cp|mv|rsync)\b/,
    url: 'https://storage.googleapis.com/*',
    files: true,
  },
  az: {
    form: /\bstorage\b.{0,80}\bupload/,
    url: 'https://*.blob.core.windows.net/*',
    files: false,
    data: ['file', 'f', 'data'],
  },
  rclone: { form: objectStore, url: 'https://*/*', files: true },
  mc: { form: /\b(cp|mv|mirror|pipe)\b/, url: 'https://*/*', files: true },
  s3cmd: { form: /\b(put|sync)\b/, url: 'https://s3.amazonaws.com/*', files: true },
  gh: {
    form: /\b(gist\s{1,9}create|release\s{1,9}(create|upload)|issue\s{1,9}(create|comment)|pr\s{1,9}(create|comment)|api|secret\s{1,9}set)\b/,
    url: 'https://api.github.com/*',
    files: true,
    data: [
      'b',
      'body',
      'F',
      'body-file',
      'f',
      'field',
      'raw-field',
      'input',
      'notes',
      'n',
      'd',
      'desc',
    ],
  },
  glab: {
    form: /\b(snippet\s{1,9}create|issue\s{1,9}(create|note)|api)\b/,
    url: 'https://gitlab.com/*',
    files: true,
    data: ['d', 'description', 'm', 'message', 'f', 'field'],
  },
  mail: {
    form: /./,
    url: 'tcp://*:25/*',
    files: false,
    data: ['s', 'subject', 'A', 'a', 'attach'],
  },
  mailx: {
    form: /./,
    url: 'tcp://*:25/*',
    files: false,
    data: ['s', 'subject', 'A', 'a', 'attach'],
  },
  mutt: { form: /./, url: 'tcp://*:25/*', files: false, data: ['s', 'a', 'i'] },
  sendmail: { form: /./, url: 'tcp://*:25/*', files: false },
  msmtp: { form: /./, url: 'tcp://*:25/*', files: false },
  swaks: {
    form: /./,
    url: 'tcp://*:25/*',
    files: false,
    data: ['body', 'attach', 'data'],
    word: /^--server=?(.*)$/,
  },
  transfer: { form: /./, url: 'https://transfer.sh/*', files: true },
  croc: { form: /\bsend\b/, url: 'tcp://*/*', files: true },
  wormhole: { form: /\bsend\b/, url: 'tcp://*/*', files: true },
  ipfs: { form: /\badd\b/, url: 'https://*/*', files: true },
  lftp: { form: /./, url: 'tcp://*:21/*', files: false, data: ['e', 'c'] },
  ab: { form: /./, url: unknownPart, word: /^(https?:\/\/.*)$/, files: false, data: ['p', 'u'] },
  restic: {
    form: /\bbackup\b/,
    url: 'https://*/*',
    word: /^(?:-r|--repo=?)?(?:rest:)?(https?:\/\/.*)$/,
    files: true,
    takesValue: ['r', 'repo', 'p', 'password-file', 'tag', 'exclude'],
  },
  hping3: { form: /./, url: 'tcp://*/*', files: false, data: ['E', 'file', 'e', 'sign'] },
  smbclient: { form: /\b(put|mput)\b/, url: 'tcp://*:445/*', files: false, data: ['c', 'command'] },
  lp: {
    form: /(^| )-h/,
    url: 'tcp://*:631/*',
    files: true,
    filesFrom: 0,
    takesValue: ['h', 'd', 'n', 'o'],
  },
  // The line of an interactive ftp, sftp or tftp that sends a file.
  put: { form: /./, url: 'tcp://*:21/*', files: true, filesFrom: 0 },
  mput: { form: /./, url: 'tcp://*:21/*', files: true, filesFrom: 0 },
  tailscale: { form: /^(file\s{1,9}cp|serve|funnel)\b/, url: 'tcp://*/*', files: true },
  tftp: { form: /./, url: 'udp://*:69/*', files: false, data: ['c'] },
  logger: {
    form: /(^| )(-[a-zA-Z]*n|--server)[ =]/,
    url: 'udp://*:514/*',
    host: ['n', 'server'],
    says: true,
    files: false,
    takesValue: ['P', 'port', 'p', 'priority', 't', 'tag', 'f', 'file'],
  },
  mosquitto_pub: {
    form: /./,
    url: 'tcp://*:1883/*',
    host: ['h', 'host'],
    files: false,
    data: ['m', 'f', 'message', 'file'],
    takesValue: ['t', 'topic', 'p', 'port', 'u', 'username', 'P', 'pw', 'i', 'id', 'q', 'qos'],
  },
  'redis-cli': {
    form: /(^| )-[hu] /,
    url: 'tcp://*:6379/*',
    host: ['h'],
    says: true,
    files: false,
    takesValue: ['u', 'p', 'a', 'pass', 'user', 'n'],
  },
  ...Object.fromEntries(
    ['mysql', 'mariadb', 'psql'].map((name): [string, Uploader] => [
      name,
      {
        form: /(^| )((-h|--host)[ =]|postgres(ql)?:\/\/)/,
        url: name === 'psql' ? 'tcp://*:5432/*' : 'tcp://*:3306/*',
        host: ['h', 'host'],
        word: /^(postgres(?:ql)?:\/\/.*)$/,
        data: ['c', 'command', 'e', 'execute'],
        files: false,
        takesValue: ['u', 'user', 'U', 'username', 'P', 'port', 'd', 'dbname', 'D', 'database'],
      },
    ]),
  ),
  // A browser asks for the address that it is given.
  ...Object.fromEntries(
    [
      'brave-browser',
      'chromium',
      'chromium-browser',
      'firefox',
      'google-chrome',
      'google-chrome-stable',
      'open',
      'sensible-browser',
      'x-www-browser',
      'xdg-open',
    ].map((name): [string, Uploader] => [
      name,
      {
        form: /(^| )https?:/,
        url: unknownPart,
        word: /^(https?:\/\/.*)$/,
        says: true,
        files: false,
      },
    ]),
  ),
  websocat: { form: /./, url: unknownPart, word: /^(wss?:\/\/.*)$/, files: false },
  wscat: {
    form: /./,
    url: unknownPart,
    word: /^(wss?:\/\/.*)$/,
    files: false,
    data: ['x', 'execute'],
  },
};
