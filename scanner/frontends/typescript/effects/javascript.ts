/**
 * Globals of Node, Deno and Bun, and the capabilities that they use. Sources: the three runtimes'
 * documentation, WHATWG Fetch, ECMA-262.
 */
import { type ApiTable, rows } from '../../../lookup-tables/api.ts';

/** API → its effects. */
export const globalApis: ApiTable = {
  ...rows('', 'fetch', { effects: [{ does: 'request', url: 0, options: 1 }], gives: 'Response' }),
  ...rows('navigator', 'sendBeacon', { does: 'request', url: 0, body: 1, method: 'POST' }),
  ...rows('', 'WebSocket EventSource', {
    effects: [{ does: 'request', url: 0, traits: ['raw-socket'] }],
    gives: 'WebSocket',
  }),
  ...rows('WebSocket', '#send', { does: 'send', content: 0 }),
  ...rows('WebSocket', '#addEventListener #close', { effects: [] }),
  ...rows('', 'RTCPeerConnection', {
    effects: [{ does: 'trait', trait: 'raw-socket' }],
    gives: 'RTCPeerConnection',
  }),
  ...rows('RTCPeerConnection', '#createDataChannel', { effects: [], gives: 'RTCDataChannel' }),
  ...rows('RTCDataChannel', '#send', { effects: [{ does: 'send', content: 0 }] }),
  ...rows('document', 'cookie', { does: 'input' }),
  ...rows('navigator.clipboard', 'read readText', { does: 'input' }),
  ...rows('navigator.clipboard', 'write writeText', { does: 'output' }),
  ...rows('localStorage sessionStorage', 'getItem', { does: 'input' }),
  ...rows('', 'open', { does: 'request', url: 0 }),
  ...rows('', 'Image', { effects: [], gives: 'Image' }),
  ...rows('Image', '#decode', { effects: [] }),
  ...rows('caches', 'open match', { effects: [] }),
  ...rows('', 'XMLHttpRequest', { effects: [], gives: 'XMLHttpRequest' }),
  ...rows('XMLHttpRequest', '#open', { effects: [{ does: 'request', url: 1, verb: 0 }] }),
  ...rows('XMLHttpRequest', '#send', { does: 'send', content: 0 }),
  ...rows('Response', '#text #json #arrayBuffer #bytes #blob #formData', { effects: [] }),
  ...rows('', 'eval Function', { does: 'code', code: 0 }),
  ...rows('', 'require', { does: 'load', module: 0 }),
  ...rows('require', 'resolve', { effects: [] }),
  ...rows('', 'Worker', { does: 'fork', script: 0 }),
  ...rows('', 'importScripts', { does: 'load', module: 0 }),
  ...rows('console', 'log error warn info debug table dir trace', { does: 'output' }),
  ...rows('process.stdout process.stderr', 'write', { does: 'output' }),
  ...rows('process', 'argv stdin', { does: 'input' }),
  ...rows('', 'atob', { effects: [{ does: 'trait', trait: 'decode', at: 0 }] }),
  ...rows('', 'btoa', { effects: [], encodes: true }),
  ...rows(
    'WebAssembly',
    'compile instantiate compileStreaming instantiateStreaming Module Instance',
    {
      does: 'trait',
      trait: 'native',
    },
  ),
  // Deno
  ...rows(
    'Deno',
    'readFile readTextFile readFileSync readTextFileSync readDir readDirSync open openSync stat statSync lstat lstatSync readLink readLinkSync realPath realPathSync',
    { does: 'read', path: 0 },
  ),
  ...rows('Deno', 'writeFile writeTextFile writeFileSync writeTextFileSync', {
    does: 'write',
    path: 0,
    content: 1,
    traits: ['write'],
  }),
  ...rows('Deno', 'create createSync mkdir mkdirSync truncate truncateSync', {
    does: 'write',
    path: 0,
    traits: ['write'],
  }),
  ...rows('Deno', 'chmod chmodSync chown chownSync', {
    does: 'write',
    path: 0,
    traits: ['write', 'permissions'],
  }),
  ...rows('Deno', 'copyFile copyFileSync symlink symlinkSync link linkSync', {
    does: 'read',
    path: 0,
    to: 1,
  }),
  ...rows('Deno', 'rename renameSync', { does: 'write', path: 0, to: 1, traits: ['write'] }),
  ...rows('Deno', 'remove removeSync', { does: 'delete', path: 0, traits: ['write', 'delete'] }),
  ...rows('Deno', 'Command run', { effects: [{ does: 'program', program: 0, options: 1 }] }),
  ...rows('Deno', 'connect connectTls', {
    effects: [{ does: 'connect', scheme: 'tcp', at: 0 }],
    gives: 'net.Socket',
  }),
  ...rows('Deno', 'listen listenTls serve', { does: 'listen' }),
  ...rows('Deno', 'resolveDns', { does: 'resolve', name: 0 }),
  ...rows('Deno', 'watchFs', { does: 'read', path: 0 }),
  ...rows('Deno', 'openKv', { does: 'write', path: 0, traits: ['write'] }),
  ...rows('Deno', 'listenDatagram', { does: 'listen' }),
  ...rows('Deno', 'startTls', {
    effects: [{ does: 'trait', trait: 'raw-socket' }],
    gives: 'net.Socket',
  }),
  ...rows('Deno', 'dlopen', { does: 'trait', trait: 'native', at: 0 }),
  ...rows('Deno', 'args stdin', { does: 'input' }),
  // Bun
  ...rows('Bun', 'file', { effects: [{ does: 'read', path: 0 }], gives: 'Bun.BunFile' }),
  ...rows('Bun.BunFile', '#text #json #arrayBuffer #bytes #stream #exists #slice', { effects: [] }),
  ...rows('Bun.BunFile', '#write', { does: 'send', content: 0 }),
  ...rows('Bun.BunFile', '#writer', { effects: [], gives: 'fs.WriteStream' }),
  ...rows('Bun', 'write', { does: 'write', path: 0, content: 1, traits: ['write'] }),
  ...rows('Bun', 'mmap', { does: 'read', path: 0 }),
  ...rows('Bun', 'spawn spawnSync', { does: 'program', program: 0, options: 1 }),
  ...rows('Bun', '$', { does: 'shell', command: 0 }),
  ...rows('Bun', 'openInEditor', { does: 'program', program: 9 }),
  ...rows('Bun', 'fetch', {
    effects: [{ does: 'request', url: 0, options: 1 }],
    gives: 'Response',
  }),
  ...rows('Bun', 'connect', {
    effects: [{ does: 'connect', scheme: 'tcp', at: 0 }],
    gives: 'net.Socket',
  }),
  ...rows('Bun', 'udpSocket', {
    effects: [{ does: 'trait', trait: 'raw-socket' }],
    gives: 'dgram.Socket',
  }),
  ...rows('Bun', 'serve listen', { does: 'listen' }),
  ...rows('Bun', 'sql SQL RedisClient', {
    effects: [{ does: 'connect', scheme: 'tcp', at: 0 }],
    gives: 'Bun.SQL',
  }),
  ...rows('Bun.SQL', '#unsafe #file #send', { does: 'send', content: 0 }),
  ...rows('Bun', 'S3Client', {
    effects: [{ does: 'request', options: 0, host: '*.amazonaws.com' }],
    gives: 'Bun.S3Client',
  }),
  ...rows('Bun.S3Client', '#write', { does: 'send', content: 1 }),
  ...rows('Bun.s3', 'write', {
    effects: [{ does: 'request', host: '*.amazonaws.com', body: 1, method: 'PUT' }],
  }),
  ...rows('Bun.dns', 'lookup prefetch', { does: 'resolve', name: 0 }),
  ...rows('Bun', 'plugin', { does: 'trait', trait: 'patch-builtin' }),
  ...rows('bun:ffi', 'dlopen cc', { does: 'trait', trait: 'native', at: 0 }),
  ...rows('bun:sqlite', 'Database', { does: 'write', path: 0, traits: ['write'] }),
};

/** Effects of an assignment: a page is opened, a picture is fetched. */
export const assignedApis: ApiTable = {
  ...rows('', 'location', { does: 'request', url: 0 }),
  ...rows('location document.location', 'href', { does: 'request', url: 0 }),
  ...rows('document', 'location', { does: 'request', url: 0 }),
  ...rows('Image', '#src', { does: 'request', url: 0 }),
};

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
