/** The entry of a skill over MCP: front matter, and all files with digests. */
import type { Bundle } from '../skill/bundle.ts';
import { parseFrontMatter } from '../skill/front-matter.ts';
import { type SkillName, shortNameOf } from '../skill/name.ts';
import { skillUri } from './skill-uri.ts';
import { whyTooLargeForMcp } from './too-large.ts';

/** An object of an answer, in JSON. */
export type McpObject = Readonly<Record<string, unknown>>;

/** A skill that a server offers. */
export interface ServedSkill {
  readonly name: SkillName;
  readonly description: string;
  /** @throws Problem */
  readonly readBundle: () => Promise<Bundle>;
  /** @throws Problem */
  readonly readSkillMd: (bundle: Bundle) => Promise<Uint8Array>;
  /** `_meta` of the entry: for clients that know more than MCP. @throws Problem */
  readonly readMeta?: () => Promise<McpObject>;
}

/** The entry of a skill, or why hosts would refuse the skill. @throws Problem */
export async function entryOf({
  name,
  readBundle,
  readMeta,
  readSkillMd,
}: ServedSkill): Promise<{ readonly entry: McpObject } | { readonly whyNot: string }> {
  const bundle = await readBundle();
  const whyNot = whyTooLargeForMcp(bundle.files);
  if (whyNot !== undefined) return { whyNot };
  const { fields } = parseFrontMatter(await readSkillMd(bundle));
  // Hosts check that the address ends in the name of SKILL.md.
  if (fields.name !== shortNameOf(name)) return { whyNot: 'its SKILL.md has another name' };
  const resources = bundle.files.map(({ path, sha256, size }) => ({
    uri: skillUri(name, path),
    digest: sha256,
    size,
  }));
  const meta = readMeta === undefined ? {} : { _meta: await readMeta() };
  return { entry: { uri: skillUri(name, 'SKILL.md'), frontmatter: fields, resources, ...meta } };
}

interface Child {
  readonly name: string;
  readonly isFolder: boolean;
}

/** What is directly in a folder, in the order of the names. */
export function childrenOf({ files }: Bundle, folder: string): Child[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  const found = new Map<string, Child>();
  for (const { path } of files) {
    if (!path.startsWith(prefix)) continue;
    const [name = '', ...below] = path.slice(prefix.length).split('/');
    found.set(name, { name, isFolder: below.length > 0 });
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const mimeTypes: Readonly<Record<string, string>> = {
  md: 'text/markdown',
  json: 'application/json',
};

export function mimeTypeOf(path: string): string {
  return mimeTypes[path.slice(path.lastIndexOf('.') + 1)] ?? 'text/plain';
}
