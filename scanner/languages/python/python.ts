/** The front end for Python. */

import { analyseLowered } from '../../engine/analyse.ts';
import { codecNamed, decoded } from '../../engine/library/codecs.ts';
import { knownText } from '../../engine/value.ts';
import type { Fact, Trait } from '../../fact/fact.ts';
import type { EmbeddedProgram, TaintSource } from '../../fact/source.ts';
import { pythonKnowledge } from '../../knowledge/python.ts';
import type { Analyse, FrontEndContext, FrontEndResult } from '../../programs/frontend.ts';
import { lowerPython } from './lower.ts';
import { Modules, type Shadow } from './modules.ts';
import { type ParsedPython, readPython, textIn } from './nodes.ts';
import { inAllReadings, type ReadSkill } from './readings.ts';
import { walk } from './tree.ts';

/** Facts of Python sources. */
export const analysePython: Analyse = (sources, context) => {
  const all = new Map(sources.map((source) => [source.path, readPython(source, context.steps)]));
  return inAllReadings((roots) => readingOf(sources, all, context, roots), context.steps);
};

// The skill as Python reads it when it looks through these folders first.
function readingOf(
  sources: readonly TaintSource[],
  all: ReadonlyMap<string, ParsedPython>,
  context: FrontEndContext,
  roots: ReadonlySet<string>,
): ReadSkill {
  const modules = new Modules(new Set(all.keys()), context, roots);
  const follow = analyseLowered({
    lower: (source, steps) => {
      const parsed = all.get(source.path);
      if (parsed === undefined) throw new Error('a source that was not read');
      return lowerPython(parsed, all, steps, modules);
    },
    knowledge: pythonKnowledge,
  });
  const result = follow(sources, context);
  const shadows = new Map<string, Fact[]>();
  const told: Fact[] = [];
  for (const parsed of all.values()) {
    told.push(...textFacts(parsed), ...endlessFacts(parsed), ...shellFacts(parsed, result.facts));
    for (const shadow of shadowsOf(parsed, modules)) {
      const fact = shadowFact(parsed, shadow);
      if (shadow.root === undefined) told.push(fact);
      else shadows.set(shadow.root, [...(shadows.get(shadow.root) ?? []), fact]);
    }
  }
  const named = new Set(result.unanalysed.map(({ span }) => span.path));
  const broken = [...all.values()].flatMap((parsed) =>
    named.has(parsed.source.path) ? [] : errorsOf(parsed),
  );
  const encoded = [...all.values()].flatMap((parsed) => encodedIn(parsed));
  return {
    result: {
      ...result,
      facts: [...result.facts, ...told, ...encoded.map(({ fact }) => fact)],
      embedded: [...result.embedded, ...encoded.map(({ program }) => program)],
      unanalysed: [...result.unanalysed, ...broken],
    },
    shadows,
  };
}

function errorsOf({ source, errors, unread }: ParsedPython): FrontEndResult['unanalysed'] {
  const isScript = /^(code|test)$/.test(source.context) && source.depth === 0;
  const first = unread[0]?.at ?? (isScript ? errors[0] : undefined);
  if (first === undefined) return [];
  return [
    {
      span: { path: source.path, start: first, end: first + 1 },
      reason: 'a syntax error: not all of it is Python',
    },
  ];
}

function traitAt(
  { source }: ParsedPython,
  start: number,
  trait: Trait,
  api: string,
  detail: string,
  certainty: 'exact' | 'widened' = 'exact',
  end = start + 1,
): Fact {
  const span = { path: source.path, start, end };
  return { kind: 'trait', span, context: source.context, certainty, trait, api, detail };
}

// Python files that name an encoding in which they say something else than their bytes show (PEP
// 263): what the encoding makes of the text is what Python runs.
function encodedIn(parsed: ParsedPython): { fact: Fact; program: EmbeddedProgram }[] {
  const { path, context, depth, text } = parsed.source;
  const [, name] =
    /^[^\n]*\n?[^\n]*/.exec(text)?.[0].match(/^[ \t\f]*#.{0,80}?coding[:=][ \t]*([-\w.]+)/m) ?? [];
  const codec = name === undefined || depth > 0 ? undefined : codecNamed(name);
  if (codec === undefined || !/^(rot13|escape-decode|utf-7-decode)$/.test(codec)) return [];
  const read = knownText(decoded(codec, text));
  if (read === undefined || read === text) return [];
  const map = [{ at: 0, raw: 0, fixed: true as const }];
  return [
    {
      fact: traitAt(parsed, 0, 'decode-to-code', `the encoding ${name}`, read.slice(-80)),
      program: {
        within: path,
        language: 'python',
        text: read.replace(/coding/, 'encoded'),
        context,
        map,
      },
    },
  ];
}

// An endless loop that starts processes.
function endlessFacts(parsed: ParsedPython): Fact[] {
  const facts: Fact[] = [];
  const { text } = parsed.source;
  walk(parsed.top, (node) => {
    const [, condition] = node.children;
    if (node.name !== 'WhileStatement' || condition === undefined) return true;
    const body = text.slice(node.from, node.to);
    if (
      /^(True|1)$/.test(text.slice(condition.from, condition.to)) &&
      /\bos\.fork\(|\bPopen\(|multiprocessing|\bstart_new_thread\(/.test(body) &&
      !/\b(break|return|sleep|wait|join|input|accept|recv)\b/.test(body)
    )
      facts.push(
        traitAt(
          parsed,
          node.from,
          'unbounded',
          'while',
          'an endless loop that starts processes',
          'exact',
          node.to,
        ),
      );
    return true;
  });
  return facts;
}

// A connection whose descriptors become those of a shell.
function shellFacts(parsed: ParsedPython, facts: readonly Fact[]): Fact[] {
  const { source } = parsed;
  const isConnected = facts.some(
    (fact) =>
      fact.kind === 'capability' &&
      fact.span.path === source.path &&
      fact.traits.includes('raw-socket'),
  );
  if (!isConnected) return [];
  const call = /\b(?:\w+\.)?dup2\s*\(|\bpty\.spawn\s*\(/.exec(source.text);
  const handed = /\b(stdin|stdout)\s*=\s*\w*(sock|conn|s)\w*(\.fileno\(\))?\s*[,)]/.exec(
    source.text,
  );
  const at = call ?? (/\/bin\/(ba)?sh|cmd\.exe/.test(source.text) ? handed : null);
  if (at === null) return [];
  return [
    traitAt(
      parsed,
      at.index,
      'reverse-shell',
      'socket',
      'a shell whose input and output are a connection',
      'exact',
      at.index + at[0].length,
    ),
  ];
}

// Libraries whose names are files of the skill as well, each once.
function shadowsOf({ source, scopes }: ParsedPython, modules: Modules): readonly Shadow[] {
  const found = new Map<string, Shadow>();
  for (const { imports } of scopes.values())
    for (const { of, name } of [...imports.values()].flat()) {
      const shadow =
        modules.shadow(of, source.path) ??
        (name === undefined ? undefined : modules.shadow(`${of}.${name}`, source.path));
      if (shadow !== undefined && !found.has(shadow.library)) found.set(shadow.library, shadow);
    }
  return [...found.values()];
}

function shadowFact(parsed: ParsedPython, { library, path, root }: Shadow): Fact {
  const { text } = parsed.source;
  const at = Math.max(0, text.search(new RegExp(`\\b(?:from|import)\\s+${library}\\b`)));
  const certainty = root === undefined ? 'exact' : 'widened';
  return traitAt(parsed, at, 'shadowed-library', library, path, certainty);
}

function textFacts({ source, top }: ParsedPython): Fact[] {
  const facts: Fact[] = [];
  walk(top, ({ name, from, to }) => {
    if (!/^(Comment|String|FormatString)$/.test(name) || to - from < 16) return true;
    const isComment = name === 'Comment';
    const written = source.text.slice(from, to);
    facts.push({
      kind: 'text',
      role: isComment ? 'comment' : 'string',
      span: { path: source.path, start: from, end: to },
      context: isComment ? 'comment' : source.context,
      certainty: 'exact',
      text: isComment
        ? written.replace(/^#+\s*/, '')
        : name === 'String'
          ? textIn(written)
          : written,
      detail: '',
    });
    return true;
  });
  return facts;
}
