/** Answers a request plausibly, and records what it sent. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finderOf, leakForms } from '../../skills-index/run/leaks/leak-forms.ts';

/** Bytes of one request, and of one line of the responder, which has a datagram of 64 KiB whole. */
export const requestBytesMax = 4 * 1024 * 1024;

interface RequestWorld {
  readonly place: ContactPlace | undefined;
  readonly settings: { readonly decoys: Decoys; readonly guess: 'data' | 'program' };
  /** Takes the bytes of the connection, which the request explains. */
  readonly sent: () => Buffer;
  readonly add: Add;
}

/** Records the request with all that its connection sent, and answers. */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { place: inside, settings: { decoys, guess }, sent, add }: RequestWorld,
): Promise<void> {
  const parts: Buffer[] = [
    Buffer.from([request.method, request.url, ...request.rawHeaders].join('\n'), 'latin1'),
  ];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= requestBytesMax) parts.push(chunk);
    }
  } catch {
    // The part that came is judged.
  }
  const place = inside ?? placeOf(request);
  const url = request.url ?? '/';
  const path = url.startsWith('/') ? url : url.replace(/^[a-z]+:\/\/[^/]*/i, '');
  const asked: AskedAddress = {
    method: request.method ?? 'GET',
    host: place.host,
    path,
    agent: request.headers['user-agent'] ?? '',
    accept: request.headers.accept ?? '',
  };
  const answer: PlausibleAnswer = answerTo(asked, guess);
  const gaveProgram = answer.type === 'application/octet-stream';
  // The connection's own bytes have what was written behind the request, too.
  const bytes = Buffer.concat([...parts, sent()]);
  // Percent signs hide a value's signs; both forms are searched.
  const found = [...decoys.find(bytes), ...decoys.find(unescaped(bytes))];
  const [plain = ''] = path.split('?');
  add({ ...place, method: asked.method, path: plain, decoys: found, gaveProgram });
  response.writeHead(200, {
    'Content-Type': answer.type,
    'Content-Length': answer.body.length,
    Connection: 'close',
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

function unescaped(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const plain = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return plain === text ? Buffer.alloc(0) : Buffer.from(plain, 'latin1');
}

function placeOf(request: IncomingMessage): ContactPlace {
  const full = /^(https?):\/\/([^/?#]*)/i.exec(request.url ?? '');
  const scheme = full?.[1]?.toLowerCase() === 'https' ? 'https' : 'http';
  return {
    scheme,
    ...hostAndPort(full?.[2] ?? request.headers.host ?? '', scheme === 'https' ? 443 : 80),
  };
}

/** Host and port of `host`, `host:port` or `[address]:port`. */
export function hostAndPort(text: string, usual: number): { host: string; port: number } {
  const [, host = text, port] = /^(?:[^@]*@)?(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  return { host: host.toLowerCase(), port: port === undefined ? usual : Number(port) };
}

// Bytes of a step that would have left the host, and where they would have gone.

/** Bytes of a step that would have left the host. */
export interface Contact {
  readonly scheme: 'http' | 'https' | 'tcp' | 'udp' | 'dns';
  readonly host: string;
  readonly port: number;
  readonly method: string;
  /** The path of the address, without query. */
  readonly path: string;
  readonly decoys: readonly FoundDecoy[];
  /** The answer was a program of ours. */
  readonly gaveProgram: boolean;
}

/** A contact without a request. */
export const noRequest = { method: '', path: '', decoys: [], gaveProgram: false } as const;

/** Where a connection goes. */
export interface ContactPlace {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

/** Records a contact. */
export type Add = (contact: Contact) => void;

// The decoys of one observation: credentials that open nothing, and facts about a host that does
// not exist. Each value is random and belongs to this observation alone, so nobody can list the
// values and avoid them.

interface Decoy {
  /** Such as `AWS secret key in ~/.aws/credentials`. */
  readonly name: string;
  /**
   * `host` is a fact about the host or its user. `argument` is a value that a called function gets,
   * and may pass on.
   */
  readonly kind: 'secret' | 'host' | 'argument';
  readonly parts: readonly string[];
  /** The environment variable that has the decoy; absent for decoys in files alone. */
  readonly variable?: string;
  /** The domain to which the variable of this name belongs, as everybody uses it. */
  readonly vendor?: string;
}

export interface DecoyFile {
  /** Path below the home folder. */
  readonly path: string;
  readonly text: string;
}

export interface Decoys {
  readonly env: Readonly<Record<string, string>>;
  readonly files: readonly DecoyFile[];
  readonly user: string;
  /** The home folder inside, whose path programs put together from the name of the user. */
  readonly home: string;
  readonly host: string;
  /** A secret that functions get as an argument. */
  readonly argument: string;
  /** Finds every decoy in bytes that leave, with its encoding. */
  find(bytes: Buffer): readonly FoundDecoy[];
}

export interface FoundDecoy {
  readonly decoy: Decoy;
  readonly encoding: string;
}

const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * @param random returns that many random bytes
 * @param declared names of secrets that the manifest declares; each gets a decoy of its own
 */
export function makeDecoys(
  random: (bytes: number) => Uint8Array,
  declared: readonly string[] = [],
): Decoys {
  const word = (length: number): string =>
    [...random(length)].map((byte) => signs[byte % signs.length]).join('');
  const decoys: Decoy[] = [];
  const secret = (name: string, value: string, more: Partial<Decoy> = {}): string => {
    decoys.push({ name, kind: 'secret', parts: halves(value), ...more });
    return value;
  };
  const env: Record<string, string> = {};
  for (const [variable, [prefix, vendor]] of Object.entries(variables)) {
    const more = { variable, ...(vendor === '' ? {} : { vendor }) };
    env[variable] = prefix + secret(`variable ${variable}`, word(40), more);
  }
  for (const variable of declared)
    env[variable] ??= secret(`declared secret ${variable}`, word(40), { variable });
  const files = Object.entries(templates).map(([path, template]) => ({
    path,
    text: template(() => secret(`~/${path}`, word(40))),
  }));
  const user = `mara${word(16).toLowerCase()}`;
  const host = `ws-${word(18).toLowerCase()}`;
  for (const [name, value] of [
    ['user name', user],
    ['host name', host],
  ] as const)
    decoys.push({ name, kind: 'host', parts: [value.slice(-16)] });
  Object.assign(env, { USER: user, LOGNAME: user, USERNAME: user, HOSTNAME: host });
  const argument = secret('secret argument', word(40), { kind: 'argument' });
  const home = `/home/${user}`;
  return { env, files, user, home, host, argument, find: finder(decoys) };
}

const variables: Readonly<Record<string, readonly [prefix: string, vendor: string]>> = {
  AWS_SECRET_ACCESS_KEY: ['', 'amazonaws.com'],
  GITHUB_TOKEN: ['ghp_', 'github.com'],
  OPENAI_API_KEY: ['sk-', 'openai.com'],
  ANTHROPIC_API_KEY: ['sk-ant-', 'anthropic.com'],
  NPM_TOKEN: ['npm_', 'npmjs.org'],
  DATABASE_PASSWORD: ['', ''],
};

type Template = (value: () => string) => string;

const privateKey: Template = (value) =>
  `-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUA${value()}\n${value()}\n-----END OPENSSH PRIVATE KEY-----\n`;
const chrome: Template = (value) =>
  `SQLite format 3\0table logins (origin_url, username_value, password_value)\nhttps://bank.example mara ${value()}\n`;
const wallet: Template = (value) => `{"crypto":{"ciphertext":"${value()}"},"version":3}\n`;
// In the form of a token, by which it is searched.
const discord: Template = (value) => {
  const one = value();
  return `token "${one.slice(0, 20)}MTIz.GAbCdE.${one.slice(20)}abcdefg"\n`;
};

const templates: Readonly<Record<string, Template>> = {
  '.ssh/id_rsa': privateKey,
  '.ssh/id_ed25519': privateKey,
  '.aws/credentials': (value) =>
    `[default]\naws_access_key_id = AKIAQ4WVNXT7LZ3K5RHD\naws_secret_access_key = ${value()}\n`,
  '.env': (value) => `STRIPE_SECRET_KEY=sk_live_${value()}\n`,
  '.netrc': (value) => `machine git.example login mara password ${value()}\n`,
  '.npmrc': (value) => `//registry.npmjs.org/:_authToken=npm_${value()}\n`,
  '.pypirc': (value) => `[pypi]\nusername = __token__\npassword = pypi-${value()}\n`,
  '.git-credentials': (value) => `https://mara:${value()}@github.com\n`,
  '.kube/config': (value) => `users:\n- name: admin\n  user:\n    token: ${value()}\n`,
  '.docker/config.json': (value) =>
    `{"auths":{"https://index.docker.io/v1/":{"auth":"${value()}"}}}\n`,
  '.config/gh/hosts.yml': (value) => `github.com:\n    oauth_token: gho_${value()}\n`,
  '.config/gcloud/application_default_credentials.json': (value) =>
    `{"type":"authorized_user","refresh_token":"${value()}"}\n`,
  '.config/google-chrome/Default/Login Data': chrome,
  '.config/google-chrome/Default/Cookies': chrome,
  '.mozilla/firefox/k3x.default-release/logins.json': (value) =>
    `{"logins":[{"hostname":"https://bank.example","encryptedPassword":"${value()}"}]}\n`,
  '.config/discord/Local Storage/leveldb/000005.ldb': discord,
  'AppData/Local/Google/Chrome/User Data/Default/Login Data': chrome,
  'AppData/Local/Google/Chrome/User Data/Default/Local Storage/leveldb/000003.log': discord,
  'AppData/Roaming/discord/Local Storage/leveldb/000005.ldb': discord,
  'AppData/Roaming/Exodus/exodus.wallet/seed.seco': wallet,
  'AppData/Roaming/Telegram Desktop/tdata/key_datas': wallet,
  '.local/share/TelegramDesktop/tdata/key_datas': wallet,
  '.ethereum/keystore/UTC--2026-01-01T00-00-00Z': wallet,
  '.config/Exodus/exodus.wallet/seed.seco': wallet,
  '.claude/.credentials.json': (value) => `{"claudeAiOauth":{"accessToken":"${value()}"}}\n`,
  '.bash_history': (value) => `export TOKEN=${value()}\nssh mara@db.example\n`,
  'Documents/passwords.txt': (value) => `bank.example mara ${value()}\n`,
};

/** Files of a home folder that no decoy lies in, but that programs add lines to. */
const plainFiles: readonly DecoyFile[] = [
  { path: '.bashrc', text: '# ~/.bashrc\nalias ll="ls -l"\n' },
  { path: '.profile', text: '# ~/.profile\n' },
  { path: '.zshrc', text: '# ~/.zshrc\n' },
  { path: '.gitconfig', text: '[user]\n\tname = Mara\n' },
  { path: '.ssh/authorized_keys', text: '' },
  { path: '.ssh/config', text: 'Host db.example\n  User mara\n' },
  { path: 'Documents/notes.md', text: '# Notes\n\nMeeting on Monday.\n' },
];

const shortcuts: readonly DecoyFile[] = [
  'Desktop',
  'AppData/Roaming/Microsoft/Windows/Start Menu/Programs',
  'AppData/Roaming/Microsoft/Internet Explorer/Quick Launch/User Pinned/TaskBar',
].map((folder) => ({ path: `${folder}/Google Chrome.lnk`, text: 'chrome.exe\n' }));

/** The files of the home folder in which a step starts. */
export function filesOfHome(
  { files }: Pick<Decoys, 'files'>,
  { windows }: { readonly windows: boolean },
): readonly DecoyFile[] {
  const isHere = ({ path }: DecoyFile): boolean => windows || !path.startsWith('AppData/');
  return [...files, ...plainFiles, ...(windows ? shortcuts : [])].filter(isHere);
}

// Whoever cuts a value in two leaves a half whole.
function halves(value: string): string[] {
  return [value.slice(0, value.length / 2), value.slice(value.length / 2)];
}

function finder(decoys: readonly Decoy[]): Decoys['find'] {
  const needles = decoys.flatMap((decoy) =>
    decoy.parts.flatMap((part) =>
      leakForms(part).map(({ encoding, text }) => ({
        decoy,
        encoding,
        bytes: Buffer.from(text, 'latin1'),
      })),
    ),
  );
  const find = finderOf(needles);
  return (bytes) => {
    const found = new Map<string, FoundDecoy>();
    for (const { needle } of find(bytes))
      if (!found.has(needle.decoy.name))
        found.set(needle.decoy.name, { decoy: needle.decoy, encoding: needle.encoding });
    return [...found.values()];
  };
}

// Plausible answers of hosts that do not exist. A program that is fetched is a script of ours,
// which reports that somebody started it and does nothing else.

interface AskedAddress {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly agent: string;
  readonly accept: string;
}

interface PlausibleAnswer {
  readonly type: string;
  readonly body: Buffer;
}

/** The first line of every program of ours; who starts a file with it started a fetched program. */
const programMark = '#observe-fetched-program';

const programs =
  /\.(sh|bash|py|pyw|js|cjs|mjs|exe|elf|bin|run|scr|msi|dll|so|bat|cmd|ps1|vbs|jar|appimage|com|out|txt|dat|rb|pl|php)$/i;
const scripts = /\.(js|cjs|mjs)$/i;
const address = /\b(ip|myip|checkip|ipify|ipinfo|icanhazip|ifconfig|geo|ipapi)\b/i;

/** @param guess what an address without an ending answers: data first, a program in later rounds */
function answerTo(asked: AskedAddress, guess: 'data' | 'program'): PlausibleAnswer {
  const { path, host, method, accept, agent } = asked;
  const [plain = ''] = path.split('?');
  if (address.test(host) && !programs.test(plain)) return addressOf(accept, path);
  if (method === 'GET' && (programs.test(plain) || guess === 'program')) {
    const isScript =
      scripts.test(plain) || (/\bnode\b|undici|axios/i.test(agent) && !/\.\w+$/.test(plain));
    return {
      type: 'application/octet-stream',
      body: Buffer.from(isScript ? inNode : inShellOrPython),
    };
  }
  return { type: 'application/json', body: Buffer.from(data) };
}

function addressOf(accept: string, path: string): PlausibleAnswer {
  const isData = /json/i.test(accept + path);
  return isData
    ? {
        type: 'application/json',
        body: Buffer.from('{"ip":"203.0.113.77","country":"NL","org":"Example"}'),
      }
    : { type: 'text/plain', body: Buffer.from('203.0.113.77') };
}

const data = JSON.stringify({
  ok: true,
  success: true,
  status: 'ok',
  id: 4711,
  url: 'https://files.example/payload.sh',
  token: 'none',
  result: [],
  data: {},
  message: 'ok',
});

const report = '{"kind":"fetched-started","what":"HOW"}';

// Both a shell and Python read this text: in Python, the shell's part is a string.
const inShellOrPython = `#!/bin/sh
${programMark}
''':'
echo '${report.replace('HOW', 'a fetched program, by a shell')}' >> /observe/reports
exit 0
'''
with open('/observe/reports', 'a') as reports:
    reports.write('${report.replace('HOW', 'a fetched program, by Python')}\\n')
`;

const inNode = `//${programMark}
require('node:fs').appendFileSync('/observe/reports', '${report.replace('HOW', 'a fetched program, by Node')}\\n');
`;
