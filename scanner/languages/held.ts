/**
 * The front end of a language that nobody has attacked for long: what the engine follows,
 * what single words tell besides, and a person who reads each script.
 */
import { analyseLowered, type LoweredLanguage } from '../engine/analyse.ts';
import type { TaintSource } from '../fact/source.ts';
import type { Analyse, FrontEndResult } from '../programs/frontend.ts';
import { analyseLexical } from './lexical/lexical.ts';

/** Facts of the sources of a language, each script of which is held. */
export function analyseHeld(language: LoweredLanguage): Analyse {
  const follow = analyseLowered(language);
  return (sources, context) => {
    const followed = follow(sources, context);
    const read = analyseLexical(sources, context);
    const told = read.facts.filter(({ kind }) => kind === 'text' || kind === 'trait');
    const named = new Set(followed.unanalysed.map(({ span }) => span.path));
    const held = sources.filter(({ path }) => !named.has(path)).flatMap(unread);
    return {
      ...followed,
      facts: [...followed.facts.filter(({ kind }) => kind !== 'text'), ...told],
      unanalysed: [...followed.unanalysed, ...held],
    };
  };
}

// An attacker found 190 ways in 25 minutes by which a value or a call is lost to the engine.
function unread({ context, depth, path }: TaintSource): FrontEndResult['unanalysed'] {
  if (depth > 0 || (context !== 'code' && context !== 'test')) return [];
  const reason = 'a program that is followed, but not every way of the language: a person reads it';
  return [{ span: { path, start: 0, end: 1 }, reason }];
}
