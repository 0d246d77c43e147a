/** What a picture of a page says. The picture is drawn from this alone. */
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';

/** A phrase, and the same without names, for where a name cannot be drawn or does not fit. */
export interface PicturePhrase {
  readonly named: string;
  readonly counted: string;
}

export interface PagePicture {
  /** The registry's origin; empty in the picture that every registry shares. */
  readonly origin: string;
  /** Such as `@acme`, in front of the title. */
  readonly lead?: string;
  readonly title: string;
  readonly version?: string;
  /** The state of a version. The colour follows the outlook. */
  readonly state?: { readonly word: string; readonly outlook: 'approved' | 'waiting' | 'stopped' };
  /** A sentence of the registry, or the description that an author wrote. */
  readonly text: string;
  readonly can?: readonly PicturePhrase[];
  /** Without an entry, the skill is a text, which no sandbox limits. */
  readonly cannot?: readonly string[];
}

/** Another look of the same words needs another address. */
const look = 1;

/** The digest of the words and the look, which is known before anything is drawn. */
export function pictureDigest(picture: PagePicture): Digest {
  return digestOf(JSON.stringify([look, picture]));
}

/** The name of the picture's file: other words have another name. */
export function pictureFile(picture: PagePicture): string {
  return `${hexOf(pictureDigest(picture)).slice(0, 32)}.png`;
}

/** The picture in words, for people who cannot see it. */
export function pictureAlt({ lead, state, text, title, version }: PagePicture): string {
  const name = lead === undefined ? title : `${lead}/${title}`;
  return [[name, version, state?.word].filter((word) => word !== undefined).join(' '), text].join(
    ': ',
  );
}
