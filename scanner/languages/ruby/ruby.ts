/** The front end for Ruby. */
import { rubyKnowledge } from '../../knowledge/ruby.ts';
import { analyseHeld } from '../held.ts';
import { lowerRuby } from './calls.ts';

/** Facts of Ruby sources. */
export const analyseRuby = analyseHeld({ lower: lowerRuby, knowledge: rubyKnowledge });
