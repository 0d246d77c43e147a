/** Calls that read, write or delete files. */
import type { Capability, MountMode } from '../../../../skills-index/skill/capability.ts';
import type { Trait } from '../../../fact/fact.ts';
import type { EffectOf } from '../../../knowledge/row.ts';
import { shapeOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import { type Called, capability, certaintyOf, type Out, sink, trait, write } from '../out.ts';
import { alternatives, type JsValue, textOr, unknown } from '../values/values.ts';
import { argumentOf, positionOf } from './arguments.ts';
import { noteMoved, storedPaths } from './sending.ts';

const contentReader =
  /read(_?File|TextFile|dir|Json|Stream)|createReadStream|openAsBlob|\.open(Sync)?$|^(Bun\.(file|mmap)|keytar|adm-zip)|\.(cat|head|tail|addLocal\w+|uploadFrom)$/i;
const usualTraits = {
  read: [],
  open: [],
  write: ['write'],
  delete: ['write', 'delete'],
} as const;

/** A call that uses one or two paths. */
export function useFiles(
  out: Out,
  call: Called,
  effect: EffectOf<'read' | 'write' | 'delete' | 'open'>,
): void {
  const { does, path: from, to, traits: known = usualTraits[does] } = effect;
  const flags =
    does === 'open' ? textOr(argumentOf(call.args, effect.mode)?.value ?? unknown, 'r') : '';
  const isRead = does === 'read' || (does === 'open' && !/[wa+]/.test(flags));
  const mode: MountMode = isRead ? 'ro' : 'rw';
  const paths = [
    { of: from, mode },
    ...(to === undefined ? [] : [{ of: to, mode: 'rw' as const }]),
  ];
  if (to !== undefined) noteMoved(out, call, positionOf(from), positionOf(to));
  for (const { of, mode: wanted } of paths) {
    const argument = argumentOf(call.args, of);
    const value = argument?.value;
    if (
      contentReader.test(call.api) &&
      (value?.kind === 'number' ? value.number === 0 : textOr(value ?? unknown) === '/dev/stdin')
    )
      call.use.sources.push({ what: 'input', name: 'stdin' });
    if (value === undefined || value.kind === 'number') continue;
    for (const candidate of alternatives(value)) {
      const path = pathOf(candidate);
      const traits: Trait[] = [
        ...known,
        ...(/[wa]/.test(flags) ? (['write'] as const) : []),
        ...(path.endsWith('*') ? (['dynamic-name'] as const) : []),
      ];
      const mount: Capability = { kind: 'mount', path, mode: wanted };
      capability(
        out,
        call,
        mount,
        certaintyOf(candidate, path === '*'),
        traits,
        call.node,
        candidate.kind === 'text' ? shapeOf(candidate.text) : undefined,
      );
      call.use.opened.push(mount);
      const bits = call.args[positionOf(of) + 1]?.value;
      if (traits.includes('permissions') && (bits?.kind === 'number' || bits?.kind === 'text'))
        trait(
          out,
          call,
          'permissions',
          `${bits.kind === 'number' ? bits.number.toString(8) : bits.text} ${path}`,
        );
      if (wanted === 'ro' && contentReader.test(call.api))
        call.use.sources.push({ what: 'file', name: path });
      const content = of === from ? argumentOf(call.args, effect.content) : undefined;
      if (content !== undefined) {
        for (const path of storedPaths(out, candidate, argument?.node))
          write(
            out,
            call,
            { path, isAppended: traits.includes('append'), opening: call.node },
            content,
          );
        sink(
          call,
          content.node,
          { what: 'file', capability: mount, api: call.api, part: 'content' },
          'exact',
        );
      }
    }
  }
}

/** A folded path: an unknown part stands for anything below the last folder before it. */
export function pathOf(value: JsValue): string {
  if (value.kind !== 'text') return '*';
  const path = value.text.replace(/^file:\/\//, '');
  const hole = path.indexOf(unknownPart);
  if (hole < 0) return path === '' ? '*' : path;
  const folder = path.slice(0, path.lastIndexOf('/', hole) + 1);
  if (folder === '') return hole === 0 ? '*' : `./*`;
  return `${folder}*`;
}
