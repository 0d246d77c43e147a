/**
 * Skills over MCP, extension `io.modelcontextprotocol/skills`: its methods answer from approved and
 * granted skills only. Every byte was checked against the approved bundle. A host verifies files
 * that it reads against these entries.
 */
import * as v from 'valibot';
import { parseSkillMd } from '../../skills-index/skill/authoring/skill-md.ts';
import type { Bundle } from '../../skills-index/skill/bundle.ts';
import { type SkillName, shortNameOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { cleanDescription } from '../../skills-index/skill/text/shown-text.ts';
import { admissionSecondsMax, mcpPageBytesMax, mcpPageEntriesMax } from '../limits.ts';
import type { Startable } from '../run/start-skill.ts';
import type { OpenedFile } from './agent-skills.ts';
import { parseSkillUri, skillUri } from './skill-uri.ts';

/** The part of an agent's skills that these methods need. */
export interface McpSkills {
  all(): Promise<readonly Startable[]>;
  /** Asks no person. @throws Problem */
  find(name: SkillName): Promise<Startable>;
  /** May ask a person. @throws Problem */
  open(name: string, path?: string): Promise<OpenedFile>;
}

type Answer = Readonly<Record<string, unknown>>;
type Method = (skills: McpSkills, params: unknown) => Promise<Answer>;

export const skillsExtension = { 'io.modelcontextprotocol/skills': { directoryRead: true } };

/**
 * The methods by their names in MCP. Each throws a Problem for skills that do not exist or are not
 * granted, and for invalid parameters.
 */
export const skillMethods: Readonly<Record<string, Method>> = {
  'skills/list': async (skills, params) => {
    const { items, nextCursor } = await page(await served(skills), cursorOf(params), entryOf);
    return { resultType: 'complete', skills: items.flat(), ...nextCursor, ...freshness };
  },
  'skills/get': async (skills, params) => {
    const { name, path } = parseSkillUri(uriOf(params));
    if (path !== 'SKILL.md')
      throw new Problem('not-found', `There is no skill at ${JSON.stringify(uriOf(params))}`);
    const [skill] = await entryOf(await skills.find(name));
    if (skill === undefined)
      throw new Problem(
        'not-found',
        `Cannot show ${name} as a resource: its SKILL.md has another name. Use the tools to open and run this skill`,
      );
    return { resultType: 'complete', skill, ...freshness };
  },
  'resources/list': async (skills, params) => {
    const { items, nextCursor } = await page(
      await served(skills),
      cursorOf(params),
      async ({ admitted: { name, description } }) => ({
        uri: skillUri(name, 'SKILL.md'),
        name: shortNameOf(name),
        description: cleanDescription(description),
        mimeType: 'text/markdown',
      }),
    );
    return { resources: items, ...nextCursor };
  },
  'resources/templates/list': async () => ({
    resourceTemplates: [
      { uriTemplate: 'skill://{scope}/{name}/{+path}', name: 'a file of an approved skill' },
    ],
  }),
  'resources/read': async (skills, params) => {
    const uri = uriOf(params);
    const { name, path } = parseSkillUri(uri);
    if (path === '') throw new Problem('not-found', `${JSON.stringify(uri)} is a folder`);
    const { bytes } = await skills.open(name, path);
    return { contents: [{ uri, mimeType: mimeTypeOf(path), ...contentOf(bytes) }], ...freshness };
  },
  'resources/directory/read': async (skills, params) => {
    const uri = uriOf(params);
    const { name, path } = parseSkillUri(uri);
    const { opened } = await skills.find(name);
    const children = childrenOf(opened.bundle, path);
    if (children.length === 0)
      throw new Problem('not-found', `${JSON.stringify(uri)} is not a folder of ${name}`);
    const { items, nextCursor } = await page(
      children,
      cursorOf(params),
      async ({ key, isFolder }) => ({
        uri: skillUri(name, path === '' ? key : `${path}/${key}`),
        name: key,
        mimeType: isFolder ? 'inode/directory' : mimeTypeOf(key),
      }),
    );
    return { resultType: 'complete', resources: items, ...nextCursor };
  },
};

// The answer is for one identity at one moment and must not be cached for others.
const freshness = { ttlMs: admissionSecondsMax * 1_000, cacheScope: 'private' };

async function served(skills: McpSkills): Promise<(Startable & { readonly key: string })[]> {
  return (await skills.all()).map((skill) => ({ ...skill, key: skill.admitted.name }));
}

// The address ends in the name of SKILL.md, as hosts check. A skill with another name there has no
// entry.
async function entryOf({ admitted: { name }, opened }: Startable): Promise<Answer[]> {
  const { fields, name: own } = parseSkillMd(await opened.read('SKILL.md'));
  if (own !== shortNameOf(name)) return [];
  const resources = opened.bundle.files.map((file) => ({
    uri: skillUri(name, file.path),
    digest: file.sha256,
    size: file.size,
  }));
  return [{ uri: skillUri(name, 'SKILL.md'), frontmatter: fields, resources }];
}

interface Child {
  readonly key: string;
  readonly isFolder: boolean;
}

function childrenOf({ files }: Bundle, folder: string): Child[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  const found = new Map<string, Child>();
  for (const { path } of files) {
    if (!path.startsWith(prefix)) continue;
    const [key = '', ...below] = path.slice(prefix.length).split('/');
    found.set(key, { key, isFolder: below.length > 0 });
  }
  return [...found.values()];
}

/**
 * One page: items in the order of their keys after the cursor, at least one, and at most the bytes
 * of a page.
 */
async function page<Item extends { readonly key: string }, Made>(
  items: readonly Item[],
  after: string | undefined,
  make: (item: Item) => Promise<Made>,
): Promise<{ readonly items: Made[]; readonly nextCursor: { readonly nextCursor?: string } }> {
  const remaining = items
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .filter(({ key }) => after === undefined || key > after);
  const made: Made[] = [];
  let bytes = 0;
  for (const [index, item] of remaining.entries()) {
    const entry = await make(item);
    bytes += Buffer.byteLength(JSON.stringify(entry));
    const before = remaining[index - 1];
    if (before !== undefined && (bytes > mcpPageBytesMax || index === mcpPageEntriesMax))
      return {
        items: made,
        nextCursor: { nextCursor: Buffer.from(before.key).toString('base64url') },
      };
    made.push(entry);
  }
  return { items: made, nextCursor: {} };
}

const uriParams = v.object({ uri: v.pipe(v.string(), v.maxLength(4_000)) });
const listed = v.optional(v.object({ cursor: v.optional(v.pipe(v.string(), v.maxLength(2_000))) }));

function uriOf(params: unknown): string {
  return parse(uriParams, params).uri;
}

function cursorOf(params: unknown): string | undefined {
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

const mimeTypes: Readonly<Record<string, string>> = {
  md: 'text/markdown',
  json: 'application/json',
};

function mimeTypeOf(path: string): string {
  return mimeTypes[path.slice(path.lastIndexOf('.') + 1)] ?? 'text/plain';
}

function contentOf(bytes: Uint8Array): { readonly text: string } | { readonly blob: string } {
  try {
    // With its byte order mark, because a host compares digests.
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { blob: Buffer.from(bytes).toString('base64') };
  }
}
