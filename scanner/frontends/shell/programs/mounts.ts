/**
 * Folders of the host inside a container: what a command in the container does to them, it does to
 * the host's files.
 */
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { changedText, literalValue, type ShellValue } from '../value.ts';
import { type Arguments, optionValues } from './arguments.ts';

/** A folder or file of the host, and its place in the container. */
interface Mount {
  readonly host: string;
  readonly target: string;
}

/** The command of a container as the host sees it; the same words where nothing is mounted. */
export function seenFromHost(args: Arguments, words: readonly ShellValue[]): readonly ShellValue[] {
  const mounts = mountsOf(args);
  if (mounts.length === 0 || words.length === 0) return words;
  const places = placesOf(mounts);
  const seen = words.map((word) => {
    const text = places.reduce(putIn, word.text);
    return text === word.text ? word : changedText(word, text);
  });
  const variables = optionValues(args, ['e', 'env']).filter(({ text }) => /^\w+=/.test(text));
  const raw = words[0]?.map[0]?.raw ?? 0;
  return variables.length === 0 ? seen : [literalValue('env', raw, true), ...variables, ...seen];
}

function mountsOf(args: Arguments): Mount[] {
  const volumes = optionValues(args, ['v', 'volume']).map(({ text }) => {
    const [host = '', target = ''] = text.split(':');
    return { host, target };
  });
  const others = optionValues(args, ['mount']).map(({ text }) => ({
    host: /(?:^|,)(?:source|src)=([^,]*)/.exec(text)?.[1] ?? '',
    target: /(?:^|,)(?:target|dst|destination)=([^,]*)/.exec(text)?.[1] ?? '',
  }));
  // Other names are volumes of the container's own.
  return [...volumes, ...others].filter(
    ({ host, target }) => /^[/~.]/.test(host) && /^\/[^\0]/.test(target),
  );
}

interface Place {
  readonly inside: RegExp;
  readonly hosts: readonly string[];
}

// The folders of the mounts, the longest first, and the folders around them, which hold them all.
function placesOf(mounts: readonly Mount[]): Place[] {
  const hosts = new Map<string, string[]>();
  for (const { host, target } of mounts.slice(0, mountsMax)) {
    const path = target.replace(/\/+$/, '');
    hosts.set(path, [host.replace(/(?<=.)\/+$/, '')]);
  }
  for (const [path, own] of [...hosts])
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const around = hosts.get(path.slice(0, at)) ?? [];
      hosts.set(path.slice(0, at), [...around, ...own]);
    }
  return [...hosts]
    .sort(([a], [b]) => b.length - a.length)
    .map(([path, hosts]) => ({
      inside: new RegExp(`(?<![\\w./~*-])${RegExp.escape(path)}(?=$|[/\\s"'\`;|&<>()),:=])`, 'g'),
      hosts,
    }));
}

const mountsMax = 32;

function putIn(text: string, { inside, hosts }: Place): string {
  // A script in quotes knows the home folder by its variable only.
  const isScript = /\s/.test(text);
  return text.replace(inside, (_, at: number, whole: string) => {
    const isFolder = whole.startsWith('/', at + _.length);
    return hosts
      .map((host) => (host === '/' && isFolder ? '' : host))
      .map((host) => (isScript ? host.replace(/^~(?=\/|$)/, '$HOME') : host))
      .join(' ')
      .replaceAll(unknownPart, '');
  });
}
