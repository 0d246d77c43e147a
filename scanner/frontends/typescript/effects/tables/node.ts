/**
 * Node's built-in modules, and the capabilities that their APIs use. Source: the Node 24
 * documentation, module by module.
 */
import { type ApiTable, rows } from '../../../../lookup-tables/api.ts';

const fsBoth = 'fs fs/promises';

/** API → its effects. */
export const nodeApis: ApiTable = {
  // files
  ...rows(
    fsBoth,
    'readFile readdir opendir access stat lstat statfs readlink realpath watch glob openAsBlob',
    {
      does: 'read',
      path: 0,
    },
  ),
  ...rows(
    'fs',
    'readFileSync readdirSync opendirSync accessSync statSync lstatSync statfsSync readlinkSync realpathSync existsSync exists globSync watchFile',
    { does: 'read', path: 0 },
  ),
  ...rows('fs', 'open openSync', { does: 'read', path: 0 }),
  ...rows('fs/promises', 'open', {
    effects: [{ does: 'read', path: 0 }],
    gives: 'fs/promises.FileHandle',
  }),
  ...rows(
    'fs/promises.FileHandle',
    '#readFile #readLines #readableWebStream #stat #close #sync #datasync #truncate #utimes',
    {
      effects: [],
    },
  ),
  ...rows('fs/promises.FileHandle', '#read #readv', { effects: [], fills: 0 }),
  ...rows('fs/promises.FileHandle', '#createReadStream', { effects: [], gives: 'fs.ReadStream' }),
  ...rows('fs/promises.FileHandle', '#createWriteStream', { effects: [], gives: 'fs.WriteStream' }),
  ...rows('fs/promises.FileHandle', '#write #writev #writeFile #appendFile', {
    does: 'send',
    content: 0,
  }),
  ...rows('fs', 'read readSync readv readvSync', { effects: [], fills: 1 }),
  ...rows('fs', 'write writeSync writev writevSync', { does: 'send', content: 1 }),
  ...rows(
    'fs',
    'close closeSync fsync fsyncSync fdatasync fdatasyncSync fstat fstatSync unwatchFile futimes futimesSync',
    {
      effects: [],
    },
  ),
  ...rows('fs', 'ftruncate ftruncateSync', { effects: [] }),
  ...rows('fs', 'mkdtempDisposableSync', { does: 'write', path: 0, traits: ['write'] }),
  ...rows('fs', 'createReadStream', {
    effects: [{ does: 'read', path: 0 }],
    gives: 'fs.ReadStream',
  }),
  ...rows(fsBoth, 'writeFile', { does: 'write', path: 0, content: 1, traits: ['write'] }),
  ...rows('fs', 'writeFileSync', { does: 'write', path: 0, content: 1, traits: ['write'] }),
  ...rows(fsBoth, 'appendFile', {
    does: 'write',
    path: 0,
    content: 1,
    traits: ['write', 'append'],
  }),
  ...rows('fs', 'appendFileSync', {
    does: 'write',
    path: 0,
    content: 1,
    traits: ['write', 'append'],
  }),
  ...rows('fs', 'createWriteStream', {
    effects: [{ does: 'write', path: 0, traits: ['write'] }],
    gives: 'fs.WriteStream',
  }),
  ...rows(fsBoth, 'mkdir mkdtemp truncate utimes lutimes', {
    does: 'write',
    path: 0,
    traits: ['write'],
  }),
  ...rows('fs', 'mkdirSync mkdtempSync truncateSync utimesSync lutimesSync', {
    does: 'write',
    path: 0,
    traits: ['write'],
  }),
  ...rows(fsBoth, 'chmod lchmod chown lchown', {
    does: 'write',
    path: 0,
    traits: ['write', 'permissions'],
  }),
  ...rows('fs', 'chmodSync lchmodSync chownSync lchownSync', {
    does: 'write',
    path: 0,
    traits: ['write', 'permissions'],
  }),
  ...rows(fsBoth, 'copyFile cp', { does: 'read', path: 0, to: 1 }),
  ...rows('fs', 'copyFileSync cpSync', { does: 'read', path: 0, to: 1 }),
  ...rows(fsBoth, 'rename', { does: 'write', path: 0, to: 1, traits: ['write'] }),
  ...rows('fs', 'renameSync', { does: 'write', path: 0, to: 1, traits: ['write'] }),
  ...rows(fsBoth, 'symlink link', { does: 'read', path: 0, to: 1, traits: ['link'] }),
  ...rows('fs', 'symlinkSync linkSync', { does: 'read', path: 0, to: 1, traits: ['link'] }),
  ...rows(fsBoth, 'rm rmdir unlink', { does: 'delete', path: 0, traits: ['write', 'delete'] }),
  ...rows('fs', 'rmSync rmdirSync unlinkSync', {
    does: 'delete',
    path: 0,
    traits: ['write', 'delete'],
  }),
  ...rows('fs.WriteStream', '#write #end', { effects: [{ does: 'send', content: 0 }] }),
  ...rows('fs.ReadStream', '#on #read #pipe #toString #setEncoding', { effects: [] }),
  ...rows(fsBoth, 'constants', { effects: [] }),
  ...rows('diagnostics_channel', 'channel', {
    effects: [],
    gives: 'diagnostics_channel.Channel',
  }),
  ...rows('diagnostics_channel.Channel', '#subscribe', { effects: [], intercepts: 0 }),
  ...rows('diagnostics_channel', 'subscribe', { effects: [], intercepts: 1 }),
  // programs
  ...rows('child_process', 'exec execSync', { does: 'shell', command: 0, options: 1 }),
  ...rows('child_process', 'execFile execFileSync spawnSync', {
    does: 'program',
    program: 0,
    args: 1,
    options: 2,
  }),
  ...rows('child_process', 'spawn', {
    effects: [{ does: 'program', program: 0, args: 1, options: 2 }],
    gives: 'child_process.ChildProcess',
  }),
  ...rows('child_process', 'fork', { does: 'fork', script: 0, options: 2 }),
  ...rows('child_process.ChildProcess', '#stdin.write #stdin.end', { does: 'send', content: 0 }),
  ...rows(
    'child_process.ChildProcess',
    '#kill #on #unref #ref #disconnect #send #stdin #stdout #stderr',
    { effects: [] },
  ),
  ...rows('worker_threads', 'Worker', { does: 'fork', script: 0, options: 1 }),
  ...rows('worker_threads', 'isMainThread parentPort workerData threadId', { effects: [] }),
  ...rows('cluster', 'fork setupPrimary', { does: 'fork', script: 0 }),
  ...rows('process', 'binding _linkedBinding', {
    effects: [
      { does: 'trait', trait: 'native', at: 0 },
      { does: 'load', module: 0 },
    ],
  }),
  ...rows('process', 'dlopen', {
    effects: [
      { does: 'trait', trait: 'native', at: 1 },
      { does: 'load', module: 1 },
    ],
  }),
  ...rows('process', 'execve', { does: 'program', program: 0, args: 1 }),
  ...rows('process', 'kill exit abort', { effects: [] }),
  ...rows('process', 'setuid setgid seteuid setegid setgroups initgroups', {
    does: 'trait',
    trait: 'privilege',
    at: 0,
  }),
  ...rows('process', 'loadEnvFile', { does: 'read', path: 0, fixed: '.env' }),
  ...rows('process', 'send', { does: 'output' }),
  ...rows('process', 'openStdin', { does: 'input' }),
  ...rows('process.report', 'getReport', { does: 'environment' }),
  ...rows('process.report', 'writeReport', {
    effects: [{ does: 'environment' }, { does: 'write', path: 0, fixed: './*', traits: ['write'] }],
  }),
  // code and modules
  ...rows(
    'vm',
    'runInThisContext runInNewContext runInContext compileFunction Script SourceTextModule',
    {
      does: 'code',
      code: 0,
    },
  ),
  ...rows('vm', 'createContext isContext measureMemory', { effects: [] }),
  ...rows('module', 'runMain', { does: 'load', module: 0 }),
  ...rows('module', 'syncBuiltinESMExports', { does: 'trait', trait: 'patch-builtin' }),
  ...rows(
    'module',
    '_resolveFilename _nodeModulePaths _initPaths wrap findSourceMap enableCompileCache getCompileCacheDir',
    {
      effects: [],
    },
  ),
  ...rows('module', 'createRequire', { effects: [] }),
  ...rows('module', '_load', { does: 'load', module: 0 }),
  ...rows('', 'module', { effects: [], gives: 'module.Module' }),
  ...rows('module.Module', '#_compile', { does: 'code', code: 0 }),
  ...rows('module.Module', '#require #load', { does: 'load', module: 0 }),
  ...rows('module-object', '_compile', { does: 'code', code: 0 }),
  ...rows('module', 'register registerHooks', {
    effects: [
      { does: 'trait', trait: 'patch-builtin', at: 0 },
      { does: 'load', module: 0 },
    ],
  }),
  ...rows('module', 'builtinModules isBuiltin findPackageJSON stripTypeScriptTypes', {
    effects: [],
  }),
  ...rows('process', 'getBuiltinModule', { does: 'load', module: 0 }),
  ...rows('repl', 'start', { does: 'code', code: 0 }),
  ...rows('inspector inspector/promises', 'open', { does: 'listen' }),
  ...rows('inspector inspector/promises', 'Session', {
    effects: [{ does: 'trait', trait: 'code-from-string' }],
    gives: 'inspector.Session',
  }),
  ...rows('inspector.Session', '#connect #disconnect #on #once', { effects: [] }),
  ...rows('inspector.Session', '#post', {
    effects: [{ does: 'trait', trait: 'code-from-string', at: 0 }],
  }),
  ...rows('inspector inspector/promises', 'close url waitForDebugger console Network', {
    effects: [],
  }),
  ...rows('v8', 'deserialize', { does: 'trait', trait: 'deserialize' }),
  ...rows('v8', 'setFlagsFromString', { does: 'trait', trait: 'patch-builtin', at: 0 }),
  ...rows('v8', 'writeHeapSnapshot setHeapSnapshotNearHeapLimit', {
    does: 'write',
    path: 0,
    fixed: './*',
    traits: ['write'],
  }),
  ...rows('v8', 'getHeapSnapshot serialize', { effects: [] }),
  ...rows('sqlite', 'DatabaseSync', {
    effects: [{ does: 'write', path: 0, traits: ['write'] }],
    gives: 'sqlite.DatabaseSync',
  }),
  ...rows('sqlite', 'backup', { does: 'write', path: 1, traits: ['write'] }),
  ...rows('sqlite.DatabaseSync', '#exec #prepare #close #function #open', { effects: [] }),
  ...rows('sqlite.DatabaseSync', '#loadExtension', { does: 'trait', trait: 'native', at: 0 }),
  ...rows('wasi', 'WASI', { does: 'trait', trait: 'native' }),
  // network
  ...rows('http', 'request get', {
    effects: [{ does: 'request', url: 0, options: 1, scheme: 'http' }],
    gives: 'http.ClientRequest',
  }),
  ...rows('https', 'request get', {
    effects: [{ does: 'request', url: 0, options: 1, scheme: 'https' }],
    gives: 'http.ClientRequest',
  }),
  ...rows('http', 'ClientRequest', {
    effects: [{ does: 'request', url: 0, options: 0, scheme: 'http' }],
    gives: 'http.ClientRequest',
  }),
  ...rows('http.ClientRequest', '#setHeader #appendHeader', {
    effects: [{ does: 'send', content: 1 }],
  }),
  ...rows('http.ClientRequest', '#write #end', { effects: [{ does: 'send', content: 0 }] }),
  ...rows('http.ClientRequest', '#on #once #destroy #setTimeout', { effects: [] }),
  ...rows('http2', 'connect', {
    effects: [{ does: 'request', url: 0, options: 1, scheme: 'https' }],
    gives: 'http2.ClientHttp2Session',
  }),
  ...rows('http2.ClientHttp2Session', '#request', {
    effects: [{ does: 'send', content: 0 }],
    gives: 'http.ClientRequest',
  }),
  ...rows('http https http2', 'createServer createSecureServer Server', {
    effects: [{ does: 'listen' }],
    gives: 'net.Server',
  }),
  ...rows('http https', 'Agent STATUS_CODES METHODS globalAgent IncomingMessage ServerResponse', {
    effects: [],
  }),
  ...rows('net tls', 'connect createConnection', {
    effects: [{ does: 'connect', scheme: 'tcp', at: 0 }],
    gives: 'net.Socket',
  }),
  ...rows('net', 'Socket', {
    effects: [{ does: 'trait', trait: 'raw-socket' }],
    gives: 'net.Socket',
  }),
  ...rows('tls', 'TLSSocket', {
    effects: [{ does: 'trait', trait: 'raw-socket' }],
    gives: 'net.Socket',
  }),
  ...rows('net.Socket', '#connect', {
    effects: [{ does: 'connect', scheme: 'tcp', at: 0 }],
    gives: 'net.Socket',
  }),
  ...rows('net.Socket', '#write #end', { effects: [{ does: 'send', content: 0 }] }),
  ...rows('net.Socket', '#on #once #pipe #destroy #setEncoding #setTimeout', { effects: [] }),
  ...rows('net tls', 'createServer Server', { effects: [{ does: 'listen' }], gives: 'net.Server' }),
  ...rows('net.Server', '#on #close', { effects: [] }),
  // The result tells where it listens, and has no received data.
  ...rows('net.Server', '#listen #address', { effects: [], opaque: true }),
  ...rows('net', 'isIP isIPv4 isIPv6 BlockList SocketAddress', { effects: [] }),
  ...rows('dgram', 'createSocket', {
    effects: [{ does: 'trait', trait: 'raw-socket' }],
    gives: 'dgram.Socket',
  }),
  ...rows('dgram.Socket', '#send', { does: 'datagram' }),
  ...rows('dgram.Socket', '#bind', { does: 'listen' }),
  ...rows('dgram.Socket', '#connect', { does: 'connect', scheme: 'udp', at: 0 }),
  ...rows('dgram.Socket', '#on #once #close #unref #address #setBroadcast', { effects: [] }),
  ...rows(
    'dns dns/promises',
    'lookup resolve resolve4 resolve6 resolveAny resolveCname resolveMx resolveNs resolveTxt resolveSrv reverse',
    { does: 'resolve', name: 0 },
  ),
  ...rows(
    'dns dns/promises',
    'lookupService resolveCaa resolveNaptr resolvePtr resolveSoa resolveTlsa',
    {
      does: 'resolve',
      name: 0,
    },
  ),
  ...rows('dns dns/promises', 'Resolver', { effects: [], gives: 'dns.Resolver' }),
  ...rows(
    'dns.Resolver',
    '#resolve #resolve4 #resolve6 #resolveAny #resolveCname #resolveMx #resolveNs #resolveTxt #resolveSrv #reverse',
    { does: 'resolve', name: 0 },
  ),
  ...rows('dns.Resolver', '#setServers #getServers #cancel #setLocalAddress', { effects: [] }),
  ...rows('dns dns/promises', 'setServers setDefaultResultOrder getDefaultResultOrder getServers', {
    effects: [],
  }),
  // streams
  ...rows('stream', 'PassThrough Transform Readable Writable Duplex', { effects: [] }),
  // data
  ...rows('util', 'promisify callbackify deprecate', { effects: [], same: 0 }),
  ...rows(
    'zlib',
    'gzip gzipSync deflate deflateSync deflateRaw deflateRawSync brotliCompress brotliCompressSync zstdCompress zstdCompressSync',
    { effects: [], encodes: true },
  ),
  ...rows(
    'zlib',
    'gunzip gunzipSync inflate inflateSync inflateRaw inflateRawSync brotliDecompress brotliDecompressSync unzip unzipSync',
    { does: 'trait', trait: 'decode', at: 0 },
  ),
  ...rows(
    'crypto',
    'createHash createHmac timingSafeEqual hash randomBytes randomUUID randomInt createVerify',
    {
      effects: [],
      opaque: true,
    },
  ),
  ...rows('crypto', 'createCipheriv publicEncrypt privateEncrypt', { effects: [], encodes: true }),
  ...rows('crypto', 'createDecipheriv privateDecrypt', { does: 'trait', trait: 'decode', at: 0 }),
  ...rows('readline readline/promises', 'createInterface', {
    effects: [{ does: 'input' }],
    carries: true,
  }),
  ...rows('readline readline/promises', 'question', { does: 'input' }),
  ...rows('os', 'homedir tmpdir cpus EOL totalmem freemem uptime endianness', { effects: [] }),
  ...rows('os', 'hostname', { does: 'observe', what: 'host name' }),
  ...rows('os', 'userInfo', { does: 'observe', what: 'user name' }),
  ...rows('os', 'networkInterfaces', { does: 'observe', what: 'address' }),
  ...rows('os', 'platform type arch release version machine', {
    does: 'observe',
    what: 'system',
  }),
};

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
