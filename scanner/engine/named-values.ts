/** Values that names of the language have by themselves. */
import { dirname } from 'node:path/posix';
import type { NamedValue } from '../knowledge/row.ts';
import { heardOn } from './effects/channels.ts';
import type { Engine } from './interpret.ts';
import type { At } from './notes.ts';
import {
  apiValue,
  dataOf,
  instanceValue,
  newObject,
  textValue,
  unknown,
  type Value,
} from './value.ts';

/** What a name of the language stands for by itself. */
export function valueOfName(engine: Engine, given: NamedValue, at: At): Value {
  const file = `/skills/@self/${at.program.source.file}`;
  if ('text' in given)
    return engine.notes.importing > 0 && given.text === '__main__'
      ? textValue('package')
      : textValue(given.text);
  if ('thisFile' in given) return textValue(file);
  if ('thisFolder' in given) return textValue(dirname(file));
  if ('isData' in given) return unknown;
  if ('trait' in given) {
    engine.notes.trait(at, given.trait, at.api);
    return apiValue(at.api);
  }
  if ('input' in given) {
    const source = { what: 'input', name: given.input } as const;
    return dataOf([engine.notes.source(at, source, 'reads its arguments')]);
  }
  if ('incoming' in given) {
    const source = { what: 'network', name: 'https://*/*' } as const;
    return dataOf([engine.notes.source(at, source, 'a request that came in')]);
  }
  const of = 'wholeEnv' in given ? at.api : given.instance;
  const object = newObject('record');
  if ('channel' in given && given.channel !== undefined)
    object.rest = heardOn(engine, at, given.channel);
  return instanceValue(of, object);
}
