/**
 * Commands in build files of XML: Ant, Maven and MSBuild. Sources: ant.apache.org "Exec", "Apply",
 * "Get", "Presetdef"; mojohaus.org "Exec Maven Plugin"; learn.microsoft.com "Exec Task",
 * "DownloadFile Task", "MSBuild special characters", "Specify custom build events".
 */

import { CommandLines, downloadLine, shellWord, writingLine } from './command-lines.ts';
import { parseXml, type XmlElement } from './xml.ts';
import { XmlProperties } from './xml-properties.ts';

const runners: ReadonlySet<string> = new Set(['exec', 'apply', 'execon', 'sshexec']);
const events =
  /^(pre|post)buildevent$|^prelinkevent$|^custombuild(step)?$|^nmake\w{0,40}commandline$/;
const programs: ReadonlySet<string> = new Set(['executable', 'exec.executable']);
const joined: ReadonlySet<string> = new Set(['commandlineargs', 'exec.args']);
const buildRoot = /<(?:[\w.-]{1,80}:)?(?:project|antlib)\b/i;

type Fill = (text: string) => string;

/** The commands of one file of XML. */
export function xmlCommands(text: string): CommandLines {
  const { elements, unread } = parseXml(text);
  const found = new CommandLines();
  const properties = new XmlProperties(text, elements);
  const presets = presetsOf(elements);
  for (const element of elements) {
    const preset = presets.get(element.name);
    const isRunner = runners.has(element.name) || preset !== undefined;
    const lines = properties.fills.flatMap((fill) => {
      const line = isRunner
        ? execLine(element, preset, fill)
        : (mavenLine(element, fill) ?? otherLine(element, fill));
      return line === undefined ? [] : [closed(line), closed(withoutEscapes(line))];
    });
    found.add(element.at, lines);
  }
  if (unread !== undefined && buildRoot.test(text)) found.fail(unread.at, unread.reason);
  return found;
}

// MSBuild reads `%75` as a letter.
function withoutEscapes(line: string): string {
  return line.replace(/%([0-9a-fA-F]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

// `copy "a\" b`: on Windows a backslash before a quote is part of a path.
function closed(line: string): string {
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] ?? '';
    if (letter === '\\' && quote !== "'") at += 1;
    else if (quote === '' && (letter === '"' || letter === "'")) quote = letter;
    else if (letter === quote) quote = '';
  }
  return quote === '' ? line : line.replaceAll('\\"', '\\\\"');
}

// `<presetdef name="run"><exec …/></presetdef>`, `<typedef name="run" classname="…ExecTask"/>`.
function presetsOf(elements: readonly XmlElement[]): Map<string, XmlElement> {
  const presets = new Map<string, XmlElement>();
  for (const element of elements) {
    const name = element.attributes.get('name')?.toLowerCase();
    if (name === undefined) continue;
    const base = element.children.find((child) => runners.has(child.name));
    if (element.name === 'presetdef' && base !== undefined) presets.set(name, base);
    if (/\.(ExecTask|ExecuteOn|Transform)$/.test(element.attributes.get('classname') ?? ''))
      presets.set(name, element);
  }
  return presets;
}

// `<exec executable="sh"><arg value="-c"/>…</exec>`, `<Exec Command="…"/>`.
function execLine(
  element: XmlElement,
  preset: XmlElement | undefined,
  fill: Fill,
): string | undefined {
  const filled = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : fill(text);
  const attribute = (name: string): string | undefined =>
    filled(element.attributes.get(name) ?? preset?.attributes.get(name));
  const inside = [...(preset?.children ?? []), ...element.children];
  const command = attribute('command');
  const program = command ?? attribute('executable');
  if (program === undefined) return undefined;
  const words = inside.filter(({ name }) => name === 'arg').map((arg) => wordOfArg(arg, fill));
  const set = inside
    .filter(({ name }) => name === 'env')
    .map(({ attributes }) => {
      const value = attributes.get('value') ?? attributes.get('file') ?? '';
      return `${attributes.get('key') ?? '_'}=${shellWord(fill(value))}`;
    });
  const redirector = inside.find(({ name }) => name === 'redirector');
  const stream = (name: string): string | undefined =>
    attribute(name) ?? filled(redirector?.attributes.get(name));
  const given = stream('inputstring');
  const input = stream('input');
  const output = stream('output');
  return [
    ...(given === undefined ? [] : [`printf '%s' ${shellWord(given)} |`]),
    ...set,
    command === undefined ? shellWord(program) : program,
    ...words,
    ...(input === undefined ? [] : [`< ${shellWord(input)}`]),
    ...(output === undefined ? [] : [`> ${shellWord(output)}`]),
  ].join(' ');
}

function wordOfArg({ attributes, text }: XmlElement, fill: Fill): string {
  const line = attributes.get('line');
  const one = ['value', 'file', 'path', 'pathref'].map((name) => attributes.get(name));
  return line === undefined
    ? shellWord(fill(one.find((value) => value !== undefined) ?? text))
    : fill(line);
}

// `<executable>sh</executable><arguments><argument>…`, in any order.
function mavenLine({ children }: XmlElement, fill: Fill): string | undefined {
  const words = children
    .filter(({ name }) => name === 'arguments')
    .flatMap((list) => list.children)
    .map(({ text }) => fill(text.trim()));
  const line = children.filter(({ name }) => joined.has(name)).map(({ text }) => fill(text.trim()));
  const named = fill(children.find(({ name }) => programs.has(name))?.text.trim() ?? '');
  // The program may be in another part, from which this one inherits.
  const isScript = words.some((word) => /^[-/]l?c$/i.test(word)) || /^-l?c\s/.test(line[0] ?? '');
  const program = named === '' && isScript ? 'sh' : named;
  if (program === '') return undefined;
  return [shellWord(program), ...words.map(shellWord), ...line].join(' ');
}

function otherLine(
  { name, attributes, text, children }: XmlElement,
  fill: Fill,
): string | undefined {
  const of = (key: string): string => fill(attributes.get(key) ?? '');
  if (events.test(name))
    return [text, ...children.filter((child) => child.name === 'command').map((one) => one.text)]
      .map(fill)
      .join('\n')
      .trim();
  if (name === 'get' && attributes.has('src')) return downloadLine(of('src'), of('dest'));
  if (name === 'downloadfile' && attributes.has('sourceurl'))
    return downloadLine(
      of('sourceurl'),
      [of('destinationfolder'), of('destinationfilename')].filter((part) => part !== '').join('/'),
    );
  if (name === 'echo' && attributes.has('file'))
    return writingLine(fill(attributes.get('message') ?? text), of('file'));
  if (name === 'writelinestofile') return writingLine(of('lines'), of('file'));
  return undefined;
}
