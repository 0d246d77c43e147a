/** An agent’s memory, instructions or settings are written. */
import { type CapabilityFact, mountPath } from '../../fact/fact.ts';
import { isInText, milder, milderInText, runs } from '../../fact/standing.ts';
import { sensitiveMount } from '../../lookup-tables/sensitive-paths.ts';
import { announcementReads, isAnnounced } from '../../prose/announced.ts';
import { defineRule, draftAt, type FindingDraft, type RuleContext } from '../../rule.ts';
import { isOwnState, staysInTemporary, steersNobody } from '../own-state.ts';

export const agentMemory = defineRule({
  id: 'files/agent-memory',
  title: 'An agent’s memory or settings are changed',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'An agent obeys its memory, instructions and settings in every later session, long after the skill is gone.',
  fix: 'Give the text to the user to add. A skill’s own instructions belong in SKILL.md.',
  maps: { owasp: ['ASI06'], attack: ['AML.T0080', 'AML.T0081'] },
  reads: ['capability:exec', ...announcementReads],
  check: (context) =>
    context.of('capability').flatMap((fact): FindingDraft[] => {
      const { capability } = fact;
      if (capability.kind !== 'mount' || capability.mode === 'ro') return [];
      const { path, says, kept } = obeyed(fact) ?? {};
      if (path === undefined || staysInTemporary(path, fact, context)) return [];
      // In the working directory it is the project's own file, which a person sees change.
      const isOutside =
        kept !== true &&
        /^[~/]|^\.\./.test(path) &&
        !path.startsWith('/skills/@self/') &&
        !isOwnState(path, context);
      const announced = isOutside && !isInText(fact) && isAnnounced(fact, path, context);
      const isGrave = isOutside && !isInText(fact) && !announced && !steersNobody(path);
      const severity = milder(isGrave ? 'high' : 'medium', fact);
      return [
        draftAt(
          fact,
          `${fact.api} writes ${path}: ${says}${announced ? '; SKILL.md announces it' : ''}`,
          { kind: isOutside ? 'malice' : 'capability', severity },
        ),
      ];
    }),
});

// Transcripts are kept, but not obeyed.
function obeyed(
  fact: CapabilityFact,
): { readonly path: string; readonly says: string; readonly kept?: boolean } | undefined {
  const path = fact.shape ?? mountPath(fact);
  if (path !== undefined && neighbour.test(path))
    return { path, says: 'the instructions of another skill' };
  const found = sensitiveMount(fact);
  if (found === undefined || !/^agent-/.test(found.row.kind)) return undefined;
  // A folder that is not known may be the project's.
  return found.path.startsWith('*')
    ? undefined
    : { path: found.path, says: found.row.says, kept: found.row.kind === 'agent-history' };
}

// Skills lie side by side: what is beside this one is somebody else's.
const neighbour = /^\/skills\/(?!@self\/)[^/]+\/([^/]+\/){0,3}SKILL\.md$/i;

// The home folder or the whole machine is searched through.

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
        return [
          {
            ...at,
            kind: 'malice',
            severity: milderInText('high', fact),
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
