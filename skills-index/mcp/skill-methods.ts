/**
 * Skills over MCP, extension `io.modelcontextprotocol/skills` (SEP-2640). The methods answer from
 * the skills that a host or a registry gives them. The client verifies each file that it reads
 * against the skill's entry.
 */
import * as v from 'valibot';
import type { Bundle } from '../skill/bundle.ts';
import { parseFrontMatter } from '../skill/front-matter.ts';
import { isNamePart, parseSkillName, type SkillName, shortNameOf } from '../skill/name.ts';
import { Problem } from '../skill/problem.ts';
import { cleanDescription } from '../skill/text/shown-text.ts';

const mcpPageBytesMax = 256 * 1024;

/** Entries and bytes of one page of a list. */
export const mcpPageEntriesMax = 50;

/**
 * Bytes of a file that is sent as text. JSON writes a control character as six, so a large file of
 * them would keep other requests waiting.
 */
export const mcpTextBytesMax = 512 * 1024;

export const mcpSkillBytesMax = 16 * 1024 * 1024;

/**
 * What a server should offer of one skill at most (SEP-2640). Hosts may refuse a larger skill.
 */
export const mcpSkillFilesMax = 512;

// The entry of a skill over MCP: front matter, and all files with digests.

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
async function entryOf({
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
function childrenOf({ files }: Bundle, folder: string): Child[] {
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

function mimeTypeOf(path: string): string {
  return mimeTypes[path.slice(path.lastIndexOf('.') + 1)] ?? 'text/plain';
}

/** Why hosts may refuse a skill that they read over MCP; undefined when they take it. */
export function whyTooLargeForMcp(files: readonly { readonly size: number }[]): string | undefined {
  if (files.length > mcpSkillFilesMax)
    return `it has ${files.length} files, and hosts take at most ${mcpSkillFilesMax}`;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return bytes > mcpSkillBytesMax
    ? `it has ${bytes} bytes, and hosts take at most ${mcpSkillBytesMax}`
    : undefined;
}

// Addresses of skills over MCP: `skill://scope/name/path` (resource mapping of MCP's Skills
// extension).

interface SkillAddress {
  readonly name: SkillName;
  /** Path of a file or folder in the skill; empty for the skill itself. */
  readonly path: string;
}

/** The address of a file or folder; without a path, the address of the skill. */
export function skillUri(name: SkillName, path = ''): string {
  const parts = path === '' ? [] : path.split('/').map(encodeURIComponent);
  return `skill://${[name.slice(1), ...parts].join('/')}`;
}

/**
 * Parses an address. Each file has exactly one address, so that an approval of one address cannot
 * be avoided by another.
 * @throws Problem `not-found`
 */
export function parseSkillUri(uri: string): SkillAddress {
  const [scope = '', short = '', ...parts] = uri.startsWith('skill://')
    ? uri.slice('skill://'.length).split('/')
    : [];
  if (isNamePart(scope) && isNamePart(short) && !parts.includes('')) {
    const name = parseSkillName(`@${scope}/${short}`);
    const path = decoded(parts);
    if (path !== undefined && skillUri(name, path) === uri) return { name, path };
  }
  throw new Problem(
    'not-found',
    `There is no skill or file at ${JSON.stringify(uri.slice(0, 300))}`,
  );
}

function decoded(parts: readonly string[]): string | undefined {
  try {
    const path = parts.map(decodeURIComponent).join('/');
    // Half a surrogate pair has no encoding.
    return path.isWellFormed() ? path : undefined;
  } catch {
    return undefined;
  }
}

/** The skills that a server offers, every byte checked against the approved bundle. */
export interface ServedSkills {
  /** The skills behind a name, or all, in the order of their names. */
  after(name: string | undefined): AsyncIterable<ServedSkill>;
  /** @throws Problem */
  find(name: SkillName): Promise<ServedSkill>;
  /** The bytes of a file. @throws Problem */
  open(name: SkillName, path: string): Promise<Uint8Array>;
  /** How long a client may keep an answer, and whether it may share the answer. */
  readonly caching: { readonly ttlMs: number; readonly cacheScope: 'public' | 'private' };
}

/** What a client asks, and the era of its revision of MCP: `modern` from 2026-07-28. */
export interface McpCall {
  readonly params: unknown;
  readonly era: 'legacy' | 'modern';
}

type Method = (skills: ServedSkills, call: McpCall) => Promise<McpObject>;

export const skillsExtension = { 'io.modelcontextprotocol/skills': { directoryRead: true } };

/**
 * The methods by their names in MCP. Each throws a Problem for skills that do not exist or are not
 * granted, and for invalid parameters.
 */
export const skillMethods: Readonly<Record<string, Method>> = {
  'skills/list': async (skills, call) => {
    const { items, nextCursor } = await page(skills.after(cursorOf(call)), nameOf, entryOf);
    const entries = items.flatMap((item) => ('entry' in item ? [item.entry] : []));
    return { skills: entries, ...nextCursor, ...aboutCaches(skills, call) };
  },
  'skills/get': async (skills, call) => {
    const uri = uriOf(call);
    const { name, path } = parseSkillUri(uri);
    if (path !== 'SKILL.md')
      throw new Problem('not-found', `There is no skill at ${JSON.stringify(uri)}`);
    const found = await entryOf(await skills.find(name));
    if ('whyNot' in found)
      throw new Problem('not-found', `Cannot show ${name} as a skill over MCP: ${found.whyNot}`);
    return { skill: found.entry, ...aboutCaches(skills, call) };
  },
  'resources/list': async (skills, call) => {
    const { items, nextCursor } = await page(
      skills.after(cursorOf(call)),
      nameOf,
      async ({ description, name }) => ({
        uri: skillUri(name, 'SKILL.md'),
        name: shortNameOf(name),
        description: cleanDescription(description),
        mimeType: 'text/markdown',
      }),
    );
    return { resources: items, ...nextCursor, ...aboutCaches(skills, call) };
  },
  'resources/templates/list': async (skills, call) => ({
    resourceTemplates: [
      { uriTemplate: 'skill://{scope}/{name}/{+path}', name: 'a file of an approved skill' },
    ],
    ...aboutCaches(skills, call),
  }),
  'resources/read': async (skills, call) => {
    const uri = uriOf(call);
    const { name, path } = parseSkillUri(uri);
    if (path === '') throw new Problem('not-found', `${JSON.stringify(uri)} is a folder`);
    const bytes = await skills.open(name, path);
    const contents = [{ uri, mimeType: mimeTypeOf(path), ...contentOf(bytes) }];
    return { contents, ...aboutCaches(skills, call) };
  },
  'resources/directory/read': async (skills, call) => {
    const uri = uriOf(call);
    const after = cursorOf(call);
    const { name, path } = parseSkillUri(uri);
    const children = childrenOf(await (await skills.find(name)).readBundle(), path);
    if (children.length === 0)
      throw new Problem('not-found', `${JSON.stringify(uri)} is not a folder of ${name}`);
    const { items, nextCursor } = await page(
      children.filter((child) => after === undefined || child.name > after),
      (child) => child.name,
      async ({ isFolder, name: child }) => ({
        uri: skillUri(name, path === '' ? child : `${path}/${child}`),
        name: child,
        mimeType: isFolder ? 'inode/directory' : mimeTypeOf(child),
      }),
    );
    return { resources: items, ...nextCursor, ...aboutCaches(skills, call) };
  },
};

// Results have these fields from 2026-07-28 on. Clients of earlier revisions may refuse them.
function aboutCaches({ caching }: ServedSkills, { era }: McpCall): McpObject {
  return era === 'modern' ? { resultType: 'complete', ...caching } : {};
}

function nameOf({ name }: ServedSkill): string {
  return name;
}

/** One page: the first items, at least one, and at most the entries and bytes of a page. */
async function page<Item, Made>(
  items: AsyncIterable<Item> | Iterable<Item>,
  keyOf: (item: Item) => string,
  make: (item: Item) => Promise<Made>,
): Promise<{ readonly items: Made[]; readonly nextCursor: { readonly nextCursor?: string } }> {
  const made: Made[] = [];
  let bytes = 0;
  let last: string | undefined;
  for await (const item of items) {
    const entry = await make(item);
    bytes += Buffer.byteLength(JSON.stringify(entry));
    if (last !== undefined && (bytes > mcpPageBytesMax || made.length === mcpPageEntriesMax))
      return { items: made, nextCursor: { nextCursor: Buffer.from(last).toString('base64url') } };
    made.push(entry);
    last = keyOf(item);
  }
  return { items: made, nextCursor: {} };
}

const uriParams = v.object({ uri: v.pipe(v.string(), v.maxLength(4_000)) });
const listed = v.optional(v.object({ cursor: v.optional(v.pipe(v.string(), v.maxLength(2_000))) }));

function uriOf({ params }: McpCall): string {
  return parse(uriParams, params).uri;
}

function cursorOf({ params }: McpCall): string | undefined {
  const cursor = parse(listed, params)?.cursor;
  if (cursor === undefined) return undefined;
  const key = Buffer.from(cursor, 'base64url');
  if (key.toString('base64url') !== cursor)
    throw new Problem('usage', 'Cannot continue: the cursor is not from an earlier answer');
  return key.toString();
}

function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  params: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, params);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Problem(
    'usage',
    `Cannot take the call: ${v.getDotPath(issue) ?? 'its parameters'}: ${issue.message}`,
  );
}

function contentOf(bytes: Uint8Array): { readonly text: string } | { readonly blob: string } {
  const text = bytes.byteLength > mcpTextBytesMax ? undefined : textOf(bytes);
  return text === undefined ? { blob: Buffer.from(bytes).toString('base64') } : { text };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    // With its byte order mark, because a host compares digests.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
