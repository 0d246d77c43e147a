/** What a page calls the changes to a machine that it may announce. */
import { normalisePath, sensitivePath } from '../lookup-tables/sensitive-paths.ts';

/**
 * Changes to the machine that a page may announce, and the words for them.
 *
 * An agent's instructions are its user's. Its notebook is where skills note what they found.
 * Nobody announces a login key, a rule for sudo or a program under a system program's name in
 * good faith: such changes are not here, and no sentence makes them milder.
 */
export const mechanisms: readonly {
  readonly of: RegExp;
  readonly words: RegExp;
  /** A word of everyday language, which counts beside the way to take the job away. */
  readonly everyday?: RegExp;
  readonly isService?: true;
}[] = [
  {
    isService: true,
    of: /\/library\/launch(agents|daemons)(\/|$)|^launchctl /,
    words: /\blaunch ?(agents?|daemons?|d|ctl)\b/i,
  },
  { isService: true, of: /^crontab |^\/etc\/cron|^\/var\/spool\/cron/, words: /\bcron(tab)?s?\b/i },
  {
    isService: true,
    of: /\/\.config\/systemd(\/|$)|^\/etc\/systemd\/|\/lib\/systemd\/system|^systemctl /,
    words: /\bsystem(d|ctl)\b/i,
    everyday:
      /\b(user|background|hourly|nightly|daily|weekly) timers?\b|\btimers? of (your|the) (own )?user\b/i,
  },
  { isService: true, of: /\/\.config\/autostart(\/|$)/, words: /\bautostart\b/i },
  { of: /\/\.claude\/settings(\.local)?\.json/, words: /\bsettings(\.local)?\.json\b/i },
  { of: /\/\.claude\/hooks(\/|$)/, words: /(?<!git )\bhooks?\b/i },
  { of: /\/\.claude\/commands(\/|$)/, words: /\.claude\/commands\b|\bslash commands?\b/i },
  { of: /\/\.claude\/agents(\/|$)/, words: /\.claude\/agents\b|\bsub-?agents?\b/i },
  {
    isService: true,
    of: /^(schtasks|register-scheduledtask) /,
    words: /\bscheduled tasks?\b|\bschtasks\b/i,
    everyday:
      /\btasks?\b(?=[^.]{0,80}\b(each|every|daily|nightly|weekly|hourly|log ?on|log ?in|boot|startup)\b)/i,
  },
];

/** The words that name a changed path or mechanism; undefined where no words make it milder. */
export function wordsFor(named: string): RegExp | undefined {
  const normal = normalisePath(named);
  const known = mechanisms.find((row) => row.of.test(normal));
  if (known !== undefined) return known.words;
  const kind = sensitivePath(named)?.kind;
  const isNotebook = kind === 'agent-memory' && /(^|\/)(memory|heartbeat)\.md$/.test(normal);
  if (kind !== 'shell-profile' && kind !== 'agent-settings' && !isNotebook) return undefined;
  const file = normal.slice(normal.lastIndexOf('/') + 1);
  if (!/^[\w.-]{5,60}$/.test(file)) return undefined;
  // A name such as `profile` is a word, too.
  const written = file.includes('.') ? file : normal;
  return new RegExp(`(?:^|[^\\w.-])${written.replaceAll('.', '\\.')}(?![\\w-]|\\.\\w)`, 'i');
}

/**
 * The name of the agent whose settings these are. Many programs have a `settings.json` or hooks, so
 * a sentence has to name the agent, too.
 */
export function agentOf(named: string): RegExp {
  const normal = normalisePath(named);
  const isAgents = sensitivePath(named)?.kind === 'agent-settings';
  const agent = isAgents ? /\/\.(?:config\/)?([a-z]{2,30})\//.exec(normal)?.[1] : undefined;
  return agent === undefined ? /(?:)/ : new RegExp(`\\b${agent}\\b`, 'i');
}
