/** The front end for Ruby. */
import { analyseLowered } from '../../engine/analyse.ts';
import { rubyKnowledge } from '../../knowledge/ruby.ts';
import { lowerRuby } from './calls.ts';

/** Facts of Ruby sources. */
export const analyseRuby = analyseLowered({ lower: lowerRuby, knowledge: rubyKnowledge });
