/**
 * An optional reader of prose: a model marks sentences that a person should look at. The reader is
 * asked only about a skill that rules pass, and its remarks only add to what a person is shown.
 */
import { type ModelServer, postToModel } from '../../skills-index/client/model-server.ts';
import type { Prose } from '../../skills-index/statement/prose.ts';
import { type Reading, type Remark, remarksMax } from '../../skills-index/statement/reading.ts';
import { remarksIn, type Slice } from './answer.ts';
import { instructions } from './instructions.ts';
import { answerBytesMax, requestCharsMax, requestSecondsMax, requestsMax } from './limits.ts';

export interface ProseReader {
  /**
   * Reads the sentences of a skill.
   * @returns the prose with a reading. Sentences about which the model gave no usable answer are
   * counted as unread; a model that fails never fails a scan
   */
  read(prose: Prose, signal: AbortSignal): Promise<Prose>;
}

export interface ReaderServer extends ModelServer {
  readonly model: string;
}

interface ReaderWorld {
  readonly ask: typeof fetch;
  /** Takes a line about each failure of the model. */
  readonly warn: (line: string) => void;
}

/** A reader behind an address in the form of OpenAI's chat completions. */
export function openAiReader(server: ReaderServer, { ask, warn }: ReaderWorld): ProseReader {
  const { host } = new URL(server.url);
  return {
    read: async (prose, signal) => {
      const remarks: Remark[][] = [];
      let read = 0;
      for (const slice of slicesOf(prose).slice(0, requestsMax)) {
        const found = await askAbout(prose, slice, signal);
        // A model that hangs would hang for every part.
        if (found === 'late') break;
        if (found === undefined) continue;
        read += slice.end - slice.start;
        remarks.push(found);
      }
      const unread = prose.sentences.length - read + prose.left;
      const reading: Reading = { model: server.model, remarks: shareOf(remarks), unread };
      return { ...prose, reading };
    },
  };

  async function askAbout(
    { sentences }: Prose,
    { start, end }: Slice,
    signal: AbortSignal,
  ): Promise<Remark[] | 'late' | undefined> {
    const listed = sentences
      .slice(start, end)
      .map(({ path, text }, index) => ({ number: start + index, file: path, sentence: text }));
    const messages = [
      { role: 'system', content: instructions },
      { role: 'user', content: JSON.stringify(listed) },
    ];
    const late = AbortSignal.timeout(requestSecondsMax * 1_000);
    try {
      const { status, bytes } = await postToModel(
        server,
        { model: server.model, messages, temperature: 0, stream: false },
        { ask, signal: AbortSignal.any([signal, late]), bytesMax: answerBytesMax },
      );
      if (status !== 200) return failed(`it answers ${status}`);
      if (bytes === undefined) return failed('its answer is too long');
      const { remarks, dropped } = remarksIn(bytes, sentences, { start, end });
      if (dropped > 0) warn(`The model at ${host} quoted no sentence; remarks dropped: ${dropped}`);
      return remarks;
    } catch (cause) {
      signal.throwIfAborted();
      failed(cause instanceof Error ? cause.message : String(cause));
      return late.aborted ? 'late' : undefined;
    }
  }

  function failed(why: string): undefined {
    warn(`The model at ${host} did not read a part of the prose: ${why}`);
  }
}

// Each part keeps as many remarks as the others, so that the first part hides no later one.
function shareOf(parts: readonly (readonly Remark[])[]): Remark[] {
  const longest = Math.max(0, ...parts.map((part) => part.length));
  return Array.from({ length: longest }, (_, at) => parts.flatMap((part) => part[at] ?? []))
    .flat()
    .slice(0, remarksMax)
    .sort((a, b) => a.sentence - b.sentence);
}

function slicesOf({ sentences }: Prose): Slice[] {
  const slices: Slice[] = [];
  let start = 0;
  let chars = 0;
  for (const [index, { text, path }] of sentences.entries()) {
    const more = text.length + path.length;
    if (chars > 0 && chars + more > requestCharsMax) {
      slices.push({ start, end: index });
      start = index;
      chars = 0;
    }
    chars += more;
  }
  return start < sentences.length ? [...slices, { start, end: sentences.length }] : slices;
}
