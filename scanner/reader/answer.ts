/** Parses a model's answer. A remark without a quotation from its sentence is dropped. */
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  quotesSentences,
  type Remark,
  type RemarkKind,
  remarkKinds,
  remarkQuoteCharsMax,
  type Sentence,
} from '../../skills-index/statement/prose.ts';

const answerValuesMax = 2_000;

/** Sentences from `start` to before `end`. */
export interface Slice {
  readonly start: number;
  readonly end: number;
}

const completion = v.looseObject({
  choices: v.pipe(
    v.array(v.looseObject({ message: v.looseObject({ content: v.string() }) })),
    v.minLength(1),
  ),
});
const answer = v.looseObject({ remarks: v.array(v.unknown()) });
const kinds = Object.keys(remarkKinds) as RemarkKind[];
const remark = v.looseObject({
  number: v.pipe(v.number(), v.safeInteger()),
  quote: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(remarkQuoteCharsMax)),
  kind: v.picklist(kinds),
});

/**
 * The remarks of an answer, each sentence at most once for each kind.
 * @param slice the sentences that the model got
 * @returns also the number of remarks that were dropped
 * @throws Problem `json-invalid` for an answer of another form
 */
export function remarksIn(
  bytes: Uint8Array,
  sentences: readonly Sentence[],
  { start, end }: Slice,
): { readonly remarks: Remark[]; readonly dropped: number } {
  const { choices } = shaped(completion, parseJson(bytes, 'the answer', answerValuesMax).value);
  const content = unfenced(choices[0]?.message.content ?? '');
  const given = shaped(answer, parseJson(content, 'the model’s text', answerValuesMax).value);
  const kept = new Map<string, Remark>();
  let dropped = 0;
  for (const value of given.remarks) {
    const parsed = v.safeParse(remark, value);
    const one = parsed.success
      ? { sentence: parsed.output.number, quote: parsed.output.quote, kind: parsed.output.kind }
      : undefined;
    const isQuoted =
      one !== undefined &&
      one.sentence >= start &&
      one.sentence < end &&
      quotesSentences({ remarks: [one] }, sentences);
    if (one === undefined || !isQuoted) dropped++;
    else kept.set(`${one.sentence} ${one.kind}`, one);
  }
  return { remarks: [...kept.values()].sort((a, b) => a.sentence - b.sentence), dropped };
}

// Many models put their JSON into a fence, also when they are told not to.
function unfenced(text: string): string {
  const lines = text.trim().split('\n');
  const isFenced = /^```(?:json)?\s*$/.test(lines[0] ?? '') && lines.at(-1)?.trim() === '```';
  return isFenced ? lines.slice(1, -1).join('\n') : text;
}

function shaped<Of>(shape: v.GenericSchema<unknown, Of>, value: unknown): Of {
  const parsed = v.safeParse(shape, value);
  if (parsed.success) return parsed.output;
  throw new Problem('json-invalid', 'the answer is not what was asked for');
}
