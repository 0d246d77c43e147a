// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the snippets are code
import { describe, expect, it } from 'vitest';
import { scanWithFacts } from '../../../scanner/scan.ts';
import { printCapability } from '../../../skills-index/skill/capability.ts';

async function uses(snippet: string): Promise<string[]> {
  const { facts } = await scanWithFacts([
    { path: 'scripts/main.mts', bytes: Buffer.from(snippet), mode: 0o644 },
  ]);
  return facts.flatMap((fact) => {
    if (fact.kind === 'flow') return [`${fact.source.what} to ${fact.sink.what}`];
    if (fact.kind === 'trait') return [fact.trait, `${fact.trait} ${fact.detail}`];
    return fact.kind === 'capability' ? [printCapability(fact.capability)] : [];
  });
}

const all = 'https://*/*';

/** Modules and packages, a use of each, and what has to be seen of it. */
const known: readonly (readonly [string, string])[] = [
  // files
  [
    "import { open } from 'node:fs/promises'; const f = await open('/etc/hosts'); await f.readFile()",
    'mount ro /etc/hosts',
  ],
  ["import { open } from 'node:fs/promises'; await open('/reports/a', 'w')", 'mount rw /reports/a'],
  ["import fs from 'fs'; fs.openSync('/reports/a', 'a+')", 'mount rw /reports/a'],
  [
    "import fs from 'fs'; fs.readFile('/etc/hosts', 'utf8', (_, text) => use(text))",
    'mount ro /etc/hosts',
  ],
  ["import * as fs from 'fs'; fs.createReadStream('/etc/hosts').pipe(x)", 'mount ro /etc/hosts'],
  ["import fs from 'fs'; fs.promises.cp('/a', '/b')", 'mount rw /b'],
  [
    "import { DatabaseSync } from 'node:sqlite'; new DatabaseSync('/data/a.db')",
    'mount rw /data/a.db',
  ],
  ["import v8 from 'v8'; v8.writeHeapSnapshot('/data/heap')", 'mount rw /data/heap'],
  ["process.loadEnvFile('/app/.env')", 'mount ro /app/.env'],
  ["import fs from 'fs-extra'; fs.readJsonSync('/etc/a.json')", 'mount ro /etc/a.json'],
  ["import fs from 'graceful-fs'; fs.unlinkSync('/data/a')", 'mount rw /data/a'],
  ["import { globSync } from 'glob'; globSync('/etc/**')", 'mount ro /etc/**'],
  ["import fg from 'fast-glob'; await fg('/etc/*.conf')", 'mount ro /etc/*.conf'],
  ["import Zip from 'adm-zip'; new Zip('/in/a.zip').extractAllTo('/out')", 'mount rw /out'],
  [
    "import keytar from 'keytar'; await keytar.findCredentials('x')",
    'mount ro ~/Library/Keychains/login.keychain-db',
  ],
  ["import 'dotenv/config'", 'mount ro .env'],
  ["import dotenv from 'dotenv'; dotenv.config({ path: '/app/.env' })", 'mount ro /app/.env'],
  // programs
  ["import { spawn } from 'child_process'; spawn('git', ['status'])", 'exec git'],
  [
    "import { spawn } from 'child_process'; spawn('curl', ['-d', 'x', 'https://a.example/p'])",
    'egress POST https://a.example/p',
  ],
  ["import { execa } from 'execa'; await execa('git', ['status'])", 'exec git'],
  ["import { $ } from 'zx'; await $`curl https://a.example/x`", 'egress GET https://a.example/x'],
  [
    "import shell from 'shelljs'; shell.exec('curl https://a.example/x')",
    'egress GET https://a.example/x',
  ],
  ["import spawn from 'cross-spawn'; spawn('git', ['status'])", 'exec git'],
  [
    "import { simpleGit } from 'simple-git'; await simpleGit().clone('https://a.example/r.git')",
    'egress GET https://a.example/r.git',
  ],
  ["new Deno.Command('git', { args: ['status'] }).output()", 'exec git'],
  ["Bun.spawn(['git', 'status'])", 'exec git'],
  ["import { execSync } from 'child_process'; ['git']['map'](execSync)", 'exec git'],
  ["import { execSync } from 'child_process'; (['git'].map)(execSync)", 'exec git'],
  ["import { execSync } from 'child_process'; [].map.call(['git'], execSync)", 'exec git'],
  ["const o = Object.freeze({ go(p) { p.binding('fs') } }); o.go(process)", 'native fs'],
  ["Bun.spawn({ cmd: ['git', 'status'] })", 'exec git'],
  ["import { $ } from 'bun'; await $`git status`", 'exec git'],
  [
    "import cluster from 'cluster'; cluster.setupPrimary({ exec: pick() }); cluster.fork()",
    'exec *',
  ],
  // network
  [
    "import http2 from 'http2'; http2.connect('https://a.example')",
    'egress GET https://a.example/',
  ],
  ["import tls from 'tls'; tls.connect(443, 'a.example')", 'egress * tcp://a.example:443/*'],
  [
    "import dgram from 'dgram'; dgram.createSocket('udp4').send('x', 53, 'a.example')",
    'egress * udp://a.example:53/*',
  ],
  [
    "import { Resolver } from 'dns/promises'; new Resolver().resolveTxt('a.example')",
    'egress * dns://a.example/*',
  ],
  [
    "import axios from 'axios'; axios.create({ baseURL: 'https://a.example' }).post('/x', data)",
    'egress POST https://a.example/x',
  ],
  [
    "import got from 'got'; await got.post('https://a.example/x', { json: data })",
    'egress POST https://a.example/x',
  ],
  [
    "import ky from 'ky'; await ky.put('https://a.example/x', { json: data })",
    'egress PUT https://a.example/x',
  ],
  [
    "import request from 'superagent'; request.post('https://a.example/x').send(data)",
    'egress POST https://a.example/x',
  ],
  [
    "import { io } from 'socket.io-client'; io('https://a.example').emit('x', data)",
    'egress GET https://a.example/',
  ],
  [
    "import WebSocket from 'ws'; new WebSocket('wss://a.example/x')",
    'egress GET https://a.example/x',
  ],
  [
    "import mailer from 'nodemailer'; mailer.createTransport({ host: 'a.example', port: 25 })",
    'egress * tcp://a.example:25/*',
  ],
  [
    "import { Client } from 'ssh2'; new Client().connect({ host: 'a.example', port: 22 })",
    'egress * tcp://a.example:22/*',
  ],
  [
    "import { Client } from 'basic-ftp'; await new Client().access({ host: 'a.example' })",
    'egress * tcp://a.example/*',
  ],
  [
    "import { Pool } from 'pg'; new Pool({ host: 'a.example', port: 5432 })",
    'egress * tcp://a.example:5432/*',
  ],
  [
    "import { MongoClient } from 'mongodb'; new MongoClient('mongodb://a.example/x')",
    'egress GET tcp://a.example:27017/*',
  ],
  [
    "import OpenAI from 'openai'; new OpenAI({ baseURL: 'https://a.example/v1' })",
    'egress GET https://a.example/v1',
  ],
  [
    "import Anthropic from '@anthropic-ai/sdk'; new Anthropic()",
    'egress * https://api.anthropic.com/*',
  ],
  [
    "import { S3Client } from '@aws-sdk/client-s3'; new S3Client({ endpoint: 'https://a.example' })",
    'egress GET https://a.example/',
  ],
  [
    "import { chromium } from 'playwright'; const b = await chromium.launch(); const p = await b.newPage(); await p.goto('https://a.example/x')",
    'egress GET https://a.example/x',
  ],
  ["Bun.connect({ hostname: 'a.example', port: 99 })", 'egress * tcp://a.example:99/*'],
  ["await Deno.connect({ hostname: 'a.example', port: 99 })", 'egress * tcp://a.example:99/*'],
  [
    "const x = new XMLHttpRequest(); x.open('POST', 'https://a.example/x')",
    'egress POST https://a.example/x',
  ],
  ["new EventSource('https://a.example/x')", 'egress GET https://a.example/x'],
  ["navigator.sendBeacon('https://a.example/x', data)", 'egress POST https://a.example/x'],
  ["location.href = 'https://a.example/?' + data", 'egress GET https://a.example/'],
  ["new Image().src = 'https://a.example/x.png'", 'egress GET https://a.example/x.png'],
  ['new RTCPeerConnection()', 'raw-socket'],
  // the environment, code and the rest
  ['process.report.getReport()', 'env *'],
  ["Deno.env.set('NODE_OPTIONS', 'x')", 'env-write x'],
  ['console.log(document.cookie)', 'input to output'],
  ["console.log(localStorage.getItem('token'))", 'input to output'],
  ['console.log(await navigator.clipboard.readText())', 'input to output'],
  ["import clipboard from 'clipboardy'; console.log(clipboard.readSync())", 'input to output'],
  [
    "import { Session } from 'inspector'; new Session().post('Runtime.evaluate')",
    'code-from-string Runtime.evaluate',
  ],
  ["import repl from 'repl'; repl.start(text)", 'code-from-string'],
  ["import { dlopen } from 'bun:ffi'; dlopen('libc.so', {})", 'native libc.so'],
  ["import { WASI } from 'wasi'; new WASI({})", 'native'],
  ["process.dlopen(module, '/a.node')", 'native'],
  ['process.setuid(0)', 'privilege'],
  ["import s from 'node-serialize'; s.unserialize(text)", 'code-from-string'],
  ["import v8 from 'v8'; v8.deserialize(bytes)", 'deserialize'],
  [
    "import yaml from 'js-yaml'; yaml.load(text, { schema: yaml.DEFAULT_FULL_SCHEMA() })",
    'deserialize',
  ],
];

describe('what is known of modules and packages', () => {
  it.each(known)('knows %s', async (snippet, wanted) => {
    expect(await uses(snippet)).toContain(wanted.replace('ALL', all));
  });
});
