/** The origin of bytes: a file of the bundle, or an entry inside one. */
import type { ArtifactFact, Span } from './fact.ts';
import { contextOf } from './language.ts';

export interface InnerPlace {
  /** The file of the bundle. */
  readonly file: string;
  /** The path of the file itself, or `a.zip!/run.sh` for an entry. */
  readonly path: string;
  /** 0 for the file, 1 for an entry of an archive, … */
  readonly depth: number;
}

/** The place for reports: for an entry of an archive, the archive with the entry's name. */
export function spanAt({ file, path }: InnerPlace, start = 0, end = start): Span {
  return path === file ? { path, start, end } : { path: file, start: 0, end: 0, inner: path };
}

/** A fact about the whole place, or about a part of its text. */
export function placeFact(
  place: InnerPlace,
  what: ArtifactFact['what'],
  detail: string,
  start = 0,
  end = start,
): ArtifactFact {
  return {
    kind: 'artifact',
    what,
    detail,
    span: spanAt(place, start, end),
    context: contextOf(place.path),
    certainty: 'exact',
  };
}
