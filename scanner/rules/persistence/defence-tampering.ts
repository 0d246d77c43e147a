/** What guards the machine is switched off or deceived. */
import { isInText, milder } from '../../fact/standing.ts';
import { defineRule, draftAt, type FindingDraft } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const defenceTampering = defineRule({
  id: 'persistence/defence-tampering',
  title: 'A protection of the machine is weakened',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Firewalls, antivirus, auditing and the lists of names and certificates protect everything on the machine, not only this skill.',
  fix: 'Leave them as they are. Say what has to be allowed, and let the operator do it.',
  maps: { cwe: ['CWE-693'], attack: ['T1553.004'] },
  reads: ['trait:defence-off', 'capability:mount'],
  check: (context) => [
    ...draftsOfTrait(context, 'defence-off', (fact) => {
      const inText = isInText(fact);
      return {
        kind: inText ? 'capability' : 'malice',
        severity: inText ? 'low' : milder('high', fact),
        message: fact.detail,
      };
    }),
    ...context.of('capability').flatMap((fact) => {
      const { capability } = fact;
      if (capability.kind !== 'mount' || capability.path === undefined || capability.mode === 'ro')
        return [];
      const guarded = guardedFiles.find(({ form }) => form.test(capability.path ?? ''));
      if (guarded === undefined) return [];
      const inText = isInText(fact);
      return [
        draftAt(fact, `${fact.api} writes ${capability.path}: ${guarded.says}`, {
          kind: inText ? 'capability' : 'malice',
          severity: milder(inText ? 'low' : 'high', fact),
        }),
      ];
    }),
  ],
});

const guardedFiles: readonly { readonly form: RegExp; readonly says: string }[] = [
  {
    form: /^(\/private)?\/etc\/(hosts|resolv\.conf|nsswitch\.conf)$|\/system32\/drivers\/etc\/hosts$/i,
    says: 'which host a name means',
  },
  { form: /^\/etc\/(pam\.d|pam\.conf|security\/|ssh\/sshd_config)/, says: 'who may log in' },
  {
    form: /^\/etc\/(selinux|apparmor|apparmor\.d|audit|falco|osquery|fail2ban)(\/|$)/,
    says: 'what is watched and forbidden',
  },
  {
    form: /^\/(usr\/local\/share\/ca-certificates|etc\/ssl\/certs|etc\/pki\/(ca-trust|tls\/certs))(\/|$)/,
    says: 'whose certificates are believed',
  },
];

// A process is started that goes on when the skill has ended.

export const detached = defineRule({
  id: 'persistence/detached',
  title: 'A process stays after the run',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'A detached process goes on after the answer was given. Nobody waits for it, sees its output or ends it.',
  fix: 'Wait for what you start, or say that the user should start it.',
  maps: { attack: ['T1564.011', 'T1543'] },
  reads: ['trait:detached'],
  check: (context) =>
    draftsOfTrait(context, 'detached', (fact) => ({
      severity: isInText(fact) ? 'info' : 'low',
      message: `${fact.api} starts a process that stays`,
    })),
});

// The system’s own log is told to forget.

export const logWiping = defineRule({
  id: 'persistence/log-wiping',
  title: 'The system’s log is cleared',
  kind: 'malice',
  severity: 'medium',
  confidence: 'exact',
  why: 'The journal, the event log and the records of logins show later what was done. The system rotates them itself. A skill that clears them also removes its own traces.',
  fix: 'Leave them. Where disk space is short, tell the operator.',
  maps: { attack: ['T1070.001', 'T1070.002'] },
  reads: ['trait:log-wiping'],
  check: (context) =>
    draftsOfTrait(context, 'log-wiping', (fact) => ({
      severity: milder('medium', fact),
      message: fact.detail,
    })),
});

// Servers, plugins or skills are added to the agent.

export const agentConfiguration = defineRule({
  id: 'persistence/agent-configuration',
  title: 'The agent’s setup is changed',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'An added server, plugin or skill stays when the skill is gone, and the agent trusts it in every later session.',
  fix: 'Tell the user what to add; do not add it for them.',
  maps: { owasp: ['ASI04', 'AST01'], attack: ['AML.T0081'] },
  reads: ['trait:agent-setup', 'source'],
  check: (context) => [
    ...draftsOfTrait(context, 'agent-setup', (fact) => ({
      severity: isInText(fact) ? 'info' : 'medium',
      message: fact.detail,
    })),
    ...context.sources.flatMap(({ path, text, depth }): FindingDraft[] => {
      if (depth > 0 || !loadedByAgents.test(path)) return [];
      const at = /"?(mcpServers|mcp_servers|servers|enabledPlugins|extraKnownMarketplaces)"?/.exec(
        text,
      );
      if (at === null) return [];
      const span = { path, start: at.index, end: at.index + at[0].length };
      return [
        {
          span,
          severity: 'low',
          message: `an agent that is opened in this folder loads ${at[1]} from here`,
        },
      ];
    }),
  ],
});

/** Settings that agents read from the folder they work in. */
const loadedByAgents =
  /(^|\/)(\.mcp\.json|\.claude\/settings(\.local)?\.json|\.cursor\/mcp\.json|\.vscode\/mcp\.json|\.codex\/config\.toml|\.gemini\/settings\.json)$/;

// An account is added, or gets more rights.

export const newAccount = defineRule({
  id: 'persistence/new-account',
  title: 'An account is added or raised',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'An account stays open: whoever knows it comes back without the skill.',
  fix: 'Let the operator create accounts.',
  maps: { cwe: ['CWE-250'], attack: ['T1136.001', 'T1098'] },
  reads: ['trait:new-account'],
  check: (context) =>
    draftsOfTrait(context, 'new-account', (fact) => ({
      severity: isInText(fact) ? 'info' : 'medium',
      message: fact.detail,
    })),
});
