/** Files outside of the skill's and the project's folders are written or deleted. */
import { type CapabilityFact, mountPath, type Trait } from '../../fact/fact.ts';
import { isInText, milder, milderInText, runs } from '../../fact/standing.ts';
import {
  pathsOfKind,
  type SensitiveKind,
  sensitivePath,
} from '../../lookup-tables/sensitive-paths.ts';
import { needsCapability } from '../../manifest/observed.ts';
import { defineRule, draftAt, type FindingDraft, type RuleContext } from '../../rule.ts';

// Files outside of the skill's and the project's folders are read.

export const outsideRead = defineRule({
  id: 'files/outside-read',
  title: 'Files outside of the working folder are read',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Files in the home folder or the system belong to the user and to other programs. In the sandbox such a path does not exist.',
  fix: 'Read from a mount that skill.json declares, or from a file that the user names.',
  maps: { cwe: ['CWE-22'], attack: ['T1005'] },
  reads: ['capability:mount'],
  check: ({ of }) => {
    const seen = new Set<string>();
    return of('capability').flatMap((fact) => {
      const path = outsidePath(fact);
      if (path === undefined || fact.capability.kind !== 'mount' || fact.capability.mode !== 'ro')
        return [];
      if (plainFolders.test(path) || seen.has(path)) return [];
      seen.add(path);
      return [draftAt(fact, `${fact.api} reads ${path}`)];
    });
  },
});

/**
 * An outside path that no other rule speaks of; undefined for what needs no capability and what
 * could not be computed.
 */
export function outsidePath(fact: CapabilityFact): string | undefined {
  const path = mountPath(fact);
  if (path === undefined || path === '*' || !runs(fact)) return undefined;
  // In the sandbox the home folder is an empty one of its own; elsewhere it is the user’s, and
  // programs keep their own things behind a dot.
  if (!needsCapability(fact) && !/^~\/[^.]/.test(path)) return undefined;
  return sensitivePath(path) === undefined ? path : undefined;
}

// What every machine has, and what programs and time zones are read from.
const plainFolders =
  /^\/(usr|bin|lib|lib64|opt|etc\/(os-release|ssl|hosts|resolv\.conf|localtime|timezone)|dev\/std|proc\/(cpuinfo|meminfo|version)|sys\/class)/;

export const outsideWrite = defineRule({
  id: 'files/outside-write',
  title: 'Files outside of the working folder are changed',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'A change outside of the working folder outlives the task, and other programs may act on it.',
  fix: 'Write below the working folder, or into a mount that skill.json declares.',
  maps: { cwe: ['CWE-22', 'CWE-73'], attack: ['T1565'] },
  reads: ['capability:mount'],
  check: ({ of }) => {
    const seen = new Set<string>();
    return of('capability').flatMap((fact) => {
      const path = outsidePath(fact);
      if (path === undefined || fact.capability.kind !== 'mount' || fact.capability.mode === 'ro')
        return [];
      const does = fact.traits.includes('delete') ? 'deletes' : 'writes';
      if (seen.has(`${does} ${path}`)) return [];
      seen.add(`${does} ${path}`);
      // Where the system keeps its own programs and settings, a script has to have a very good
      // reason.
      const isSystem = /^\/(etc|usr|bin|sbin|boot|lib|lib64|var\/lib|System|Library)(\/|$)/.test(
        path,
      );
      const severity = isSystem && !isInText(fact) ? 'medium' : 'low';
      return [draftAt(fact, `${fact.api} ${does} ${path}`, { severity })];
    });
  },
});

// A link is made that leads out of the folders a skill works in.

export const linkEscape = defineRule({
  id: 'files/link-escape',
  title: 'A link leads out of the working folder',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'A program that trusts its own folder follows the link to another place. So a check of paths is evaded, and another file is uploaded or overwritten.',
  fix: 'Copy the file, or declare a mount for the folder.',
  maps: { cwe: ['CWE-59'] },
  reads: ['capability:mount', 'trait:link'],
  check: ({ of }) => {
    const made = [
      ...of('capability').flatMap((fact) => {
        const { capability } = fact;
        const isTarget =
          capability.kind === 'mount' && capability.mode === 'ro' && fact.traits.includes('link');
        return isTarget ? [{ fact, target: capability.path ?? '' }] : [];
      }),
      ...of('trait').map((fact) => ({ fact, target: fact.detail.split(' -> ')[0] ?? '' })),
    ];
    return made.flatMap(({ fact, target }) => {
      if (!runs(fact) || !/^(\/(?!tmp\/|skills\/@self)|~|\.\.)/.test(target)) return [];
      const at = { span: fact.span, confidence: fact.certainty };
      const secret = sensitivePath(target);
      if (secret !== undefined || /^(\/|~\/?|\/(etc|home|root|Users|proc)\/?)$/.test(target)) {
        const what = secret === undefined ? 'everything below it' : secret.says;
        return [
          {
            ...at,
            kind: 'malice',
            severity: milderInText('high', fact),
            message: `makes a link to ${target}: ${what}`,
          },
        ];
      }
      return [{ ...at, message: `makes a link to ${target}` }];
    });
  },
});

// A disk, the memory or a keyboard is read as a device.

export const device = defineRule({
  id: 'files/device',
  title: 'A device or the memory of processes is read',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Below the file system no file permission applies. A raw disk holds every file, memory holds keys in use, an input device the typed keys.',
  fix: 'Read files by their names. Let a person start a tool that needs the device itself.',
  maps: { cwe: ['CWE-552'], attack: ['T1003', 'T1005', 'T1056.001'] },
  reads: ['capability:mount'],
  // Writing to one is the business of files/destructive.
  check: usesOf('device', 'reads', ['write', 'delete']),
});

// What was said in an agent's earlier sessions is read.

export const agentHistory = defineRule({
  id: 'files/agent-history',
  title: 'An agent’s earlier sessions are read',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Transcripts hold everything that was pasted or read in any project: code, mails, keys. A skill for one task does not need the others.',
  fix: 'Work with what the user gives you in this session. A tool about sessions says so in its description, and a person decides.',
  maps: { cwe: ['CWE-552'], owasp: ['LLM02', 'ASI06'], attack: ['T1005', 'T1213'] },
  reads: ['capability:mount', 'capability:egress'],
  check: ({ of }) => {
    const capabilities = of('capability');
    // What never leaves the machine is read in the same session that asked for it.
    const usual = capabilities.some(({ capability }) => capability.kind === 'egress')
      ? 'medium'
      : 'low';
    return pathsOfKind('agent-history', capabilities).map(({ fact, path }) =>
      draftAt(fact, `${fact.api} uses ${path}: what was said in an agent’s sessions`, {
        severity: milder(isInText(fact) ? 'low' : usual, fact),
      }),
    );
  },
});

// What the user typed before is read.

export const shellHistory = defineRule({
  id: 'files/shell-history',
  title: 'The history of a shell or database client is read',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Histories hold passwords that were typed on command lines, names of hosts, and ways to reach them.',
  fix: 'Ask the user for the command that you need.',
  maps: { cwe: ['CWE-552', 'CWE-532'], attack: ['T1552.003'] },
  reads: ['capability:mount'],
  // Emptying it is the business of persistence/history-off.
  check: usesOf('history', 'reads', ['delete']),
});

// Everything of a user or a machine is deleted or overwritten.

export const destructive = defineRule({
  id: 'files/destructive',
  title: 'A home, a whole disk or a device is destroyed',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'Deleting from / or the home folder, or writing to a disk, destroys what is not the skill’s.',
  fix: 'Delete only what the skill made, by its full name.',
  maps: { attack: ['T1485', 'T1561'] },
  reads: ['capability:mount'],
  check: (context) =>
    context.of('capability').flatMap((fact) => {
      const path = mountPath(fact);
      if (path === undefined || !(fact.traits.includes('delete') || fact.traits.includes('write')))
        return [];
      const isAll =
        fact.traits.includes('recursive') &&
        /^(\/|\/\*|~\/?|~\/\*|\/(home|usr|etc|var|root|Users)\/?\*?)$/.test(path);
      const isDevice = sensitivePath(path)?.kind === 'device';
      if (!isAll && !isDevice) return [];
      return [
        draftAt(fact, `${fact.api} ${isAll ? 'deletes' : 'writes to'} ${path}`, {
          severity: milderInText('critical', fact),
        }),
      ];
    }),
});

// The control socket of a container engine is used.

export const containerSocket = defineRule({
  id: 'files/container-socket',
  title: 'The container engine is controlled',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'A program that can use the engine’s socket can start a container that mounts the whole machine. This equals root.',
  fix: 'Remove it. Declare what the skill needs from the machine as a mount or an exec in skill.json.',
  maps: { attack: ['T1611', 'T1610'] },
  reads: ['capability:mount'],
  check: usesOf('container-socket', 'uses'),
});

// Uses of paths of a kind, but for those that other rules judge.
function usesOf(
  kind: SensitiveKind,
  does: string,
  others: readonly Trait[] = [],
): (context: RuleContext) => readonly FindingDraft[] {
  return ({ of }) =>
    pathsOfKind(kind, of('capability')).flatMap(({ fact, path }) =>
      fact.traits.some((one) => others.includes(one))
        ? []
        : [draftAt(fact, `${fact.api} ${does} ${path}`, { severity: milderInText('high', fact) })],
    );
}
