/**
 * One statement of a program that is read lexically: its calls, their destinations, and values from
 * earlier statements.
 */
import type { Capability } from '../../../skills-index/skill/capability.ts';
import type { Span, Trait } from '../../fact/fact.ts';
import { detailCharsMax } from '../../fact/shared-limits.ts';
import type { Language } from '../../fact/source.ts';
import { anyEgress, egressOf, socketEgressOf } from '../../lookup-tables/egress-of.ts';
import { sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import {
  type Held,
  hostInQuotes,
  type LexicalRun,
  noteJoin,
  type Origin,
  type Piece,
} from './joined-shell.ts';
import type { LexicalForm, LexicalMeaning } from './lexical-scripts.ts';

/** Variables and saved files that are followed in one such program. */
const lexicalHeldMax = 200;

interface Call {
  readonly means: LexicalMeaning;
  readonly api: string;
  /** Name of an environment variable; undefined for all of them. */
  readonly name: string | undefined;
  /** The end of the call's form in the statement. */
  readonly end: number;
}

/** Reads a statement; `text` is the statement with hidden words spelled out. */
export function readStatement(run: LexicalRun, statement: Piece, text: string): void {
  const calls = run.forms.flatMap((form) => callsOf(form, text));
  const known = heldIn(run, text);
  const span = {
    path: run.source.path,
    start: statement.start + (/\S/.exec(statement.text)?.index ?? 0),
    end: statement.end,
  };
  const has = (means: LexicalMeaning): Call | undefined =>
    calls.find((call) => call.means === means);
  const urls = [...urlsIn(text), ...known.flatMap((held) => held.urls)];
  const origins = [...originsOf(run, calls, text, span), ...known.flatMap((held) => held.sources)];
  const decodes = has('decode') !== undefined || known.some((held) => held.decoded);
  for (const call of calls) noteCall(run, call, span, urls);
  noteJoin(run, calls, text, span);
  const fetch = has('fetch') ?? has('send') ?? has('connect');
  const runsIt = has('code') ?? has('load');
  const before = known
    .flatMap((held) => held.sources)
    .find(({ source }) => source.what === 'network')?.source.name;
  const fetched = fetch === undefined ? before : (urls[0] ?? anyEgress);
  if (runsIt !== undefined && fetched !== undefined)
    noteTrait(run, span, runsIt.api, 'pipe-to-interpreter', fetched === '*' ? anyEgress : fetched);
  const direct = has('fetch-run');
  if (direct !== undefined)
    noteTrait(run, span, direct.api, 'pipe-to-interpreter', urls[0] ?? anyEgress);
  const hidden = encodedCommand(text);
  if (hidden !== undefined) runHidden(run, span, hidden, statement.start);
  else if (decodes && runsIt !== undefined) noteTrait(run, span, runsIt.api, 'decode-to-code', '');
  if (has('program') !== undefined) run.started.push(statement);
  const sends = has('send') ?? has('connect') ?? has('fetch');
  if (sends !== undefined) noteFlows(run, span, sends.api, urls, origins, decodes);
  hold(run, text, {
    sources:
      fetch === undefined
        ? origins
        : [...origins, { source: { what: 'network', name: urls[0] ?? '*' }, span }],
    urls,
    decoded: decodes,
  });
  if (runsSaved(run, text))
    noteTrait(run, span, 'a saved file', 'pipe-to-interpreter', urls[0] ?? savedFrom(run, text));
}

function callsOf({ form, means, api }: LexicalForm, text: string): Call[] {
  if (!form.global) {
    const match = form.exec(text);
    return match === null
      ? []
      : [{ means, api, name: undefined, end: match.index + match[0].length }];
  }
  return [...text.matchAll(form)].map((match) => ({
    means,
    api,
    end: match.index + match[0].length,
    name: match.slice(1).find((group) => group !== undefined),
  }));
}

function urlsIn(text: string): string[] {
  return [...text.matchAll(/\b(?:https?|ftp|wss?):\/\/[^\s"'`<>)\]}|;]{3,400}/gi)].map(([url]) =>
    url.replace(/[.,]+$/, ''),
  );
}

function noteCall(
  run: LexicalRun,
  { means, api, name }: Call,
  span: Span,
  urls: readonly string[],
): void {
  if (typeof means === 'object') noteTrait(run, span, api, means.trait, '');
  else if (means === 'env')
    noteCapability(
      run,
      span,
      api,
      { kind: 'env', name: name ?? '*' },
      name === undefined ? ['whole-env'] : [],
    );
  else if (means === 'program') noteCapability(run, span, api, { kind: 'exec', program: '*' }, []);
  else if (means === 'code')
    noteCapability(run, span, api, { kind: 'exec', program: '*' }, ['dynamic-name']);
  else if (means === 'load') noteTrait(run, span, api, 'native', '');
  else if (means === 'decode') noteTrait(run, span, api, 'decode', '');
  else if (means === 'listen') noteTrait(run, span, api, 'listen', '');
  else if (means === 'connect') noteSocket(run, span, api, urls);
  else if (means !== 'read') noteEgress(run, span, api, means === 'send' ? 'POST' : 'GET', urls);
}

function noteSocket(run: LexicalRun, span: Span, api: string, urls: readonly string[]): void {
  const text = run.source.text.slice(span.start, span.end);
  const host = urls.length > 0 ? undefined : hostInQuotes(text);
  if (host === undefined) noteEgress(run, span, api, 'POST', urls);
  else
    noteCapability(run, span, api, { kind: 'egress', ...socketEgressOf('tcp', host, 0) }, [
      'raw-socket',
    ]);
}

function noteEgress(
  run: LexicalRun,
  span: Span,
  api: string,
  method: 'GET' | 'POST',
  urls: readonly string[],
): void {
  for (const url of urls.length > 0 ? urls : [anyEgress]) {
    const egress = egressOf(url, [method]);
    if (egress !== undefined)
      noteCapability(
        run,
        span,
        api,
        { kind: 'egress', ...egress },
        method === 'POST' ? [] : ['download'],
      );
  }
}

const takenKinds = new Set<string>([
  'credential',
  'wallet',
  'browser',
  'history',
  'agent-history',
  'process-environment',
  'system-accounts',
]);

// Secrets and private files that a statement reads.
function originsOf(run: LexicalRun, calls: readonly Call[], text: string, span: Span): Origin[] {
  const origins: Origin[] = calls
    .filter((call) => call.means === 'env')
    .map(({ name }) => ({
      source: name === undefined ? { what: 'whole-env', name: '*' } : { what: 'env', name },
      span,
    }));
  for (const [word] of text.matchAll(
    /(?:~|\$HOME|\$env:\w{1,30}|%\w{1,30}%|[A-Za-z]:|\/)?(?:[\\/][\w.$ -]{1,80}){1,12}|\.(?:ssh|aws|env|netrc|npmrc)\b[\w./\\]{0,80}/gi,
  )) {
    const path = word
      .trim()
      .replace(/^\$env:(?:userprofile|home)|^%userprofile%|^\$home/i, '~')
      .replaceAll('\\', '/');
    const known = sensitivePath(path);
    if (known === undefined || !takenKinds.has(known.kind)) continue;
    noteCapability(run, span, 'path', { kind: 'mount', path, mode: 'ro' }, []);
    origins.push({ source: { what: 'file', name: path }, span });
  }
  return origins;
}

function heldIn(run: LexicalRun, text: string): Held[] {
  if (run.held.size === 0) return [];
  const names = new Set(
    [...text.matchAll(/[$@%]?[A-Za-z_][\w.-]{0,80}/g)].map(([name]) => name.toLowerCase()),
  );
  for (const [, name] of text.matchAll(/[%!]([\w-]{1,60})[%!]/g))
    names.add((name ?? '').toLowerCase());
  return [...names].flatMap((name) => run.held.get(name) ?? []);
}

// A variable gets the origins in its statement, and a saved file gets the fetched data.
function hold(run: LexicalRun, text: string, held: Held): void {
  if (held.sources.length + held.urls.length === 0 && !held.decoded) return;
  const bounded = { ...held, sources: held.sources.slice(0, 8), urls: held.urls.slice(0, 4) };
  const variable = run.syntax.assigns.exec(text)?.[1];
  if (variable !== undefined && run.held.size < lexicalHeldMax)
    run.held.set(variable.toLowerCase(), bounded);
  const saved = savedAs(text);
  if (
    saved !== undefined &&
    run.held.size < lexicalHeldMax &&
    held.sources.some(({ source }) => source.what === 'network')
  )
    run.held.set(`file:${saved}`, bounded);
}

function runHidden(run: LexicalRun, span: Span, program: string, start: number): void {
  noteTrait(
    run,
    span,
    'powershell -EncodedCommand',
    'decode-to-code',
    program.slice(0, detailCharsMax),
  );
  run.embedded.push({
    within: run.source.path,
    language: 'powershell',
    text: program,
    context: run.source.context,
    map: [{ at: 0, raw: start, fixed: true }],
  });
}

function noteFlows(
  run: LexicalRun,
  span: Span,
  api: string,
  urls: readonly string[],
  origins: readonly Origin[],
  encoded: boolean,
): void {
  const egress = egressOf(urls[0] ?? anyEgress, ['*']) ?? { url: anyEgress, methods: ['*'] };
  const seen = new Set<string>();
  for (const { source, span: from } of origins) {
    if (source.what === 'network' || seen.has(`${source.what} ${source.name}`)) continue;
    seen.add(`${source.what} ${source.name}`);
    run.facts.push({
      kind: 'flow',
      source,
      sink: { what: 'network', capability: { kind: 'egress', ...egress }, api, part: 'body' },
      steps: [
        {
          span: from,
          note:
            source.what === 'file'
              ? `reads ${source.name}`
              : source.what === 'env'
                ? `reads ${source.name}`
                : 'reads the environment',
        },
        { span, note: `${api} sends it` },
      ],
      encoded,
      span,
      context: run.source.context,
      certainty: 'lexical',
    });
  }
}

function noteCapability(
  run: LexicalRun,
  span: Span,
  api: string,
  capability: Capability,
  traits: readonly Trait[],
): void {
  const isWide = capability.kind === 'egress' && capability.url === anyEgress;
  const certainty = isWide || traits.includes('dynamic-name') ? 'widened' : 'lexical';
  run.facts.push({
    kind: 'capability',
    span,
    context: run.source.context,
    certainty,
    capability,
    api,
    traits,
  });
}

/** Notes a trait of a span. */
export function noteTrait(
  run: LexicalRun,
  span: Span,
  api: string,
  trait: Trait,
  detail: string,
): void {
  run.facts.push({
    kind: 'trait',
    span,
    context: run.source.context,
    certainty: 'lexical',
    trait,
    api,
    detail: detail.slice(0, detailCharsMax),
  });
}

// Undoes tricks that hide words in Windows commands: ignored marks, strings in pieces, characters
// by number.

/** A statement as the language's own parser reads it, as far as spelling is concerned. */
export function plainCommand(text: string, language: Language): string {
  if (language === 'batch')
    return text.replace(/\^(?=[^\n])/g, '').replace(/(?<=[a-z])""(?=[a-z])/gi, '');
  const joined =
    language === 'vbscript'
      ? text.replace(/"\s*&\s*"/g, '')
      : text.replace(/(['"])\s*(?:\+|\.\.?)\s*\1/g, '');
  if (language !== 'powershell') return joined;
  return joined
    .replace(/`(?=[A-Za-z])/g, '')
    .replace(
      /\(\s*['"]((?:\{\d{1,2}\}){2,40})['"]\s*-f\s*((?:['"][^'"\n]{0,200}['"]\s*,?\s*){1,40})\)/gi,
      (_, places: string, words: string) => {
        const values = [...words.matchAll(/['"]([^'"\n]{0,200})['"]/g)].map(
          ([, word]) => word ?? '',
        );
        return `'${[...places.matchAll(/\d+/g)].map(([index]) => values[Number(index)] ?? '').join('')}'`;
      },
    )
    .replace(/(?:\[char\]\s*\(?(?:0x[0-9a-f]{2}|\d{2,3})\)?\s*\+?\s*){2,200}/gi, (all) =>
      [...all.matchAll(/0x([0-9a-f]{2})|(\d{2,3})/gi)]
        .map(([, hex, decimal]) =>
          String.fromCharCode(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)),
        )
        .join(''),
    )
    .replace(/\.\s*\(?\s*['"]([A-Za-z]{3,40})['"]\s*\)?(?:\.Invoke)?\s*(?=[.(])/gi, '.$1')
    .replace(/(^|[\s;|{(])[&.]\s*\(?\s*['"]([\w-]{2,40})['"]\s*\)?/g, '$1 $2');
}

/** The program behind `-EncodedCommand`: Base64 of UTF-16 (about_PowerShell_exe). */
function encodedCommand(text: string): string | undefined {
  const blob =
    /\s[-/\u2013]e(?:n|nc|nco|ncod|ncode|ncoded|ncodedc\w{0,12})?\s+["']?([A-Za-z0-9+/]{16,}={0,2})/i.exec(
      text,
    )?.[1];
  if (blob === undefined) return undefined;
  const decoded = Buffer.from(blob, 'base64').toString('utf16le');
  return /^[\x09\x0a\x0d\x20-\x7e\u00a0-\ud7ff]+$/.test(decoded) ? decoded : undefined;
}

// Files that a program without a parser downloads and starts: by their names, in whatever folder.

/** The base name under which a statement saves a download. */
function savedAs(text: string): string | undefined {
  const target =
    /(?:-outfile|-o|--output|-destination|\/[A-Za-z]:)\s*["']?([^\s"',|;)]{3,200})/i.exec(
      text,
    )?.[1] ??
    /downloadfile\w*\s*\([^,]{1,400},\s*["']?([^\s"')]{3,200})/i.exec(text)?.[1] ??
    /\b(?:certutil|bitsadmin)\b[^\n]{0,400}https?:\S{1,400}\s+["']?([^\s"']{3,200})/i.exec(
      text,
    )?.[1];
  return target === undefined ? undefined : baseName(target);
}

function baseName(path: string): string {
  return path.replace(/^.*[\\/]/, '').toLowerCase();
}

/** Whether a statement starts a file that was saved before. */
function runsSaved(run: LexicalRun, text: string): boolean {
  return [...run.held.keys()].some((key) => {
    if (!key.startsWith('file:')) return false;
    const name = key.slice(5);
    const at = text.toLowerCase().lastIndexOf(name);
    return (
      at >= 0 &&
      /(?:^|[;&|({]\s*|\n\s*|&\s*|start\s+(?:""\s+|\/\w+\s+)*|start-process\s+(?:-filepath\s+)?|call\s+|cmd(?:\.exe)?\s+\/[ck]\s+|powershell[^\n]{0,80}-f(?:ile)?\s+|rundll32\s+)["']?[^\s"']*$/i.test(
        text.slice(0, at),
      )
    );
  });
}

/** The origin of the saved file that a statement names. */
function savedFrom(run: LexicalRun, text: string): string {
  const lower = text.toLowerCase();
  const key = [...run.held.keys()].find(
    (key) => key.startsWith('file:') && lower.includes(key.slice(5)),
  );
  return (key === undefined ? undefined : run.held.get(key)?.urls[0]) ?? anyEgress;
}
