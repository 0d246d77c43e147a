/**
 * What the scanner finds in programs of each language: one text archive a language, with skills as
 * `NAME/path` and their facts as `NAME/facts`, a line each; `!` before a fact that must not be there.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../scanner/fact/fact.ts';
import { extractFacts } from '../../../scanner/scan.ts';
import type { SourceFile } from '../../../skills-index/skill/bundle.ts';
import type { Capability } from '../../../skills-index/skill/capability.ts';
import { addSkillMd } from '../rule-fixture.ts';
import { fileOf, parseTextArchive } from '../txtar.ts';

const folder = new URL('./', import.meta.url);

function named(capability: Capability): string {
  switch (capability.kind) {
    case 'egress':
      return `egress ${capability.methods.join()} ${capability.url}`;
    case 'mount':
      return `mount ${capability.mode} ${capability.path}`;
    case 'exec':
      return `exec ${capability.program}`;
    default:
      return `${capability.kind} ${capability.name}`;
  }
}

function shown(fact: Fact): string | undefined {
  switch (fact.kind) {
    case 'capability':
      return named(fact.capability);
    case 'trait':
      return `trait ${fact.trait}`;
    case 'flow': {
      const { capability, part, what } = fact.sink;
      const to = capability === undefined ? '' : ` ${named(capability)}`;
      return `flow ${fact.source.what} ${fact.source.name} -> ${what} ${part}${to}`;
    }
    case 'artifact':
      return fact.what === 'unparsed' ? `unparsed ${fact.detail}` : undefined;
    default:
      return undefined;
  }
}

interface Story {
  readonly files: SourceFile[];
  facts: readonly string[];
}

function storiesOf(file: string): [string, Story][] {
  const stories = new Map<string, Story>();
  const archive = parseTextArchive(readFileSync(new URL(file, folder), 'utf8'));
  for (const [name, content] of archive.files) {
    const at = name.indexOf('/');
    const story = stories.get(name.slice(0, at)) ?? { files: [], facts: [] };
    stories.set(name.slice(0, at), story);
    if (name.endsWith('/facts')) story.facts = content.split('\n').filter((line) => line !== '');
    else story.files.push({ ...fileOf(name.slice(at + 1), content), mode: 0o644 });
  }
  return [...stories];
}

const archives = readdirSync(folder).filter((name) => name.endsWith('.txt'));

describe.each(archives)('programs of %s', (file) => {
  it.each(storiesOf(file))('%s', async (_, { files, facts }) => {
    addSkillMd(files);
    const found = await extractFacts(files);
    const lines = new Set(found.facts.flatMap((fact) => shown(fact) ?? []));
    const wanted = facts.filter((line) => !line.startsWith('!'));
    const unwanted = facts.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(facts).not.toEqual([]);
    expect([...lines].filter((line) => unwanted.includes(line))).toEqual([]);
    expect([...lines].sort()).toEqual(expect.arrayContaining(wanted));
  });
});
