/** Reads from `info --format json` whether a container engine can run a skill safely. */
import * as v from 'valibot';

const dockerInfo = v.object({
  OSType: v.optional(v.string(), ''),
  MemoryLimit: v.optional(v.boolean(), false),
  PidsLimit: v.optional(v.boolean(), false),
  SecurityOptions: v.optional(v.nullable(v.array(v.string())), []),
});

/** Why docker cannot run skills, from its output; undefined when it can. */
export function whyNotDocker(printed: string): string | undefined {
  const info = v.safeParse(v.pipe(v.string(), v.parseJson(), dockerInfo), printed);
  if (!info.success) return 'its daemon does not answer';
  const { MemoryLimit, OSType, PidsLimit } = info.output;
  const options = (info.output.SecurityOptions ?? []).map((option) => option.split(',')[0]);
  if (OSType !== 'linux') return 'its containers are not Linux containers';
  if (!options.includes('name=seccomp')) return 'it filters no system calls';
  if (options.includes('name=rootless') || options.includes('name=userns'))
    return 'it maps users of containers to other users of this host';
  return MemoryLimit && PidsLimit ? undefined : 'it cannot limit memory and processes';
}
