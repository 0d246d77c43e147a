/** The place of a declared capability in skill.json. */
import type { Capability } from '../../skills-index/skill/capability.ts';
import type { Span } from '../fact/fact.ts';
import type { TaintSource } from '../fact/source.ts';

/**
 * The span of its most specific value; the start of the file when the value is not found as
 * written.
 */
export function manifestSpan(sources: readonly TaintSource[], capability: Capability): Span {
  const text = sources.find((source) => source.path === 'skill.json')?.text ?? '';
  const value =
    capability.kind === 'egress'
      ? capability.url
      : capability.kind === 'mount'
        ? (capability.source ?? '')
        : capability.kind === 'exec'
          ? capability.program
          : capability.name;
  const title = capability.kind === 'package' ? 'packages' : capability.kind;
  const section = Math.max(0, text.indexOf(`"${title}"`));
  const start = text.indexOf(JSON.stringify(value), section);
  return start < 0
    ? { path: 'skill.json', start: 0, end: 0 }
    : { path: 'skill.json', start, end: start + JSON.stringify(value).length };
}
