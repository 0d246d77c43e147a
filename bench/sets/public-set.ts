/** A set of public skills, attacks or honest ones, that `npm run corpus -- --sets` lays out. */

export interface SetSources {
  /** The folder with the bare mirrors. */
  readonly mirrors: string;
  /** A `site-packages` folder with the packages of honest-python.txt. */
  readonly packages: string | undefined;
}

/** By path. */
export type SkillTexts = Readonly<Record<string, string | Uint8Array>>;

/** A skill that a set makes from a page or an archive of its source. */
export interface MadeSkill {
  readonly id: string;
  readonly files: SkillTexts;
}

/** A skill that lies in a checkout of its repository, where links lead to other files. */
export interface FoundSkill {
  readonly id: string;
  readonly folder: string;
  /** Folders of further skills inside it. */
  readonly inner: readonly string[];
}

export type PublicSkill = MadeSkill | FoundSkill;

/** Keys are the names that `--only` takes. */
export type SkillSets = Readonly<Record<string, (sources: SetSources) => Iterable<PublicSkill>>>;
