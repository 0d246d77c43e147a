/** The front end for PHP. */
import { phpKnowledge } from '../../knowledge/php.ts';
import { analyseHeld } from '../held.ts';
import { lowerPhp } from './lower.ts';

/** Facts of PHP sources. */
export const analysePhp = analyseHeld({ lower: lowerPhp, knowledge: phpKnowledge });
