/**
 * The text that every Node of a step loads first: the clock, the decoy host, stand-ins for packages
 * that are not there, and reports. As with Python, the observer outside does not rest on it.
 */
export const nodePreload = String.raw`
'use strict';
const fs = require('node:fs');
const os = require('node:os');
const child = require('node:child_process');
const timers = require('node:timers');
const Module = require('node:module');
const append = fs.appendFileSync;
const open = fs.openSync, read = fs.readSync, close = fs.closeSync;
const seen = new Set();
const report = (kind, what) => {
  const line = JSON.stringify({ kind, what: String(what).slice(0, 200) });
  if (seen.has(line) || seen.size > 100) return;
  seen.add(line);
  try { append('/observe/reports', line + '\n'); } catch {}
};
// The clock. Node's own time limits keep their lengths.
let shift = Number(process.env.OBSERVE_DAYS || 0) * 86400000;
const Real = Date;
const now = Date.now.bind(Date);
class Jumped extends Real {
  constructor(...given) { if (given.length === 0) super(now() + shift); else super(...given); }
  static now() { return now() + shift; }
}
globalThis.Date = new Proxy(Jumped, { apply: () => new Jumped().toString() });
const short = (act) => {
  let count = 0;
  return (then, wait, ...given) => {
    const asked = Number(wait) || 0;
    if (asked > 40 && !/\(?node:/.test(new Error().stack.split('\n')[2] ?? '') && ++count < 400) { shift += asked; return act(then, 40, ...given); }
    return act(then, wait, ...given);
  };
};
globalThis.setTimeout = timers.setTimeout = Object.assign(short(setTimeout), setTimeout);
globalThis.setInterval = timers.setInterval = short(setInterval);
const later = require('node:timers/promises');
const wait = later.setTimeout;
later.setTimeout = (asked, ...given) => { if (asked > 40) shift += asked; return wait(Math.min(asked || 0, 40), ...given); };
// The host and its user.
os.hostname = () => process.env.HOSTNAME;
const info = os.userInfo;
os.userInfo = (...given) => ({ ...info(...given), username: process.env.USER });
if (process.env.OBSERVE_WINDOWS === '1') {
  os.platform = () => 'win32'; os.type = () => 'Windows_NT'; os.release = () => '10.0.19045';
  Object.defineProperty(process, 'platform', { value: 'win32' });
}
// Starts and escapes.
const mark = '#observe-fetched' + '-program';
const outside = /^\/proc\/(?:1|[0-9]+)\/(?:root|mem|cwd)|docker\.sock$|containerd\.sock$|\/release_agent$|^\/proc\/sys\/kernel\/core_pattern$|^\/dev\/(?:mem|kmem|sd|nvme)|^\/proc\/kcore$|kubernetes\.io\/serviceaccount/;
const isFetched = (path) => {
  try {
    if (path === '' || path.length > 4000 || !fs.statSync(path).isFile()) return false;
    const one = open(path, 'r'); const head = Buffer.alloc(300);
    read(one, head, 0, 300, 0); close(one);
    return head.includes(mark);
  } catch { return false; }
};
const words = (value) => {
  if (Array.isArray(value)) return value.flatMap(words).slice(0, 120);
  if (typeof value !== 'string') return [];
  return [value, ...[...value.matchAll(/"([^"]+)"|'([^']+)'/g)].map((one) => one[1] ?? one[2]), ...value.split(/\s+/)].slice(0, 60);
};
for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) {
  const act = child[name];
  const wrapped = function (...given) {
    for (const word of [...words(given[0]), ...words(given[1])])
      if (isFetched(word)) report('fetched-started', 'a fetched program, by ' + name);
    return act.apply(this, given);
  };
  const { promisify } = require('node:util');
  if (act[promisify.custom]) wrapped[promisify.custom] = act[promisify.custom];
  child[name] = wrapped;
}
for (const name of ['openSync', 'open', 'readFileSync', 'readFile', 'createReadStream', 'readdirSync']) {
  const act = fs[name];
  fs[name] = function (path, ...given) { if (typeof path === 'string' && outside.test(path)) report('escape', 'opens ' + path); return act.call(this, path, ...given); };
}
const net = require('node:net');
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const path = (Array.isArray(given[0]) ? given[0][0] : given[0])?.path ?? given[0];
  if (typeof path === 'string' && outside.test(path)) report('escape', 'connects to ' + path);
  return connect.apply(this, given);
};
// Packages that are not there.
const standFor = (name) => {
  const act = function (...given) {
    if (new.target) return standFor(name);
    const last = given.at(-1);
    if (given.length === 1 && typeof last === 'function') return last;
    return standFor(name);
  };
  return new Proxy(act, {
    get: (one, key) => {
      if (key === 'then') return undefined;
      if (key === Symbol.iterator) return function* () {};
      if (key === Symbol.toPrimitive) return () => 'stand';
      if (key === 'prototype' || key === 'name' || key === 'length') return one[key];
      if (key === '__esModule') return false;
      if (key === 'default') return standFor(name);
      if (!(key in one)) one[key] = standFor(String(key));
      return one[key];
    },
  });
};
const ask = async (url, { method = 'GET', data, body, headers = {}, params, json } = {}) => {
  const given = json ?? data ?? body;
  const to = new URL(String(url));
  for (const [key, value] of Object.entries(params ?? {})) to.searchParams.set(key, value);
  const text = given === undefined || typeof given === 'string' || given instanceof Uint8Array || given instanceof FormData || given instanceof URLSearchParams ? given : JSON.stringify(given);
  const answer = await fetch(to, { method, headers: { 'user-agent': 'axios/1.7', ...headers }, ...(text === undefined || method === 'GET' ? {} : { body: text }) });
  const bytes = Buffer.from(await answer.arrayBuffer());
  let parsed = bytes.toString();
  try { parsed = JSON.parse(parsed); } catch {}
  return { status: 200, statusCode: 200, ok: true, statusText: 'OK', headers: {}, data: parsed, body: bytes.toString(), text: async () => bytes.toString(), json: async () => parsed, buffer: async () => bytes, arrayBuffer: async () => bytes };
};
const makeAxios = (base = {}) => {
  const at = (url) => (base.baseURL && !/^https?:/.test(url) ? base.baseURL + url : url);
  const axios = (url, more) => (typeof url === 'string' ? ask(at(url), { ...base, ...more }) : ask(at(url.url), { ...base, ...url, method: (url.method ?? 'GET').toUpperCase() }));
  for (const verb of ['get', 'delete', 'head', 'options']) axios[verb] = (url, more) => ask(at(url), { ...base, ...more, method: verb.toUpperCase() });
  for (const verb of ['post', 'put', 'patch']) axios[verb] = (url, data, more) => ask(at(url), { ...base, ...more, data, method: verb.toUpperCase() });
  axios.create = (more) => makeAxios({ ...base, ...more });
  axios.request = axios; axios.defaults = { headers: { common: {} } }; axios.interceptors = { request: { use() {} }, response: { use() {} } };
  axios.default = axios; axios.isAxiosError = () => false;
  return axios;
};
const makeRequest = () => {
  const act = (given, more, then = more) => {
    const options = typeof given === 'string' ? { url: given, ...(typeof more === 'object' ? more : {}) } : given;
    const asked = ask(options.url ?? options.uri, { ...options, data: options.form ?? options.body ?? options.json, json: undefined });
    if (typeof then === 'function') asked.then((one) => then(null, one, one.body), (cause) => then(cause));
    return Object.assign(asked, { pipe: (to) => { asked.then((one) => to.end(one.body)); return to; }, on: () => asked });
  };
  for (const verb of ['get', 'post', 'put', 'patch', 'delete']) act[verb] = (given, more, then) => act({ ...(typeof given === 'string' ? { url: given } : given), ...(typeof more === 'object' ? more : {}), method: verb.toUpperCase() }, typeof more === 'function' ? more : then);
  return act;
};
const clients = {
  axios: makeAxios(), 'node-fetch': Object.assign((...given) => fetch(...given), { default: (...given) => fetch(...given) }), 'cross-fetch': (...given) => fetch(...given),
  got: Object.assign((url, more) => ask(url, more), { get: (url, more) => ask(url, more), post: (url, more) => ask(url, { ...more, method: 'POST' }), default: (url, more) => ask(url, more) }),
  request: makeRequest(), 'request-promise': makeRequest(), needle: (method, url, data) => ask(url, { method: method.toUpperCase(), data }), undici: { fetch: (...given) => fetch(...given), request: ask },
};
globalThis[Symbol.for('observe.stand')] = (name) => clients[name] ?? standFor(name);
if (process.env.OBSERVE_STANDS === '1' && typeof Module.registerHooks === 'function') {
  Module.registerHooks({
    resolve(wanted, context, next) {
      try { return next(wanted, context); } catch (cause) {
        if (/^[./]|^file:|^node:|^#/.test(wanted)) throw cause;
        let names = [];
        try {
          const text = fs.readFileSync(new URL(context.parentURL), 'utf8');
          const escaped = wanted.replace(/[.*+?^$()|[\]{}\\]/g, '\\$&');
          for (const [, list] of text.matchAll(new RegExp('\\{([^{}]*)\\}\\s*from\\s*["\']' + escaped + '["\']', 'g')))
            names.push(...list.split(',').map((one) => one.trim().split(/\s+as\s+/)[0].replace(/^type\s+/, '')).filter((one) => /^[A-Za-z_$][\w$]*$/.test(one)));
        } catch {}
        const isImport = context.conditions?.includes('import');
        return { url: 'observe-stand:' + encodeURIComponent(wanted) + '?' + [...new Set(names)].join(',') + (isImport ? '#m' : ''), format: isImport ? 'module' : 'commonjs', shortCircuit: true };
      }
    },
    load(url, context, next) {
      if (!url.startsWith('observe-stand:')) return next(url, context);
      const [, name, names] = /^observe-stand:([^?]*)\?([^#]*)/.exec(url);
      const made = "globalThis[Symbol.for('observe.stand')](" + JSON.stringify(decodeURIComponent(name)) + ')';
      if (!url.endsWith('#m')) return { format: 'commonjs', source: 'module.exports = ' + made, shortCircuit: true };
      const list = names.split(',').filter((one) => one !== '' && one !== 'default');
      return { format: 'module', source: 'const made = ' + made + '; export default made;' + list.map((one) => 'export const ' + one + ' = made.' + one + ';').join(''), shortCircuit: true };
    },
  });
}
Module.syncBuiltinESMExports();
`;

/** Starts the scripts that npm would start at an installation. */
export const nodeInstall = `
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const given = process.argv.slice(2).filter((one) => /^[./]/.test(one));
for (const place of given.length === 0 ? ['.'] : given) {
  let scripts = {};
  try { scripts = JSON.parse(fs.readFileSync(path.join(place, 'package.json'), 'utf8')).scripts ?? {}; } catch {}
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
    if (typeof scripts[name] === 'string')
      spawnSync('/bin/sh', ['-c', scripts[name]], { cwd: place, stdio: 'inherit', timeout: 5000, env: { ...process.env, npm_lifecycle_event: name } });
}
console.log('added 1 package');
`;

/** Imports files one by one and calls their functions with decoy arguments. */
export const nodeCall = String.raw`
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
const [first, ...files] = process.argv.slice(2);
const seconds = Number(process.env.OBSERVE_SECONDS || 6);
if (first !== '--one') {
  const until = performance.now() + seconds * 1000;
  for (const file of [first, ...files]) {
    const left = until - performance.now();
    if (left > 0) spawnSync(process.execPath, [process.argv[1], '--one', file], { stdio: ['ignore', 'inherit', 'inherit'], timeout: Math.min(left, 4000), killSignal: 'SIGKILL' });
  }
} else {
  process.on('uncaughtException', () => undefined).on('unhandledRejection', () => undefined);
  const token = process.env.OBSERVE_ARGUMENT || 'text';
  const decoy = (name) => {
    if (/token|secret|pass|private|key|mnemonic|seed|auth|credential|cookie|session/i.test(name)) return token;
    if (/url|uri|link|endpoint|webhook/i.test(name)) return 'https://argument.example/path';
    if (/host|domain|server/i.test(name)) return 'argument.example';
    if (/path|file|dir|folder/i.test(name)) return '/tmp/notes.md';
    if (/^(cb|callback|fn|next|done)$/i.test(name)) return () => undefined;
    if (/count|num|size|amount|limit|index|port|timeout/i.test(name)) return 1;
    if (/options|opts|config|params|data|body/i.test(name)) return { apiKey: token, token, url: 'https://argument.example/path', path: '/tmp/notes.md' };
    return 'text';
  };
  const namesOf = (act) => (/^[^(]*\(([^)]*)\)/.exec(Function.prototype.toString.call(act))?.[1] ?? '').split(',').map((one) => one.split('=')[0].replace(/[{}\s.:]/g, '')).filter(Boolean);
  const short = (made) => Promise.race([made, new Promise((then) => setTimeout(then, 40).unref?.())]);
  const call = async (act, self) => {
    const given = namesOf(act).map(decoy);
    const isClass = /^class\b/.test(Function.prototype.toString.call(act));
    try { return isClass ? new act(...given) : await short(act.apply(self, given)); } catch { return undefined; }
  };
  let module = {};
  try { module = await import(pathToFileURL(files[0]).href); } catch (cause) { console.error(String(cause)); }
  const seen = new Set();
  let count = 0;
  const visit = async (one, depth, self) => {
    if (one === null || seen.has(one) || depth > 3 || count > 60) return;
    if (typeof one === 'function') {
      seen.add(one); count++;
      const made = await call(one, self);
      if (made !== null && typeof made === 'object' && /^class\b/.test(Function.prototype.toString.call(one)))
        for (const name of Object.getOwnPropertyNames(one.prototype)) if (name !== 'constructor' && typeof made[name] === 'function') { count++; await call(made[name], made); }
    } else if (typeof one === 'object') {
      seen.add(one);
      for (const part of Object.values(one)) await visit(part, depth + 1, one);
    }
  };
  if (process.env.OBSERVE_CALLS === '1') await visit({ ...module }, 0);
  setTimeout(() => process.exit(0), 1500).unref();
}
`;
