/**
 * Texts in code that a model reads: descriptions of tools and of their parameters (Model Context
 * Protocol, "Tools"; function calling), as docstrings or as strings. They are prose for an agent.
 */

import type { EmbeddedProgram, Language, TaintSource } from '../fact/source.ts';
import { joinPieces } from './markdown/code.ts';

/** The texts of tools in code, each as a text of its own. Linear in the code. */
export function toolTexts(source: TaintSource): EmbeddedProgram[] {
  const { text, language } = source;
  if (!codeLanguages.has(language) || !toolWords.test(text)) return [];
  const starts = [...(language === 'python' ? docstrings(text) : []), ...named(text)];
  const found: EmbeddedProgram[] = [];
  let behind = -1;
  for (const start of starts.sort((a, b) => a - b).slice(0, textsMax)) {
    if (start < behind) continue;
    const literal = literalsAt(text, start);
    behind = literal.end;
    const { text: joined, map } = joinPieces(literal.pieces);
    if (joined.trim().length < charsMin) continue;
    found.push({
      within: source.path,
      language: 'text',
      text: joined,
      context: source.context,
      map,
    });
  }
  return found;
}

const codeLanguages: ReadonlySet<Language> = new Set(['python', 'typescript', 'javascript']);
const textsMax = 400;
const charsMin = 24;
const literalCharsMax = 8_000;

// Words of libraries with which programs offer tools to a model.
const toolWords =
  /\b(mcp|fastmcp|modelcontextprotocol|McpServer|inputSchema|input_schema|function_tool|langchain|StructuredTool|BaseTool|smolagents|kernel_function|tool_calls|registerTool)\b/i;

// `@server.tool(…)` or `@tool`, other decorators, the function's head, its docstring.
function docstrings(text: string): number[] {
  const found: number[] = [];
  for (const match of text.matchAll(
    /^[ \t]*@[\w.]{0,80}(?:tool|resource|prompt|kernel_function)\b/gim,
  )) {
    const from = match.index + match[0].length;
    const body = text.slice(from, from + headCharsMax);
    const head = /\bdef\s/.exec(body);
    if (head === null) continue;
    const doc = /:\s*(?:#[^\n]{0,200}\n\s*)?(?=[rRuU]?(?:"""|'''|"|'))/g;
    doc.lastIndex = head.index;
    // The first string behind a colon at the end of a line is the docstring: annotations and
    // defaults stand on the line of their colon.
    for (let at = doc.exec(body); at !== null; at = doc.exec(body))
      if (at[0].includes('\n')) {
        found.push(from + at.index + at[0].length);
        break;
      }
  }
  return found;
}

const headCharsMax = 3_000;

// `description="…"`, `.describe('…')`, `server.tool('name', '…')`, `instructions: "…"`.
function named(text: string): number[] {
  const key =
    /\b(?:description|instructions|__doc__)["']?\s{0,8}[=:]\s{0,8}\(?\s{0,80}|\.describe\(\s{0,80}|\.(?:tool|prompt|resource)\(\s{0,80}(?:"[^"\n]{1,100}"|'[^'\n]{1,100}')\s{0,8},\s{0,80}/g;
  return [...text.matchAll(key)].map((match) => match.index + match[0].length);
}

interface Literals {
  readonly pieces: readonly { readonly text: string; readonly raw: number }[];
  readonly end: number;
}

// Strings one behind the other, with or without `+` between them.
function literalsAt(text: string, start: number): Literals {
  const pieces: { text: string; raw: number }[] = [];
  let at = start;
  while (at - start < literalCharsMax) {
    const open = /[rRuUbBfF]{0,2}("""|'''|["'`])/y;
    open.lastIndex = at;
    const [all = '', quote = ''] = open.exec(text) ?? [];
    if (quote === '') break;
    const from = at + all.length;
    let end = from;
    while (end < text.length && end - start < literalCharsMax && !text.startsWith(quote, end))
      end += text[end] === '\\' ? 2 : 1;
    pieces.push({ text: text.slice(from, end).replace(/\\[nrt]/g, '  '), raw: from });
    const between = /\s{0,80}\+?\s{0,80}/y;
    between.lastIndex = end + quote.length;
    at = end + quote.length + (between.exec(text)?.[0].length ?? 0);
  }
  return { pieces, end: at };
}
