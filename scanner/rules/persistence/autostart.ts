/** Something is made to start by itself. */
import type { CapabilityFact, TraitFact } from '../../fact/fact.ts';
import { isInText, milder } from '../../fact/standing.ts';
import { sensitiveMount } from '../../lookup-tables/sensitive-paths.ts';
import { announcementReads, isAnnounced } from '../../prose/announced.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const autostart = defineRule({
  id: 'persistence/autostart',
  title: 'Something starts by itself',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'cron, systemd, launchd and logins start programs after the skill has ended, outside any sandbox.',
  fix: 'Do the work when the skill is called. Scheduling is the operator’s decision.',
  maps: { attack: ['T1053', 'T1543', 'T1547'] },
  reads: ['capability:mount', 'trait:autostart', ...announcementReads],
  check: (context) => [
    ...context.of('capability').flatMap((fact): FindingDraft[] => {
      const { capability } = fact;
      if (capability.kind !== 'mount' || capability.mode === 'ro' || fact.traits.includes('delete'))
        return [];
      const found = sensitiveMount(fact);
      if (found?.row.kind !== 'autostart' || isInstalled(fact, found.path)) return [];
      const message = `${fact.api} writes ${found.path}: ${found.row.says}`;
      if (makesFolder.test(fact.api)) {
        const { certainty: confidence, span } = fact;
        return [{ span, confidence, kind: 'capability', severity: 'low', message }];
      }
      return [draftOf(fact, found.path, message, context)];
    }),
    ...context
      .of('trait')
      .filter((fact) => fact.trait === 'autostart')
      .map((fact) =>
        draftOf(fact, fact.detail, `makes something start by itself: ${fact.detail}`, context),
      ),
  ],
});

// What is downloaded or linked into a folder of programs is the program of that name.
function isInstalled({ api, traits }: CapabilityFact, path: string): boolean {
  return (
    /\/bin\/[^/]+$/.test(path) &&
    (traits.includes('link') || traits.includes('download') || installers.test(api))
  );
}

const installers = /^(curl|wget|tar|unzip|install|ln|chmod)$/;

// A folder starts nothing: what is put into it is a finding of its own.
const makesFolder = /(^|\.)(mkdir|mkdirs|makedirs|mkdirSync)(\(\))?$/;

// Units of packages that the system's package manager installed.
const ofPackages =
  /^systemctl (--now )?enable (--now )?(apache2|containerd|docker|httpd|mariadb|mysql|mysqld|nginx|postgresql|redis|redis-server)(\.service)?$/;

function draftOf(
  fact: CapabilityFact | TraitFact,
  named: string,
  message: string,
  context: RuleContext,
): FindingDraft {
  const announced = !isInText(fact) && isAnnounced(fact, named, context);
  const isMild = isInText(fact) || announced || ofPackages.test(named);
  return {
    span: fact.span,
    severity: milder(isMild ? 'medium' : 'high', fact),
    confidence: fact.certainty,
    message: announced ? `${message}; SKILL.md announces it` : message,
  };
}
