/**
 * Services of a compose file: each is started as `docker run` starts a container, with folders of
 * the host and with variables.
 */
import type { Setting } from './setting.ts';

/** The values below a path, in their order. */
export type Listing = (path: Setting['path']) => readonly Setting[];

/**
 * The command line that starts a service, up to the program in its container; empty where the
 * service gets nothing of the host.
 */
export function containerLine(service: Setting['path'], list: Listing): string {
  const mounts = mountsOf(service, list).filter((mount) => /^[/~.$]/.test(mount));
  if (mounts.length === 0) return '';
  const options = [
    // Tools that watch containers get the socket of the engine, and with it the host's rights.
    ...mounts.map((mount) => (/docker\.sock/.test(mount) ? ['--privileged'] : ['-v', mount])),
    ...list([...service, 'environment']).map(({ path, value }) => {
      const name = path.at(-1);
      return ['-e', typeof name === 'number' ? value : `${name}=${value}`];
    }),
  ];
  const [image] = list([...service, 'image']);
  const words = [...options.flat(), image?.value ?? 'image'];
  return `docker run ${words.map(wordWithVariables).join(' ')}`;
}

function mountsOf(service: Setting['path'], list: Listing): string[] {
  const volumes = [...service, 'volumes'];
  const short = list(volumes).map(({ value }) => value);
  // The long form is a map for each volume.
  const long = Array.from({ length: volumesMax }, (_, at) => {
    const [source] = list([...volumes, at, 'source']);
    const [target] = list([...volumes, at, 'target']);
    return source === undefined || target === undefined ? [] : [`${source.value}:${target.value}`];
  });
  return [...short, ...long.flat()].slice(0, volumesMax);
}

const volumesMax = 32;

// Compose puts variables and the home folder into values, as a shell does.
function wordWithVariables(value: string): string {
  return /^[\w./:=@%+~${}-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
