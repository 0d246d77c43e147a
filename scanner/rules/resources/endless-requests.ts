/** Requests are sent in a loop that does not end. */
import type { FactOf } from '../../fact/fact.ts';
import { joinedText } from '../../fact/joined-text.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { milderIn } from '../../fact/standing.ts';
import { mannerOf, nothingAround } from '../../prose/manner.ts';
import { readingOf } from '../../prose/reading.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const endlessRequests = defineRule({
  id: 'resources/endless-requests',
  title: 'Requests repeat without end',
  kind: 'capability',
  severity: 'low',
  confidence: 'lexical',
  why: 'A loop without a way out that calls a service costs its user money, or floods somebody else’s machine.',
  fix: 'Count the attempts, wait between them, and give up.',
  maps: { cwe: ['CWE-835', 'CWE-770'], owasp: ['LLM10'], attack: ['T1496.004', 'T1499'] },
  reads: [
    'source',
    'capability:egress',
    'text:prose',
    'text:list-item',
    'text:table-cell',
    'text:string',
  ],
  check: (context) => [
    ...context.of('text').flatMap(toldOnce),
    ...context.sources
      .filter(
        ({ depth, language }) =>
          depth === 0 && /^(typescript|javascript|python|shell)$/.test(language),
      )
      .flatMap((source) =>
        loopsOnce(source).flatMap(({ start, end, body }): FindingDraft[] => {
          const request = context
            .of('capability')
            .find(
              ({ span, capability }) =>
                span.path === source.path &&
                span.start >= start &&
                span.end <= end &&
                capability.kind === 'egress',
            );
          if (request === undefined || exits.test(body)) return [];
          const isPaid = request.capability.kind === 'egress' && paid.test(request.capability.url);
          const message = `an endless loop sends requests${isPaid ? ' that cost money' : ''}, without a pause or a way out`;
          return [
            {
              span: { path: source.path, start, end: start + 1 },
              severity: isPaid ? 'medium' : 'low',
              message,
            },
          ];
        }),
      ),
  ],
});

const toldOnce = remembered(toldToGoOn);
const loopsOnce = remembered(loopsOf);

// An agent that is told to call a tool until a key falls out of it.
function toldToGoOn(fact: FactOf<'text'>): FindingDraft[] {
  if (!withoutEnd.test(fact.text) || !untilSecret.test(fact.text)) return [];
  const manner = mannerOf(readingOf(fact), { start: 0, end: fact.text.length }, nothingAround);
  return manner === 'meant'
    ? [
        {
          span: fact.span,
          severity: 'medium',
          message: 'tells an agent to go on without end until it sees a secret',
        },
      ]
    : [];
}

const withoutEnd = /\b(indefinitely|forever|endlessly|infinitely|without (limit|end|stopping))\b/i;
const untilSecret =
  /\b(retry|repeat|call|invoke|re-?run|keep (calling|retrying|trying|going))\b[^.!?]{0,80}\buntil\b[^.!?]{0,60}\b(keys?|tokens?|secrets?|passwords?|credentials?)\b/i;

/** What ends a loop, or slows it down. */
const exits =
  /\b(break|return|exit|raise|throw|sleep|setTimeout|wait|yield|input|readline|accept|recv|process\.exit|SystemExit)\b/;
/** APIs that charge by the call. */
const paid =
  /api\.(openai|anthropic|mistral|cohere|perplexity|deepseek|x|replicate|elevenlabs|stability|together|groq|twilio|sendgrid)\.(com|ai|xyz|io)|generativelanguage\.googleapis|bedrock|openai\.azure|openrouter\.ai/;

interface Loop {
  readonly start: number;
  readonly end: number;
  readonly body: string;
}

function loopsOf({ text, language }: TaintSource): Loop[] {
  const heads =
    language === 'python'
      ? /^([ \t]*)while[ \t]*\(?(?:True|1)\)?[ \t]*:/gm
      : language === 'shell'
        ? /\b(?:while|until)[ \t]+(?:true|:|false|\[ 1 \])[ \t]*;?\s{0,4}do\b|\bfor[ \t]*\(\([ \t]*;[ \t]*;[ \t]*\)\)[ \t]*;?\s{0,4}do\b/g
        : /\bwhile\s{0,4}\(\s{0,4}(?:true|1|!0)\s{0,4}\)|\bfor\s{0,4}\(\s{0,4};\s{0,4};\s{0,4}\)/g;
  return [...text.matchAll(heads)].slice(0, loopsMax).map((match) => {
    const start = match.index + (match[1]?.length ?? 0);
    const end =
      language === 'python'
        ? endOfBlock(text, match)
        : language === 'shell'
          ? endOfWord(text, start)
          : endOfBraces(text, start);
    return { start, end, body: text.slice(start, end) };
  });
}

const bodyCharsMax = 4_000;
/** Of one source. */
const loopsMax = 200;

// Lines indented deeper than the head.
function endOfBlock(text: string, match: RegExpExecArray): number {
  const indent = (match[1] ?? '').length;
  const limit = Math.min(text.length, match.index + bodyCharsMax);
  let at = text.indexOf('\n', match.index);
  while (at >= 0 && at < limit) {
    const next = text.indexOf('\n', at + 1);
    const line = text.slice(at + 1, next < 0 ? limit : next);
    if (line.trim() !== '' && line.search(/\S/) <= indent) return at;
    at = next;
  }
  return limit;
}

function endOfWord(text: string, start: number): number {
  const done = text.slice(start, start + bodyCharsMax).search(/\bdone\b/);
  return done < 0 ? Math.min(text.length, start + bodyCharsMax) : start + done;
}

function endOfBraces(text: string, start: number): number {
  const limit = Math.min(text.length, start + bodyCharsMax);
  let depth = 0;
  for (let at = start; at < limit; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth <= 0) return at + 1;
    else if (text[at] === ';' && depth === 0 && text[at - 1] !== '(' && text[at - 1] !== ';')
      return at + 1;
  }
  return limit;
}

// Memory or disk is filled.

export const exhaustion = defineRule({
  id: 'resources/exhaustion',
  title: 'Memory or disk is filled',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'No task of a skill needs hundreds of gigabytes. The machine stops, with everything else on it.',
  fix: 'Work on pieces, and set a limit.',
  maps: { cwe: ['CWE-400', 'CWE-770'], owasp: ['LLM10'], attack: ['T1499'] },
  reads: ['source'],
  check: ({ sources }) =>
    sources
      .filter(({ depth, language }) => depth === 0 && Object.hasOwn(forms, language))
      .flatMap(draftsOnce),
});

const draftsOnce = remembered(draftsOf);

const script = [
  /\b(?:Buffer\.alloc(?:Unsafe)?|new (?:Array|Uint8Array|ArrayBuffer|SharedArrayBuffer))\s?\(\s?(?:\d{1,4}\s?\*\s?1024\s?\*\*\s?[34]|\d{2,4}\s?\*\s?1024(?:\s?\*\s?1024){2,3}|\d{11,}|\d{2,3}e(?:9|1\d)|1e1[0-2]|2\s?\*\*\s?3[3-9])/g,
  /\.repeat\(\s?(?:2\s?\*\*\s?(?:29|3\d)|[1-9]e(?:9|1\d)|\d{10,})\s?\)/g,
];
const shell = [
  // A stream without end into a file (the null device is no disk).
  /(?<![\w</.-])(?:cat\s+\/dev\/(?:zero|u?random)|yes(?:\s+[^\s|>;]{1,40})?)\s*>>?\s*(?!\/dev\/)["']?[\w~/$.]/g,
  /\bdd\s+if=\/dev\/(?:zero|u?random)\s+(?![^\n;|&]{0,120}\bcount=)[^\n;|&]{0,80}\bof=(?!\/dev\/)/g,
  /\bfallocate\s+-l\s?\d{3,}(?:G|T)i?B?\b|\btruncate\s+-s\s?\d{4,}(?:G|T)\b|\bfallocate\s+-l\s?\d+T/g,
];
const forms: Readonly<Partial<Record<TaintSource['language'], readonly RegExp[]>>> = {
  javascript: script,
  typescript: script,
  python: [
    /(?:["'][^"'\n]{1,8}["']|\[[^\]\n]{1,12}\]|\bbytearray\(|b["'][^"'\n]{1,8}["'])\s?\*?\s?\(?\s?(?:10\s?\*\*\s?(?:1\d|9)\b|2\s?\*\*\s?(?:3[2-9]|[4-9]\d)|1024\s?\*\*\s?[4-9]|\d{2,4}\s?\*\s?1024\s?\*\*\s?3|1 ?<< ?(?:3[3-9]|[4-9]\d))/g,
  ],
  shell,
  markdown: shell,
};

function draftsOf(source: TaintSource): FindingDraft[] {
  const { text, offsetOf } = joinedText(source);
  return (forms[source.language] ?? []).flatMap((form) =>
    [...text.matchAll(form)].map((match): FindingDraft => {
      const span = {
        path: source.path,
        start: offsetOf(match.index),
        end: offsetOf(match.index + match[0].length),
      };
      return {
        span,
        severity: milderIn('medium', source),
        message: 'fills the memory or the disk',
      };
    }),
  );
}
