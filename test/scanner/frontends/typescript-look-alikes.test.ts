// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the snippets are code
import { describe, expect, it } from 'vitest';
import { scanWithFacts } from '../../../scanner/scan.ts';
import { printCapability } from '../../../skills-index/skill/capability.ts';

/** Honest code that looks like an attack, and what it may be seen to use. */
const lookAlikes: readonly (readonly [string, readonly string[]])[] = [
  ['const re = /a/; re.exec(text)', []],
  ['class Worker { fork() { return 1; } } const cluster = { fork: () => 1 }; cluster.fork()', []],
  ['const env = { A: 1 }; send(JSON.stringify(env), env.A)', []],
  ['const list = { key: 1 }; const k = pick(); list[k]', []],
  ['const l = pick(); await import(`./locales/${l}.js`)', []],
  ["const f = new Function('return this')", []],
  ["// eval('x'); require('child_process')\nconst s = \"eval('x')\";", []],
  ["Buffer.from(text, 'base64').toString('utf8')", []],
  ["import { join } from 'node:path'; join('a', 'b')", []],
  ["import { createHash } from 'node:crypto'; createHash('sha256').update('x').digest('hex')", []],
  ["import { readFileSync } from 'node:fs'; readFileSync(0, 'utf8')", []],
  [
    "import { execFile } from 'node:child_process'; import { promisify } from 'node:util'; promisify(execFile)('git', ['status'])",
    ['exec git'],
  ],
  ["import type { ChildProcess } from 'node:child_process'; export type A = ChildProcess", []],
  ['const process = { env: { SECRET: 1 } }; process.env.SECRET', []],
  ['function fetch(url: string) { return url; } fetch("https://a.example/")', []],
  ["const eval2 = (code: string) => code; eval2('x')", []],
  ['setTimeout(() => run(), 10); setInterval(tick, 10)', []],
  ["const parts = ['a', 'b']; parts.join('_').split('').reverse()", []],
  ['export class Api { constructor(private fetch: typeof globalThis.fetch) {} }', []],
  ["import { spawn } from './own.ts'; spawn('x')", []],
  [
    "import fs from 'node:fs'; fs.mkdirSync('out', { recursive: true }); fs.existsSync('./x')",
    ['mount ro x', 'mount rw out'],
  ],
  ['[1, 2].map((n) => n.constructor.name)', []],
  ['new this.constructor()', []],
  ['const o = { exec: 1, env: 2 }; o.exec + o.env', []],
];

describe('honest TypeScript that looks like an attack', () => {
  it.each(lookAlikes)('sees nothing more in %s', async (snippet, wanted) => {
    const { facts } = await scanWithFacts([
      { path: 'scripts/a.ts', bytes: Buffer.from(snippet), mode: 0o644 },
    ]);
    const seen = facts.flatMap((fact) =>
      fact.kind === 'capability' ? [printCapability(fact.capability)] : [],
    );
    expect([...new Set(seen)].sort()).toEqual(wanted);
    const odd = new Set([
      'escape',
      'folded-name',
      'dynamic-import',
      'patch-builtin',
      'decode-to-code',
      'native',
    ]);
    expect(facts.filter((fact) => fact.kind === 'trait' && odd.has(fact.trait))).toEqual([]);
  });
});
