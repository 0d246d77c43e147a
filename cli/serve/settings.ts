/** The settings of one `skillgate serve`: options of the command line, then the settings file. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { Problem, type Reason } from '../../skills-index/skill/problem.ts';
import { insteadOf, nearest } from '../../skills-index/skill/text/nearest.ts';
import type { CommandContext } from '../command.ts';
import { isLoopbackUrl } from '../loopback-url.ts';
import { parseBase } from '../registries/registry-base.ts';
import {
  type SettingKey,
  type SettingKind,
  type SettingRow,
  settingRows,
} from './setting-table.ts';

/** The settings file of a registry. */
const settingsBytesMax = 64 * 1024;

export interface ServeSettings {
  /** The data folder. */
  readonly dir: string;
  readonly url: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  readonly proxies:
    | { readonly addresses: readonly string[]; readonly header: string | undefined }
    | undefined;
  /** A path, or `-` for standard output. */
  readonly accessLog: string | undefined;
  readonly metricsPort: number | undefined;
  /** The bucket of the objects. */
  readonly objects: ObjectsPlace | undefined;
  /** Path of a policy file. */
  readonly policy: string | undefined;
  /** Path of a file with quotas. */
  readonly quotas: string | undefined;
  /** Path of a file with retention rules. */
  readonly retention: string | undefined;
  readonly witnesses: readonly string[];
  /** Single sign-on at the desk. */
  readonly signOn: SignOnOptions | undefined;
  readonly noScanner: boolean;
}

/** Single sign-on as the operator wrote it; the registry checks the values. */
interface SignOnOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[] | undefined;
  readonly groupsClaim: string | undefined;
  readonly personClaim: string | undefined;
  readonly readers: readonly string[];
  readonly reviewers: readonly string[];
  readonly operators: readonly string[];
  readonly hours: number | undefined;
}

interface ObjectsPlace {
  readonly url: string;
  readonly region: string;
  /** Path of a file with the access key. */
  readonly keys: string | undefined;
}

const portDefault = 4880;

/**
 * Joins the options with the file of `--config`.
 * @throws Problem `usage`, `file-not-found`, `settings-invalid`
 */
export async function settingsOf(
  context: CommandContext,
  requireUrl: RequireUrl,
): Promise<ServeSettings> {
  const { cwd, options, args, paths } = context;
  const file =
    typeof options.config === 'string'
      ? await readSettings(resolve(cwd, options.config), requireUrl)
      : {};
  const settings: Settings = { ...file, ...fromOptions(context) };
  const text = (key: SettingKey): string | undefined =>
    typeof settings[key] === 'string' ? settings[key] : undefined;
  const texts = (key: SettingKey): readonly string[] => {
    const value = settings[key];
    return Array.isArray(value) ? value : [];
  };
  const addresses = texts('trusted-proxies');
  return {
    dir:
      args[0] === undefined
        ? (text('data') ?? join(paths.data, 'registry'))
        : resolve(cwd, args[0]),
    url: text('url'),
    host: text('host') ?? 'localhost',
    port: typeof settings.port === 'number' ? settings.port : portDefault,
    tls: pairOf(text('tls-certificate'), text('tls-key')),
    proxies: addresses.length === 0 ? undefined : { addresses, header: text('forwarded-header') },
    accessLog: text('access-log'),
    metricsPort:
      typeof settings['metrics-port'] === 'number' ? settings['metrics-port'] : undefined,
    objects: bucketOf(text('objects'), text('objects-region'), text('objects-keys')),
    policy: text('policy'),
    quotas: text('quotas'),
    retention: text('retention'),
    witnesses: texts('witnesses').map(parseBase),
    signOn: await signOnOf(context, { text, texts, hours: settings['sign-on-hours'] }),
    noScanner: settings['no-scanner'] === true,
  };
}

/** @throws Problem `usage` */
async function signOnOf(
  { env }: CommandContext,
  {
    text,
    texts,
    hours,
  }: {
    readonly text: (key: SettingKey) => string | undefined;
    readonly texts: (key: SettingKey) => readonly string[];
    readonly hours: SettingValue | undefined;
  },
): Promise<SignOnOptions | undefined> {
  const issuer = text('sign-on-issuer');
  const clientId = text('sign-on-client');
  if (issuer === undefined && clientId === undefined) return undefined;
  const path = text('sign-on-secret-file');
  const secret = path === undefined ? env.SKILLGATE_SIGN_ON_SECRET : await secretIn(path);
  if (issuer === undefined || clientId === undefined || secret === undefined)
    throw new Problem(
      'usage',
      'Cannot use single sign-on without the issuer, the client’s id and the client’s secret',
      {
        hint: 'Give sign-on-issuer, sign-on-client and sign-on-secret-file in the settings, or the same options with two dashes. SKILLGATE_SIGN_ON_SECRET may hold the secret instead',
      },
    );
  const scopes = texts('sign-on-scopes');
  return {
    issuer,
    clientId,
    clientSecret: secret.trim(),
    scopes: scopes.length === 0 ? undefined : scopes,
    groupsClaim: text('sign-on-groups-claim'),
    personClaim: text('sign-on-person-claim'),
    readers: texts('sign-on-readers'),
    reviewers: texts('sign-on-reviewers'),
    operators: texts('sign-on-operators'),
    hours: typeof hours === 'number' ? hours : undefined,
  };
}

async function secretIn(path: string): Promise<string> {
  const refuse = (why: string, hint: string, cause?: unknown): Problem =>
    new Problem('usage', `Cannot use the secret in ${path}: ${why}`, { hint, cause });
  const { mode } = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw refuse(
      cause.code === 'ENOENT' ? 'there is no such file' : String(cause.code),
      'Write the secret into the file: the one that the server shows for this registry.',
      cause,
    );
  });
  if ((mode & 0o007) !== 0 && process.platform !== 'win32')
    throw refuse('every user of this machine may read the file', `chmod o-rwx ${path}`);
  return readFile(path, 'utf8');
}

function pairOf(
  certificate: string | undefined,
  key: string | undefined,
): ServeSettings['tls'] | undefined {
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (certificate === undefined && key === undefined) return undefined;
  throw new Problem(
    'usage',
    `Cannot use TLS with ${key === undefined ? 'a certificate alone' : 'a private key alone'}`,
    { hint: 'Give both: --tls-certificate FILE --tls-key FILE' },
  );
}

function bucketOf(
  url: string | undefined,
  region = 'us-east-1',
  keys?: string,
): ObjectsPlace | undefined {
  if (url === undefined) return undefined;
  const parsed = URL.parse(url);
  // The signature of a request does not hide the bytes, and unpublished skills are among them.
  if (parsed === null || !(parsed.protocol === 'https:' || isLoopbackUrl(parsed)))
    throw new Problem('usage', `Cannot use ${JSON.stringify(url)} as the place of the objects`, {
      hint: 'write https://HOST/BUCKET or https://BUCKET.HOST; plain http is for this machine only',
    });
  if (parsed.username !== '' || parsed.search !== '' || parsed.hash !== '')
    throw new Problem('usage', 'The address of the objects has a user, a query or a fragment', {
      hint: 'the access key is in the environment, or in the file of --objects-keys',
    });
  return { url: parsed.href, region, keys };
}

function fromOptions({ cwd, options }: CommandContext): Settings {
  const settings: Partial<Record<SettingKey, SettingValue>> = {};
  for (const { key, kind, option } of settingRows as readonly (SettingRow & {
    readonly key: SettingKey;
  })[]) {
    const given = option === undefined ? undefined : options[option];
    if (given === undefined) continue;
    const max = numberMax(kind);
    if (max !== undefined) settings[key] = numberOf(given, { key, max });
    else if (kind === 'path' && given !== '-') settings[key] = resolve(cwd, String(given));
    else settings[key] = given;
  }
  return settings;
}

function numberOf(text: unknown, { key, max }: { key: SettingKey; max: number }): number {
  const number = Number(text);
  if (typeof text === 'string' && /^\d+$/.test(text) && number <= max) return number;
  const isPort = key === 'port' || key === 'metrics-port';
  throw new Problem('usage', `Cannot use ${isPort ? 'port' : key} ${JSON.stringify(text)}`, {
    hint: isPort
      ? `write a number from 1 to ${max}, or 0 for any free port`
      : `write a whole number from 1 to ${max}`,
  });
}

// The settings file of `skillgate serve`: one TOML table with the keys of the options.

type SettingValue = string | number | boolean | readonly string[];
/** Throws a Problem for an address that no registry can have. */
type RequireUrl = (text: string) => unknown;
type Settings = Readonly<Partial<Record<SettingKey, SettingValue>>>;

/**
 * Reads a settings file. Its paths become absolute.
 * @throws Problem `file-not-found`, `settings-invalid` with every reason and its place
 */
async function readSettings(path: string, requireUrl: RequireUrl): Promise<Settings> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Problem('file-not-found', `Cannot read the settings ${path}: ${cause.code}`, {
      cause,
      hint: 'docs/registry-reference.md shows a settings file.',
    });
  });
  return parseSettings(text, path, requireUrl);
}

/** @throws Problem `settings-invalid` */
export function parseSettings(text: string, path: string, requireUrl: RequireUrl): Settings {
  if (text.length > settingsBytesMax)
    throw new Problem('settings-invalid', `Cannot use ${path}: it is larger than any settings`);
  const settings: Partial<Record<SettingKey, SettingValue>> = {};
  const reasons: Reason[] = [];
  for (const entry of entriesOf(text, path)) {
    const refuse = (message: string): void => {
      reasons.push({ message, place: placeOf(path, entry.loc.start) });
    };
    if (entry.type === 'TOMLTable') {
      refuse('the settings have no tables: write each key without a table in brackets');
      continue;
    }
    const name = entry.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
    const row = rows.find(({ key }) => key === name.join('.'));
    if (row === undefined) refuse(unknownKey(name.join('.')));
    else {
      const value = settingValue(entry.value, row);
      const whyNot =
        value === undefined ? `has to be ${forms[row.kind]}` : whyNotUrl(value, row, requireUrl);
      if (value === undefined || whyNot !== undefined) refuse(`${row.key} ${whyNot}`);
      else
        settings[row.key] =
          row.kind === 'path' && value !== '-' ? resolve(dirname(path), String(value)) : value;
    }
  }
  if (reasons.length > 0)
    throw new Problem('settings-invalid', `Cannot use the settings ${path}`, { reasons });
  return settings;
}

const rows: readonly (SettingRow & { readonly key: SettingKey })[] = settingRows;

const forms = {
  text: 'a text: "…"',
  url: 'a text: "https://…"',
  path: 'a path: "…", relative to the folder of this file',
  port: 'a number from 1 to 65535, or 0 for any free port',
  hours: 'a whole number of hours, from 1 to 12',
  texts: 'a list of texts: ["…", "…"]',
  boolean: 'true or false',
} as const;

function entriesOf(text: string, path: string): (AST.TOMLKeyValue | AST.TOMLTable)[] {
  try {
    return parseTOML(text, { tomlVersion: '1.0' }).body[0].body;
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    const place = placeOf(path, { line: cause.lineNumber, column: cause.column });
    throw new Problem('settings-invalid', `Cannot use the settings ${path}: it is no TOML`, {
      cause,
      reasons: [{ message: cause.message, place }],
    });
  }
}

// The parser counts columns from 0.
function placeOf(path: string, { line, column }: { line: number; column: number }) {
  return { path, line, column: column + 1 };
}

function unknownKey(name: string): string {
  const keys = rows.map(({ key }) => key);
  // Options have the singular where the option may be repeated.
  const asOption = rows.find(({ option }) => option === name)?.key;
  const near = asOption === undefined ? nearKeys(name, keys) : [asOption];
  return `there is no key ${name}${insteadOf(name, keys, near)}`;
}

// Thirty keys would hide the right one, so a key with one of the same words counts as near, too.
function nearKeys(name: string, keys: readonly string[]): string[] {
  const written = name.toLowerCase().replaceAll('_', '-');
  const near = nearest(written, keys);
  if (near.length > 0) return near;
  const words = written.split(/[-.]/).filter((word) => word.length > 2);
  return keys
    .filter((key) => key.split('-').some((part) => words.some((word) => isNear(part, word))))
    .slice(0, 3);
}

function isNear(part: string, word: string): boolean {
  return part.length > 2 && (part.startsWith(word) || word.startsWith(part));
}

function settingValue(node: AST.TOMLContentNode, { kind }: SettingRow): SettingValue | undefined {
  if (kind === 'texts') {
    if (node.type !== 'TOMLArray') return undefined;
    const texts = node.elements.map(textOf);
    return texts.every((text) => text !== undefined) ? texts : undefined;
  }
  if (node.type !== 'TOMLValue') return undefined;
  if (kind === 'boolean') return node.kind === 'boolean' ? node.value : undefined;
  const max = numberMax(kind);
  if (max !== undefined)
    return node.kind === 'integer' && node.value >= 0 && node.value <= max ? node.value : undefined;
  return textOf(node);
}

// The registry would refuse the address as well, and could not name the line of the file.
function whyNotUrl(
  value: SettingValue,
  { kind }: SettingRow,
  requireUrl: RequireUrl,
): string | undefined {
  if (kind !== 'url') return undefined;
  try {
    requireUrl(String(value));
    return undefined;
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return [`is no address of a registry: ${cause.message}`, cause.hint ?? []].flat().join('; ');
  }
}

function textOf(node: AST.TOMLContentNode): string | undefined {
  return node.type === 'TOMLValue' && node.kind === 'string' && node.value !== ''
    ? node.value
    : undefined;
}

/** The largest number of a kind of value; undefined for a kind that has no numbers. */
function numberMax(kind: SettingKind): number | undefined {
  if (kind === 'hours') return signOnHoursMax;
  return kind === 'port' ? portMax : undefined;
}

/** The highest port of TCP. */
const portMax = 65_535;
const signOnHoursMax = 12;
