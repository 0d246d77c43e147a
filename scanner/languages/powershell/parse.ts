/**
 * Statements and commands of PowerShell (about_Language_Keywords, about_Parsing). The parser reads
 * each program to its end, in linear time, and says which parts it could not read.
 */
import type { Steps } from '../../fact/steps.ts';
import { parseCommand, parseWordValue } from './command-words.ts';
import {
  countAssigned,
  deeper,
  isHere,
  noteUnread,
  parseBlock,
  parseExpression,
  parseParameters,
  type Reader,
  skipAttributes,
  skipBlanks,
  TooDeep,
  take,
} from './expressions.ts';
import type { Block, Expression, PowerShellStatement } from './syntax.ts';

export interface ParsedPowerShell {
  readonly block: Block;
  readonly unread: readonly { readonly at: number; readonly reason: string }[];
  readonly assigned: ReadonlyMap<string, number>;
}

/** Parses a whole program; never throws because of its text. */
export function parsePowerShell(text: string, steps: Steps): ParsedPowerShell {
  const reader: Reader = {
    text,
    at: 0,
    depth: 0,
    steps,
    unread: [],
    assigned: new Map(),
    parseStatements,
    parseExpression,
  };
  try {
    const first = parseBlock(reader);
    const body = [...first.body];
    // A bracket too many ends no program, so that nothing hides behind it.
    while (reader.at < text.length) {
      noteUnread(reader, 'there is a } too many');
      for (const statement of parseStatements(reader, '}')) body.push(statement);
    }
    const block: Block = { ...first, body };
    return { block, unread: reader.unread, assigned: reader.assigned };
  } catch (cause) {
    if (!(cause instanceof TooDeep)) throw cause;
    const unread = [{ at: reader.at, reason: 'it is nested too deeply' }];
    return { block: { type: 'block', parameters: [], body: [] }, unread, assigned: new Map() };
  }
}

// Up to the closing mark; `entry` ends before the next entry of a table.
function parseStatements(reader: Reader, closes: string): PowerShellStatement[] {
  return deeper(reader, () => {
    const found: PowerShellStatement[] = [];
    for (;;) {
      skipBlanks(reader, closes !== 'entry' || found.length === 0);
      if (reader.at >= reader.text.length) return found;
      const letter = reader.text[reader.at] ?? '';
      if (closes === 'entry' && (/[;\r\n}]/.test(letter) || found.length > 0)) return found;
      if (letter === closes) {
        reader.at += 1;
        return found;
      }
      if (take(reader, /[;\r\n]|&&|\|\|/y) !== undefined) continue;
      if (/[)}]/.test(letter)) {
        noteUnread(reader, `there is a ${letter} too many`);
        reader.at += 1;
        continue;
      }
      const before = reader.at;
      found.push(...parseStatement(reader));
      if (reader.at === before) {
        noteUnread(reader, 'a statement was expected');
        reader.at += 1;
      }
    }
  });
}

const keywords =
  /(?:if|elseif|else|foreach|for|while|do|until|switch|try|catch|finally|trap|function|filter|workflow|configuration|param|begin|process|end|dynamicparam|clean|return|throw|exit|break|continue|class|enum|using|data|parallel|sequence)(?![\w-])/iy;

function parseStatement(reader: Reader): PowerShellStatement[] {
  return deeper(reader, () => parseOneStatement(reader));
}

function parseOneStatement(reader: Reader): PowerShellStatement[] {
  const start = reader.at;
  const keyword = /^[a-z]/i.test(reader.text[start] ?? '')
    ? take(reader, keywords)?.[0].toLowerCase()
    : undefined;
  if (keyword !== undefined) {
    const made = parseKeyword(reader, keyword, start);
    if (made !== undefined) return made;
    reader.at = start;
  }
  return [parsePipeline(reader)];
}

function parseKeyword(
  reader: Reader,
  keyword: string,
  start: number,
): PowerShellStatement[] | undefined {
  skipBlanks(reader, false);
  const place = (): { start: number; end: number } => ({ start, end: reader.at });
  switch (keyword) {
    case 'if':
    case 'switch':
      return [parseBranch(reader, keyword, start)];
    case 'for':
    case 'foreach':
    case 'while':
    case 'do':
      return parseLoop(reader, keyword, start);
    case 'try':
    case 'trap': {
      const bodies = [parseBody(reader)];
      for (;;) {
        const before = reader.at;
        skipBlanks(reader, true);
        if (take(reader, /(?:catch|finally)(?![\w-])/iy) === undefined) {
          reader.at = before;
          break;
        }
        skipAttributes(reader);
        bodies.push(parseBody(reader));
      }
      return [{ type: 'branch', conditions: [], bodies, place: place() }];
    }
    case 'function':
    case 'filter': {
      const name = take(reader, /(?:\w+:)?([\w.-]{1,200})/y)?.[1]?.toLowerCase() ?? '';
      skipBlanks(reader, true);
      const given = take(reader, /\(/y) === undefined ? [] : parseParameters(reader);
      skipBlanks(reader, true);
      if (take(reader, /\{/y) === undefined) return undefined;
      const block = parseBlock(reader);
      const all = { ...block, parameters: [...given, ...block.parameters] };
      return [{ type: 'function', name, block: all, place: place() }];
    }
    case 'begin':
    case 'process':
    case 'end':
    case 'clean':
    case 'dynamicparam':
    case 'parallel':
    case 'sequence':
      if (!isHere(reader, '{')) return undefined;
      return [{ type: 'branch', conditions: [], bodies: [parseBody(reader)], place: place() }];
    case 'param':
      if (!isHere(reader, '(')) return undefined;
      reader.at += 1;
      parseParameters(reader);
      return [];
    case 'return':
    case 'throw':
    case 'exit':
      return /[;\r\n})]/.test(reader.text[reader.at] ?? '\n') ? [] : [parsePipeline(reader)];
    case 'break':
    case 'continue':
      take(reader, /:?\w*/y);
      return [];
    case 'using':
      take(reader, /[^\r\n;]*/y);
      return [];
    case 'class':
    case 'enum':
    case 'data':
    case 'workflow':
    case 'configuration': {
      if (keyword !== 'enum') noteUnread(reader, `what a ${keyword} does is not followed`);
      take(reader, /[^\r\n{;]*/y);
      return [{ type: 'branch', conditions: [], bodies: [parseBody(reader)], place: place() }];
    }
    default:
      return undefined;
  }
}

function parseBranch(reader: Reader, keyword: string, start: number): PowerShellStatement {
  const conditions: PowerShellStatement[] = [];
  const bodies: (readonly PowerShellStatement[])[] = [];
  const condition = (): void => {
    skipBlanks(reader, true);
    if (take(reader, /\(/y) !== undefined) conditions.push(...parseStatements(reader, ')'));
  };
  while (take(reader, /-\w{1,20}\s{1,20}/y) !== undefined);
  condition();
  if (keyword === 'switch') {
    skipBlanks(reader, true);
    if (take(reader, /\{/y) !== undefined) bodies.push(...switchBodies(reader));
  } else {
    bodies.push(parseBody(reader));
    for (;;) {
      const before = reader.at;
      skipBlanks(reader, true);
      const more = take(reader, /(?:elseif|else)(?![\w-])/iy)?.[0].toLowerCase();
      if (more === undefined) {
        reader.at = before;
        break;
      }
      if (more === 'elseif') condition();
      bodies.push(parseBody(reader));
    }
  }
  return { type: 'branch', conditions, bodies, place: { start, end: reader.at } };
}

function switchBodies(reader: Reader): (readonly PowerShellStatement[])[] {
  const bodies: (readonly PowerShellStatement[])[] = [];
  for (;;) {
    skipBlanks(reader, true);
    if (take(reader, /;/y) !== undefined) continue;
    if (reader.at >= reader.text.length || take(reader, /\}/y) !== undefined) return bodies;
    if (!isHere(reader, '{')) parseWordValue(reader);
    else {
      reader.at += 1;
      bodies.push(parseBlock(reader).body);
    }
    skipBlanks(reader, true);
    if (isHere(reader, '{')) bodies.push(parseBody(reader));
    else {
      noteUnread(reader, 'a case has no body');
      reader.at += 1;
    }
  }
}

function parseLoop(
  reader: Reader,
  keyword: string,
  start: number,
): PowerShellStatement[] | undefined {
  const over: PowerShellStatement[] = [];
  let variable: string | undefined;
  let body: readonly PowerShellStatement[] = [];
  if (keyword === 'do') {
    body = parseBody(reader);
    skipBlanks(reader, true);
    if (take(reader, /(?:while|until)(?![\w-])/iy) !== undefined) skipBlanks(reader, true);
    if (take(reader, /\(/y) !== undefined) over.push(...parseStatements(reader, ')'));
  } else {
    while (take(reader, /-\w{1,20}\s{1,20}/y) !== undefined);
    if (take(reader, /\(/y) === undefined) return undefined;
    skipBlanks(reader, true);
    const named =
      keyword === 'foreach'
        ? take(reader, /(?:\[[\w.[\]]{1,80}\]\s*)?\$(\w{1,120})\s{1,20}in\s{1,20}/iy)
        : undefined;
    variable = named?.[1]?.toLowerCase();
    if (variable !== undefined) countAssigned(reader, variable);
    over.push(...parseStatements(reader, ')'));
    body = parseBody(reader);
  }
  return [{ type: 'loop', variable, over, body, place: { start, end: reader.at } }];
}

function parseBody(reader: Reader): readonly PowerShellStatement[] {
  skipBlanks(reader, true);
  if (take(reader, /\{/y) === undefined) {
    noteUnread(reader, 'a body was expected');
    return [];
  }
  return parseBlock(reader).body;
}

function parsePipeline(reader: Reader): PowerShellStatement {
  const start = reader.at;
  const first = parseCommand(reader);
  skipBlanks(reader, false);
  const assignment = take(reader, /(?:[-+*/%]|\?\?)?=(?!=)/y);
  if (assignment !== undefined && first.expression !== undefined) {
    skipBlanks(reader, true);
    for (const name of namesOf(first.expression)) countAssigned(reader, name);
    const value = parseStatement(reader);
    return {
      type: 'assign',
      target: first.expression,
      operator: assignment[0],
      value,
      place: { start, end: reader.at },
    };
  }
  const commands = [first];
  for (;;) {
    const before = reader.at;
    skipBlanks(reader, true);
    if (isHere(reader, '||') || take(reader, /\|/y) === undefined) {
      reader.at = before;
      break;
    }
    skipBlanks(reader, true);
    commands.push(parseCommand(reader));
  }
  take(reader, /[ \t]*&(?!&)/y);
  return { type: 'pipeline', commands, place: { start, end: reader.at } };
}

/** The variables that an assignment sets. */
export function namesOf(target: Expression): readonly string[] {
  if (target.type === 'variable') return [target.name];
  if (target.type === 'cast') return namesOf(target.value);
  if (target.type === 'list') return target.items.flatMap(namesOf);
  if (target.type === 'member' || target.type === 'index') return namesOf(target.of);
  return [];
}
