/**
 * A model behind an address in the form of OpenAI's embeddings, which most servers of models speak.
 * The server may fail, be slow and lie: its answer is bounded, and no vector of it is believed to
 * be more than an opinion about the order of results.
 */
import * as v from 'valibot';
import { postToModel } from '../../../skills-index/client/model-server.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { parseJson } from '../../../skills-index/skill/text/json.ts';
import type { Embedder } from './embedder.ts';
import type { EmbedderSettings } from './embedder-settings.ts';
import { embedderAnswerBytesMax, embedderAnswerValuesMax, vectorLengthMax } from './limits.ts';

const answerShape = v.looseObject({
  data: v.array(
    v.looseObject({
      index: v.pipe(v.number(), v.integer(), v.minValue(0)),
      embedding: v.pipe(
        v.array(v.pipe(v.number(), v.finite())),
        v.minLength(1),
        v.maxLength(vectorLengthMax),
      ),
    }),
  ),
});

/** The statuses of an answer to a text that the model never takes: broken, too long, unfit. */
const refusals: ReadonlySet<number> = new Set([400, 413, 422]);

/** @param ask `fetch` */
export function openAiEmbedder(server: EmbedderSettings, ask: typeof fetch): Embedder {
  const { model } = server;
  const { host } = new URL(server.url);
  const failed = (why: string, cause?: unknown): Problem =>
    new Problem('embedder-failed', `Cannot use the model at ${host}: ${why}`, { cause });
  return {
    model,
    embed: async (texts, signal) => {
      const bytes = await send(texts, signal).catch((cause: unknown) => {
        if (cause instanceof Problem) throw cause;
        throw failed(signal.aborted ? 'it did not answer in time' : 'it cannot be reached', cause);
      });
      return vectorsIn(bytes, texts.length, failed);
    },
  };

  async function send(texts: readonly string[], signal: AbortSignal): Promise<Uint8Array> {
    const body = { model, input: texts, encoding_format: 'float' };
    const { status, bytes } = await postToModel(server, body, {
      ask,
      signal,
      bytesMax: embedderAnswerBytesMax,
    });
    if (refusals.has(status))
      throw new Problem('embedder-refused', `The model at ${host} refuses a text: ${status}`);
    if (status !== 200) throw failed(`it answers ${status}`);
    if (bytes !== undefined) return bytes;
    throw failed(`its answer has more than ${embedderAnswerBytesMax} bytes`);
  }
}

function vectorsIn(
  bytes: Uint8Array,
  count: number,
  failed: (why: string, cause?: unknown) => Problem,
): Float32Array[] {
  let value: unknown;
  try {
    value = parseJson(bytes, 'the answer', embedderAnswerValuesMax).value;
  } catch (cause) {
    throw failed('its answer is not JSON, or has too many values', cause);
  }
  const parsed = v.safeParse(answerShape, value);
  if (!parsed.success) throw failed('its answer has another form than OpenAI’s embeddings');
  const vectors = new Map(
    parsed.output.data.map(({ embedding, index }) => [index, Float32Array.from(embedding)]),
  );
  const ordered = Array.from({ length: count }, (_, at) => vectors.get(at));
  const [first] = ordered;
  if (parsed.output.data.length !== count || !ordered.every((one) => one?.length === first?.length))
    throw failed('its answer has not one vector of one length for each text');
  return ordered.filter((one) => one !== undefined);
}
