/** The system's logs are deleted or emptied. */

import { mountPath } from '../../fact/fact.ts';
import { milder } from '../../fact/standing.ts';
import { defineRule, draftAt } from '../../rule.ts';

export const logRemoval = defineRule({
  id: 'files/log-removal',
  title: 'Logs of the system are deleted',
  kind: 'malice',
  severity: 'medium',
  confidence: 'exact',
  why: 'Logs show afterwards what was done. A program that removes the logs of others removes the traces. The system itself rotates logs to free disk space.',
  fix: 'Delete only logs that the skill wrote, in its own folder.',
  maps: { attack: ['T1070.002'] },
  reads: ['capability:mount'],
  check: ({ of }) =>
    of('capability').flatMap((fact) => {
      const path = mountPath(fact);
      if (path === undefined || !systemLogs.test(path)) return [];
      const overwrites =
        fact.traits.includes('write') && !fact.traits.includes('append') && traces.test(path);
      if (!fact.traits.includes('delete') && !overwrites) return [];
      const how = fact.traits.includes('delete') ? 'deletes' : 'overwrites';
      return [draftAt(fact, `${fact.api} ${how} ${path}`, { severity: milder('medium', fact) })];
    }),
});

const systemLogs =
  /^(\/private)?\/var\/log(\/|$)|^\/Library\/Logs(\/|$)|^\/var\/(run|adm)\/(utmp|wtmp|btmp|lastlog|faillog)/;

// Files that are written by nobody but the system.
const traces =
  /\/(auth\.log|secure|syslog|messages|wtmp|utmp|btmp|lastlog|faillog|audit(\.log|\/)|kern\.log|journal|system\.log|install\.log)/;
