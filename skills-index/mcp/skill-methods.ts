/**
 * Skills over MCP, extension `io.modelcontextprotocol/skills` (SEP-2640). The methods answer from
 * the skills that a host or a registry gives them. The client verifies each file that it reads
 * against the skill's entry.
 */
import * as v from 'valibot';
import { type SkillName, shortNameOf } from '../skill/name.ts';
import { Problem } from '../skill/problem.ts';
import { cleanDescription } from '../skill/text/shown-text.ts';
import { mcpPageBytesMax, mcpPageEntriesMax, mcpTextBytesMax } from './limits.ts';
import {
  childrenOf,
  entryOf,
  type McpObject,
  mimeTypeOf,
  type ServedSkill,
} from './skill-entry.ts';
import { parseSkillUri, skillUri } from './skill-uri.ts';

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
