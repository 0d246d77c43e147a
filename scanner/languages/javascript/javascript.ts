/** The front end for JavaScript and TypeScript. */
import { posix } from 'node:path';
import { ts } from 'ts-morph';
import type { Capability } from '../../../skills-index/skill/capability.ts';
import { analyseLowered } from '../../engine/analyse.ts';
import type { Fact } from '../../fact/fact.ts';
import { syntaxDepthMax } from '../../fact/shared-limits.ts';
import type { TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import { javascriptKnowledge } from '../../knowledge/javascript/knowledge.ts';
import { own } from '../../lookup-tables/api.ts';
import { anyEgress, isLoopbackHost, targetOf } from '../../lookup-tables/egress-of.ts';
import { npmServices } from '../../lookup-tables/service-hosts.ts';
import { type Analyse, type FrontEndResult, notAnalysed } from '../../programs/frontend.ts';
import { lowerJavascript, type Noted } from './lower.ts';
import { exportsOf, isCommonModule, type ParsedJavascript, packageNamed } from './modules.ts';
import { parse } from './parse.ts';
import { scopesOf } from './scopes.ts';

/** Facts of JavaScript and TypeScript sources, as one program. */
export const analyseJavascript: Analyse = (sources, context) => {
  const failed: FrontEndResult['unanalysed'][number][] = [];
  const programs = new Map<string, ParsedJavascript>();
  for (const source of sources) {
    const read = readJavascript(source, context.steps);
    if (read.parsed !== undefined) programs.set(source.path, read.parsed);
    if (read.reason !== undefined) failed.push(notAnalysed(source, read.reason, read.at));
  }
  const textOf = (path: string): string | undefined =>
    context.texts?.get(posix.normalize(path))?.text;
  const noted = new Map<TaintSource, readonly Noted[]>();
  const follow = analyseLowered({
    lower: (source, steps) => {
      const parsed = programs.get(source.path);
      if (parsed === undefined) throw new Error('a source that was not read');
      const lowered = lowerJavascript(parsed, { programs, textOf }, steps);
      noted.set(source, lowered.noted);
      return lowered;
    },
    knowledge: javascriptKnowledge,
  });
  const read = [...programs.values()].map(({ source }) => source);
  const result = follow(read, context);
  const told = read.flatMap((source) => [
    ...(noted.get(source) ?? []).flatMap((one) => factOf(source, one) ?? []),
    ...remoteShell(source, result),
  ]);
  return {
    ...result,
    facts: [...result.facts, ...told],
    unanalysed: [...failed, ...result.unanalysed],
  };
};

/** Parses a source, and finds what its scopes bind. */
function readJavascript(
  source: TaintSource,
  steps: Steps,
): {
  readonly parsed?: ParsedJavascript;
  readonly reason?: string;
  readonly at?: number | undefined;
} {
  steps.take(1 + (source.text.length >> 4));
  const file = parse(nameOf(source), source.text);
  if (file === undefined || isTooDeep(file, steps)) return { reason: 'it is nested too deeply' };
  const [error] = source.depth > 0 ? [] : errorsIn(file);
  const reason =
    error && `a syntax error: ${ts.flattenDiagnosticMessageText(error.messageText, ' ')}`;
  const parsed: ParsedJavascript = {
    source,
    file,
    scopes: scopesOf(file),
    isCommon: isCommonModule(file),
    exports: exportsOf(file),
  };
  return { parsed, ...(reason !== undefined && { reason, at: error?.start }) };
}

// The ending says how TypeScript reads a text.
function nameOf({ path, language, depth }: TaintSource): string {
  const isKnown = depth === 0 && /\.([cm]?[jt]s|[jt]sx)$/.test(path);
  return isKnown ? path : `program${language === 'typescript' ? '.ts' : '.js'}`;
}

// A chain `a + b + c …` counts as one level: it is lowered as one operation.
function isTooDeep(file: ts.SourceFile, steps: Steps): boolean {
  const open: { readonly node: ts.Node; readonly depth: number }[] = [{ node: file, depth: 0 }];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { node, depth } = at;
    if (depth > syntaxDepthMax) return true;
    steps.take();
    const chain = ts.isBinaryExpression(node) ? node.left : undefined;
    ts.forEachChild(node, (child) => {
      const isChained =
        child === chain &&
        ts.isBinaryExpression(child) &&
        ts.isBinaryExpression(node) &&
        child.operatorToken.kind === node.operatorToken.kind;
      open.push({ node: child, depth: isChained ? depth : depth + 1 });
    });
  }
  return false;
}

// `parseDiagnostics` is internal, but the only access to syntax errors without all other checks.
function errorsIn(file: ts.SourceFile): readonly ts.Diagnostic[] {
  return 'parseDiagnostics' in file && Array.isArray(file.parseDiagnostics)
    ? file.parseDiagnostics
    : [];
}

function factOf(source: TaintSource, { kind, name, at }: Noted): Fact | undefined {
  const { path, context } = source;
  const span = { path, ...at };
  if (kind === 'tls-off') {
    const detail = 'rejectUnauthorized: false';
    return { kind: 'trait', trait: kind, api: name, detail, span, context, certainty: 'exact' };
  }
  // A package that calls a service of its own.
  if (/^[./]|^(data|https?|node):/.test(name)) return undefined;
  const api = /^(?:@[^/]+\/)?[^/@]+/.exec(packageNamed(name))?.[0] ?? name;
  const host = own(npmServices, api) ?? own(npmServices, api.replace(/\/.*/, '/*'));
  if (host === undefined) return undefined;
  const url = host === '*' ? anyEgress : `https://${host}/*`;
  const capability: Capability = { kind: 'egress', url, methods: ['*'] };
  const certainty = host === '*' ? 'widened' : 'lexical';
  return { kind: 'capability', capability, api, traits: [], span, context, certainty };
}

const shells = /^(?:.*[\\/])?(?:(?:ba|da|z|k|c|a)?sh|cmd|powershell|pwsh)(?:\.exe)?$/i;
const bare = /^(?:node:)?(?:net|tls)\b/;
// `socket.pipe(shell.stdin)`, `shell.stdin.write(data)`, `stdio: [socket, socket]`
const joins =
  /\.pipe\s{0,4}\([^()\n]{0,80}\bstdin\b|\bstd(?:out|err)\s{0,4}\.\s{0,4}pipe\s{0,4}\(|\bstdio\s{0,4}:\s{0,4}\[\s{0,4}(?!["'\d])\w|\bstdin\s{0,4}\.\s{0,4}write\b/;

// A shell whose input and output are a connection.
function remoteShell(source: TaintSource, { facts, embedded }: FrontEndResult): Fact[] {
  if (!joins.test(source.text)) return [];
  const here = facts.filter(({ span }) => span.path === source.path);
  const startsShell =
    here.some(
      (fact) =>
        fact.kind === 'capability' &&
        fact.capability.kind === 'exec' &&
        shells.test(fact.capability.program),
    ) ||
    embedded.some(
      ({ within, language, text }) =>
        within === source.path &&
        language === 'shell' &&
        shells.test(text.trim().split(/['"\s]+/)[0] ?? ''),
    );
  const socket = here.find(
    (fact) =>
      (fact.kind === 'trait' && fact.trait === 'listen' && bare.test(fact.api)) ||
      (fact.kind === 'capability' &&
        fact.capability.kind === 'egress' &&
        fact.traits.includes('raw-socket') &&
        !isLoopbackHost(targetOf(fact.capability.url).host)),
  );
  if (!startsShell || socket === undefined) return [];
  const { certainty, context, span } = socket;
  const detail = 'a shell whose input and output are a connection';
  return [{ kind: 'trait', trait: 'reverse-shell', detail, api: 'net', span, context, certainty }];
}
