/** Files that Python reads, writes and deletes. */

import type { Capability } from '../../../../skills-index/skill/capability.ts';
import type { Trait } from '../../../fact/fact.ts';
import type { EffectOf } from '../../../knowledge/row.ts';
import { anyEgress, shapeOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import { nodesOf, textsOf, unknownPy } from '../assignments/alternatives.ts';
import type { PyValue } from '../program.ts';
import { flowSink, flowSource, notePyCapability, notePyTrait, type PythonRun } from '../run.ts';
import { argumentOf, type PyCall } from './call.ts';
import {
  noteWritten,
  openedBy,
  storeAt,
  storedIn,
  storedPaths,
  storeMoved,
} from './connections.ts';
import { applyRequest } from './network.ts';

const isUrl = /^https?:\/\//;
const getting = {
  does: 'request',
  url: 0,
  method: 'GET',
} as const;

export function applyFile(
  run: PythonRun,
  call: PyCall,
  effect: EffectOf<'read' | 'write' | 'delete' | 'open'>,
): PyValue {
  const { does } = effect;
  const given = argumentOf(call, effect.path);
  if (does === 'open' && isInMemory(call, given))
    return { ...unknownPy, nodes: nodesOf(call.args) };
  // A URL handed to a reader of tables is a request.
  const files = does === 'read' ? given?.texts.filter((text) => !isUrl.test(text)) : undefined;
  const fetches = files !== undefined && files.length < (given?.texts.length ?? 0);
  const fetched = fetches ? applyRequest(run, call, getting) : undefined;
  if (fetched !== undefined && files?.length === 0) return fetched;
  const path = given === undefined || files === undefined ? given : { ...given, texts: files };
  const modes = effect.mode === undefined ? undefined : argumentOf(call, effect.mode);
  const mode =
    call.api === 'os.open'
      ? modeOfFlags(call)
      : modes === undefined || modes.texts.length === 0
        ? 'r'
        : textsOf(modes).join(' ');
  const writes =
    does === 'write' || does === 'delete' || (does === 'open' && /[wax+\0]/.test(mode));
  const appends = does === 'open' && mode.includes('a');
  const traits: readonly Trait[] =
    effect.traits ??
    (does === 'delete' ? ['delete'] : !writes ? [] : appends ? ['write', 'append'] : ['write']);
  const texts = path === undefined ? [] : textsOf(path);
  const paths = pathsOf(path);
  const capabilities = paths.map(
    (one): Capability => ({ kind: 'mount', path: one, mode: writes ? 'rw' : 'ro' }),
  );
  for (const [i, capability] of capabilities.entries())
    notePyCapability(run, call, capability, traits, shapeOf(texts[i] ?? ''));
  const number = modes?.texts[0] ?? '';
  if (traits.includes('permissions') && /^\d{1,6}$/.test(number))
    notePyTrait(run, call, 'permissions', `${Number(number).toString(8)} ${paths.join(' ')}`);
  if (traits.includes('download'))
    storeAt(run, call, storedPaths(call, path), downloaded(run, call));
  // `str(path).replace("\\", "/")` moves nothing: a path's own `replace` takes one argument.
  const isText = call.method === 'replace' && effect.path === 'self' && call.args.length !== 1;
  if (effect.to !== undefined && !isText) {
    const to = argumentOf(call, effect.to);
    // `copyfileobj(answer, file)`
    if (to !== undefined && to.file.length > 0) noteWritten(run, call, to.file, path);
    else storeMoved(run, call, storedPaths(call, path), storedPaths(call, to));
    for (const one of pathsOf(argumentOf(call, effect.to)))
      notePyCapability(run, call, { kind: 'mount', path: one, mode: 'rw' }, ['write']);
  }
  if (effect.content !== undefined) {
    if (writes)
      noteWritten(run, call, openedBy(call, path, false), argumentOf(call, effect.content));
    for (const capability of capabilities)
      flowSink(run, call, argumentOf(call, effect.content)?.nodes ?? [], {
        what: 'file',
        capability,
        api: call.api,
        part: 'content',
      });
  }
  const nodes = writes
    ? []
    : paths.map((one) =>
        flowSource(run, call, { what: 'file', name: one }, `reads ${one.slice(0, 80)}`),
      );
  return {
    ...unknownPy,
    nodes: [
      ...nodes,
      ...(writes ? [] : storedIn(run, call, storedPaths(call, path))),
      ...(path?.nodes ?? []),
      ...(fetched?.nodes ?? []),
    ],
    targets: capabilities.map((at) => ({ at })),
    // `open(descriptor, "w")` is open on what the descriptor is.
    ...(does === 'open' &&
      writes && {
        file:
          path !== undefined && path.file.length > 0 ? path.file : openedBy(call, path, appends),
      }),
  };
}

// `ZipFile(buffer, "w")`, `tarfile.open(fileobj=buffer)`: no path is read or written.
function isInMemory({ keywords }: PyCall, path: PyValue | undefined): boolean {
  const opened = path ?? keywords.get('fileobj');
  return opened !== undefined && opened.stream.length > 0 && opened.texts.length === 0;
}

// What `urlretrieve(address, path)` writes.
function downloaded(run: PythonRun, call: PyCall): readonly string[] {
  const address = argumentOf(call, { at: 0, name: 'url' });
  const names =
    address === undefined || address.texts.length === 0 ? [anyEgress] : textsOf(address);
  return names.map((name) =>
    flowSource(run, call, { what: 'network', name }, `${call.api} downloads it`),
  );
}

// `os.open(path, os.O_WRONLY | os.O_CREAT)`
function modeOfFlags({ module, node }: PyCall): string {
  const code = module.source.text.slice(node.from, node.to);
  return /O_APPEND/.test(code) ? 'a' : /O_(WRONLY|RDWR|CREAT|TRUNC)/.test(code) ? 'w' : 'r';
}

export function pathsOf(path: PyValue | undefined): readonly string[] {
  if (path === undefined || path.texts.length === 0) return ['*'];
  return textsOf(path).map((text) => {
    const at = text.indexOf(unknownPart);
    return at < 0 ? text || '.' : at === 0 ? '*' : `${text.slice(0, at)}*`;
  });
}
