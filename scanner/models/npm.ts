/** Packages of npm that skills often import: which of their APIs use which capability. Sources: each package's readme. */
import { type ApiTable, rows } from './api.ts';

const verbs = 'get delete head options';
const bodyVerbs = 'post put patch';

/** API → what it does. A package's own name as API stands for calling what it exports. */
export const npmApis: ApiTable = {
  ...rows(
    '',
    'axios got ky node-fetch cross-fetch isomorphic-fetch make-fetch-happen phin needle superagent request request-promise',
    { effects: [{ does: 'request', url: 0, options: 1 }], gives: 'Response' },
  ),
  ...rows('axios got ky needle superagent request undici phin', verbs, {
    effects: [{ does: 'request', url: 0, options: 1 }],
    gives: 'Response',
  }),
  ...rows('axios needle', bodyVerbs, {
    effects: [{ does: 'request', url: 0, body: 1, options: 2, method: 'POST' }],
    gives: 'Response',
  }),
  ...rows('got ky superagent request undici phin', bodyVerbs, {
    effects: [{ does: 'request', url: 0, options: 1, method: 'POST' }],
    gives: 'Response',
  }),
  ...rows('axios undici', 'request', { effects: [{ does: 'request', url: 0, options: 1 }], gives: 'Response' }),
  ...rows('undici', 'stream pipeline Client Pool', {
    effects: [{ does: 'request', url: 0, options: 1 }],
    gives: 'http2.ClientHttp2Session',
  }),
  ...rows('axios got ky', 'create extend', { effects: [{ does: 'request', options: 0 }] }),
  ...rows('', 'ws', { effects: [{ does: 'request', url: 0, traits: ['raw-socket'] }], gives: 'WebSocket' }),
  ...rows('ws', 'WebSocket', { effects: [{ does: 'request', url: 0, traits: ['raw-socket'] }], gives: 'WebSocket' }),
  ...rows('', 'execa cross-spawn', { does: 'program', program: 0, args: 1, options: 2 }),
  ...rows('execa', 'execa execaSync execaNode', { does: 'program', program: 0, args: 1, options: 2 }),
  ...rows('execa', 'execaCommand execaCommandSync $', { does: 'shell', command: 0 }),
  ...rows('zx', '$', { does: 'shell', command: 0 }),
  ...rows('zx', 'fetch', { effects: [{ does: 'request', url: 0, options: 1 }], gives: 'Response' }),
  ...rows('shelljs', 'exec', { does: 'shell', command: 0 }),
  ...rows('shelljs', 'rm', { does: 'delete', path: 1, traits: ['write', 'delete'] }),
  ...rows('shelljs', 'cat ls find', { does: 'read', path: 0 }),
  ...rows('cross-spawn', 'sync spawn', { does: 'program', program: 0, args: 1, options: 2 }),
  ...rows(
    'fs-extra graceful-fs',
    'readFile readFileSync readJson readJsonSync readdir readdirSync createReadStream stat statSync pathExists existsSync',
    { does: 'read', path: 0 },
  ),
  ...rows('fs-extra graceful-fs', 'writeFile writeFileSync outputFile outputFileSync writeJson writeJsonSync appendFile', {
    does: 'write',
    path: 0,
    content: 1,
    traits: ['write'],
  }),
  ...rows('fs-extra graceful-fs', 'ensureDir ensureDirSync mkdirp mkdir mkdirSync', {
    does: 'write',
    path: 0,
    traits: ['write'],
  }),
  ...rows('fs-extra', 'copy copySync copyFile move', { does: 'read', path: 0, to: 1 }),
  ...rows('fs-extra', 'remove removeSync emptyDir rm unlink', { does: 'delete', path: 0, traits: ['write', 'delete'] }),
  ...rows('', 'rimraf del', { does: 'delete', path: 0, traits: ['write', 'delete', 'recursive'] }),
  ...rows('glob fast-glob globby', 'glob globSync sync globby', { does: 'read', path: 0 }),
  // Adm-zip and tar refuse what leaves the folder; these do not.
  ...rows('', 'decompress', { does: 'trait', trait: 'unsafe-extract' }),
  ...rows('unzipper', 'Extract', { does: 'trait', trait: 'unsafe-extract' }),
  ...rows('tar-fs', 'extract', { does: 'trait', trait: 'unsafe-extract' }),
  ...rows('dotenv', 'config', { does: 'read', path: 9, fixed: '.env' }),
  ...rows('node-serialize serialize-javascript', 'unserialize', { does: 'code', code: 0 }),
  ...rows('nodemailer', 'createTransport', { effects: [{ does: 'connect', scheme: 'tcp', at: 0 }], gives: 'net.Socket' }),
  ...rows('', 'clipboardy', { does: 'input' }),
};

/** Packages whose very use is egress to hosts of their own: package → host (`*` when it depends on options). A final `*` is any ending. */
export const npmServices: Readonly<Record<string, string>> = {
  openai: 'api.openai.com',
  '@anthropic-ai/sdk': 'api.anthropic.com',
  '@google/generative-ai': 'generativelanguage.googleapis.com',
  '@google/genai': 'generativelanguage.googleapis.com',
  '@octokit/*': 'api.github.com',
  octokit: 'api.github.com',
  '@slack/*': 'slack.com',
  '@notionhq/client': 'api.notion.com',
  stripe: 'api.stripe.com',
  '@linear/sdk': 'api.linear.app',
  '@aws-sdk/*': '*.amazonaws.com',
  'aws-sdk': '*.amazonaws.com',
  '@google-cloud/*': '*.googleapis.com',
  googleapis: '*.googleapis.com',
  pg: '*',
  mysql2: '*',
  mongodb: '*',
  redis: '*',
  ioredis: '*',
  ssh2: '*',
  'discord.js': 'discord.com',
  telegraf: 'api.telegram.org',
  twilio: 'api.twilio.com',
  playwright: '*',
  'playwright-core': '*',
  puppeteer: '*',
  'puppeteer-core': '*',
};
