/** The optional reader of prose, as options and environment variables name it. */
import { openAiReader, type ProseReader } from '../../scanner/reader/reader.ts';
import { endpointOf, whyNotModelKey } from '../../skills-index/client/model-server.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { printNote, safe } from '../terminal/output.ts';

/**
 * The reader that the options or the environment name; undefined when neither names one.
 * @throws Problem `usage` for an address, name or key that cannot be used
 */
export function readerOf(context: CommandContext): ProseReader | undefined {
  const { env, options, fetch } = context;
  const address = options.reader ?? env.SKILLGATE_READER;
  const model = options['reader-model'] ?? env.SKILLGATE_READER_MODEL;
  if (address === undefined && model === undefined) return undefined;
  if (typeof address !== 'string' || typeof model !== 'string')
    throw refused('a reader has an address and a name', 'Give --reader and --reader-model.');
  if (!/^[\x21-\x7e]{1,200}$/.test(model))
    throw refused('the name of its model has a space, other signs, or more than 200 characters');
  const url = endpointOf(address, '/chat/completions');
  if (typeof url !== 'string') throw refused(url.why, url.hint);
  const key = env.SKILLGATE_READER_KEY?.trim();
  const wrongKey = key === undefined ? undefined : whyNotModelKey(key);
  if (wrongKey !== undefined) throw refused(wrongKey);
  return openAiReader(
    { url, model, key },
    { ask: fetch, warn: (line) => printNote(context, safe`reader: ${line}`) },
  );
}

function refused(why: string, hint?: string): Problem {
  return new Problem('usage', `Cannot use a model as a reader of prose: ${why}`, { hint });
}
