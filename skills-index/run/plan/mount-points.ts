/**
 * Parses the mount points in Linux's mountinfo (proc(5)). The file is UTF-8, in which spaces and
 * line breaks are octal escapes such as `\040`.
 * @param mountinfo the file's content
 */
export function parseMountPoints(mountinfo: Uint8Array): string[] {
  const point = (line: string): string =>
    (line.split(' ')[4] ?? '').replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
  return Buffer.from(mountinfo)
    .toString('latin1')
    .split('\n')
    .map((line) => Buffer.from(point(line), 'latin1').toString('utf8'));
}
