/** Samples that other scanners are tested with, and pages about attacks. */
import { MirrorReader } from './mirror-reader.ts';
import type { MadeSkill, SetSources, SkillSets } from './public-set.ts';
import { fenced, skillPage, slugOf } from './skill-page.ts';

export const samplePages: SkillSets = {
  'agent-shield-files': (sources) => agentShield(sources, 'malicious', isOneSample),
  'agent-shield-benign': (sources) => agentShield(sources, 'benign', isOneSample),
  'agent-shield-prose': proseOfAgentShield,
  guarddog: (sources) => guardDog(sources, (path, text) => !isBenign(path) && isMarked(text)),
  'guarddog-benign': (sources) => guardDog(sources, isBenign),
  manuals: attackManuals,
};

function* agentShield(
  { mirrors }: SetSources,
  side: 'malicious' | 'benign',
  isWanted: (path: string, text: string) => boolean,
): Generator<MadeSkill> {
  const mirror = new MirrorReader(mirrors, 'elliotllliu/agent-shield');
  const folder = `benchmark/${side}/`;
  const samples = new Map<string, Map<string, string>>();
  for (const [path, bytes] of mirror.read(mirror.paths(new RegExp(`^${folder}`)))) {
    const text = bytes.toString('utf8');
    if (!isWanted(path, text)) continue;
    const [name = '', ...below] = path.slice(folder.length).split('/');
    const files = samples.get(name) ?? new Map<string, string>();
    samples.set(name, files.set(below.length === 0 ? name : below.join('/'), text));
  }
  for (const [name, files] of samples) yield { id: slugOf(name), files: sampleSkill(name, files) };
}

function sampleSkill(name: string, files: ReadonlyMap<string, string>): Record<string, string> {
  const id = slugOf(name);
  const only = files.size === 1 && name.endsWith('.md') ? files.get(name) : undefined;
  if (only?.startsWith('---')) return { 'SKILL.md': only };
  if (only !== undefined) {
    const topic = slugOf(name.replace(/\.md$/, '')).replaceAll('-', ' ');
    return { 'SKILL.md': skillPage(id, `Use when the user asks for ${topic}.`, only) };
  }
  const names = [...files.keys()].map((file) => `\`scripts/${file}\``).join(', ');
  return {
    'SKILL.md': skillPage(
      id,
      'Use when the user asks for the tool.',
      `# Tool\n\nThe tool is in ${names}.`,
    ),
    ...Object.fromEntries([...files].map(([file, text]) => [`scripts/${file}`, text])),
  };
}

/** A page with many samples says so in its first headings. */
function isOneSample(path: string, text: string): boolean {
  return !path.endsWith('.md') || !/^# (.*\(Categor|Each section)/m.test(text);
}

function* proseOfAgentShield({ mirrors }: SetSources): Generator<MadeSkill> {
  const mirror = new MirrorReader(mirrors, 'elliotllliu/agent-shield');
  for (const [path, bytes] of mirror.read(mirror.paths(/^benchmark\/malicious\/[^/]*\.md$/))) {
    const text = bytes.toString('utf8');
    if (isOneSample(path, text)) continue;
    const name = path.replace(/^.*\/|\.md$/g, '');
    for (const [at, sample] of samplesOfPage(text).entries()) {
      const id = slugOf(`${name}-${at + 1}`);
      const body = `# Notes helper\n\nCollect the notes of the project and sort them by date.\n\n## Notes\n\n${sample}`;
      const when = 'Use when the user asks to tidy up the notes of a project.';
      yield { id, files: { 'SKILL.md': skillPage(id, when, body) } };
    }
  }
}

/** The texts below the second headings of a page. */
export function samplesOfPage(page: string): string[] {
  return page
    .split(/^## /m)
    .slice(1)
    .map((part) => part.slice(part.indexOf('\n') + 1).trim());
}

const starters: Readonly<Record<string, string>> = {
  py: 'python3 scripts/',
  js: 'node scripts/',
  rb: 'ruby scripts/',
  go: 'go run scripts/',
  json: 'npm install --prefix scripts # ',
  test: 'cat scripts/',
};

function* guardDog(
  { mirrors }: SetSources,
  isWanted: (path: string, text: string) => boolean,
): Generator<MadeSkill> {
  const mirror = new MirrorReader(mirrors, 'DataDog/guarddog');
  const files = /^tests\/analyzer\/sourcecode\/(?!test_)(?!.*__init__).*\.(py|js|json|go|rb|test)$/;
  for (const [path, bytes] of mirror.read(mirror.paths(files))) {
    const text = bytes.toString('utf8');
    if (!isWanted(path, text)) continue;
    const name = path.replace(/^.*\//, '');
    const [, stem = '', extension = ''] = /^(.*)\.(\w+)$/.exec(name) ?? [];
    const id = slugOf(`${stem}-${extension}`);
    const file = extension === 'json' ? 'package.json' : name;
    const start = fenced('bash', `${starters[extension] ?? ''}${file}`);
    const body = `# Helper\n\nRun the helper:\n\n${start}`;
    const page = skillPage(id, 'Use when the user asks for the helper of the project.', body);
    yield { id, files: { 'SKILL.md': page, [`scripts/${file}`]: withoutMarks(text) } };
  }
}

function isBenign(path: string): boolean {
  return path.includes('/benign/');
}

function isMarked(text: string): boolean {
  return text.includes('ruleid:');
}

/** Without the comments that tell a test of rules what to expect. */
export function withoutMarks(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s*(#|\/\/)\s*(todo)?(ruleid|ok):/.test(line))
    .join('\n');
}

function* attackManuals({ mirrors }: SetSources): Generator<MadeSkill> {
  const mirror = new MirrorReader(mirrors, 'swisskyrepo/InternalAllTheThings');
  for (const [path, bytes] of mirror.read(mirror.paths(/^docs\/.*\.md$/))) {
    const id = slugOf(path.replace(/^docs\/|\.md$/g, ''));
    const body = bytes.toString('utf8').replace(/^---\n.*?\n---\n/s, '');
    const when = 'Use when the user asks what an attack is and how a tester checks for it.';
    yield { id, files: { 'SKILL.md': skillPage(id, when, body) } };
  }
}
