/** Calls that read, write or delete files. */
import type { Capability, MountMode } from '../../../../skills-index/skill/capability.ts';
import type { Trait } from '../../../fact/fact.ts';
import type { Effect } from '../../../lookup-tables/api.ts';
import { shapeOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import { type Called, capability, certaintyOf, type Out, sink, trait, write } from '../out.ts';
import { alternatives, type JsValue, text, textOr, unknown } from '../values/values.ts';
import { noteMoved, storedPaths } from './sending.ts';

const contentReader =
  /read(_?File|TextFile|dir|Json|Stream)|createReadStream|openAsBlob|\.open(Sync)?$|^(Bun\.(file|mmap)|keytar|adm-zip)|\.(cat|head|tail|addLocal\w+|uploadFrom)$/i;
const opener = /^(fs|fs\/promises|fs-extra|graceful-fs|Deno)\.open(Sync)?$/;

/** A call that uses one or two paths. */
export function useFiles(
  out: Out,
  call: Called,
  effect: Extract<Effect, { does: 'read' | 'write' | 'delete' }>,
): void {
  const flags = opener.test(call.api) ? textOr(call.args[1]?.value ?? unknown, 'r') : '';
  const mode: MountMode = effect.does === 'read' && !/[wa+]/.test(flags) ? 'ro' : 'rw';
  const paths = [
    { at: effect.path, mode },
    ...(effect.to === undefined ? [] : [{ at: effect.to, mode: 'rw' as const }]),
  ];
  if (effect.to !== undefined) noteMoved(out, call, effect.path, effect.to);
  for (const { at, mode: wanted } of paths) {
    const argument = call.args[at];
    const value = argument?.value ?? (effect.fixed === undefined ? undefined : text(effect.fixed));
    if (
      contentReader.test(call.api) &&
      (value?.kind === 'number' ? value.number === 0 : textOr(value ?? unknown) === '/dev/stdin')
    )
      call.use.sources.push({ what: 'input', name: 'stdin' });
    if (value === undefined || value.kind === 'number') continue;
    for (const candidate of alternatives(value)) {
      const path = pathOf(candidate);
      const traits: Trait[] = [
        ...(effect.traits ?? []),
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
      const bits = call.args[at + 1]?.value;
      if (traits.includes('permissions') && (bits?.kind === 'number' || bits?.kind === 'text'))
        trait(
          out,
          call,
          'permissions',
          `${bits.kind === 'number' ? bits.number.toString(8) : bits.text} ${path}`,
        );
      if (wanted === 'ro' && contentReader.test(call.api))
        call.use.sources.push({ what: 'file', name: path });
      const content =
        effect.content === undefined || at !== effect.path ? undefined : call.args[effect.content];
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
