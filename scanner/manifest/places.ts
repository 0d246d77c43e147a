/** Where a declared capability stands in skill.json. */
import type { Capability } from '../../skills-index/skill/capability.ts';
import type { Span } from '../fact/fact.ts';
import type { TaintSource } from '../fact/source.ts';

/** The span of its most telling value; the start of the file when it is not found as written. */
export function manifestSpan(sources: readonly TaintSource[], one: Capability): Span {
  const text = sources.find((source) => source.path === 'skill.json')?.text ?? '';
  const value =
    one.kind === 'egress'
      ? one.url
      : one.kind === 'mount'
        ? (one.source ?? '')
        : one.kind === 'exec'
          ? one.program
          : one.name;
  const section = Math.max(0, text.indexOf(`"${one.kind}"`));
  const start = text.indexOf(JSON.stringify(value), section);
  return start < 0
    ? { path: 'skill.json', start: 0, end: 0 }
    : { path: 'skill.json', start, end: start + JSON.stringify(value).length };
}
