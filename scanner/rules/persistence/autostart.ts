/** Something is made to start by itself. */
import type { CapabilityFact, TraitFact } from '../../fact/fact.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { isInText, milder, runs } from '../../fact/standing.ts';
import { normalisePath, sensitiveMount } from '../../lookup-tables/sensitive-paths.ts';
import { announcementReads, isAnnounced } from '../../prose/announced.ts';
import { defineRule, draftAt, type FindingDraft, type RuleContext } from '../../rule.ts';

export const autostart = defineRule({
  id: 'persistence/autostart',
  title: 'Something starts by itself',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'cron, systemd, launchd and logins start programs after the skill has ended, outside any sandbox.',
  fix: 'Do the work when the skill is called. Scheduling is the operator’s decision.',
  maps: { attack: ['T1053', 'T1543', 'T1547'] },
  reads: ['trait:autostart', ...announcementReads],
  check: (context) => [
    ...context.of('capability').flatMap((fact): FindingDraft[] => {
      const { capability } = fact;
      if (capability.kind !== 'mount' || capability.mode === 'ro' || fact.traits.includes('delete'))
        return [];
      const found = sensitiveMount(fact);
      if (found?.row.kind !== 'autostart' || isInstalled(fact, found.path)) return [];
      const message = `${fact.api} writes ${found.path}: ${found.row.says}`;
      const { certainty: confidence, span } = fact;
      if (makesFolder.test(fact.api))
        return [{ span, confidence, kind: 'capability', severity: 'low', message }];
      if (
        startsNothing.test(normalisePath(found.path)) ||
        startsNoProgram(fact, found.path, context)
      )
        return [{ span, confidence, kind: 'capability', severity: 'medium', message }];
      return [draftOf(fact, found.path, message, context)];
    }),
    ...context
      .of('trait')
      .filter((fact) => fact.trait === 'autostart')
      .map((fact) =>
        draftOf(fact, fact.detail, `makes something start by itself: ${fact.detail}`, context),
      ),
    ...context.sources.flatMap(browsersOnce),
  ],
});

const browsersOnce = remembered(extendedBrowsers);

// A person's own shortcut of a browser is given an extension, which the browser loads from then on.
function extendedBrowsers({ path, text, depth, context }: TaintSource): FindingDraft[] {
  const whole = text.replace(/(["'`])\s{0,40}\+\s{0,40}\1/g, '');
  const isShortcut = /\bCreateShortcut\s{0,9}\(/.test(whole) && /\.Arguments\s{0,9}=/.test(whole);
  if (!isShortcut || !/--load-extension=/.test(whole) || depth > 0 || context !== 'code') return [];
  const at = text.search(/\.Arguments\s{0,9}=/);
  const span = { path, start: Math.max(0, at), end: Math.max(0, at) + 1 };
  return [{ span, message: 'makes a browser start with an extension, by way of its shortcut' }];
}

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

// Settings beside units, and a module in a temporary folder: Python looks there only when it is
// told to.
const startsNothing =
  /(^|\/)\.config\/systemd\/user\/[^/*]+\.(conf|env|json|txt)$|^\/tmp\/([^/]+\/)*(site|user)customize\.py$/;

// A file of settings without a directive that starts a program, as the skill's program writes it.
// What is copied stands elsewhere.
function startsNoProgram(
  { api, span, traits }: CapabilityFact,
  path: string,
  { sources }: Pick<RuleContext, 'sources'>,
): boolean {
  if (copies.test(api) || traits.includes('link') || traits.includes('download')) return false;
  const row = settings.find(({ file }) => file.test(normalisePath(path)));
  const text = sources.find((source) => source.path === span.path)?.text;
  return row !== undefined && text !== undefined && !row.starts.test(text);
}

const copies = /(^|\.)(cp|mv|ln|dd|rsync|install|copy\w*|move|rename\w*|replace|(sym)?link\w*)$/i;

const settings: readonly { readonly file: RegExp; readonly starts: RegExp }[] = [
  {
    file: /^~\/\.(tmux\.conf|screenrc)$/,
    // A command of tmux may be cut to the letters that name it alone: "neww", "ru".
    starts:
      /(?:^|["'`;{]|\\n|\bbind(?:-key)?\s[^\n]{1,80}?\s)\s{0,40}(?:ru\w*|if|ne[wx]\w*|sp\w*|resp\w*|pip\w*|pop\w*|display-p\w*|so\w*|confirm\w*|choose\w*)(?:-\w*)?\s|run-shell|if-shell|\brun\s+['"-]|default-(command|shell)|set-hook|source(-file)?\s|[#%]\(|new-(session|window)|pipe-pane|copy-pipe|\b(b64decode|fromhex|base64|exec|screen|stuff|eval|chr)\b|\.(read|text|content|decode|replace)\(/m,
  },
];

// Units of packages that the system's package manager installed.
const ofPackages =
  /^systemctl (--now )?enable (--now )?(apache2|containerd|docker|httpd|mariadb|mysql|mysqld|nginx|postgresql|redis|redis-server)(\.service)?$/;

// A unit of the system that is switched on by its name was there before, when the skill has no unit
// and writes none. A file whose place could not be computed may be one.
function switchesOn(named: string, { files, sources, of }: RuleContext): boolean {
  const [, unit, ending] =
    /^systemctl (?:--now )?enable (?:--now )?([^\s/.]+)(\.\w+)?$/.exec(named) ??
    /^launchctl (?:bootstrap system|load) ["']?\/Library\/LaunchDaemons\/([^\s/]+)\.plist["']?$/.exec(
      named,
    ) ??
    [];
  if (unit === undefined || (ending !== undefined && ending !== '.service')) return false;
  const writesAnywhere = of('capability').some(
    ({ capability }) =>
      capability.kind === 'mount' &&
      capability.mode !== 'ro' &&
      (capability.path ?? '*').startsWith('*'),
  );
  return (
    !writesAnywhere && ![...files].some((file) => unitFile.test(file)) && !sources.some(writesUnit)
  );
}

const unitFile = /\.(service|timer|socket|path|mount|target|plist)(\.\w+)?$/i;

function writesUnit({ text }: TaintSource): boolean {
  return /\b(ProgramArguments|ExecStart|OnCalendar|OnBootSec|OnUnitActiveSec|ListenStream)|\[(Service|Unit|Install)\]|systemd\/|['"]systemd['"]/.test(
    text,
  );
}

function draftOf(
  fact: CapabilityFact | TraitFact,
  named: string,
  message: string,
  context: RuleContext,
): FindingDraft {
  const announced = !isInText(fact) && isAnnounced(fact, named, context);
  const isMild =
    isInText(fact) || announced || ofPackages.test(named) || switchesOn(named, context);
  return draftAt(fact, announced ? `${message}; SKILL.md announces it` : message, {
    severity: milder(isMild ? 'medium' : 'high', fact),
  });
}

// A public key of the bundle gets access to an account or a machine of the user.

export const shippedKey = defineRule({
  id: 'persistence/shipped-key',
  title: 'A key of the bundle gets access',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Whoever wrote the skill has the other half of the key, and comes in without the skill.',
  fix: 'Let the user choose a key of their own, and ship none.',
  maps: { cwe: ['CWE-912'], owasp: ['ASI03'], attack: ['T1098.004'] },
  reads: ['trait:key-admitted', 'source'],
  check: ({ of, sources }) => [
    ...sources.flatMap(keysInPage),
    ...of('trait').flatMap((fact): FindingDraft[] => {
      if (fact.trait !== 'key-admitted' || !runs(fact)) return [];
      const file = fact.detail
        .slice(fact.detail.lastIndexOf(' ') + 1)
        .replace(/^["']|["']$|^\.\//g, '')
        .replace(/^.*\$\{?\w+\}?\//, '');
      const key = sources.find(
        ({ path, text, depth }) =>
          depth === 0 && (path === file || path.endsWith(`/${file}`)) && publicKey.test(text),
      );
      if (key === undefined) return [];
      return [
        draftAt(fact, `${fact.api} gives access to whoever has the other half of ${key.path}`),
      ];
    }),
  ],
});

const keysInPage = remembered(({ path, text, depth, language }: TaintSource): FindingDraft[] => {
  if (depth > 0 || language !== 'markdown') return [];
  const speaksOfLogins = loginKeys.test(text);
  return [...text.matchAll(keyInText)].flatMap(({ 0: key, index }) => {
    const near = text.slice(Math.max(0, index - hostCharsMax), index + 2 * hostCharsMax);
    const before = near.slice(0, Math.min(index, hostCharsMax));
    const line = before.slice(before.lastIndexOf('\n') + 1);
    const isOfHost = hostOfKey.test(line) || /known_hosts|host.?key/i.test(near);
    if (!isPublicKey(key) || keysOfHosts.has(key) || (isOfHost && !speaksOfLogins)) return [];
    const isLogin = speaksOfLogins && !isOfHost;
    return [
      {
        span: { path, start: index, end: index + key.length },
        severity: isLogin ? 'high' : 'medium',
        message: isLogin
          ? 'has a public key written down for an agent that sets up who may log in'
          : 'has somebody’s public key, which an agent may admit to a machine or an account',
      },
    ];
  });
});

const loginKeys = /authori[sz]ed[\s_-]?keys/i;

const keyInText =
  /AAAA(?:C3NzaC1l|B3NzaC1y|B3NzaC1k|E2VjZHNh|GnNr|InNr)[A-Za-z0-9+/]{40,1400}={0,2}/g;

// The parts of a key have their lengths before them (RFC 4253, section 6.6). A placeholder or a
// shortened key has no such parts.
function isPublicKey(key: string): boolean {
  const bytes = Buffer.from(key, 'base64');
  let at = 0;
  let parts = 0;
  while (at + 4 <= bytes.length) {
    at += 4 + bytes.readUInt32BE(at);
    parts++;
  }
  return at === bytes.length && parts >= 2;
}

// Keys that hosts of git print for everybody. Nobody but these hosts has their other halves.
const keysOfHosts: ReadonlySet<string> = new Set([
  'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
  'AAAAC3NzaC1lZDI1NTE5AAAAIAfuCHKVTjquxvt6CM6tdG4SLp1Btn/nOeHHE5UOzRdf',
  'AAAAC3NzaC1lZDI1NTE5AAAAIIazEu89wgQZ4bqs3d63QSMzYVa0MuJ2e2gKTKqu+UUO',
]);

// A line of known_hosts begins with the names of a host, which may be hashed. Such a key lets
// nobody in.
const hostOfKey = /(?:^|[\s>|`"'])(?:[^\s@"=]*\w\.\w[^\s@"=]*|\|1\|\S+)[ \t]+[\w@.-]+[ \t]+$/;
const hostCharsMax = 300;

const publicKey =
  /^\s*(?:(?:sk-)?(?:ssh|ecdsa)-[\w@.-]{3,40} AAAA[\w+/=]{20,}|-----BEGIN (?:PGP PUBLIC KEY BLOCK|PUBLIC KEY)-----)/m;
