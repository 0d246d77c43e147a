// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the snippets are code
import { describe, expect, it } from 'vitest';
import { scanWithFacts } from '../../../scanner/scan.ts';
import { printCapability } from '../../../skills-index/skill/capability.ts';

/** What a snippet uses, as one line each; further files by name. */
async function uses(
  snippet: string,
  extension: string,
  others: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const files = { [`scripts/main.${extension}`]: snippet, ...others };
  const { facts } = await scanWithFacts(
    Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text), mode: 0o644 })),
  );
  return facts.flatMap((fact) => {
    if (fact.kind === 'trait') return [fact.trait, `${fact.trait} ${fact.detail}`];
    return fact.kind === 'capability' ? [printCapability(fact.capability)] : [];
  });
}

const shell = 'exec sh';
const secret = 'env SECRET';
const code = 'code-from-string';
const any = 'exec *';

/** Ways to write it that reading by eye or by pattern misses, and what has to be seen. */
const evasions: readonly (readonly [string, string])[] = [
  ["import { execSync as e } from 'node:child_process'; e('id')", shell],
  ["import * as x from 'child_process'; x.exec('id')", shell],
  ["import cp from 'child_process'; cp.execSync('id')", shell],
  ["import { default as cp } from 'node:child_process'; cp.execSync('id')", shell],
  ["const { exec: run } = require('child_process'); run('id')", shell],
  ["require('child_' + 'process').execSync('id')", shell],
  ["const m = 'child_process'; require(m)['ex' + 'ec']('id')", shell],
  ["const n = ['child', 'process'].join('_'); require(n).exec('id')", shell],
  ["require('ssecorp_dlihc'.split('').reverse().join('')).exec('id')", shell],
  ["require(Buffer.from('Y2hpbGRfcHJvY2Vzcw==', 'base64').toString()).exec('id')", shell],
  ["require(atob('Y2hpbGRfcHJvY2Vzcw==')).exec('id')", shell],
  [
    'require(String.fromCharCode(99,104,105,108,100,95,112,114,111,99,101,115,115)).exec("id")',
    shell,
  ],
  ["require('xhild_process'.replace('x', 'c')).exec('id')", shell],
  [
    "require([100,105,106,109,101,96,113,115,112,100,102,116,116].map((c) => String.fromCharCode(c - 1)).join('')).exec('id')",
    shell,
  ],
  [
    "const d = (s) => Buffer.from(s, 'hex').toString(); require(d('6368696c645f70726f63657373')).exec('id')",
    shell,
  ],
  [
    "import { createRequire } from 'module'; createRequire(import.meta.url)('child_process').exec('id')",
    shell,
  ],
  [
    "import { createRequire } from 'node:module'; const r = createRequire('/'); r('child_process').exec('id')",
    shell,
  ],
  ["process.getBuiltinModule('child_process').exec('id')", shell],
  ["process['getBuiltin' + 'Module']('node:child_process').exec('id')", shell],
  ["process.mainModule.require('child_process').exec('id')", shell],
  ["module.constructor._load('child_process').exec('id')", shell],
  ["(await import('child_process')).exec('id')", shell],
  ["(await import(['child', 'process'].join('_'))).exec('id')", shell],
  ["import('child_process').then((m) => m.exec('id'))", shell],
  ["import('child_process').then(({ exec }) => exec('id'))", shell],
  ["let c; c = require('child_process'); c.exec('id')", shell],
  ["const o = { a: require('child_process') }; o.a.exec('id')", shell],
  ["const [f] = [require('child_process').exec]; f('id')", shell],
  ["class A { cp = require('child_process'); go() { this.cp.exec('id'); } } new A().go()", shell],
  ["function get() { return require('child_process'); } get().exec('id')", shell],
  ["const go = (f) => f('id'); go(require('child_process').exec)", shell],
  ["require('child_process').exec.call(null, 'id')", shell],
  ["require('child_process').exec.apply(null, ['id'])", shell],
  ["const b = require('child_process').exec.bind(null, 'id'); b()", shell],
  ["Reflect.apply(require('child_process').exec, null, ['id'])", shell],
  ["Reflect.get(require('child_process'), 'exec')('id')", shell],
  ["require('util').promisify(require('child_process').exec)('id')", shell],
  ["new Proxy(require('child_process'), {}).exec('id')", shell],
  ["let s = 'child_'; s += 'process'; require(s).exec('id')", shell],
  ["globalThis['require']('child_process').exec('id')", shell],
  ["import cp = require('child_process'); cp.exec('id')", shell],
  ["var a = b || require('child_process'); var b = a; b.exec('id')", shell],
  ["let p = {}; p = { ...p, cp: require('child_process') }; p = { ...p }; p.cp.exec('id')", shell],
  ["const f = () => g(); const g = () => f() || require('child_process'); f().exec('id')", shell],
  ["Function.prototype.call.call(require('child_process').exec, null, 'id')", shell],
  ["(function () { arguments[0].exec('id'); })(require('child_process'))", shell],
  ["((...all) => all[0].exec('id'))(require('child_process'))", shell],
  ["const o = { cp: require('child_process'), go() { this.cp.exec('id'); } }; o.go()", shell],
  ["const a = {}; a.b = require('child_process'); a.b.exec('id')", shell],
  ["const a = {}; a['b' + 1] = require('child_process'); a.b1.exec('id')", shell],
  ["(function (r) { r('child_process').exec('id'); })(require)", shell],
  ["[require('child_process')].forEach((c) => c.exec('id'))", shell],
  ["Promise.resolve(require('child_process')).then((c) => c.exec('id'))", shell],
  ["const [c] = await Promise.all([import('child_process')]); c.exec('id')", shell],
  ["require('child_process')?.exec?.('id')", shell],
  ["Object.values(require('child_process'))[0]('id')", 'escape'],
  ["const list = []; list.push(require('child_process')); list[0].exec('id')", shell],
  ["setTimeout(require('child_process').exec, 0, 'id')", shell],
  ["['id'].forEach(require('child_process').exec)", shell],
  [
    "Promise.resolve('curl https://a.example/x').then(require('child_process').exec)",
    'egress GET https://a.example/x',
  ],
  ["for (const m of ['child_process']) require(m).exec('id')", shell],
  ["const { ['ex' + 'ec']: q } = require('child_process'); q('id')", shell],
  ["const key = Math.random() > 2 ? 'fork' : 'exec'; require('child_process')[key]('id')", shell],
  ["require('child_process')[process.argv[2]]('id')", any],
  ["require(process.argv[2]).exec('id')", any],
  ['process["e" + "nv"].SECRET', secret],
  ["process[`e${'n'}v`].SECRET", secret],
  ["const { ['e' + 'nv']: q } = process; q.SECRET", secret],
  ["globalThis[atob('cHJvY2Vzcw==')].env.SECRET", secret],
  ['((p) => p.env)(process).SECRET', secret],
  ["Reflect.get(process, 'env').SECRET", secret],
  ['const e = process.env; const { SECRET: x } = e; use(x)', secret],
  ['const { env: { SECRET } } = process; use(SECRET)', secret],
  ["import { env } from 'node:process'; env.SECRET", secret],
  ["import p from 'process'; p.env.SECRET", secret],
  ['pro\\u0063ess.env.SECRET', secret],
  ["globalThis.process.env['SEC' + 'RET']", secret],
  ['Bun.env.SECRET', secret],
  ["Deno.env.get('SECRET')", secret],
  ['import.meta.env.SECRET', secret],
  ['const all = { ...process.env }; send(all)', 'env *'],
  ['send(JSON.stringify(process.env))', 'env *'],
  ['for (const k in process.env) send(k)', 'env *'],
  ['Object.entries(process.env).map(send)', 'env *'],
  ['const { A, ...rest } = process.env; send(rest)', 'env *'],
  ['send(process.env[process.argv[2]])', 'env *'],
  ["(0, eval)('x')", code],
  ['eval`1`', code],
  ["new Function('x')()", code],
  ["[]['filter']['constructor']('x')()", code],
  ["(() => {}).constructor('x')()", code],
  ["''.constructor.constructor('x')()", code],
  ["Object.getPrototypeOf(async function () {}).constructor('x')()", code],
  ["[eval][0]('x')", code],
  ["const e = eval; e('x')", code],
  ["globalThis['ev' + 'al']('x')", code],
  ["setTimeout('x()', 1)", code],
  ["require('vm').runInThisContext('x')", code],
  ["import vm from 'node:vm'; new vm.Script('x')", code],
  ["new Map([['x', require]]).get('x')('child_process').exec('id')", shell],
  ['send({ ...process })', 'escape process is handed on'],
  ['register(process)', 'escape process is handed on'],
  ["import fs from 'fs'; register(fs)", 'escape fs is handed on'],
  ["process.binding('spawn_sync')", 'native spawn_sync'],
  ["require('fs').readFile = steal", 'patch-builtin fs.readFile'],
  ["eval(atob('Y29uc29sZS5sb2coMSk='))", 'decode-to-code console.log(1)'],
  ["require('fs').readFileSync('/etc/' + 'shadow')", 'mount ro /etc/shadow'],
  [
    "const os = require('os'); require('fs').readFileSync(os.homedir() + '/.ssh/id_rsa')",
    'mount ro ~/.ssh/id_rsa',
  ],
  [
    "import { join } from 'path'; import { homedir } from 'os'; import { readFileSync } from 'fs'; readFileSync(join(homedir(), '.aws', 'credentials'))",
    'mount ro ~/.aws/credentials',
  ],
  ["import { promises as fs } from 'fs'; fs.writeFile('/reports/x', 'y')", 'mount rw /reports/x'],
  ["fetch(`https://${'api'}.crm.example/v1`)", 'egress GET https://api.crm.example/v1'],
  [
    "const base = 'https://a.example'; fetch(new URL('/x', base), { method: 'post' })",
    'egress POST https://a.example/x',
  ],
  [
    "require('https').request({ hostname: 'a.example', path: '/p', method: 'PUT' }).end()",
    'egress PUT https://a.example/p',
  ],
  ["import net from 'net'; net.connect(4444, 'a.example')", 'egress * tcp://a.example:4444/*'],
  [
    "import net from 'net'; new net.Socket().connect(4444, 'a.example')",
    'egress * tcp://a.example:4444/*',
  ],
  [
    "import axios from 'axios'; axios.post('https://a.example/x', {})",
    'egress POST https://a.example/x',
  ],
  ['fetch(process.argv[2])', 'egress GET https://*/*'],
  ["import dns from 'dns'; dns.lookup(process.argv[2] + '.a.example')", 'egress * dns://*/*'],
  ["import { spawn } from 'child_process'; spawn('git', ['status'])", 'exec git'],
  ["import { spawnSync as s } from 'child_process'; s('/usr/bin/git')", 'exec git'],
  [
    "import { execFile } from 'child_process'; execFile('bash', ['-c', 'curl https://a.example/x'])",
    'egress GET https://a.example/x',
  ],
  [
    "import { execSync } from 'child_process'; execSync('curl https://a.example/x')",
    'egress GET https://a.example/x',
  ],
  ["await import('data:text/javascript,process.env.SECRET')", secret],
];

describe('TypeScript and JavaScript written to hide', () => {
  it.each(evasions)('sees through %s', async (snippet, wanted) => {
    expect(await uses(snippet, 'ts')).toContain(wanted);
  });

  it.each(evasions.filter(([snippet]) => !/import \w+ = require/.test(snippet)))(
    'also in JavaScript: %s',
    async (snippet, wanted) => {
      expect(
        await uses(
          snippet,
          snippet.includes('import') || snippet.includes('await') ? 'mjs' : 'cjs',
        ),
      ).toContain(wanted);
    },
  );

  const files: readonly (readonly [string, string, Record<string, string>])[] = [
    [
      'a re-export',
      "import { e } from './a.ts'; e('id')",
      { 'scripts/a.ts': "export { exec as e } from 'child_process'" },
    ],
    [
      'export * through two files',
      "import { exec } from './a.ts'; exec('id')",
      {
        'scripts/a.ts': "export * from './b.ts'",
        'scripts/b.ts': "export * from 'node:child_process'",
      },
    ],
    [
      'a default re-export',
      "import e from './a.ts'; e('id')",
      { 'scripts/a.ts': "export { exec as default } from 'child_process'" },
    ],
    [
      'a namespace of a file',
      "import * as a from './a.ts'; a.cp.exec('id')",
      { 'scripts/a.ts': "import * as cp from 'child_process'; export { cp }" },
    ],
    [
      'module.exports',
      "const { run } = require('./a.js'); run('id')",
      { 'scripts/a.js': "module.exports = { run: require('child_process').exec }" },
    ],
    [
      'exports.x',
      "require('./a.js').run('id')",
      { 'scripts/a.js': "exports.run = require('child_process').exec" },
    ],
    [
      'a folder of one file',
      "import { run } from './lib/index.js'; run('id')",
      { 'scripts/lib/index.ts': "import { exec } from 'child_process'; export const run = exec" },
    ],
    [
      'a dynamic import of a file',
      "(await import('./a.ts')).run('id')",
      { 'scripts/a.ts': "import { exec } from 'child_process'; export const run = exec" },
    ],
  ];
  it.each(files)('sees through %s', async (_, snippet, others) => {
    expect(await uses(snippet, 'ts', others)).toContain(shell);
  });

  it('does not let the skill’s own tsconfig.json or package.json change what a name means', async () => {
    const others = {
      'tsconfig.json': '{"compilerOptions":{"paths":{"child_process":["./scripts/harmless.ts"]}}}',
      'scripts/tsconfig.json': '{"compilerOptions":{"paths":{"child_process":["./harmless.ts"]}}}',
      'scripts/harmless.ts': 'export const exec = () => undefined',
      'node_modules/child_process/index.js': 'exports.exec = () => undefined',
    };
    expect(await uses("import { exec } from 'child_process'; exec('id')", 'ts', others)).toContain(
      shell,
    );
  });
});
