/** Files beside an agent's settings that are a skill's own state, and no settings. */
import type { CapabilityFact } from '../fact/fact.ts';
import type { TaintSource } from '../fact/source.ts';
import { normalisePath } from '../lookup-tables/sensitive-paths.ts';
import type { RuleContext } from '../rule.ts';

/**
 * Whether a skill keeps its state there, beside the agent's settings. The file bears the skill's
 * name, and not the name of a file that the agent obeys.
 */
export function isOwnState(
  path: string,
  { name, nameInProse }: Pick<RuleContext, 'name' | 'nameInProse'>,
): boolean {
  const short = (nameInProse ?? name).replace(/^.*\//, '').toLowerCase();
  const file = besideSettings.exec(normalisePath(path))?.[1] ?? '';
  const isNamed = file === short || file.startsWith(`${short}-`) || file.startsWith(`${short}.`);
  return short.length >= 4 && isNamed && steersNobody(path);
}

/**
 * Whether a file beside an agent's settings has a name with a word of its own. The agent obeys
 * files that are named after its own parts.
 */
export function steersNobody(path: string): boolean {
  const file = besideSettings.exec(normalisePath(path))?.[1];
  return (
    file?.split(/[-_. ]+/).some((word) => /^[a-z]{4,}$/.test(word) && !ofAgents.test(word)) === true
  );
}

const besideSettings = /^~\/\.(?:openclaw|clawdbot|moltbot)\/([^/*]+)\.json$/;
const ofAgents =
  /^(openclaw|clawd(bot|hub)?|claw(hub)?|molt(bot|hub|y)?|(sub)?agents?|allow(ed|list)?|approv\w{0,5}|auth\w{0,14}|backup|bindings?|bots?|channels?|commands?|config\w{0,9}|credentials?|cron(tab)?|default\w{0,2}|deny|devices?|env\w{0,8}|exec\w{0,6}|extensions?|gateways?|global|heartbeat|hooks?|identit\w{1,3}|instructions?|jobs?|keys?|launch\w*|local|macros?|main|mcp(orter)?|memor(y|ies)|models?|nodes?|override|pair\w{0,4}|permissions?|personas?|plugins?|polic(y|ies)|profiles?|prompts?|providers?|routing|rules?|sandbox|schedules?|secrets?|security|servers?|sessions?|settings?|skills?|souls?|startup|system|tasks?|tokens?|tools?|update|users?|webhooks?|workspaces?)$/;

/**
 * Whether a file stays below a temporary folder of the skill's own, where no agent, shell or git of
 * the user looks. A tree that is copied from there, or a link there, reaches what they obey, and a
 * program that is told to look there obeys it too.
 */
export function staysInTemporary(
  path: string,
  { context: place }: Pick<CapabilityFact, 'context'>,
  { of, sources }: Pick<RuleContext, 'of' | 'sources'>,
): boolean {
  if (!inTemporary.test(path)) return false;
  return (
    place === 'test' ||
    !(of('capability').some((fact) => takesOut(fact, path)) || sources.some(readsProfile))
  );
}

// A shell that reads a profile: one for a person, or one that is told which.
const readsProfile = ({ text }: TaintSource): boolean => profiled.test(text);
const profiled =
  /\b(?:ba|z|k|da)?sh["']?[\s,]{1,4}["']?(?:-\w{0,6}[il]|--(?:login|rcfile|init-file))\b|\b(?:BASH_ENV|ZDOTDIR)\b|\bHOME=\S{1,80}\s+(?:exec\s+)?\w*sh\b|\bcore\.hooksPath\b|\bCLAUDE_CONFIG_DIR\b/;

function takesOut({ api, capability }: CapabilityFact, path: string): boolean {
  if (capability.kind === 'exec') return copiers.test(capability.program);
  if (capability.kind !== 'mount' || capability.path === undefined) return false;
  const folder = capability.path.replace(/\/+\*?$/, '');
  if (/^(~|\/root|\/home\/[^/]+)$/.test(folder)) return true;
  const isAbove = path.startsWith(`${folder}/`);
  if (capability.mode === 'ro') return isAbove;
  return links.test(api);
}

const inTemporary = /^\/tmp\/(?!.*\.\.)[^/]+\//;
// Programs that copy or link what is there, and programs that obey what they find where they start.
const copiers =
  /^(rsync|rclone|unison|usermod|chsh|mount|perl|ruby|php|claude|codex|gemini|opencode|aider|cursor(-agent)?|copilot|goose|amp|zsh|fish|tmux|screen)$/;
const links = /^ln$|link/i;
