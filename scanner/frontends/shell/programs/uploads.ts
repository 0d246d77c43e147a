/** Programs that upload to a fixed place: cloud storage, mail, gists, a pushed repository. */
import type { Capability } from '../../../../skills-index/skill/capability.ts';
import { own } from '../../../lookup-tables/api.ts';
import { egressOf, socketEgressOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { Call } from '../call.ts';
import { noteFlows } from '../graph.ts';
import { noteCapability, type ShellRun } from '../run.ts';
import { isKnown, joinTaints, type ShellValue, slice } from '../value.ts';
import { optionValues, parseArguments } from './arguments.ts';
import { readFileValue } from './files.ts';

/** Notes the data that a program uploads, and the destination. */
export function noteUpload(run: ShellRun, call: Call): void {
  const uploader = own(uploaders, call.name);
  const words = call.args.map((arg) => arg.text).join(' ');
  if (uploader === undefined || !uploader.form.test(words)) return;
  const args = parseArguments(
    call.args,
    new Set([
      ...(uploader.data ?? []),
      ...(uploader.takesValue ?? []),
      ...(uploader.host ?? []),
      'profile',
      'region',
      'to',
      'from',
      'server',
    ]),
  );
  const named = call.args.flatMap((arg, at) => {
    const found = uploader.word?.exec(arg.text)?.[1];
    return found === undefined ? [] : found === '' ? (call.args[at + 1]?.text ?? []) : found;
  });
  const [host] = optionValues(args, uploader.host ?? []);
  const capability = placeOf(named[0] ?? uploader.url, host?.text);
  if (capability === undefined) return;
  noteCapability(run, call, capability);
  const data = [
    ...optionValues(args, uploader.data ?? []),
    ...(uploader.says === true ? args.operands : []),
  ];
  // The operand of `gh api` is a place of the service.
  const isEndpoint = args.operands[0]?.text === 'api';
  const files =
    uploader.files && !isEndpoint
      ? args.operands.slice(uploader.filesFrom ?? 1).filter(isLocal)
      : [];
  const sent = [
    ...data,
    call.stdin,
    ...[...data, ...files].flatMap((value) => contentOf(run, call, value, files.includes(value))),
  ];
  noteFlows(run, call, joinTaints(sent), {
    what: 'network',
    capability,
    api: call.name,
    part: 'body',
  });
}

function placeOf(
  url: string,
  host: string | undefined,
): (Capability & { readonly kind: 'egress' }) | undefined {
  const [, scheme, port] = /^(tcp|udp):\/\/\*(?::(\d+))?\/\*$/.exec(url) ?? [];
  if (scheme !== undefined)
    return {
      kind: 'egress',
      ...socketEgressOf(
        scheme === 'udp' ? 'udp' : 'tcp',
        host,
        port === undefined ? 0 : Number(port),
      ),
    };
  const found = egressOf(
    url.includes('*.') ? unknownPart : url.replace(/^https:\/\/\*\/\*$/, unknownPart),
    ['*'],
  );
  return found === undefined ? undefined : { kind: 'egress', ...found };
}

// `s3://…`, `gs://…`, `remote:path` are the other side.
function isLocal({ text }: ShellValue): boolean {
  return !/^[\w-]{1,80}:/.test(text) && /[./~\0]/.test(text) && !/^https?:/.test(text);
}

// `smbclient -c 'put FILE NAME'`, `lftp -e 'put FILE'`
function putFile(value: ShellValue): ShellValue | undefined {
  const [all, before = ''] = /^((?:.{0,400}[;\s])?m?put\s{1,9})\S{1,400}/.exec(value.text) ?? [];
  return all === undefined ? undefined : slice(value, before.length, all.length);
}

function contentOf(run: ShellRun, call: Call, value: ShellValue, isFile: boolean): ShellValue[] {
  const at = value.text.indexOf('@');
  const path = isFile
    ? value
    : /^[\w-]{0,40}=?@/.test(value.text)
      ? slice(value, at + 1)
      : /^[~/.]/.test(value.text)
        ? value
        : putFile(value);
  return path === undefined || /^-?$/.test(path.text) || !(isFile || isKnown(path))
    ? []
    : [readFileValue(run, call, path)];
}

// Programs that upload data to a fixed place: their words for it, and the place. Sources: their
// manuals.

interface Uploader {
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

const uploaders: Readonly<Record<string, Uploader>> = {
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
