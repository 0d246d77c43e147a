/** Packs the skills of a scenario, with capabilities that the scenario names by a word. */
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import type { PackedBundle } from '../../../skills-index/skill/bundle.ts';
import { type Manifest, parseManifest } from '../../../skills-index/skill/manifest.ts';
import { hosts } from './outside.ts';
import type { ScenarioSkill } from './scenario.ts';

export interface SkillText {
  readonly packed: PackedBundle;
  readonly manifest: Manifest;
}

const why = 'for its work';
const egress = (host: string, methods: readonly string[]) => ({
  url: `http://${host}/*`,
  methods,
  why,
});
const capabilityWords: Readonly<Record<string, Readonly<Record<string, readonly object[]>>>> = {
  crm: {
    egress: [{ url: `http://${hosts.crm}/v2/*`, methods: ['GET', 'POST'], why }],
    secret: [{ name: 'CRM_TOKEN', hosts: [hosts.crm], as: 'bearer', why }],
  },
  'crm-read': {
    egress: [{ url: `http://${hosts.crm}/v2/*`, methods: ['GET'], why }],
    secret: [{ name: 'CRM_TOKEN', hosts: [hosts.crm], as: 'bearer', why }],
  },
  bank: {
    egress: [egress(hosts.bank, ['GET', 'POST'])],
    secret: [{ name: 'BANK_TOKEN', hosts: [hosts.bank], as: 'bearer', why }],
  },
  reports: { mount: [{ source: 'workspace:reports', target: '/reports', mode: 'rw', why }] },
  'reports-cow': { mount: [{ source: 'workspace:reports', target: '/reports', mode: 'cow', why }] },
  'reports-ro': { mount: [{ source: 'workspace:reports', target: '/reports', mode: 'ro', why }] },
  sh: { exec: [{ program: 'sh', why }] },
};

/** Packs a scenario's skill for publication. */
export function packSkill({ commands, files, name, words }: ScenarioSkill): SkillText {
  const capabilities: Record<string, object[]> = {};
  for (const word of words)
    for (const [kind, rows] of Object.entries(capabilityWords[word] ?? {}))
      capabilities[kind] = [...(capabilities[kind] ?? []), ...rows];
  const skillJson = JSON.stringify({
    name,
    version: '1.0.0',
    license: 'MIT',
    commands,
    capabilities,
    limits: { seconds: 20, memoryMiB: 256 },
  });
  const short = name.slice(name.indexOf('/') + 1);
  const all = {
    'skill.json': skillJson,
    ...files,
    'SKILL.md': skillText(short, files['SKILL.md']),
  };
  const bytes = Object.entries(all).map(([path, text]) => ({
    path,
    bytes: Buffer.from(text),
    mode: 0o644,
  }));
  return { packed: packBundle(bytes), manifest: parseManifest(Buffer.from(skillJson)) };
}

/** Adds the front matter of a SKILL.md; a first line `description: …` is the description. */
export function skillText(short: string, given = 'Does its work.\n'): string {
  const [, description = 'Does its work.', body = given] =
    /^description: (.*)\n([\s\S]*)$/.exec(given) ?? [];
  return `---\nname: ${short}\ndescription: ${JSON.stringify(JSON.parse(description.startsWith('"') ? description : JSON.stringify(description)))}\n---\n${body}`;
}
