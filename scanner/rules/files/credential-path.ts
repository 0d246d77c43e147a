/** A file with credentials is used. */
import type { CapabilityFact } from '../../fact/fact.ts';
import { isInText, milder, milderInText } from '../../fact/standing.ts';
import { isOwnCredentialFile } from '../../flow/own-credentials.ts';
import { sensitiveMount } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, draftAt, type FindingDraft, type RuleContext } from '../../rule.ts';

export const credentialPath = defineRule({
  id: 'files/credential-path',
  title: 'Credentials are read from where other programs keep them',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Keys and tokens in well-known places belong to other programs. A skill gets the secrets it needs by declaring them.',
  fix: 'Declare the secret in skill.json; the runner adds it to requests, so the skill never needs the file.',
  maps: { cwe: ['CWE-552'], owasp: ['ASI03'], attack: ['T1552.001', 'T1552.004', 'T1555'] },
  reads: ['capability:mount', 'trait:permissions', 'source'],
  check: (context) =>
    context.of('capability').flatMap((fact) => {
      const { row: found, path } = sensitiveMount(fact) ?? {};
      if (path === undefined || /\.pub$|\/(known_hosts|allowed_signers)$/.test(path)) return [];
      if (found === undefined || (found.kind !== 'credential' && found.kind !== 'system-accounts'))
        return [];
      const at = { span: fact.span, confidence: fact.certainty };
      if (isOwnCredentialFile(path, context)) {
        return [
          {
            ...at,
            kind: 'capability',
            severity: 'low',
            message: `${fact.api} uses ${path}, the skill’s own key`,
          },
        ];
      }
      if (takesDefault.test(fact.api)) {
        const message = `${fact.api} uses ${path}, as the library does by itself: ${found.says}`;
        return [{ ...at, kind: 'capability', severity: milder('medium', fact), message }];
      }
      if (asksForOne(fact, context)) {
        const message = `${fact.api} asks for one entry of ${path}: ${found.says}`;
        return [{ ...at, severity: milder('medium', fact), message }];
      }
      if (readsNothing(fact, path, context)) {
        const message = `${fact.api} touches ${path}, without its content: ${found.says}`;
        // Another user of the machine may be the one that the file is given to.
        if (/^ch(own|grp)$/.test(fact.api))
          return [{ ...at, severity: milder('medium', fact), message }];
        return [{ ...at, kind: 'capability', severity: 'low', message }];
      }
      // Telling a person where their own key lies is not the same as a program that reads it.
      const isMild = isInText(fact) || sharedByAgents.test(path) || found.isSettings === true;
      const severity = milder(isMild ? 'medium' : 'high', fact);
      return [{ ...at, severity, message: `${fact.api} uses ${path}: ${found.says}` }];
    }),
});

// `netrc(path).authenticators(host)` gives the entry of the host that a request goes to. Where the
// entry goes is for the rules of flows.
function asksForOne({ api, span }: CapabilityFact, { sources }: RuleContext): boolean {
  const text = sources.find(({ path }) => path === span.path)?.text ?? '';
  return (
    api === 'netrc.netrc' && /^\.authenticators\([a-z_]/.test(text.slice(span.end, span.end + 40))
  );
}

// Making a folder, looking whether a file exists, and closing a file to other users or giving it to
// another user of the machine read nothing. A mode that lets others read is a way to hand the file
// on.
function readsNothing(fact: CapabilityFact, path: string, { of }: RuleContext): boolean {
  if (fact.api === 'ls' && namesFile.test(path)) return true;
  const call = /[^.)]*$/.exec(fact.api.replace(/\(\)$/, ''))?.[0] ?? '';
  if (looks.has(call)) return true;
  return of('trait').some(
    ({ trait, span, detail }) =>
      trait === 'permissions' &&
      span.path === fact.span.path &&
      span.start === fact.span.start &&
      /^0?[0-7]00 /.test(detail),
  );
}

const looks: ReadonlySet<string> = new Set(
  `chown chgrp mkdir makedirs mkdirSync stat statSync lstat lstatSync exists existsSync is_file is_dir isfile isdir
  access accessSync test`.split(/\s+/),
);

// The list of a folder tells the names of keys; that of a file tells nothing.
const namesFile = /\/(id_[a-z0-9_]+|credentials|[^/*]+\.[a-z]{2,5})$/;

// The code names no path: the client of a cluster finds its own settings.
const takesDefault = /^kubernetes\.config\.(load_kube_config|load_config|new_client_from_config)$/;

// Agents tell skills to keep their settings there, beside those of others.
const sharedByAgents = /\/\.(openclaw|clawdbot|moltbot)\//;

// What uses files of one kind.
function usesOf(kind: 'browser' | 'wallet'): (context: RuleContext) => FindingDraft[] {
  return ({ of }) =>
    of('capability').flatMap((fact) => {
      const { row: found, path } = sensitiveMount(fact) ?? {};
      if (found?.kind !== kind) return [];
      const message = `${fact.api} uses ${path}: ${found.says}`;
      return [draftAt(fact, message, { severity: milderInText('high', fact) })];
    });
}

// A browser's cookies or stored passwords are used.

export const browserData = defineRule({
  id: 'files/browser-data',
  title: 'A browser’s cookies or passwords are read',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'A session cookie signs in without a password and without the second factor. A browser profile holds the cookies of every site.',
  fix: 'Let the user sign in to the one service and declare its token as a secret; for tests, start a browser with a profile of its own.',
  maps: { cwe: ['CWE-552'], owasp: ['ASI03'], attack: ['T1539', 'T1555.003'] },
  reads: ['capability:mount'],
  check: usesOf('browser'),
});

// A cryptocurrency wallet's files are used.

export const wallet = defineRule({
  id: 'files/wallet',
  title: 'A cryptocurrency wallet is read',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Whoever has a wallet’s file can get its content, with or without the password, and no bank takes a transfer back.',
  fix: 'Ask a wallet program to sign one transaction that the user sees. Read no key file.',
  maps: { cwe: ['CWE-552'], owasp: ['ASI03'], attack: ['T1552.004', 'T1657'] },
  reads: ['capability:mount'],
  check: usesOf('wallet'),
});
