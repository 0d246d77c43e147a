/**
 * What the libraries of JavaScript do. Sources: the documentation of Node 24, module by module, of
 * Deno and of Bun, WHATWG Fetch, ECMA-262, and the readme of each package of npm. The name of a
 * package alone is a call of what it exports.
 */
import {
  by,
  computes,
  type Gives,
  named,
  nothing,
  type Row,
  type RowEffect,
  row,
  type Table,
  through,
} from './row.ts';

/** Makes an object of a class of the tables. */
function makes(instance: string, ...effects: readonly RowEffect[]): Row {
  return row(effects, { instance });
}

const isRead: RowEffect = { does: 'read', path: 0 };
const isWritten: RowEffect = { does: 'write', path: 0 };
const isOpened: RowEffect = { does: 'open', path: 0, mode: 1 };
const reads = row(isRead);
const writes = row(isWritten);
const writesContent = row({ ...isWritten, content: 1 });
const appends = row({ ...isWritten, content: 1, traits: ['write', 'append'] });
const changesMode = row({ ...isWritten, traits: ['write', 'permissions'] });
const readsSettings = row({ does: 'read', path: { name: 'path', text: '.env' } });
const copies = row({ ...isRead, to: 1 });
const links = row({ ...isRead, to: 1, traits: ['link'] });
const moves = row({ ...isWritten, to: 1 });
const deletes = row({ does: 'delete', path: 0 });

const asks = { does: 'request', url: 0, options: 1 } as const;
const visits = row({ does: 'request', url: 0 });
const response: Gives = { instance: 'Response' };
const fetches = row(asks, response);
const isSent: RowEffect = { does: 'send', content: 0 };
const isSecondSent: RowEffect = { does: 'send', content: 1 };
const sends = row(isSent);
const sendsSecond = row(isSecondSent);
const tcp: RowEffect = {
  does: 'connect',
  scheme: 'tcp',
  host: { at: 1, name: 'host', or: { name: 'hostname', text: 'localhost' } },
  port: by('port'),
  tellsPort: true,
};
/** A server by its address, or by its host as an option. */
const server: RowEffect = {
  ...tcp,
  host: { name: 'connectionString', or: { name: 'host', or: { name: 'hostname', or: 0 } } },
  port: 'port',
};
const looksUp = row({ does: 'connect', scheme: 'dns', host: 0 });
const isRaw: RowEffect = { does: 'trait', trait: 'raw-socket' };
const socket = makes('WebSocket', { does: 'request', url: 0, traits: ['raw-socket'] });
const listens = row({ does: 'listen' });

const isServed = makes('express.Server', { does: 'listen' });
const receives = row({ does: 'receive' }, 'self');

const isRun = { does: 'program', words: 0, args: 1 } as const;
const runs = row({ ...isRun, options: 2 });
const isShell = { does: 'program', words: 0, shell: true } as const;
const runsLine = row(isShell);
const isLoaded: RowEffect = { does: 'load', path: 0 };
const loads = row(isLoaded);
const loadsApart = row({ ...isLoaded, isApart: true });
const runsCode = row({ does: 'code', code: 0 });
const loadsMachineCode = row({ does: 'native', what: 0 });
const webAssembly = row([
  { does: 'trait', trait: 'native' },
  { does: 'receive', of: 0 },
]);
const isPatch: RowEffect = { does: 'trait', trait: 'patch-builtin' };

const fills = row({ does: 'fill', into: 'self', with: { rest: 0 } });
const input = row({ does: 'input' });
const prints = row({ does: 'output', content: { rest: 0 } });
const encodes = row([], 'encoded');
const tellsAddress = row({ does: 'observe', what: 'address' });
const tellsUser = row({ does: 'observe', what: 'user name' });
const tellsSystem = row({ does: 'observe', what: 'system' });

/** What every program has without an import, in Node, Deno, Bun or a browser. */
export const globalRows = named({
  'fetch Bun.fetch': fetches,
  'navigator.sendBeacon': row({ does: 'request', url: 0, body: [1], method: 'POST' }),
  'WebSocket EventSource': socket,
  'WebSocket#send RTCDataChannel#send XMLHttpRequest#send': sends,
  'WebSocket#addEventListener close Image#decode caches.open match require.resolve': through,
  'Response#text json arrayBuffer bytes blob formData': through,
  RTCPeerConnection: makes('RTCPeerConnection', isRaw),
  'RTCPeerConnection#createDataChannel': makes('RTCDataChannel'),
  'localStorage|sessionStorage.getItem navigator.clipboard.read readText': input,
  'navigator.clipboard.write writeText process.stdout|process.stderr.write': prints,
  'console.log error warn info debug table dir trace': prints,
  open: visits,
  Image: makes('Image'),
  XMLHttpRequest: makes('XMLHttpRequest'),
  'XMLHttpRequest#open': row({ does: 'request', url: 1, methodAt: 0 }),
  eval: runsCode,
  'require importScripts': loads,
  'WebAssembly.compile instantiate compileStreaming instantiateStreaming Module Instance':
    webAssembly,
  'Deno.readFile readFileSync readDir readDirSync watchFs': reads,
  'Deno.stat statSync lstat lstatSync readLink readLinkSync realPath realPathSync': reads,
  'Deno.open openSync': row(isOpened),
  'Deno.writeFile writeTextFile writeFileSync writeTextFileSync': writesContent,
  'Deno.create createSync mkdir mkdirSync truncate truncateSync openKv': writes,
  'Deno.chmod chmodSync chown chownSync': changesMode,
  'Deno.copyFile copyFileSync symlink symlinkSync link linkSync': copies,
  'Deno.rename renameSync': moves,
  'Deno.remove removeSync': deletes,
  'Deno.Command run Bun.spawn spawnSync': row({ does: 'program', words: 0, options: 1 }),
  'Deno.connect connectTls Bun.connect': makes('net.Socket', tcp),
  'Deno.listen listenTls serve listenDatagram Bun.serve listen': listens,
  'Deno.resolveDns Bun.dns.lookup prefetch': looksUp,
  'Deno.startTls': makes('net.Socket', isRaw),
  'Deno.dlopen bun:ffi.dlopen cc': loadsMachineCode,
  'Bun.file': makes('Bun.BunFile', isRead),
  'Bun.BunFile#text json arrayBuffer bytes stream exists slice': through,
  'Bun.BunFile#write Bun.SQL#unsafe file send': sends,
  'Bun.BunFile#writer': makes('fs.WriteStream'),
  'Bun.write': writesContent,
  'Bun.mmap': reads,
  'Bun.$': runsLine,
  'Bun.openInEditor': row({ does: 'program', words: 'editor' }),
  'Bun.udpSocket': makes('dgram.Socket', isRaw),
  'Bun.sql SQL RedisClient': makes('Bun.SQL', server),
  'Bun.S3Client': makes('Bun.S3Client', { does: 'request', options: 0, host: '*.amazonaws.com' }),
  'Bun.S3Client#write': sendsSecond,
  'Bun.s3.write': row({ does: 'request', host: '*.amazonaws.com', body: [1], method: 'PUT' }),
  'Bun.plugin': row(isPatch),
  'bun:sqlite.Database': writes,
});

/** What an assignment does: a page is opened, a picture is fetched. */
export const assignedRows = named({
  'location location|document.location.href document.location Image#src': visits,
});

/** Methods of data, by name, for values of unknown type. */
export const anyRows = named({
  'Any#push unshift set add write end assign splice enqueue emit dispatchEvent': fills,
  'Any#postMessage put insert setItem store': fills,
  'Any#digest verify equals includes startsWith endsWith test has indexOf localeCompare': nothing,
  'Any#every some': nothing,
});

const fileHandle = 'fs/promises.FileHandle';
const fileRows = named({
  'fs|fs/promises.readFile readdir opendir access stat lstat statfs readlink realpath': reads,
  'fs|fs/promises.watch glob openAsBlob': reads,
  'fs.readFileSync readdirSync opendirSync accessSync statSync lstatSync statfsSync': reads,
  'fs.readlinkSync realpathSync existsSync exists globSync watchFile': reads,
  'fs.open openSync': row(isOpened),
  'fs/promises.open': makes(fileHandle, isOpened),
  [`${fileHandle}#readFile readLines readableWebStream stat close sync datasync truncate utimes`]:
    through,
  [`${fileHandle}#read readv`]: row({ does: 'fill', into: 0, with: 'self' }),
  [`${fileHandle}#createReadStream`]: makes('fs.ReadStream'),
  [`${fileHandle}#createWriteStream`]: makes('fs.WriteStream'),
  [`${fileHandle}#write writev writeFile appendFile fs.WriteStream#write end`]: sends,
  'fs.read readSync readv readvSync': row({ does: 'fill', into: 1, with: { rest: 0 } }),
  'fs.write writeSync writev writevSync': sendsSecond,
  'fs.close closeSync fsync fsyncSync fdatasync fdatasyncSync fstat fstatSync': through,
  'fs.unwatchFile futimes futimesSync ftruncate ftruncateSync': through,
  'fs.ReadStream#on read toString setEncoding fs|fs/promises.constants': through,
  'fs.createReadStream': makes('fs.ReadStream', isRead),
  'fs|fs/promises.writeFile fs.writeFileSync': writesContent,
  'fs|fs/promises.appendFile fs.appendFileSync': appends,
  'fs.createWriteStream': makes('fs.WriteStream', isWritten),
  'fs|fs/promises.mkdir mkdtemp truncate utimes lutimes': writes,
  'fs.mkdirSync mkdtempSync mkdtempDisposableSync truncateSync utimesSync lutimesSync': writes,
  'fs|fs/promises.chmod lchmod chown lchown': changesMode,
  'fs.chmodSync lchmodSync chownSync lchownSync': changesMode,
  'fs|fs/promises.copyFile cp fs.copyFileSync cpSync': copies,
  'fs|fs/promises.rename fs.renameSync': moves,
  'fs|fs/promises.symlink link fs.symlinkSync linkSync': links,
  'fs|fs/promises.rm rmdir unlink fs.rmSync rmdirSync unlinkSync': deletes,
});

const heapFile = { at: 0, text: './*' } as const;
const isLoadedAsSecond: RowEffect = { does: 'load', path: 1 };
const isNativeSecond: RowEffect = { does: 'native', what: 1 };
const request = { ...asks, scheme: 'https' } as const;

/** Node's own modules. */
export const nodeRows: Table = {
  ...fileRows,
  ...named({
    'diagnostics_channel.subscribe': row({ does: 'call', callee: 1, observes: 'requests' }),
    'child_process.exec execSync': row({ ...isShell, options: 1 }),
    'child_process.execFile execFileSync spawnSync': runs,
    'child_process.spawn': makes('child_process.ChildProcess', { ...isRun, options: 2 }),
    'child_process.ChildProcess#stdin.write end': sends,
    'child_process.ChildProcess#kill on unref ref disconnect send': through,
    'child_process.fork cluster.fork setupPrimary': loadsApart,
    'worker_threads.isMainThread parentPort workerData threadId': through,
    'process.dlopen': row([isNativeSecond, isLoadedAsSecond]),
    'process.execve': row(isRun),
    'process.setuid setgid seteuid setegid setgroups initgroups': row({
      does: 'trait',
      trait: 'privilege',
      detail: 0,
    }),
    'process.loadEnvFile': row({ does: 'read', path: { at: 0, text: '.env' } }),
    'process.send': prints,
    'process.openStdin readline|readline/promises.question': input,
    'process.report.getReport': row({ does: 'whole-env' }),
    'process.report.writeReport': row([{ does: 'whole-env' }, { does: 'write', path: heapFile }]),
    'process.kill exit abort': through,
    'vm.runInThisContext runInNewContext runInContext compileFunction Script': runsCode,
    'vm.SourceTextModule module.Module#_compile module-object._compile repl.start': runsCode,
    'vm.createContext isContext measureMemory': through,
    'module.runMain module.Module#require load': loads,
    'module.syncBuiltinESMExports': row(isPatch),
    'module.register registerHooks': row([{ ...isPatch, detail: 0 }, isLoaded]),
    'module._resolveFilename _nodeModulePaths _initPaths wrap findSourceMap': through,
    'module.enableCompileCache getCompileCacheDir builtinModules isBuiltin': through,
    'module.findPackageJSON stripTypeScriptTypes': through,
    module: makes('module.Module'),
    'inspector|inspector/promises.open dgram.Socket#bind': listens,
    'inspector|inspector/promises.Session': makes('inspector.Session', {
      does: 'trait',
      trait: 'code-from-string',
    }),
    'inspector.Session#post': row({ does: 'trait', trait: 'code-from-string', detail: 0 }),
    'inspector.Session#connect disconnect on once': through,
    'inspector|inspector/promises.close url waitForDebugger console Network': through,
    'v8.deserialize': row({ does: 'deserialize', data: 0 }),
    'v8.setFlagsFromString': row({ ...isPatch, detail: 0 }),
    'v8.writeHeapSnapshot setHeapSnapshotNearHeapLimit': row({ does: 'write', path: heapFile }),
    'v8.getHeapSnapshot serialize': through,
    'sqlite.DatabaseSync': makes('sqlite.DatabaseSync', isWritten),
    'sqlite.backup': row({ does: 'write', path: 1 }),
    'sqlite.DatabaseSync#exec prepare close function open': through,
    'sqlite.DatabaseSync#loadExtension': loadsMachineCode,
    'wasi.WASI': webAssembly,
    'http.request get': makes('http.ClientRequest', { ...asks, scheme: 'http' }),
    'https.request get': makes('http.ClientRequest', request),
    'http.ClientRequest': makes('http.ClientRequest', { ...asks, options: 0, scheme: 'http' }),
    'http.ClientRequest#setHeader appendHeader': sendsSecond,
    'http.ClientRequest#write end net.Socket#write end': sends,
    'http.ClientRequest#on once destroy setTimeout': through,
    'http|https.Agent STATUS_CODES METHODS globalAgent IncomingMessage ServerResponse': through,
    'http2.connect': makes('http2.ClientHttp2Session', request),
    'http2.ClientHttp2Session#request': makes('http.ClientRequest', isSent),
    'http|https|http2.createServer createSecureServer Server net|tls.createServer Server': makes(
      'net.Server',
      { does: 'listen' },
    ),
    'net|tls.connect createConnection net.Socket#connect': makes('net.Socket', tcp),
    'net.Socket tls.TLSSocket': makes('net.Socket', isRaw),
    'net.Socket#on once destroy setEncoding setTimeout net.Server#on close': through,
    'net.isIP isIPv4 isIPv6 BlockList SocketAddress': through,
    // Tells where it listens.
    'net.Server#listen address': nothing,
    'dgram.createSocket': makes('dgram.Socket', isRaw),
    'dgram.Socket#send': row([
      { does: 'connect', scheme: 'udp', host: { at: 2, text: 'localhost' }, port: 1 },
      { does: 'send', content: 0 },
    ]),
    'dgram.Socket#connect': row({ ...tcp, scheme: 'udp' }),
    'dgram.Socket#on once close unref address setBroadcast': through,
    'dns|dns/promises.lookup resolve resolve4 resolve6 resolveAny resolveCname resolveMx': looksUp,
    'dns|dns/promises.resolveNs resolveTxt resolveSrv reverse lookupService resolveCaa': looksUp,
    'dns|dns/promises.resolveNaptr resolvePtr resolveSoa resolveTlsa': looksUp,
    'dns|dns/promises.Resolver': makes('dns.Resolver'),
    'dns.Resolver#resolve resolve4 resolve6 resolveAny resolveCname resolveMx resolveNs': looksUp,
    'dns.Resolver#resolveTxt resolveSrv reverse': looksUp,
    'dns.Resolver#setServers getServers cancel setLocalAddress': through,
    'dns|dns/promises.setServers setDefaultResultOrder getDefaultResultOrder getServers': through,
    'util.promisify callbackify deprecate': computes('same', 0),
    'zlib.gzip gzipSync deflate deflateSync deflateRaw deflateRawSync brotliCompress': encodes,
    'zlib.brotliCompressSync zstdCompress zstdCompressSync': encodes,
    'crypto.createHash createHmac timingSafeEqual hash randomBytes randomUUID randomInt': nothing,
    'crypto.createVerify': nothing,
    'crypto.createCipheriv publicEncrypt privateEncrypt': encodes,
    'readline|readline/promises.createInterface': row({ does: 'input' }, 'through'),
    'os.hostname': row({ does: 'observe', what: 'host name' }),
    'os.userInfo': tellsUser,
    'os.networkInterfaces': tellsAddress,
    'os.platform type arch release version machine': tellsSystem,
    'os.cpus EOL totalmem freemem uptime endianness': through,
  }),
};

// These packages have every function of `fs`.
const likeFs: Table = Object.fromEntries(
  Object.entries(fileRows).flatMap(([name, one]) =>
    name.startsWith('fs.') && !name.includes('#')
      ? ['fs-extra', 'graceful-fs', 'zx.fs'].map((owner) => [`${owner}.${name.slice(3)}`, one])
      : [],
  ),
);

/** A request that also sends what its client was given before, such as default headers. */
const call = { ...asks, header: ['self'] } as const;
const answers = row(call, response);
const posts = row({ ...call, method: 'POST' }, response);
const postsBody = row({ ...call, body: [1], options: 2, method: 'POST' }, response);
const intercepts = row({ does: 'call', callee: 0, observes: 'requests' });
const asksFor = { does: 'request', options: 0 } as const;
const openAi = makes('openai.Client', { ...asksFor, host: 'api.openai.com' });
const anthropic = makes('openai.Client', { ...asksFor, host: 'api.anthropic.com' });
const git = makes('simple-git.Git', { does: 'program', words: { text: 'git' } });
const socketIo = makes('socket.io-client.Socket', asks);
const browsers =
  'playwright.chromium|playwright.firefox|playwright.webkit|playwright-core.chromium|@playwright/test.chromium';
const browser = makes('puppeteer.Browser');
const sqlClient = makes('pg.Client', server);
const keychain = { text: '~/Library/Keychains/login.keychain-db' } as const;
const unpacks = row({ does: 'trait', trait: 'unsafe-extract' });
const isScreen = row({ does: 'observe', what: 'screen' });
const isClipboard: RowEffect = { does: 'observe', what: 'clipboard' };
const tellsMachine = row({ does: 'observe', what: 'machine id' });

/** Packages of npm that skills often import. */
export const npmRows: Table = {
  ...likeFs,
  ...named({
    'axios got ky node-fetch cross-fetch isomorphic-fetch make-fetch-happen phin needle': answers,
    'superagent request request-promise axios.Instance axios|undici.request': answers,
    'axios|got|ky|needle|superagent|request|undici|phin.get delete head options': answers,
    'axios.Instance#get delete head options request': answers,
    'axios|needle.post put patch axios.Instance#post put patch': postsBody,
    'got|ky|superagent|request|undici|phin.post put patch': posts,
    'undici.stream pipeline Client Pool': makes('http2.ClientHttp2Session', asks),
    'axios|got|ky.create extend': row(asksFor, { instance: 'axios.Instance', carries: true }),
    'axios.interceptors.request.use axios.Instance#interceptors.request.use': intercepts,
    'Response#send query': row(isSent, response),
    'Response#set': row(isSecondSent, response),
    'Response#field attach': row([isSent, isSecondSent], response),
    'socket.io-client socket.io-client.io connect Manager': socketIo,
    'socket.io-client.Socket#emit emitWithAck': sendsSecond,
    'socket.io-client.Socket#send write node-pty.Pty#write nodemailer.Transporter#sendMail': sends,
    'socket.io-client.Socket#on once close': through,
    // Servers: the data comes from any client that connects.
    'express fastify koa polka restify micro': isServed,
    'ws|express|fastify|hono|@hapi/hapi|socket.io.WebSocketServer Server Router fastify': isServed,
    'ws|express|fastify|hono|@hapi/hapi|socket.io.Hono server': isServed,
    'express.Server#get post put patch delete head options all use route on register': receives,
    'ws ws.WebSocket': socket,
    'execa cross-spawn tinyexec nano-spawn execa.execa execaSync execaNode': runs,
    'tinyexec.x exec cross-spawn.sync spawn': runs,
    'execa.execaCommand execaCommandSync $ $sync zx.$ zx.$.sync shelljs.exec': runsLine,
    'node-pty.spawn': makes('node-pty.Pty', isRun),
    'sudo-prompt.exec': row([isShell, { does: 'trait', trait: 'privilege', detail: 0 }]),
    'simple-git simple-git.simpleGit default gitP': git,
    'simple-git.Git#clone mirror puppeteer.Browser#goto': visits,
    'simple-git.Git#addRemote': row({ does: 'request', url: 1 }),
    'simple-git.Git#push pull fetch add commit raw checkout status log init': through,
    'zx.fetch': fetches,
    'zx.glob shelljs.cat ls find head tail grep sort': reads,
    'shelljs.rm': row({ does: 'delete', path: 1 }),
    'shelljs.cp fs-extra.copy copySync': copies,
    'shelljs.mv fs-extra.move moveSync': moves,
    'shelljs.mkdir touch fs-extra.ensureDir ensureDirSync mkdirp mkdirs': writes,
    'fs-extra.ensureFile ensureFileSync adm-zip.Zip#extractAllTo writeZip': writes,
    'shelljs.chmod': row({ does: 'write', path: 1, traits: ['write', 'permissions'] }),
    'fs-extra.readJson readJsonSync readJSON pathExists pathExistsSync': reads,
    'fs-extra.outputFile outputFileSync outputJson outputJsonSync': writesContent,
    'fs-extra.writeJson writeJsonSync writeJSON': writesContent,
    'fs-extra.ensureLink ensureSymlink': links,
    'fs-extra.remove removeSync emptyDir emptyDirSync': deletes,
    'rimraf del': row({ does: 'delete', path: 0, traits: ['write', 'delete', 'recursive'] }),
    'glob fast-glob globby tinyglobby extract-zip': reads,
    'glob|fast-glob|globby|tinyglobby.glob globSync sync globby globbySync stream': reads,
    archiver: makes('archiver.Archiver'),
    'archiver.Archiver#directory file glob adm-zip.Zip#addLocalFile addLocalFolder': reads,
    'adm-zip': makes('adm-zip.Zip', { ...isRead, when: { of: 0, form: /^/ } }),
    'adm-zip.Zip#addFile': fills,
    'adm-zip.Zip#getEntries readAsText readFile toBuffer': through,
    // Adm-zip and tar reject entries outside the folder; these do not.
    'decompress unzipper.Extract tar-fs.extract': unpacks,
    'dotenv.config configDotenv': readsSettings,
    'dotenv/config': readsSettings,
    'keytar.getPassword findPassword findCredentials': row({ does: 'read', path: keychain }),
    'keytar.setPassword deletePassword': row({ does: 'write', path: keychain }),
    'js-yaml.DEFAULT_FULL_SCHEMA': row({ does: 'trait', trait: 'deserialize' }),
    'node-serialize|serialize-javascript.unserialize': runsCode,
    'nodemailer.createTransport': makes('nodemailer.Transporter', server),
    'ssh2.Client': makes('ssh2.Client'),
    'ssh2.Client#connect basic-ftp.Client#access connect': row(server),
    'ssh2.Client#forwardIn': row({ does: 'trait', trait: 'remote-access' }),
    'ssh2.Client#exec aws-sdk.Client#send upload save': sends,
    'basic-ftp.Client': makes('basic-ftp.Client'),
    'basic-ftp.Client#uploadFrom appendFrom uploadFromDir': row([isRead, isSent]),
    'webdav.createClient': makes('webdav.WebDAVClient', { does: 'request', url: 0, method: '*' }),
    'webdav.WebDAVClient#putFileContents pg.Client#query execute': sendsSecond,
    'clipboardy.read readSync': row([{ does: 'input' }, isClipboard]),
    'clipboardy.write writeSync': prints,
    'electron.clipboard.readText readHTML readImage': row(isClipboard),
    'screenshot-desktop screenshot-desktop.default all': isScreen,
    'electron.desktopCapturer.getSources': isScreen,
    'node-global-key-listener.GlobalKeyboardListener iohook|uiohook-napi.uIOhook.on start': row({
      does: 'observe',
      what: 'keys',
    }),
    'node-record-lpcm16|mic.record default': row({ does: 'observe', what: 'microphone' }),
    'node-webcam.create capture': row({ does: 'observe', what: 'camera' }),
    'active-win|get-windows.default activeWindow': row({ does: 'observe', what: 'window titles' }),
    'node-machine-id.machineId machineIdSync': tellsMachine,
    'systeminformation.system uuid bios baseboard': tellsMachine,
    'systeminformation.processes networkConnections': row({ does: 'observe', what: 'processes' }),
    'systeminformation.users': tellsUser,
    'systeminformation.networkInterfaces': tellsAddress,
    'systeminformation.osInfo': tellsSystem,
    'puppeteer|puppeteer-core.launch connect puppeteer.Browser#newPage newContext': browser,
    [`${browsers}.launch connect connectOverCDP launchPersistentContext`]: browser,
    'puppeteer.Browser#cookies storageState': input,
    'puppeteer.Browser#close pages evaluate click type fill screenshot pdf': through,
    'puppeteer.Browser#waitForSelector': through,
    'pg.Client Pool mysql2|mysql2/promise.createConnection createPool': sqlClient,
    'mongodb.MongoClient': makes('mongodb.MongoClient', asks),
    'mongodb.MongoClient#insertOne insertMany updateOne replaceOne': sends,
    'mongodb.MongoClient#db collection': makes('mongodb.MongoClient'),
    'redis.createClient': makes('redis.Client', asksFor),
    ioredis: makes('redis.Client', asks),
    'redis.Client#set publish lPush rPush hSet lpush rpush hset': sendsSecond,
    // Services with fixed hosts, which an option may replace.
    'openai openai.OpenAI AzureOpenAI': openAi,
    '@anthropic-ai/sdk @anthropic-ai/sdk.Anthropic': anthropic,
    'openai.Client#chat.completions.create openai.Client#responses.create': sends,
    'openai.Client#embeddings.create openai.Client#messages.create': sends,
    'openai.Client#files.create': sends,
  }),
};

/** Classes of families of packages, by the beginning of the package and the ending of the class. */
export const npmFamilies: readonly {
  readonly begins: string;
  readonly ends: string;
  readonly row: Row;
}[] = [
  {
    begins: '@aws-sdk/',
    ends: 'Client',
    row: makes('aws-sdk.Client', { ...asksFor, host: '*.amazonaws.com' }),
  },
  { begins: '@aws-sdk/', ends: 'Command', row: through },
  {
    begins: '@google-cloud/',
    ends: '',
    row: makes('aws-sdk.Client', { ...asksFor, host: '*.googleapis.com' }),
  },
];

/** The effect of an unknown API of these modules: the widest effect that the module can have. */
export const nodeDefaults: Readonly<Record<string, 'mount' | 'exec' | 'egress'>> = {
  fs: 'mount',
  'fs/promises': 'mount',
  child_process: 'exec',
  http: 'egress',
  https: 'egress',
  http2: 'egress',
  net: 'egress',
  tls: 'egress',
  dgram: 'egress',
  dns: 'egress',
  'dns/promises': 'egress',
  vm: 'exec',
  worker_threads: 'exec',
  cluster: 'exec',
  repl: 'exec',
  inspector: 'exec',
  module: 'exec',
};

/** Built-in modules that use no capability. */
export const harmlessModules: ReadonlySet<string> = new Set(
  (
    'path path/posix path/win32 url util util/types buffer events stream stream/promises stream/web stream/consumers string_decoder querystring assert assert/strict ' +
    'zlib crypto os readline readline/promises timers timers/promises perf_hooks async_hooks diagnostics_channel console constants punycode test test/reporters v8 tty trace_events sqlite sea process wasi domain sys'
  ).split(' '),
);

/** Objects with the environment: a member is one variable, any other use reads all of them. */
export const environments: ReadonlySet<string> = new Set([
  'process.env',
  'Bun.env',
  'import.meta.env',
  'Deno.env',
]);

/** Other names of the same API. */
export const aliases: Readonly<Record<string, string>> = {
  'fs.promises': 'fs/promises',
  'dns.promises': 'dns/promises',
  'process.mainModule.require': 'require',
  'process.mainModule': 'module-object',
  'require.main.require': 'require',
  'require.main': 'module-object',
  'module-object.require': 'require',
  'module-object.constructor': 'module',
  'module.Module': 'module',
  'module.prototype.require': 'require',
  'buffer.Buffer': 'Buffer',
  'url.URL': 'URL',
  'timers.setTimeout': 'setTimeout',
  'timers.setInterval': 'setInterval',
  'console.console': 'console',
  'undici.fetch': 'fetch',
  'eval.constructor': 'Function',
  'Function.call': 'Function.prototype.call',
  'Function.apply': 'Function.prototype.apply',
  'Function.bind': 'Function.prototype.bind',
  'Deno.env.get': 'Deno.env.get',
};

/** Objects that are the global object itself. */
export const globalObjects: ReadonlySet<string> = new Set([
  'globalThis',
  'global',
  'window',
  'self',
  'top',
  'frames',
]);
