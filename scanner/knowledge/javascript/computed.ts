/**
 * What the engine computes or follows of JavaScript itself and of Node's modules. Source: ECMA-262,
 * WHATWG's URL, Encoding and Fetch, and the documentation of Node 24.
 */
import {
  type ArgOf,
  computes,
  type Gives,
  named,
  nothing,
  type Row,
  type RowEffect,
  row,
  type Table,
  through,
} from '../row.ts';

const itself = row([], 'self');
const first = computes('same', 0);
const own = computes('same', 'self');
const from: ArgOf = { at: 0, text: '0' };
const to: ArgOf = { at: 1, text: 'Infinity' };

const perItem: RowEffect = { does: 'call', callee: 0, each: 'self', numbered: true, self: 1 };
const perhapsPerItem: RowEffect = { ...perItem, isMaybe: true };
const perItemOfFirst: RowEffect = { does: 'call', callee: 1, each: 0, numbered: true };

/** A function that gets what a promise holds, and others that get why it failed. */
const done: RowEffect = { does: 'call', callee: 0, given: ['self'], isLater: true };
const failed: RowEffect = { does: 'call', callee: 0, given: ['raised'], isLater: true };
const failedSecond: RowEffect = { ...failed, callee: 1 };
/** A function that is called later, perhaps with what an object then holds. */
const later: RowEffect = { does: 'call', callee: 0, isLater: true };
const listens: RowEffect = {
  does: 'call',
  callee: 1,
  given: ['self', 'self', 'self'],
  isLater: true,
};

const setsItem = row({ does: 'set-member', of: 'self', name: 0, value: 1 }, 'self');
const definesMember = {
  does: 'set-member',
  of: 0,
  name: 1,
  value: 'value',
  getter: 'get',
  setter: 'set',
} as const;
const setsMember = row({ does: 'set-member', of: 0, name: 1, value: 2 }, 'self');
const takesFirst = row({ does: 'change', how: 'pop', key: { text: '0' } }, 'called');
const carries = row({ does: 'fill', into: 'self', with: { rest: 0 } }, 'nothing');
const pipes = row({ does: 'put', into: 0, content: 'self' }, { compute: 'same', of: [0] });
const buffer = row([], 'buffer');
const decodes: RowEffect = { does: 'trait', trait: 'decode', detail: 0 };
const inflates = row(decodes, { compute: 'inflate', of: [0] });
const readsText = (path: ArgOf = 0): Row => row({ does: 'read', path }, 'content');

const texts: Table = {
  'Text#valueOf normalize toWellFormed isWellFormed toLocaleString': own,
  'Text#trim': computes('strip', 'self'),
  'Text#trimStart trimLeft': computes('strip-start', 'self'),
  'Text#trimEnd trimRight': computes('strip-end', 'self'),
  'Text#toLowerCase toLocaleLowerCase': computes('lower', 'self'),
  'Text#toUpperCase toLocaleUpperCase': computes('upper', 'self'),
  'Text#slice subarray': computes('between', 'self', from, to),
  'Text#substring': computes('substring', 'self', from, to),
  'Text#substr': computes('slice', 'self', from, to),
  'Any#slice': computes('between', 'self', from, to),
  'Text#concat': computes('concat', 'self', { rest: 0 }),
  'Text#at charAt': row([], 'entry'),
  'Text#charCodeAt codePointAt': computes('code-at', 'self', from),
  'Text#startsWith': computes('starts-with', 'self', 0),
  'Text#endsWith': computes('ends-with', 'self', 0),
  'Text#includes': computes('includes', 'self', 0),
  'Text#repeat': computes('repeat', 'self', 0),
  'Text#padStart': computes('pad', 'self', 0, 1),
  'Text#padEnd': computes('pad', 'self', 0, { at: 1, text: ' ' }, { text: 'end' }),
  'Text#split': row([], 'pieces'),
  'Text#replace': row([], 'replaced'),
  'Text#replaceAll': row([], 'replaced-all'),
  'Text#match': row([], 'matched'),
  'Text#matchAll': row([], 'matches'),
  'Text#indexOf': computes('index-of', 'self', 0, 1),
  'Text#length byteLength': computes('length', 'self'),
  'RegExp#exec': row([], 'matched'),
  'RegExp#test': nothing,
  RegExp: row([], 'pattern'),
  'String Function#toString': row([], 'shown'),
  'String.raw': row([], 'woven'),
  'String.fromCharCode fromCodePoint': computes('from-codes', { rest: 0 }),
  'Number parseFloat': computes('number', 0),
  parseInt: computes('integer', 0, 1),
  'Number.parseInt': computes('integer', 0, 1),
  'BigInt Number.parseFloat': computes('number', 0),
  'Number#toString': computes('radix', 'self', 0),
  'Number#toFixed valueOf toLocaleString toPrecision': computes('text', 'self'),
  'Math.abs floor round trunc ceil max min': through,
  'Date.now parse performance.now': nothing,
  'Boolean isNaN isFinite Number.isInteger isNaN isFinite isSafeInteger': nothing,
  'Array.isArray': computes('is-list', 0),
  typeof: computes('type-name', 0),
  'Object.is hasOwn isFrozen': nothing,
  Symbol: row([], 'symbol'),
  'Symbol.for': first,
  'Text#description': computes('replace-regex', 'self', { text: '@@\\d+$' }, { text: '' }),
};

const lists: Table = {
  'List#forEach Record#forEach': row(perItem, 'nothing'),
  'List#map': row(perItem, 'mapped'),
  'List#flatMap': row(perItem, 'flat-mapped'),
  'List#filter': row(perItem, 'filtered'),
  'List#find findLast': row(perhapsPerItem, 'found'),
  'List#some every findIndex findLastIndex': row(perhapsPerItem, 'nothing'),
  'List#reduce reduceRight': row([], 'reduced'),
  'List#join toString': computes('join', 'self', { at: 0, text: ',' }),
  'List#slice toSpliced': computes('between', 'self', from, to),
  'List#toArray values toReversed @@iterator': computes('list', 'self'),
  'List#splice': row({ does: 'change', how: 'sort', key: 0, with: { rest: 2 } }, 'mapped'),
  'List#concat': computes('lists', 'self', { rest: 0 }),
  'List#push': row(
    [
      { does: 'fill', into: 'self', with: 0 },
      { does: 'change', how: 'extend', with: { rest: 1 }, when: { of: 1, form: /^/ } },
    ],
    'nothing',
  ),
  'List#add': row({ does: 'fill', into: 'self', with: 0 }, 'self'),
  'List#pop': row({ does: 'change', how: 'pop' }, 'called'),
  'List#shift': takesFirst,
  'List#unshift': row({ does: 'change', how: 'insert', key: { text: '0' }, with: 0 }, 'nothing'),
  'List#reverse': row({ does: 'change', how: 'reverse' }, 'self'),
  'List#sort toSorted': row(
    [
      { does: 'call', callee: 0, each: 'self', pairs: true, isMaybe: true },
      { does: 'change', how: 'sort' },
    ],
    'self',
  ),
  'List#fill copyWithin': row({ does: 'change', how: 'sort', with: { rest: 0 } }, 'self'),
  'List#length=': row(
    [
      { does: 'change', how: 'clear', when: { of: 0, form: /^0$/ } },
      { does: 'change', how: 'sort', unless: { of: 0, form: /^0$/ } },
    ],
    'nothing',
  ),
  // A function that gives a member whenever it is read.
  'getter()': row([], 'property'),
  'List#flat': computes('flatten', 'self'),
  'List#includes has': computes('includes', 'self', 0),
  'List#indexOf lastIndexOf': computes('index-of', 'self', 0, 1),
  'List#at': row([], 'entry'),
  'List#entries': computes('pairs', 'self'),
  'List#keys': nothing,
  'List#length size': computes('length', 'self'),
  'List#next throw return': row([], 'next'),
  'Array Array.of': computes('list', { rest: 0 }),
  'Array.from': row(perItemOfFirst, 'listed'),
  'Set WeakSet': computes('list', 0),
  'Map WeakMap': row([], 'map'),
  WeakRef: first,
  'Any#deref': itself,
  'Record#__defineGetter__': row({
    does: 'set-member',
    of: 'self',
    name: 0,
    value: 'value',
    getter: 1,
  }),
  'Record#get': row([], 'entry'),
  'Record#set': setsItem,
  'Record#delete': row({ does: 'change', how: 'pop', key: 0 }, 'nothing'),
  'Reflect.deleteProperty': row({ does: 'change', of: 0, how: 'delete', key: 1 }, 'nothing'),
  'Record#clear List#clear': row({ does: 'change', how: 'clear' }, 'nothing'),
  'Record#has hasOwnProperty propertyIsEnumerable': nothing,
  'Record#entries Object.entries': computes('entries', { at: 0, or: 'self' }),
  'Record#keys Object.keys': computes('keys', { at: 0, or: 'self' }),
  'Record#values Object.values': computes('values', { at: 0, or: 'self' }),
  'Object.getOwnPropertyNames Reflect.ownKeys': computes('keys', 0),
  'Object.fromEntries': computes('from-entries', 0),
};

const objects: Table = {
  'Object.assign': row(
    [1, 2, 3].map(
      (at): RowEffect => ({
        does: 'change',
        how: 'update',
        of: 0,
        with: at,
        when: { of: at, form: /^/ },
      }),
    ),
    { compute: 'same', of: [0] },
  ),
  'Object.setPrototypeOf Reflect.setPrototypeOf util.inherits': row(
    { does: 'change', how: 'inherit', of: 0, with: 1 },
    { compute: 'same', of: [0] },
  ),
  'Object Object.freeze seal preventExtensions getPrototypeOf': first,
  'Object.create': row({ ...definesMember, each: 1 }, 'heir'),
  structuredClone: row([], 'copy'),
  'Reflect.getPrototypeOf': first,
  'Object.defineProperties': row({ ...definesMember, each: 1 }, { compute: 'same', of: [0] }),
  'Object.getOwnPropertyDescriptor Reflect.getOwnPropertyDescriptor': row([], 'member'),
  'Reflect.get': row([], 'member'),
  'Reflect.set': setsMember,
  'Object.defineProperty Reflect.defineProperty': row(definesMember, { compute: 'same', of: [0] }),
  'Reflect.apply': row({ does: 'call', callee: 0, given: [2], spread: true, self: 1 }, 'called'),
  'Reflect.construct': row({ does: 'call', callee: 0, given: [1], spread: true }, 'called'),
  'Reflect.has': nothing,
  Proxy: row([], 'proxied'),
  'Proxy.revocable': row([], 'revocable'),
  'Function#call': row({ does: 'call', callee: 'self', given: [{ rest: 1 }], self: 0 }, 'called'),
  'Function#apply': row(
    { does: 'call', callee: 'self', given: [1], spread: true, self: 0 },
    'called',
  ),
  'Function#bind': row([], 'bound'),
  'Any#then Function#then': row([done, failedSecond], 'called'),
  'Any#catch Function#catch': row(failed, 'self'),
  'Any#finally Function#finally': row(later, 'self'),
  'Promise.resolve all race any allSettled': first,
  'reject() Promise.reject': row({ does: 'raise', value: 0 }, 'through'),
  Promise: row([], 'promised'),
  'Promise.withResolvers': row([], 'resolvers'),
  'Promise#then': row([done, failedSecond], 'called'),
  'resolve()': row({ does: 'fill', into: 0, with: 1 }, 'nothing'),
  'JSON.parse': computes('json-parse', 0),
  'JSON.stringify': row(
    { does: 'call', callee: 1, given: [0, 0] },
    { compute: 'json-text', of: [0] },
  ),
  'setTimeout setInterval': row(
    [
      { ...later, given: [{ rest: 2 }] },
      { does: 'code', code: 0, when: { of: 0, form: /\w/ } },
    ],
    'nothing',
  ),
  'setImmediate queueMicrotask requestAnimationFrame process.nextTick': row(
    { ...later, given: [{ rest: 1 }] },
    'nothing',
  ),
  'timers/promises.setTimeout': computes('same', 1),
  'process|events.EventEmitter#on once addListener prependListener': row(listens, 'self'),
  'Any#on once addListener prependListener addEventListener': row(listens, 'self'),
  'process.emit': row({ does: 'raise', value: { rest: 1 } }, 'nothing'),
  'process.on once addListener emitWarning': row({ ...listens, given: ['raised'] }, 'nothing'),
  'events.EventEmitter EventTarget': row([], { instance: 'events.EventEmitter' }),
  'events.EventEmitter#emit dispatchEvent': row(
    { does: 'fill', into: 'self', with: { rest: 0 } },
    'nothing',
  ),
  'events.EventEmitter#addEventListener': row(listens, 'nothing'),
};

/** Functions of packages that change what they are given. */
const packages: Table = {
  'lodash|lodash-es|underscore.set setWith': row({
    does: 'set-member',
    of: 0,
    name: 1,
    value: 2,
  }),
  'lodash|lodash-es|underscore.assign assignIn extend merge defaults defaultsDeep': row(
    { does: 'change', how: 'update', of: 0, with: 1 },
    { compute: 'same', of: [0] },
  ),
};

/** Messages of the program and of the library: of requests, among others. */
const messages = 'diagnostics_channel.Channel';
const diagnostics: Table = {
  'diagnostics_channel.channel': row(
    [
      { does: 'observe', what: 'requests', when: { of: 0, form: /^(undici|http|net|\0)/ } },
      { does: 'hear', channel: 'diagnostics channel' },
    ],
    { instance: messages },
  ),
  [`${messages}#subscribe`]: row({ does: 'call', callee: 0, given: ['self'] }),
  [`${messages}#publish`]: row({ does: 'tell', channel: 'diagnostics channel', content: 0 }),
};

const encodings: Table = {
  atob: row(decodes, { compute: 'base64-decode', of: [0] }),
  btoa: computes('base64-encode', 0),
  'unescape decodeURIComponent decodeURI querystring.unescape': computes('url-decode', 0),
  'encodeURIComponent querystring.escape': computes('url-encode', 0),
  'encodeURI escape': first,
  'Buffer Buffer.from': computes('bytes-from', 0, 1),
  'Any#next': row({ does: 'fill', into: 'self', with: { rest: 0 } }, 'through'),
  'Any#fill': row({ does: 'fill', into: 'self', with: { rest: 0 } }, 'self'),
  'Any#setUint8 setInt8 setUint16 setInt16 setUint32 setInt32 setBigUint64': row(
    { does: 'fill', into: 'self', with: 1 },
    'nothing',
  ),
  'Buffer.concat': computes('join', 0),
  'Buffer.alloc allocUnsafe': buffer,
  'Buffer.isBuffer byteLength compare': nothing,
  'Text#copy Any#copy': row({ does: 'put', into: 0, content: 'self' }, 'nothing'),
  'TextDecoder#encodeInto': row({ does: 'put', into: 1, content: 0 }, 'nothing'),
  'Text#toString': computes('bytes-text', 'self', 0),
  'Text#decode encode buffer': own,
  'Uint8Array Uint8ClampedArray Int8Array Uint16Array Uint32Array Int32Array': buffer,
  'Uint8Array.from Uint8ClampedArray.from Int8Array.from Uint16Array.from Uint32Array.from': row(
    perItemOfFirst,
    'buffer-listed',
  ),
  'Float32Array Float64Array Blob File': computes('join', 0),
  DataView: buffer,
  'TextEncoder TextDecoder string_decoder.StringDecoder': row([], { instance: 'TextDecoder' }),
  'TextDecoder#decode encode write end': computes('bytes-from', 0),
  'zlib.gunzip gunzipSync inflate inflateSync inflateRaw inflateRawSync unzip unzipSync': inflates,
  'zlib.brotliDecompress brotliDecompressSync': inflates,
  'crypto.createDecipheriv createDecipher': row(decodes, { instance: 'crypto.Decipher' }),
  'crypto.Decipher#update final': row([], 'decoded'),
  'crypto.Decipher#setAuthTag setAutoPadding': itself,
  'crypto.privateDecrypt publicDecrypt crypto.subtle.decrypt': row(decodes, 'decoded'),
};

const addresses: Table = {
  'URL URL.parse url.parse url.resolve': computes('address', 0, 1),
  'url.pathToFileURL url.format URL.createObjectURL': first,
  'url.fileURLToPath': computes('remove-prefix', 0, { text: 'file://' }),
  'Text#href toJSON searchParams': own,
  ...Object.fromEntries(
    'origin protocol host hostname port pathname search hash'
      .split(' ')
      .map((name) => [`Text#${name}`, computes('address-part', 'self', { text: name })] as const),
  ),
  // The other parts say nothing of the host.
  ...Object.fromEntries(
    'href host hostname'
      .split(' ')
      .map(
        (name) => [`Text#${name}=`, computes('address-with', 'self', { text: name }, 0)] as const,
      ),
  ),
  // Of the parameters of an address, and of headers and forms.
  'Text#append set Any#append': carries,
  'Headers FormData URLSearchParams': row([], { instance: 'Headers' }),
  'Headers#append set delete': row({ does: 'fill', into: 'self', with: { rest: 0 } }, 'nothing'),
  'Headers#get getAll toString entries keys values has': through,
  'querystring.stringify encode': through,
  'querystring.parse decode': through,
  Request: computes('same', 0, 1),
};

const paths: Table = {
  'path.join': computes('plain-path-join', { rest: 0 }),
  'path.resolve': computes('plain-path-resolve', { rest: 0 }),
  'path.normalize toNamespacedPath': first,
  'path.dirname': computes('path-folder', 0),
  'path.basename': computes('path-name', 0, 1),
  'path.relative': computes('same', 1),
  'path.parse': first,
  'path.format': through,
  'Text#dir': computes('path-folder', 'self'),
  'Text#base': computes('path-name', 'self'),
  'Text#name': computes('path-title', 'self'),
  'os.homedir': row([], { text: '~' }),
  'os.tmpdir': row([], { text: '/tmp' }),
  'process.cwd Deno.cwd': row([], { text: '.' }),
};

const writes: RowEffect = { does: 'put', into: 'self', content: 0 };
const streams = 'stream.PassThrough|stream.Transform|stream.Writable|stream.Readable|stream.Duplex';
const streamRows: Table = {
  ...Object.fromEntries(
    [...streams.split('|'), 'ReadableStream', 'WritableStream', 'TransformStream'].map(
      (instance) => [instance, row([], { instance })],
    ),
  ),
  [`${streams}#write end push unshift`]: row(writes, 'nothing'),
  [`${streams}#on once addListener`]: row(listens, 'self'),
  'stream.Readable|ReadableStream.from': first,
};

const files: Table = {
  'fs.readFile readFileSync fs/promises.readFile Deno.readTextFile readTextFileSync': readsText(),
  'Any#pipe fs.ReadStream#pipe net.Socket#pipe': pipes,
  'stream.pipeline stream/promises.pipeline': row(
    [
      { does: 'put', into: 1, content: 0 },
      { does: 'put', into: 2, content: 0 },
      { does: 'put', into: 3, content: 0 },
    ],
    'nothing',
  ),
};

const isCode = { of: 'eval', form: /^true$/ } as const;
const hears: RowEffect = { does: 'hear', channel: 'thread' };
const tells: RowEffect = { does: 'tell', channel: 'thread', content: 0 };
const worker = row(
  [
    { does: 'code', code: 0, when: isCode },
    { does: 'load', path: 0, isApart: true, unless: isCode },
    { ...tells, content: 'workerData' },
    hears,
  ],
  { instance: 'worker_threads.Worker' },
);

const port: Gives = { instance: 'worker_threads.Worker' };
const tellsStored: RowEffect = { does: 'tell', channel: 'store', content: 0 };
const hearsStored: RowEffect = { does: 'hear', channel: 'store' };

const native: RowEffect[] = [
  { does: 'native', what: 0 },
  { does: 'load', path: 0 },
];

const programs: Table = {
  'module.createRequire': row([], { api: 'require' }),
  'import of': row({ does: 'request', url: 0 }),
  'process.binding _linkedBinding': row(native, 'required'),
  'process.getBuiltinModule module._load': row({ does: 'load', path: 0 }, 'required'),
  'Worker worker_threads.Worker': worker,
  'MessageChannel worker_threads.MessageChannel': row(hears, { instance: 'MessageChannel' }),
  'BroadcastChannel worker_threads.BroadcastChannel': row(hears, port),
  'MessageChannel#port1 port2': row(hears, port),
  'worker_threads.Worker#postMessage': row(tells, 'nothing'),
  'worker_threads.Worker#on once addListener addEventListener': row(listens, 'self'),
  'worker_threads.Worker#onmessage=': row({ does: 'call', callee: 0, given: ['self'] }, 'nothing'),
  'async_hooks.AsyncLocalStorage': row(hearsStored, { instance: 'async_hooks.AsyncLocalStorage' }),
  'async_hooks.AsyncLocalStorage#run': row(
    [tellsStored, { does: 'call', callee: 1, given: [{ rest: 2 }] }],
    'called',
  ),
  'async_hooks.AsyncLocalStorage#enterWith': row(tellsStored, 'nothing'),
  'async_hooks.AsyncLocalStorage#getStore': row(hearsStored),
};

const environment: Table = {
  'process.env#* []': row({ does: 'env', name: 0 }),
  'process.env#*= []=': row({ does: 'set-env', name: 0, value: 1 }, 'nothing'),
  'Deno.env.get': row({ does: 'env', name: 0 }),
  'Deno.env.set': row({ does: 'set-env', name: 0, value: 1 }, 'nothing'),
  'Deno.env.toObject': row({ does: 'whole-env' }),
  'Deno.env.has delete': nothing,
};

export const computedRows: Table = named({
  ...texts,
  ...lists,
  ...objects,
  ...encodings,
  ...addresses,
  ...paths,
  ...files,
  ...streamRows,
  ...programs,
  ...packages,
  ...diagnostics,
  ...environment,
});
