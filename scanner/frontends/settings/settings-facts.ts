/**
 * Settings in any notation: values with their paths become scripts, hooks, servers, dependencies
 * and text.
 */

import type { Fact, Span } from '../../fact/fact.ts';
import type { EmbeddedProgram, TaintSource } from '../../fact/source.ts';
import { blobCharsMin, settingsTextsMax } from '../../limits.ts';
import { egressOf } from '../../lookup-tables/egress-of.ts';
import type { FrontEndResult } from '../frontend.ts';
import { CommandPrograms } from './command-programs.ts';
import type { Setting } from './setting.ts';
import { settingMap } from './setting-map.ts';
import { lifecycleScripts } from './tables/package-json.ts';
import { ToolSettings } from './tool-settings.ts';

/** Facts of all settings of a file. */
export function settingsFacts(source: TaintSource, settings: readonly Setting[]): FrontEndResult {
  const facts: Fact[] = [];
  const embedded: EmbeddedProgram[] = [];
  const name = source.path.slice(source.path.lastIndexOf('/') + 1).toLowerCase();
  const isPackage = name === 'package.json';
  const commands = new CommandPrograms(source, settings);
  const tools = new ToolSettings(settings);
  for (const setting of settings) {
    const { path, value } = setting;
    const keys = path.map(String);
    const [top, second] = keys;
    const last = keys.at(-1) ?? '';
    const span: Span = { path: source.path, start: setting.from, end: setting.to };
    const about = { span, context: source.context, certainty: 'exact' } as const;
    const program = commands.programOf(setting);
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
    } else if (
      isPackage &&
      /^(d|devD|peerD|optionalD)ependencies$/.test(top ?? '') &&
      keys.length === 2
    ) {
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
    } else if (program !== undefined) {
      embedded.push(program);
      if (keys.some((key) => /^hooks?$/i.test(key)))
        facts.push({
          ...about,
          kind: 'trait',
          trait: 'hook',
          api: keys.join('.'),
          detail: value.slice(0, 120),
        });
    } else if (keys.some((key) => key === 'mcpServers') && last === 'url') {
      const egress = egressOf(value, ['*']);
      if (egress !== undefined)
        facts.push({
          ...about,
          kind: 'capability',
          capability: { kind: 'egress', ...egress },
          api: keys.join('.'),
          traits: [],
        });
    }
    if (tools.isText(setting)) embedded.push(textFor(source, setting));
    if (value.length >= 16 && facts.length < settingsTextsMax && !isBlob(value))
      facts.push({ ...about, kind: 'text', role: 'string', text: value, detail: last });
  }
  return { facts, embedded, unanalysed: [] };
}

function textFor(source: TaintSource, setting: Setting): EmbeddedProgram {
  return { ...shellProgram(source, setting), language: 'text' };
}

function shellProgram(source: TaintSource, setting: Setting): EmbeddedProgram {
  return {
    within: source.path,
    language: 'shell',
    text: setting.value,
    context: source.context,
    map: settingMap(source, setting),
  };
}

// Nobody reads pictures and keys in data.
function isBlob(value: string): boolean {
  return (
    value.length > blobCharsMin &&
    /^(data:[\w/+.-]{1,80};base64,)?[A-Za-z0-9+/=_\s-]+$/.test(value) &&
    !/\s\w{1,20}\s/.test(value)
  );
}
