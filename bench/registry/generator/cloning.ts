/** A template, prepared so that each clone takes little time. */
import { hexOf, parseDigest } from '../../../skills-index/skill/digest.ts';
import type { Signer } from '../../../skills-index/statement/sign.ts';
import type { Pieces, Variables } from './pieces.ts';
import type { Cell, Entry, Template } from './template.ts';

/**
 * How much of a clone exists. `rows` are rows alone, whose signatures are the template's. `files`
 * adds the stored files and the report. `whole` adds real signatures, a signed checkpoint and the
 * statements' bundles, so that everybody can verify the clone.
 */
export type Depth = 'rows' | 'files' | 'whole';

export interface Cloning {
  readonly template: Template;
  readonly depth: Depth;
  readonly variables: Variables;
  /** Stored texts that clones change, each after those that it names, with their digests' numbers. */
  readonly blobs: readonly Numbered[];
  readonly statements: readonly ClonedStatement[];
}

/** A text, and the number of the variable that is its digest. */
interface Numbered {
  readonly number: number;
  readonly text: Pieces;
}

export interface ClonedStatement {
  readonly entry: Entry;
  /** Undefined for the author, who is another one for each clone. */
  readonly signer: Signer | undefined;
  readonly payload: Numbered;
  /** The number of the bundle's address. */
  readonly bundle: number;
  /** The parts of the log entry around the digest of what is signed. */
  readonly body: readonly [Pieces, Pieces];
  /** The cells of the row. */
  readonly cells: readonly (readonly [string, Pieces | Cell])[];
}

/** @param signers everybody but the authors, by their keys */
export function cloningOf(
  template: Template,
  depth: Depth,
  signers: ReadonlyMap<string, Signer>,
): Cloning {
  const { variables } = template;
  const numberOf = (digest: Cell | undefined) =>
    variables.numberOf(hexOf(parseDigest(String(digest))));
  const blobs = template.blobs
    .map(({ digest, text }) => ({ number: numberOf(digest), text: variables.cut(text) }))
    // The others have the template's digests, and their files exist.
    .filter(({ text }) => text.some((piece) => typeof piece === 'number'));
  const statements = template.entries.map((entry): ClonedStatement => {
    const { row } = entry;
    const signer = signers.get(String(row.signer));
    if (signer === undefined && row.signer !== template.names.author.keyId)
      throw new Error(`Nobody has the key ${row.signer}`);
    const [before, after] = entry.body;
    return {
      entry,
      signer,
      payload: { number: numberOf(row.payload), text: variables.cut(entry.payload) },
      bundle: numberOf(row.bundle),
      body: [variables.cut(before), variables.cut(after)],
      cells: Object.entries(row)
        .filter(([column]) => column !== 'envelope')
        .map(([column, cell]) => [column, typeof cell === 'string' ? variables.cut(cell) : cell]),
    };
  });
  return { template, depth, variables, blobs, statements };
}
