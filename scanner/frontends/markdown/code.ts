/**
 * Code inside Markdown: blocks and inline code as programs of their languages, with the places
 * their lines come from.
 */
import type { FactContext } from '../../fact/fact.ts';
import type { EmbeddedProgram, Language, OffsetMap } from '../../fact/source.ts';
import {
  describesBlock,
  describesInside,
  describesSection,
  fenceLanguages,
  forbidsBlock,
  hasBlockRun,
  namesSituation,
  shellFirstWords,
  tellsToRun,
} from './code-fences.ts';

/** Text collected from pieces of a source. */
export interface Pieces {
  readonly text: string;
  readonly map: OffsetMap;
}

export interface CodeBlock extends Pieces {
  /** The info string of the fence; empty without one. */
  readonly info: string;
  /** The title of a page about one subject; empty for SKILL.md. */
  readonly title: string;
  /** The nearest heading and the text right before the block. */
  readonly heading: string;
  readonly before: string;
}

/** Joins pieces of a source, each at its offset. */
export function joinPieces(
  pieces: readonly { readonly text: string; readonly raw: number }[],
): Pieces {
  const map: { at: number; raw: number }[] = [];
  let text = '';
  for (const piece of pieces) {
    if (piece.text === '') continue;
    map.push({ at: text.length, raw: piece.raw });
    text += piece.text;
  }
  return { text, map };
}

/**
 * The context of a block: code to run, unless the text right before it (its sentence, its heading,
 * its first line) or the title of its page says that it only shows code. Such words elsewhere do
 * not count: everybody can write them.
 */
export function blockContext({
  title,
  heading,
  before,
  text,
}: Pick<CodeBlock, 'title' | 'heading' | 'before' | 'text'>): FactContext {
  const lead = lastSentence(before);
  const forbidden = forbidsBlock.exec(lead);
  if (forbidden !== null && !hasBlockRun.test(lead.slice(forbidden.index + forbidden[0].length)))
    return 'fence-doc';
  const isOthers = describesBlock.test(lead);
  if (hasBlockRun.test(lead) && !(isOthers && othersRun.test(lead))) return 'fence-run';
  return isOthers ||
    describesInside.test(text) ||
    [title, heading].some((one) => describesSection.test(one) && !namesSituation.test(one))
    ? 'fence-doc'
    : 'fence-run';
}

// "An attacker can run" is no order to run it.
const othersRun =
  /\b(attackers?|adversar(y|ies)|malware|malicious \w+|it|they|code|payloads?)\s+(\w+\s+){0,2}(run|execute|paste|copy|install|launch|start|use|invoke|call|apply)/i;

function lastSentence(text: string): string {
  const near = text.slice(-leadCharsMax).trimEnd();
  const ends = [...near.matchAll(/(?<!\b(?:e\.g|i\.e))[.!?。](?=\s)/g)];
  const last = ends.at(-1);
  return last === undefined ? near : near.slice(last.index + 1);
}

const leadCharsMax = 300;

/** The language of a block by its tag, else by its first words. */
export function blockLanguage({
  info,
  text,
  before,
}: Pick<CodeBlock, 'info' | 'text' | 'before'>): Language | 'console' | undefined {
  const tag = /^[{.]*([\w+#-]+)/.exec(info.trim().toLowerCase())?.[1] ?? '';
  const named = Object.hasOwn(fenceLanguages, tag) ? fenceLanguages[tag] : undefined;
  if (named !== undefined) return named;
  const isPlain = tag === '' || /^(text|txt|plain|plaintext|output|none|code|command)$/.test(tag);
  if (!isPlain) return undefined;
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (
    lines.some((line) => /^\s*(?:[\w.-]{1,40}@[\w.-]{1,60}[^$#%\n]{0,40}[$#%]|[$%]) \S/.test(line))
  )
    return 'console';
  const looks = lines.filter((line) => looksLikeShell(line));
  return looks.length > 0 && (looks.length * 2 >= lines.length || tellsToRun.test(before))
    ? 'shell'
    : undefined;
}

/** Whether a line begins like a command. */
export function looksLikeShell(line: string): boolean {
  const first =
    /^\s*(?:[({] +|\((?=.{0,400}[|;&]))?(?:[A-Z_]+=\S* +)*([\w.+-]+)(?:\s+\S|$)/.exec(line)?.[1] ??
    '';
  return (
    shellFirstWords.has(first) &&
    !/^\s*\w+ (is|are|was|to|and|the|a|an|or|of|in|for|you|your|this|that|will|should|can)\b/i.test(
      line,
    )
  );
}

/** Lines of a block with commands that fetch, send or run something. */
export function shellLines(block: Pieces): Pieces[] {
  const found: Pieces[] = [];
  let at = 0;
  for (const line of block.text.split('\n')) {
    if (
      /^\s*(sudo |\$ )?(curl|wget|nc|ncat|bash|sh|eval|echo|base64|powershell|iex)\s.*(https?:|\||\$\(|-c\s)/.test(
        line,
      ) &&
      looksLikeShell(line.replace(/^\s*\$ /, ''))
    )
      found.push({ text: line, map: [{ at: 0, raw: rawAt(block.map, at) }] });
    at += line.length + 1;
  }
  return found.slice(0, 50);
}

/**
 * The program of a block. Prompts and output of a console are left out, placeholders such as
 * `<name>` become unknown parts.
 */
export function programOf(
  within: string,
  language: Language | 'console',
  block: Pieces,
  context: FactContext,
): EmbeddedProgram {
  const isConsole =
    language === 'console' || (language === 'shell' && /^\s*\$ \S/m.test(block.text));
  const pieces = isConsole ? consoleLines(block) : block;
  const isShell = language === 'console' || language === 'shell';
  const text = isShell
    ? pieces.text.replace(/<[A-Za-z][\w .:/|-]{0,60}>/g, (placeholder) =>
        '\0'.repeat(placeholder.length),
      )
    : pieces.text;
  return {
    within,
    language: language === 'console' ? 'shell' : language,
    text,
    context,
    map: pieces.map,
  };
}

function consoleLines(block: Pieces): Pieces {
  const kept: { text: string; raw: number }[] = [];
  let at = 0;
  let continues = false;
  for (const line of block.text.split('\n')) {
    const prompt =
      /^\s*(?:\([\w.-]+\) ?)?(?:[\w.-]+@[\w.-]+[^$#%]{0,40})?[$%❯] |^\s*[\w.-]+@[\w.-]+[^$#%]{0,40}# /.exec(
        line,
      )?.[0] ?? '';
    if (prompt !== '' || continues) {
      kept.push({
        text: `${line.slice(prompt.length)}\n`,
        raw: rawAt(block.map, at + prompt.length),
      });
      continues = line.trimEnd().endsWith('\\');
    }
    at += line.length + 1;
  }
  return joinPieces(kept);
}

function rawAt(map: OffsetMap, offset: number): number {
  const piece = map.findLast((piece) => piece.at <= offset);
  return piece === undefined ? 0 : piece.raw + (offset - piece.at);
}
