/** Texts of settings as values: what a parser of JSON, TOML, YAML or INI gives for them. */
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import { parseAllDocuments } from 'yaml';
import { yamlAliasesMax } from '../../fact/shared-limits.ts';
import { listValue, recordValue, scalarValue, textValue, unknown, type Value } from '../value.ts';

/** Values in a text: what a larger one says is not known. */
const valuesMax = 1_024;

type SettingsFormat = 'json-parse' | 'toml-parse' | 'yaml-parse' | 'ini-parse';

/** What a parser gives for a text; undefined for a text that it cannot read. */
export function parsedSettings(format: SettingsFormat, text: string): Value | undefined {
  const budget = { left: valuesMax };
  let data: unknown;
  try {
    data = parsers[format](text);
  } catch (cause) {
    // Whoever runs the program may read deeper than this call stack.
    if (cause instanceof RangeError) throw cause;
    return undefined;
  }
  const value = valueIn(data, budget);
  return budget.left < 0 ? undefined : value;
}

const parsers: Readonly<Record<SettingsFormat, (text: string) => unknown>> = {
  'json-parse': JSON.parse,
  'toml-parse': (text) => getStaticTOMLValue(parseTOML(text, { tomlVersion: '1.1' })),
  'yaml-parse': (text) => {
    const documents = parseAllDocuments(text, {
      logLevel: 'silent',
      prettyErrors: false,
      uniqueKeys: false,
    });
    return documents.at(0)?.toJS({ maxAliasCount: yamlAliasesMax });
  },
  'ini-parse': iniData,
};

function valueIn(data: unknown, budget: { left: number }): Value {
  budget.left -= 1;
  if (budget.left < 0) return unknown;
  if (typeof data === 'string') return textValue(data);
  if (
    typeof data === 'number' ||
    typeof data === 'boolean' ||
    typeof data === 'bigint' ||
    data === null
  )
    return scalarValue(data);
  if (Array.isArray(data)) return listValue(data.map((one) => valueIn(one, budget)));
  if (typeof data !== 'object' || data instanceof Date) return unknown;
  return recordValue(Object.entries(data).map(([key, one]) => [key, valueIn(one, budget)]));
}

// Library reference: configparser. A line that is further in goes on with the value before.
function iniData(text: string): unknown {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let key = '';
  for (const line of text.split('\n')) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\[([^\]\n]{1,200})\]/.exec(line)?.[1];
    const [all, name = '', value = ''] = /^([^\s=:][^=:\n]{0,200})[=:](.*)$/.exec(line) ?? [];
    if (header !== undefined) {
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
    } else if (/^\s/.test(line))
      section?.set(key, `${section.get(key) ?? ''}\n${line.trim()}`.trim());
    else if (all !== undefined) {
      key = name.trim().toLowerCase();
      section?.set(key, value.trim());
    }
  }
  return Object.fromEntries([...sections].map(([name, held]) => [name, Object.fromEntries(held)]));
}
