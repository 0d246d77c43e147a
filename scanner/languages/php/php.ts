/** The front end for PHP. */
import { analyseLowered } from '../../engine/analyse.ts';
import { phpKnowledge } from '../../knowledge/php.ts';
import { lowerPhp } from './lower.ts';

/** Facts of PHP sources. */
export const analysePhp = analyseLowered({ lower: lowerPhp, knowledge: phpKnowledge });
