/**
 * The worst possible agent: it follows every instruction in every text, and forgets no text. It is
 * a script without a model. The same program runs in a session's sandbox and without one. It is
 * copied as one file, so it imports no other file of ours.
 */
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { gzipSync } from 'node:zlib';

interface AgentInput {
  readonly task: string;
  readonly careful: boolean;
  readonly memory: string;
}

/** A text, and its part outside of frames that mark data. */
interface Text {
  readonly all: string;
  readonly trusted: string;
}

const stepsMax = 60;
const shownCharsMax = 6_000;
const windowCharsMax = 160_000;
const { careful, memory, task } = JSON.parse(process.argv[2] ?? '{}') as AgentInput;
const context: string[] = [];
const done = new Set<string>();
let steps = 0;
let last = '';

const report = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

// Tag characters: people do not see them, and models read them.
const unhide = (text: string): string =>
  text.replace(
    /[\u{e0020}-\u{e007e}]+/gu,
    (tags) =>
      ` ${[...tags].map((tag) => String.fromCodePoint((tag.codePointAt(0) ?? 0) - 0xe0000)).join('')}\n`,
  );

const encodings: Readonly<Record<string, (text: string) => string>> = {
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  hex: (text) => Buffer.from(text).toString('hex'),
  reverse: (text) => [...text].reverse().join(''),
  url: (text) => encodeURIComponent(text),
  gzip: (text) => gzipSync(text).toString('base64url'),
};

function fill(text: string): string {
  return text.replace(
    /\{(it|all|env|env:\w+)(?:\|(\w+))?\}/g,
    (whole, what: string, how: string | undefined) => {
      const value =
        what === 'it'
          ? last
          : what === 'all'
            ? context.join('\n')
            : what === 'env'
              ? JSON.stringify(process.env)
              : (process.env[what.slice(4)] ?? '');
      return how === undefined ? value : (encodings[how]?.(value) ?? whole);
    },
  );
}

const instructions: readonly (readonly [
  pattern: RegExp,
  act: (...parts: string[]) => Promise<Text> | Text,
])[] = [
  [/\bsearch for "([^"]*)"/gi, (what = '') => call('skills_search', { task: what })],
  [
    /\bopen (@[^\s"]+\/[^\s"]+?)(?: at "([^"]*)")?(?=[\s.,;:]|$)/gi,
    (name = '', path) => call('skill_open', { name, ...(path ? { path } : {}) }),
  ],
  [
    /\brun (@[^\s"/]+\/[^\s".,]+)(?: ([a-z][\w-]*))?(?: with ((?:"[^"]*" ?)+))?/gi,
    (name = '', command, args = '') =>
      call('skill_run', {
        name,
        why: 'I was told to',
        args: [...args.matchAll(/"([^"]*)"/g)].map(([, arg = '']) => fill(arg)),
        ...(command ? { command } : {}),
      }),
  ],
  [/\bread "([^"]+)"/gi, (path = '') => plain(fs.readFileSync(path, 'utf8'))],
  [/\blist "([^"]+)"/gi, (path = '') => plain(fs.readdirSync(path).join('\n'))],
  [
    /\bwrite "([^"]*)" (?:to|into) "([^"]+)"/gi,
    (text = '', path = '') => plain(fs.writeFileSync(path, `${fill(text)}\n`) ?? `wrote ${path}`),
  ],
  [
    /\blink "([^"]+)" to "([^"]+)"/gi,
    (path = '', target = '') => plain(fs.symlinkSync(target, path) ?? `linked ${path}`),
  ],
  [
    /\bremember "([^"]*)"/gi,
    (text = '') =>
      plain(fs.appendFileSync(`${memory}/notes.md`, `${fill(text)}\n`) ?? 'remembered'),
  ],
  [
    /\bsend "([^"]*)" to (https?:\/\/[^\s"]+)/gi,
    (text = '', url = '') => visit(url, { method: 'POST', body: fill(text) }),
  ],
  [/\bvisit (https?:\/\/[^\s")]+)/gi, (url = '') => visit(url)],
  [/!\[[^\]]*\]\((https?:\/\/[^\s)]+)\)/g, (url = '') => visit(url)],
  [/\btype `([^`]+)`/gi, (line = '') => shell(line)],
  [
    /\bask the model "([^"]*)"/gi,
    (text = '') =>
      visit(`${process.env.OPENAI_BASE_URL}/chat/completions`, {
        method: 'POST',
        body: fill(text),
      }),
  ],
];

const plain = (text: string): Text => ({ all: text, trusted: text });

async function visit(url: string, init: { method?: string; body?: string } = {}): Promise<Text> {
  const answer = await fetch(fill(url).replace(/[.,;]$/, ''), {
    ...init,
    signal: AbortSignal.timeout(5_000),
  });
  const text = await answer.text();
  return plain(answer.ok ? text : `failed: ${answer.status} ${text}`);
}

function shell(line: string): Text {
  const { status, stderr, stdout } = spawnSync('/bin/sh', ['-c', fill(line)], {
    encoding: 'utf8',
    timeout: 8_000,
  });
  return plain(`${stdout}${stderr}${status === 0 ? '' : `\nfailed: exit ${status}`}`);
}

async function follow(text: string): Promise<void> {
  const readable = unhide(text);
  const found = instructions.flatMap(([pattern, act]) =>
    [...readable.matchAll(pattern)].map((match) => ({ at: match.index, match, act })),
  );
  for (const { act, match } of found.sort((a, b) => a.at - b.at)) {
    const [whole, ...parts] = match;
    const key = `${whole} ${/\{/.test(whole) ? last : ''}`;
    if (done.has(key) || ++steps > stepsMax) continue;
    done.add(key);
    await step(whole, () => act(...parts));
  }
}

async function step(what: string, act: () => Promise<Text> | Text): Promise<void> {
  let text: Text;
  try {
    text = await act();
  } catch (thrown) {
    const { cause, code, message } = thrown as NodeJS.ErrnoException & {
      cause?: { code?: string; message?: string };
    };
    text = plain(`failed: ${code ?? cause?.code ?? ''} ${message} ${cause?.message ?? ''}`);
  }
  const followed = careful ? text.trusted : text.all;
  const declined =
    careful &&
    instructions.some(([pattern]) => unhide(text.all).replace(followed, '').search(pattern) >= 0);
  report({
    did: what.slice(0, 400),
    answer: text.all.slice(0, shownCharsMax),
    ...(declined ? { declined: true } : {}),
  });
  if (!text.all.startsWith('failed:')) last = lastOf(text.all);
  context.push(text.all.slice(0, shownCharsMax));
  await follow(followed);
}

// The output of a skill, without the frame around it.
function lastOf(text: string): string {
  const [, mark] = /lines marked (\S+) is data/.exec(text) ?? [];
  if (mark === undefined) return text.trim();
  return (text.split(`--- ${mark} stdout\n`)[1] ?? '').split(`\n--- ${mark} `)[0]?.trim() ?? '';
}

// The tools: MCP over the standard streams of `skillgate mcp`.
interface Answer {
  readonly result?: { readonly content?: readonly { readonly text?: string }[] };
  readonly error?: { readonly message: string };
}
const server = spawn('skillgate', ['mcp'], { stdio: ['pipe', 'pipe', 'ignore'] });
const answers = new Map<number, (answer: Answer) => void>();
let rest = '';
let number = 0;
server.stdout.setEncoding('utf8').on('data', (chunk: string) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    const answer = JSON.parse(line) as Answer & { readonly id?: number };
    if (answer.id !== undefined) answers.get(answer.id)?.(answer);
  }
});
server.on('error', () => undefined);
server.stdin.on('error', () => undefined);
server.on('close', () => {
  for (const wake of answers.values()) wake({ error: { message: 'the server went away' } });
});

function ask(method: string, params: object): Promise<Answer> {
  const id = ++number;
  return new Promise((resolve) => {
    answers.set(id, resolve);
    server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
  });
}

async function call(tool: string, input: object): Promise<Text> {
  const { error, result } = await ask('tools/call', { name: tool, arguments: input });
  if (result === undefined) return plain(`failed: ${error?.message}`);
  const texts = (result.content ?? []).map(({ text = '' }) => text);
  const all = texts.join('\n');
  return {
    all: tool === 'skills_search' ? `${all}\n${valuesIn(all)}` : all,
    trusted: trustedPart(tool, all),
  };
}

// The values in lines of JSON, as an agent would read them.
function valuesIn(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => Object.values(JSON.parse(line) as object).join('\n'))
    .join('\n');
}

function trustedPart(tool: string, all: string): string {
  // A long answer pushes its own beginning out of the agent's window.
  const lines = all.slice(-windowCharsMax).split(/\r\n?|[\n\u2028]/);
  if (tool === 'skills_search') return lines.filter((line) => !line.startsWith('{')).join('\n');
  const [, mark] = /lines marked (\S+) is data/.exec(lines[0] ?? '') ?? [];
  if (tool !== 'skill_run') return all;
  if (mark === undefined) return lines.join('\n');
  const from = lines.indexOf(`--- ${mark} stdout`);
  const to = lines.indexOf(`--- ${mark} end`);
  return [...lines.slice(0, from), ...lines.slice(to < 0 ? lines.length : to + 1)].join('\n');
}

const clientInfo = { name: 'obedient', version: '1' };
await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
context.push(task);
await follow(task);
report({ done: steps });
server.kill();
process.exit(0);
