/** A model's remarks about the prose of a version, with the places of the remarked sentences. */
import type { Prose } from '../../skills-index/statement/prose.ts';
import type { Remark } from '../../skills-index/statement/reading.ts';

export interface ShownReading {
  /** The name of the model. */
  readonly model: string;
  readonly remarks: readonly (Omit<Remark, 'sentence'> & {
    readonly path: string;
    readonly line: number;
  })[];
  /** The number of sentences about which the model answered nothing. */
  readonly unread: number;
}

/** The reading of a prose; undefined where no model read it. */
export function shownReading({ reading, sentences }: Prose): ShownReading | undefined {
  if (reading === undefined) return undefined;
  const { model, unread } = reading;
  const remarks = reading.remarks.flatMap(({ sentence, quote, kind }) => {
    const { path, line } = sentences[sentence] ?? {};
    return path === undefined || line === undefined ? [] : [{ path, line, quote, kind }];
  });
  return { model, remarks, unread };
}
