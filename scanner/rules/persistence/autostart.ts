/** Something is made to start by itself. */
import type { CapabilityFact, TraitFact } from '../../fact/fact.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { isInText, milder } from '../../fact/standing.ts';
import { normalisePath, sensitiveMount } from '../../lookup-tables/sensitive-paths.ts';
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
  return {
    span: fact.span,
    severity: milder(isMild ? 'medium' : 'high', fact),
    confidence: fact.certainty,
    message: announced ? `${message}; SKILL.md announces it` : message,
  };
}
