/**
 * Dockerfiles (Dockerfile reference): commands of RUN, CMD and ENTRYPOINT as shell, fetched files,
 * base images.
 */
import type { Fact } from '../../fact/fact.ts';
import { shebang } from '../../fact/language.ts';
import type { EmbeddedProgram, TaintSource } from '../../fact/source.ts';
import { egressOf } from '../../lookup-tables/egress-of.ts';
import { type FrontEndContext, type FrontEndResult, perSource } from '../../programs/frontend.ts';
import { analyseMakefile } from './makefile.ts';

/** Facts of files that build: Dockerfiles and makefiles. */
export const analyseBuildFile = perSource((source, context) =>
  source.language === 'makefile'
    ? analyseMakefile(source, context)
    : analyseDockerfile(source, context),
);

interface Instruction {
  readonly keyword: string;
  readonly text: string;
  readonly start: number;
}

function analyseDockerfile(source: TaintSource, context: FrontEndContext): FrontEndResult {
  context.steps.take(1 + (source.text.length >> 4));
  const facts: Fact[] = commentsOf(source);
  const embedded: EmbeddedProgram[] = [];
  const stages = new Set<string>();
  let isWindows = false;
  for (const instruction of instructionsOf(source.text)) {
    const { keyword, text, start } = instruction;
    const about = {
      span: { path: source.path, start, end: start + text.length },
      context: source.context,
      certainty: 'exact',
    } as const;
    if (keyword === 'FROM') {
      const [, image = '', stage] = /^(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?/i.exec(text) ?? [];
      if (!stages.has(image.toLowerCase()) && image !== 'scratch' && image !== '')
        facts.push({ ...about, ...imageFact(image) });
      if (stage !== undefined) stages.add(stage.toLowerCase());
    } else if (keyword === 'ADD') {
      for (const [url] of text.matchAll(/\bhttps?:\/\/\S{3,500}/g)) {
        const egress = egressOf(url, ['GET']);
        if (egress !== undefined)
          facts.push({
            ...about,
            kind: 'capability',
            capability: { kind: 'egress', ...egress },
            api: 'ADD',
            traits: ['download'],
          });
      }
    } else if (keyword === 'SHELL') isWindows = /powershell|pwsh|cmd/i.test(text);
    else if (keyword === 'COPY' && text.includes('<<')) {
      const { program } = heredocOf(instruction) ?? {};
      if (program !== undefined)
        embedded.push({
          within: source.path,
          language: 'shell',
          context: 'fence-run',
          ...program,
        });
    } else if (/^(RUN|CMD|ENTRYPOINT|HEALTHCHECK)$/.test(keyword)) {
      const program = commandOf(instruction);
      // A person builds an image by hand, and the commands run in the image.
      if (program !== undefined)
        embedded.push({
          within: source.path,
          language: isWindows ? 'powershell' : 'shell',
          context: 'fence-run',
          ...(heredocOf(instruction)?.script ?? program),
        });
    }
  }
  return { facts, embedded, unanalysed: [] };
}

// An image by digest never changes; a tag can move.
function imageFact(
  image: string,
): Pick<
  Extract<Fact, { kind: 'dependency' }>,
  'kind' | 'manager' | 'name' | 'version' | 'pinned' | 'how'
> {
  const [, name = image, version = ''] =
    /^(.*?)(?::([\w.-]{1,128}))?(?:@sha256:[0-9a-f]{64})?$/.exec(image) ?? [];
  return {
    kind: 'dependency',
    manager: 'docker',
    name,
    version,
    pinned: image.includes('@sha256:'),
    how: 'declared',
  };
}

function commandOf({
  keyword,
  text,
  start,
}: Instruction): Pick<EmbeddedProgram, 'text' | 'map'> | undefined {
  const flags = /^(?:--[\w-]+(?:=\S+)?\s+)*/.exec(text)?.[0] ?? '';
  const skip =
    keyword === 'HEALTHCHECK'
      ? flags + (/^CMD\s+/i.exec(text.slice(flags.length))?.[0] ?? '')
      : flags;
  const command = text.slice(skip.length);
  const raw = start + skip.length;
  const words = command.startsWith('[')
    ? [...command.matchAll(/"((?:[^"\\\n]|\\.){0,2000})"/g)].map(([, word]) => word ?? '')
    : [];
  if (words.length > 0) {
    const quoted = words.map((word) =>
      /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
    );
    return { text: quoted.join(' '), map: [{ at: 0, raw, fixed: true }] };
  }
  return { text: command, map: [{ at: 0, raw }] };
}

interface Heredoc {
  /** The lines between the marks, when they are the whole command. */
  readonly script?: Pick<EmbeddedProgram, 'text' | 'map' | 'language'>;
  /** The file that the lines become, as a command of the shell. */
  readonly program?: Pick<EmbeddedProgram, 'text' | 'map'>;
}

// Dockerfile reference, "Here-documents": `RUN <<EOF` runs the lines, and `COPY <<EOF file` writes
// them.
function heredocOf({ keyword, text, start }: Instruction): Heredoc | undefined {
  const head = /^(?:--[\w-]+(?:=\S+)?\s+)*<<-?\s*(["']?)(\w{1,60})\1[ \t]*([^\n]{0,400})\r?\n/.exec(
    text,
  );
  if (head === null) return undefined;
  const [all, quote = '', mark = '', behind = ''] = head;
  const end = text.lastIndexOf(`\n${mark}`);
  const body = text.slice(all.length, Math.max(all.length, end + 1));
  const map = [{ at: 0, raw: start + all.length }];
  if (keyword === 'RUN')
    return behind.trim() === ''
      ? { script: { text: body, map, language: shebang(body) ?? 'shell' } }
      : undefined;
  const command = `cat <<${quote}${mark}${quote} > ${behind.trim()}\n`;
  return {
    program: {
      text: `${command}${body}${mark}\n`,
      map: [
        { at: 0, raw: start, fixed: true },
        { at: command.length, raw: start + all.length },
      ],
    },
  };
}

function commentsOf(source: TaintSource): Fact[] {
  return [...source.text.matchAll(/^[ \t]*#[ \t]?([^\n]{12,})/gm)].map((match) => ({
    kind: 'text',
    role: 'comment',
    span: { path: source.path, start: match.index, end: match.index + match[0].length },
    context: 'comment',
    certainty: 'exact',
    text: (match[1] ?? '').trim(),
    detail: '',
  }));
}

// A line that ends in the escape character continues on the next; a heredoc continues to its mark.
function instructionsOf(text: string): Instruction[] {
  const found: Instruction[] = [];
  const escapes = /^#\s*escape\s*=\s*`/im.test(text.slice(0, 500)) ? '`' : '\\';
  let start = 0;
  while (start < text.length) {
    let end = lineEnd(text, start);
    const isBlank = (from: number, to: number): boolean =>
      /^\s*(#|$)/.test(text.slice(from, Math.min(to, from + 200)));
    if (!isBlank(start, end)) {
      for (let lineStart = start; end < text.length; ) {
        const line = text.slice(lineStart, end).trimEnd();
        if (!line.endsWith(escapes) && !(lineStart > start && isBlank(lineStart, end))) break;
        lineStart = end + 1;
        end = lineEnd(text, lineStart);
      }
      const mark = /<<-?\s*["']?(\w{1,60})["']?/.exec(text.slice(start, end))?.[1];
      const close = mark === undefined ? -1 : text.indexOf(`\n${mark}`, end);
      if (close >= 0) end = lineEnd(text, close + 1);
      const head = /^\s*(?:ONBUILD\s+)?([A-Za-z]+)\s+/i.exec(text.slice(start, end));
      if (head !== null)
        found.push({
          keyword: (head[1] ?? '').toUpperCase(),
          text: text.slice(start + head[0].length, end),
          start: start + head[0].length,
        });
    }
    start = end + 1;
  }
  return found;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
