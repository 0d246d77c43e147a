/** The home folder or the whole machine is searched through. */
import type { CapabilityFact } from '../../fact/fact.ts';
import { isInText, milder, runs } from '../../fact/standing.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const homeHarvest = defineRule({
  id: 'files/home-harvest',
  title: 'The home folder or the whole disk is searched',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'A search of everything that the user has finds what the skill was never given: keys, mails, other people’s projects. Collecting begins with a search for names of keys.',
  fix: 'Search the working folder, or a folder that the user names.',
  maps: { cwe: ['CWE-552'], attack: ['T1083', 'T1005', 'T1119'] },
  reads: ['capability:mount', 'source'],
  check: (context) =>
    context.of('capability').flatMap((fact): FindingDraft[] => {
      const path =
        fact.capability.kind === 'mount' && fact.capability.mode === 'ro'
          ? fact.capability.path
          : undefined;
      if (path === undefined || !everything.test(path) || !walkers.test(fact.api) || !runs(fact))
        return [];
      const at = { span: fact.span, confidence: fact.certainty };
      if (keyNames.test(snippetOf(fact, context))) {
        const severity = milder(isInText(fact) ? 'medium' : 'high', fact);
        return [
          {
            ...at,
            kind: 'malice',
            severity,
            message: `${fact.api} searches ${path} for keys or passwords`,
          },
        ];
      }
      return [
        {
          ...at,
          severity: isInText(fact) ? 'low' : 'medium',
          message: `${fact.api} searches all of ${path}`,
        },
      ];
    }),
});

const everything =
  /^(~|\/|\/home|\/root|\/Users|\/home\/[^/*]+|\/Users\/[^/*]+|\/mnt|\/Volumes)(\/|\/\*{1,2}|\*)?$/;

const walkers =
  /^(find|fd|locate|tree|du|grep|egrep|rg|ag|tar|zip|rsync|os\.walk|glob\.i?glob|os\.listdir|os\.scandir|pathlib\.Path\(\)\.(rglob|glob|iterdir)|shutil\.(make_archive|copytree)|(fs(\/promises)?|fs-extra)\.(readdir|readdirSync|glob|globSync|opendir|cp|cpSync)|(glob|fast-glob|globby)\.\w+)$/;

const keyNames =
  /id_(rsa|ed25519|ecdsa)|\.(pem|p12|pfx|key|kdbx|keystore|jks|wallet)\b|wallet\.dat|\.env\b|\.npmrc|\.netrc|credentials?\b|passwords?\b|secrets?\b|mnemonic|seed.?phrase|private.?key/i;

// The call and what stands right behind it: a filter may be the next line.
function snippetOf({ span }: CapabilityFact, { sources }: RuleContext): string {
  const text = sources.find((source) => source.path === span.path)?.text ?? '';
  return text.slice(span.start, Math.min(span.end + 160, span.start + 400));
}
