/** The settings file of `skillgate serve`: one TOML table with the keys of the options. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { Problem, type Reason } from '../../skills-index/skill/problem.ts';
import { insteadOf, nearest } from '../../skills-index/skill/text/nearest.ts';
import { settingsBytesMax } from '../limits.ts';
import {
  type SettingKey,
  type SettingKind,
  type SettingRow,
  settingRows,
} from './setting-table.ts';

export type SettingValue = string | number | boolean | readonly string[];
/** Throws a Problem for an address that no registry can have. */
export type RequireUrl = (text: string) => unknown;
export type Settings = Readonly<Partial<Record<SettingKey, SettingValue>>>;

/**
 * Reads a settings file. Its paths become absolute.
 * @throws Problem `file-not-found`, `settings-invalid` with every reason and its place
 */
export async function readSettings(path: string, requireUrl: RequireUrl): Promise<Settings> {
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
export function numberMax(kind: SettingKind): number | undefined {
  if (kind === 'hours') return signOnHoursMax;
  return kind === 'port' ? portMax : undefined;
}

/** The highest port of TCP. */
const portMax = 65_535;
const signOnHoursMax = 12;
