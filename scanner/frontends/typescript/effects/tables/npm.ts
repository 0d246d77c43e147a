/**
 * Packages of npm that skills often import, and the capabilities that their APIs use. Sources: each
 * package's readme.
 */
import { type Api, type ApiTable, rows } from '../../../../lookup-tables/api.ts';
import { nodeApis } from './node.ts';

const verbs = 'get delete head options';
const bodyVerbs = 'post put patch';

// These packages have every API of `fs`.
const likeFs: ApiTable = Object.fromEntries(
  Object.entries(nodeApis).flatMap(([name, api]) =>
    name.startsWith('fs.') && !name.includes('#')
      ? ['fs-extra', 'graceful-fs', 'zx.fs'].map((owner) => [`${owner}.${name.slice(3)}`, api])
      : [],
  ),
);

/** API → its effects. A package's own name as API stands for a call of its export. */
export const npmApis: ApiTable = {
  ...likeFs,
  ...rows(
    '',
    'axios got ky node-fetch cross-fetch isomorphic-fetch make-fetch-happen phin needle superagent request request-promise',
    { effects: [{ does: 'request', url: 0, options: 1 }], gives: 'Response', defaults: true },
  ),
  ...rows('axios got ky needle superagent request undici phin', verbs, {
    effects: [{ does: 'request', url: 0, options: 1 }],
    gives: 'Response',
    defaults: true,
  }),
  ...rows('axios needle', bodyVerbs, {
    effects: [{ does: 'request', url: 0, body: 1, options: 2, method: 'POST' }],
    gives: 'Response',
    defaults: true,
  }),
  ...rows('got ky superagent request undici phin', bodyVerbs, {
    effects: [{ does: 'request', url: 0, options: 1, method: 'POST' }],
    gives: 'Response',
    defaults: true,
  }),
  ...rows('axios undici', 'request', {
    effects: [{ does: 'request', url: 0, options: 1 }],
    gives: 'Response',
    defaults: true,
  }),
  ...rows('undici', 'stream pipeline Client Pool', {
    effects: [{ does: 'request', url: 0, options: 1 }],
    gives: 'http2.ClientHttp2Session',
  }),
  ...rows('axios got ky', 'create extend', {
    effects: [{ does: 'request', options: 0 }],
    gives: 'axios.Instance',
    carries: true,
  }),
  // The instance is a function as well.
  ...rows('', 'axios.Instance', {
    effects: [{ does: 'request', url: 0, options: 1 }],
    gives: 'Response',
    defaults: true,
  }),
  ...rows('axios.Instance', '#get #delete #head #options #request', {
    effects: [{ does: 'request', url: 0, options: 1 }],
    gives: 'Response',
    defaults: true,
  }),
  ...rows('axios.Instance', '#post #put #patch', {
    effects: [{ does: 'request', url: 0, body: 1, options: 2, method: 'POST' }],
    gives: 'Response',
    defaults: true,
  }),
  ...rows('axios.interceptors.request', 'use', { effects: [], intercepts: 0 }),
  ...rows('axios.Instance', '#interceptors.request.use', { effects: [], intercepts: 0 }),
  ...rows('Response', '#send #query', {
    effects: [{ does: 'send', content: 0 }],
    gives: 'Response',
  }),
  ...rows('Response', '#set', { effects: [{ does: 'send', content: 1 }], gives: 'Response' }),
  ...rows('Response', '#field #attach', {
    effects: [
      { does: 'send', content: 0 },
      { does: 'send', content: 1 },
    ],
    gives: 'Response',
  }),
  ...rows('', 'socket.io-client', {
    effects: [{ does: 'request', url: 0, options: 1 }],
    gives: 'socket.io-client.Socket',
  }),
  ...rows('socket.io-client', 'io connect Manager', {
    effects: [{ does: 'request', url: 0, options: 1 }],
    gives: 'socket.io-client.Socket',
  }),
  ...rows('socket.io-client.Socket', '#emit #emitWithAck', { does: 'send', content: 1 }),
  ...rows('socket.io-client.Socket', '#send #write', { does: 'send', content: 0 }),
  ...rows('socket.io-client.Socket', '#on #once #close', { effects: [] }),
  // Servers: the data comes from any client that connects.
  ...rows('', 'express fastify koa polka restify micro', { does: 'listen' }),
  ...rows(
    'ws express fastify hono @hapi/hapi socket.io',
    'WebSocketServer Server Router fastify Hono server',
    {
      does: 'listen',
    },
  ),
  ...rows('', 'ws', {
    effects: [{ does: 'request', url: 0, traits: ['raw-socket'] }],
    gives: 'WebSocket',
  }),
  ...rows('ws', 'WebSocket', {
    effects: [{ does: 'request', url: 0, traits: ['raw-socket'] }],
    gives: 'WebSocket',
  }),
  ...rows('', 'execa cross-spawn', { does: 'program', program: 0, args: 1, options: 2 }),
  ...rows('execa', 'execa execaSync execaNode', {
    does: 'program',
    program: 0,
    args: 1,
    options: 2,
  }),
  ...rows('execa', 'execaCommand execaCommandSync $', { does: 'shell', command: 0 }),
  ...rows('execa', 'execaCommandSync $sync', { does: 'shell', command: 0 }),
  ...rows('zx', '$ $.sync', { does: 'shell', command: 0 }),
  ...rows('zx', 'glob', { does: 'read', path: 0 }),
  ...rows('', 'tinyexec nano-spawn', { does: 'program', program: 0, args: 1, options: 2 }),
  ...rows('tinyexec', 'x exec', { does: 'program', program: 0, args: 1, options: 2 }),
  ...rows('node-pty', 'spawn', {
    effects: [{ does: 'program', program: 0, args: 1 }],
    gives: 'node-pty.Pty',
  }),
  ...rows('node-pty.Pty', '#write', { does: 'send', content: 0 }),
  ...rows('sudo-prompt', 'exec', {
    effects: [
      { does: 'shell', command: 0 },
      { does: 'trait', trait: 'privilege', at: 0 },
    ],
  }),
  ...rows('simple-git', 'simpleGit default gitP', {
    effects: [{ does: 'program', program: 9, fixed: 'git' }],
    gives: 'simple-git.Git',
  }),
  ...rows('', 'simple-git', {
    effects: [{ does: 'program', program: 9, fixed: 'git' }],
    gives: 'simple-git.Git',
  }),
  ...rows('simple-git.Git', '#clone #mirror', { does: 'request', url: 0 }),
  ...rows('simple-git.Git', '#addRemote', { does: 'request', url: 1 }),
  ...rows('simple-git.Git', '#push #pull #fetch #add #commit #raw #checkout #status #log #init', {
    effects: [],
  }),
  ...rows('zx', 'fetch', { effects: [{ does: 'request', url: 0, options: 1 }], gives: 'Response' }),
  ...rows('shelljs', 'exec', { does: 'shell', command: 0 }),
  ...rows('shelljs', 'rm', { does: 'delete', path: 1, traits: ['write', 'delete'] }),
  ...rows('shelljs', 'cat ls find head tail grep sort', { does: 'read', path: 0 }),
  ...rows('shelljs', 'cp', { does: 'read', path: 0, to: 1 }),
  ...rows('shelljs', 'mv', { does: 'write', path: 0, to: 1, traits: ['write'] }),
  ...rows('shelljs', 'mkdir touch', { does: 'write', path: 0, traits: ['write'] }),
  ...rows('shelljs', 'chmod', { does: 'write', path: 1, traits: ['write', 'permissions'] }),
  ...rows('cross-spawn', 'sync spawn', { does: 'program', program: 0, args: 1, options: 2 }),
  ...rows('fs-extra', 'readJson readJsonSync readJSON pathExists pathExistsSync', {
    does: 'read',
    path: 0,
  }),
  ...rows(
    'fs-extra',
    'outputFile outputFileSync writeJson writeJsonSync writeJSON outputJson outputJsonSync',
    {
      does: 'write',
      path: 0,
      content: 1,
      traits: ['write'],
    },
  ),
  ...rows('fs-extra', 'ensureDir ensureDirSync mkdirp mkdirs ensureFile ensureFileSync', {
    does: 'write',
    path: 0,
    traits: ['write'],
  }),
  ...rows('fs-extra', 'copy copySync', { does: 'read', path: 0, to: 1 }),
  ...rows('fs-extra', 'move moveSync', { does: 'write', path: 0, to: 1, traits: ['write'] }),
  ...rows('fs-extra', 'ensureLink ensureSymlink', {
    does: 'read',
    path: 0,
    to: 1,
    traits: ['link'],
  }),
  ...rows('fs-extra', 'remove removeSync emptyDir emptyDirSync', {
    does: 'delete',
    path: 0,
    traits: ['write', 'delete'],
  }),
  ...rows('', 'rimraf del', { does: 'delete', path: 0, traits: ['write', 'delete', 'recursive'] }),
  ...rows('glob fast-glob globby tinyglobby', 'glob globSync sync globby globbySync stream', {
    does: 'read',
    path: 0,
  }),
  ...rows('', 'glob fast-glob globby tinyglobby', { does: 'read', path: 0 }),
  ...rows('', 'archiver', { effects: [], gives: 'archiver.Archiver' }),
  ...rows('archiver.Archiver', '#directory #file #glob', { does: 'read', path: 0 }),
  ...rows('', 'adm-zip', { effects: [{ does: 'read', path: 0 }], gives: 'adm-zip.Zip' }),
  ...rows('adm-zip.Zip', '#extractAllTo', { does: 'write', path: 0, traits: ['write'] }),
  ...rows('adm-zip.Zip', '#writeZip', { does: 'write', path: 0, traits: ['write'] }),
  ...rows('adm-zip.Zip', '#addLocalFile #addLocalFolder', { does: 'read', path: 0 }),
  ...rows('adm-zip.Zip', '#getEntries #readAsText #readFile #toBuffer #addFile', { effects: [] }),
  ...rows('', 'extract-zip', { effects: [{ does: 'read', path: 0 }] }),
  // Adm-zip and tar reject entries outside the folder; these do not.
  ...rows('', 'decompress', { does: 'trait', trait: 'unsafe-extract' }),
  ...rows('unzipper', 'Extract', { does: 'trait', trait: 'unsafe-extract' }),
  ...rows('tar-fs', 'extract', { does: 'trait', trait: 'unsafe-extract' }),
  ...rows('dotenv', 'config configDotenv', { does: 'read', path: 9, fixed: '.env' }),
  ...rows('keytar', 'getPassword findPassword findCredentials', {
    effects: [{ does: 'read', path: 9, fixed: '~/Library/Keychains/login.keychain-db' }],
  }),
  ...rows('keytar', 'setPassword deletePassword', {
    does: 'write',
    path: 9,
    fixed: '~/Library/Keychains/login.keychain-db',
    traits: ['write'],
  }),
  ...rows('js-yaml', 'DEFAULT_FULL_SCHEMA', { does: 'trait', trait: 'deserialize' }),
  ...rows('node-serialize serialize-javascript', 'unserialize', { does: 'code', code: 0 }),
  ...rows('nodemailer', 'createTransport', {
    effects: [{ does: 'connect', scheme: 'tcp', at: 0 }],
    gives: 'nodemailer.Transporter',
  }),
  ...rows('nodemailer.Transporter', '#sendMail', { does: 'send', content: 0 }),
  ...rows('ssh2', 'Client', { effects: [], gives: 'ssh2.Client' }),
  ...rows('ssh2.Client', '#connect', { does: 'connect', scheme: 'tcp', at: 0 }),
  ...rows('ssh2.Client', '#forwardIn', { does: 'trait', trait: 'remote-access' }),
  ...rows('ssh2.Client', '#exec', { does: 'send', content: 0 }),
  ...rows('basic-ftp', 'Client', { effects: [], gives: 'basic-ftp.Client' }),
  ...rows('basic-ftp.Client', '#access #connect', { does: 'connect', scheme: 'tcp', at: 0 }),
  ...rows('basic-ftp.Client', '#uploadFrom #appendFrom #uploadFromDir', {
    effects: [
      { does: 'read', path: 0 },
      { does: 'send', content: 0 },
    ],
  }),
  ...rows('webdav', 'createClient', {
    effects: [{ does: 'request', url: 0, method: '*' }],
    gives: 'webdav.WebDAVClient',
  }),
  ...rows('webdav.WebDAVClient', '#putFileContents', { does: 'send', content: 1 }),
  ...rows('clipboardy', 'read readSync', {
    effects: [{ does: 'input' }, { does: 'observe', what: 'clipboard' }],
  }),
  ...rows('electron.clipboard', 'readText readHTML readImage', {
    does: 'observe',
    what: 'clipboard',
  }),
  ...rows('electron.desktopCapturer', 'getSources', { does: 'observe', what: 'screen' }),
  ...rows('', 'screenshot-desktop', { does: 'observe', what: 'screen' }),
  ...rows('screenshot-desktop', 'default all', { does: 'observe', what: 'screen' }),
  ...rows('node-global-key-listener', 'GlobalKeyboardListener', { does: 'observe', what: 'keys' }),
  ...rows('iohook uiohook-napi.uIOhook', 'on start', { does: 'observe', what: 'keys' }),
  ...rows('node-record-lpcm16 mic', 'record default', { does: 'observe', what: 'microphone' }),
  ...rows('node-webcam', 'create capture', { does: 'observe', what: 'camera' }),
  ...rows('active-win get-windows', 'default activeWindow', {
    does: 'observe',
    what: 'window titles',
  }),
  ...rows('node-machine-id', 'machineId machineIdSync', { does: 'observe', what: 'machine id' }),
  ...rows('systeminformation', 'processes networkConnections', {
    does: 'observe',
    what: 'processes',
  }),
  ...rows('systeminformation', 'users', { does: 'observe', what: 'user name' }),
  ...rows('systeminformation', 'networkInterfaces', { does: 'observe', what: 'address' }),
  ...rows('systeminformation', 'system uuid bios baseboard', {
    does: 'observe',
    what: 'machine id',
  }),
  ...rows('systeminformation', 'osInfo', { does: 'observe', what: 'system' }),
  ...rows('clipboardy', 'write writeSync', { does: 'output' }),
  ...rows('aws-sdk.Client', '#send #upload #save', { does: 'send', content: 0 }),
  // browsers that are driven
  ...rows('puppeteer puppeteer-core', 'launch connect', {
    effects: [],
    gives: 'puppeteer.Browser',
  }),
  ...rows(
    'playwright.chromium playwright.firefox playwright.webkit playwright-core.chromium @playwright/test.chromium',
    'launch connect connectOverCDP launchPersistentContext',
    { effects: [], gives: 'puppeteer.Browser' },
  ),
  ...rows('puppeteer.Browser', '#newPage #newContext', { effects: [], gives: 'puppeteer.Browser' }),
  ...rows('puppeteer.Browser', '#goto', { does: 'request', url: 0 }),
  ...rows('puppeteer.Browser', '#cookies #storageState', { does: 'input' }),
  ...rows(
    'puppeteer.Browser',
    '#close #pages #evaluate #click #type #fill #screenshot #pdf #waitForSelector',
    { effects: [] },
  ),
  // databases
  ...rows('pg', 'Client Pool', {
    effects: [{ does: 'connect', scheme: 'tcp', at: 0 }],
    gives: 'pg.Client',
  }),
  ...rows('mysql2 mysql2/promise', 'createConnection createPool', {
    effects: [{ does: 'connect', scheme: 'tcp', at: 0 }],
    gives: 'pg.Client',
  }),
  ...rows('pg.Client', '#query #execute', { does: 'send', content: 1 }),
  ...rows('mongodb', 'MongoClient', {
    effects: [{ does: 'request', url: 0, options: 1 }],
    gives: 'mongodb.MongoClient',
  }),
  ...rows('mongodb.MongoClient', '#insertOne #insertMany #updateOne #replaceOne', {
    does: 'send',
    content: 0,
  }),
  ...rows('mongodb.MongoClient', '#db #collection', { effects: [], gives: 'mongodb.MongoClient' }),
  ...rows('redis', 'createClient', {
    effects: [{ does: 'request', options: 0 }],
    gives: 'redis.Client',
  }),
  ...rows('', 'ioredis', {
    effects: [{ does: 'request', url: 0, options: 1 }],
    gives: 'redis.Client',
  }),
  ...rows('redis.Client', '#set #publish #lPush #rPush #hSet #lpush #rpush #hset', {
    does: 'send',
    content: 1,
  }),
  // Services with fixed hosts, which an option may replace.
  ...rows('', 'openai', {
    effects: [{ does: 'request', options: 0, host: 'api.openai.com' }],
    gives: 'openai.Client',
  }),
  ...rows('openai', 'OpenAI AzureOpenAI', {
    effects: [{ does: 'request', options: 0, host: 'api.openai.com' }],
    gives: 'openai.Client',
  }),
  ...rows('', '@anthropic-ai/sdk', {
    effects: [{ does: 'request', options: 0, host: 'api.anthropic.com' }],
    gives: 'openai.Client',
  }),
  ...rows('@anthropic-ai/sdk', 'Anthropic', {
    effects: [{ does: 'request', options: 0, host: 'api.anthropic.com' }],
    gives: 'openai.Client',
  }),
  ...rows(
    'openai.Client',
    '#chat.completions.create #responses.create #embeddings.create #messages.create #files.create',
    {
      does: 'send',
      content: 0,
    },
  ),
};

/** Classes of families of packages, by the beginning of the package and the ending of the class. */
export const npmFamilies: readonly {
  readonly begins: string;
  readonly ends: string;
  readonly api: Api;
}[] = [
  {
    begins: '@aws-sdk/',
    ends: 'Client',
    api: {
      effects: [{ does: 'request', options: 0, host: '*.amazonaws.com' }],
      gives: 'aws-sdk.Client',
    },
  },
  { begins: '@aws-sdk/', ends: 'Command', api: { effects: [] } },
  {
    begins: '@google-cloud/',
    ends: '',
    api: {
      effects: [{ does: 'request', options: 0, host: '*.googleapis.com' }],
      gives: 'aws-sdk.Client',
    },
  },
];
