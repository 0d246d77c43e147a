/** Objects whose operations are spans. A span has the kind of the object, never its name. */
import type { Objects } from '../store/objects.ts';
import type { SpanAttributes } from './otlp-traces.ts';
import type { Tracer } from './tracer.ts';

/** The same objects. */
export function tracedObjects(objects: Objects, tracer: Tracer): Objects {
  const { keep } = objects;
  const traced = <Result>(
    operation: string,
    attributes: SpanAttributes,
    act: () => Promise<Result>,
  ): Promise<Result> =>
    tracer.child(`objects ${operation}`, { kind: 'client', attributes }, () => act());
  return {
    get: (name) => traced('get', about(name), () => objects.get(name)),
    getTagged: (name) => traced('get', about(name), () => objects.getTagged(name)),
    has: (name) => traced('has', about(name), () => objects.has(name)),
    put: (name, bytes) => traced('put', about(name, [bytes]), () => objects.put(name, bytes)),
    putOver: (name, bytes, tag) =>
      traced('put', about(name, [bytes]), () => objects.putOver(name, bytes, tag)),
    putAll: (all, options) =>
      traced('put all', about([...all.keys()][0] ?? '', [...all.values()]), () =>
        objects.putAll(all, options),
      ),
    remove: (names) =>
      traced('remove', { 'skillgate.objects': names.length }, () => objects.remove(names)),
    ...(keep && { keep }),
  };
}

function about(name: string, all?: readonly Uint8Array[]): SpanAttributes {
  // `stored`, `public/blobs`, `public/index`, `public/log`: what follows may name a private skill.
  const kind = /^(?:public\/)?[a-z]+(?=\/)/.exec(name)?.[0] ?? 'other';
  if (all === undefined) return { 'skillgate.object.kind': kind };
  const bytes = all.reduce((sum, one) => sum + one.byteLength, 0);
  return {
    'skillgate.object.kind': kind,
    'skillgate.objects': all.length,
    'skillgate.bytes': bytes,
  };
}
