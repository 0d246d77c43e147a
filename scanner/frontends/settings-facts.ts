/** What settings say, in whichever notation: values with their paths become scripts, hooks, servers, dependencies and text. */

import type { Fact, Span } from '../fact.ts';
import type { FrontEndResult } from '../frontend.ts';
import { settingsTextsMax } from '../limits.ts';
import { egressOf } from '../models/egress-of.ts';
import { lifecycleScripts } from '../models/package-json.ts';
import type { EmbeddedProgram, Source } from '../source.ts';

/** A scalar of a settings file. */
export interface Setting {
  readonly path: readonly (string | number)[];
  readonly value: string;
  /** Offset of the value in the source. */
  readonly from: number;
  readonly to: number;
}

/** Facts of all settings of a file. */
export function settingsFacts(source: Source, settings: readonly Setting[]): FrontEndResult {
  const facts: Fact[] = [];
  const embedded: EmbeddedProgram[] = [];
  const name = source.file.slice(source.file.lastIndexOf('/') + 1).toLowerCase();
  const isPackage = name === 'package.json';
  for (const setting of settings) {
    const { path, value } = setting;
    const keys = path.map(String);
    const [top, second] = keys;
    const last = keys.at(-1) ?? '';
    const span: Span = { path: source.path, start: setting.from, end: setting.to };
    const about = { span, context: source.context, certainty: 'exact' } as const;
    if (isPackage && top === 'scripts' && second !== undefined) {
      embedded.push(shellProgram(source, setting));
      if (lifecycleScripts.has(second))
        facts.push({
          ...about,
          kind: 'dependency',
          manager: 'npm',
          name: second,
          version: value.slice(0, 200),
          pinned: false,
          how: 'lifecycle',
        });
    } else if (isPackage && /^(d|devD|peerD|optionalD)ependencies$/.test(top ?? '') && keys.length === 2) {
      const isSource = /^(git|https?:|github:|file:|[\w-]+\/[\w-]+)/.test(value);
      facts.push({
        ...about,
        kind: 'dependency',
        manager: 'npm',
        name: second ?? '',
        version: value,
        pinned: /^\d+\.\d+\.\d+/.test(value),
        how: isSource ? 'redirect' : 'declared',
      });
    } else if (isCommand(keys, name)) {
      embedded.push(shellProgram(source, setting));
      if (keys.some((key) => /^hooks?$/i.test(key)))
        facts.push({ ...about, kind: 'trait', trait: 'hook', api: keys.join('.'), detail: value.slice(0, 120) });
    } else if (keys.some((key) => key === 'mcpServers') && last === 'url') {
      const egress = egressOf(value, ['*']);
      if (egress !== undefined)
        facts.push({ ...about, kind: 'capability', capability: { kind: 'egress', ...egress }, api: keys.join('.'), traits: [] });
    }
    if (value.length >= 16 && facts.length < settingsTextsMax)
      facts.push({ ...about, kind: 'text', role: 'string', text: value, detail: last });
  }
  return { facts, embedded, unanalysed: [] };
}

// Keys whose values programs hand to a shell: CI steps, hooks of agents and editors, servers that are started, containers' commands.
function isCommand(keys: readonly string[], name: string): boolean {
  const last = keys.at(-1) ?? '';
  const parent = keys.slice(0, -1);
  if (last === 'command' && parent.some((key) => /^(hooks?|mcpServers|servers|tasks|services)$/i.test(key))) return true;
  if (/^(run|script|before_script|after_script)$/.test(last) && /\.ya?ml$/.test(name)) return true;
  if (/^\d+$/.test(last) && /^(script|before_script|after_script|run)$/.test(keys.at(-2) ?? '') && /\.ya?ml$/.test(name))
    return true;
  return /^(postCreateCommand|postStartCommand|onCreateCommand|initializeCommand|updateContentCommand)$/.test(last);
}

function shellProgram(source: Source, { value, from }: Setting): EmbeddedProgram {
  const plain = source.text.slice(from + 1, from + 1 + value.length) === value;
  const map = plain ? [{ at: 0, raw: from + 1 }] : [{ at: 0, raw: from, fixed: true as const }];
  return { within: source.path, language: 'shell', text: value, context: source.context, map };
}
