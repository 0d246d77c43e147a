import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manifestJsonSchema } from '../../../skills-index/skill/authoring/manifest-json-schema.ts';
import { printManifest } from '../../../skills-index/skill/authoring/print-manifest.ts';
import {
  type Manifest,
  parseManifest,
  parseManifestJson,
} from '../../../skills-index/skill/manifest.ts';
import { looksSecret } from '../../../skills-index/skill/manifest-schema.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { unplaced } from '../../../skills-index/skill/shape.ts';

const example = `{
  "$schema": "https://skillgate.dev/schema/skill-1.json",
  "name": "@acme/weekly-report",
  "version": "1.4.0",
  "license": "MIT",
  "commands": { "report": "scripts/report.ts" },
  "requires": { "@acme/csv": "^2.1.0" },
  "capabilities": {
    "env":    [{ "name": "TZ", "why": "dates in the report" }],
    "secret": [{ "name": "CRM_TOKEN", "hosts": ["api.crm.example"], "as": "bearer", "why": "reads deals" }],
    "egress": [{ "url": "https://api.crm.example/v2/*", "methods": ["GET"], "why": "reads deals" }],
    "mount":  [{ "source": "workspace:reports", "target": "/reports", "mode": "rw", "why": "writes the report" }],
    "exec":   [{ "program": "git", "why": "reads the last tag" }]
  },
  "limits": { "seconds": 120, "memoryMiB": 512 }
}`;
const parse = (text: string): Manifest => parseManifest(Buffer.from(text));
const withCapabilities = (capabilities: unknown): string =>
  JSON.stringify({ name: '@a/b', version: '1.0.0', capabilities });
const reasonsOf = (text: string): string[] => {
  try {
    parse(text);
    return [];
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return cause.reasons.length > 0 ? cause.reasons.map((one) => one.message) : [cause.message];
  }
};
const why = 'w';

describe('skill.json', () => {
  it('is read as the contract shows it', () => {
    const manifest = parse(example);
    expect(manifest).toMatchObject({
      name: '@acme/weekly-report',
      version: '1.4.0',
      license: 'MIT',
      commands: { report: 'scripts/report.ts' },
    });
    expect(manifest.capabilities.mount).toEqual([
      { source: 'workspace:reports', target: '/reports', mode: 'rw', why: 'writes the report' },
    ]);
  });

  it('may leave out everything but its name and version', () => {
    expect(parse('{"name":"@a/b","version":"1.0.0"}')).toEqual({
      name: '@a/b',
      version: '1.0.0',
      commands: {},
      requires: {},
      capabilities: { env: [], secret: [], egress: [], mount: [], exec: [] },
      limits: { seconds: 120, memoryMiB: 512 },
    });
  });

  it('defaults to reading requests and to copies of a workspace', () => {
    const manifest = parse(
      withCapabilities({
        egress: [
          { url: 'https://a.example:443', why },
          { url: 'tcp://db.example:5432', why },
        ],
        mount: [{ source: 'workspace:', target: '/w', why }],
      }),
    );
    expect(manifest.capabilities.egress).toEqual([
      { url: 'tcp://db.example:5432/*', methods: ['*'], why },
      { url: 'https://a.example/*', methods: ['GET', 'HEAD'], why },
    ]);
    expect(parse(printManifest(manifest))).toEqual(manifest);
    // A signed statement has it as it was read.
    expect(parse(JSON.stringify(manifest))).toEqual(manifest);
    expect(manifest.capabilities.mount).toMatchObject([{ mode: 'cow' }]);
  });

  it('is printed so that it reads back the same', () => {
    const manifest = parse(example);
    expect(parse(printManifest(manifest))).toEqual(manifest);
    expect(printManifest(parse(printManifest(manifest)))).toBe(printManifest(manifest));
    expect(parse(printManifest(parse('{"name":"@a/b","version":"1.0.0"}')))).toEqual(
      parse('{"name":"@a/b","version":"1.0.0"}'),
    );
  });

  it('has one form, whatever the order in which it was written', () => {
    const list = [
      { url: 'https://b.example/', why },
      { url: 'https://a.example/', methods: ['POST', 'GET'], why },
    ];
    expect(parse(withCapabilities({ egress: list }))).toEqual(
      parse(withCapabilities({ egress: [...list].reverse() })),
    );
  });
});

describe('what is wrong with it', () => {
  it('is told all at once, each at its place, in the order of the file', () => {
    const text =
      '{\n  "name": "Weekly",\n  "version": "v1",\n  "colour": 1,\n  "capabilities": {\n    "exec": [{ "program": "/bin/sh" }]\n  }\n}';
    try {
      parseManifest(Buffer.from(text), 'a/skill.json');
      expect.unreachable();
    } catch (cause) {
      const { code, message, reasons } = cause as Problem;
      expect(code).toBe('manifest-invalid');
      expect(message).toBe(
        'Cannot read a/skill.json: 5 reasons, first: name is not a skill name such as "@acme/weekly-report" (line 2, column 3)',
      );
      expect(
        reasons.map(
          ({ message: text_, place }) => `${place?.path}:${place?.line}:${place?.column} ${text_}`,
        ),
      ).toEqual([
        'a/skill.json:2:3 name is not a skill name such as "@acme/weekly-report"',
        'a/skill.json:3:3 version is not a version such as "1.4.0" (semver 2)',
        'a/skill.json:4:3 colour is not a known key; the keys are $schema, name, version, license, commands, requires, packages, scratch, capabilities, limits',
        'a/skill.json:6:14 capabilities.exec[0].why is missing',
        'a/skill.json:6:16 capabilities.exec[0].program is not the plain name of a program',
      ]);
    }
  });

  it.each<[string, string, string]>([
    [
      'a kind that there is not',
      withCapabilities({ network: [] }),
      'capabilities.network is not a known key; the keys are env, secret, egress, mount, exec',
    ],
    [
      'a repeated key',
      '{"name":"@a/b","version":"1.0.0","version":"2.0.0"}',
      'key "version" is there twice',
    ],
    [
      '__proto__',
      '{"name":"@a/b","version":"1.0.0","__proto__":{"capabilities":{}}}',
      '__proto__ is not allowed as a key',
    ],
    [
      'a command outside the skill',
      '{"name":"@a/b","version":"1.0.0","commands":{"x":"../x"}}',
      'commands.x is not a path inside the skill, nor { "module": "NAME" } with a Python module of the skill',
    ],
    [
      'a module that is no name',
      '{"name":"@a/b","version":"1.0.0","commands":{"x":{"module":"scripts/a.py"}}}',
      'commands.x.module is not the name of a Python module such as "scripts.report"',
    ],
    [
      'a range that is none',
      '{"name":"@a/b","version":"1.0.0","requires":{"@a/c":"latest"}}',
      'requires["@a/c"] is not a range of versions such as "^2.1.0"',
    ],
    [
      'a required skill without scope',
      '{"name":"@a/b","version":"1.0.0","requires":{"c":"*"}}',
      'requires.c is not a skill name',
    ],
    [
      'too much memory',
      '{"name":"@a/b","version":"1.0.0","limits":{"memoryMiB":1e9}}',
      'limits.memoryMiB is not a whole number from 16 to 16384',
    ],
    [
      'an empty why',
      withCapabilities({ env: [{ name: 'TZ', why: ' ' }] }),
      'capabilities.env[0].why has to say why',
    ],
    [
      'a why that turns the text around',
      withCapabilities({ env: [{ name: 'TZ', why: 'a\u202eb' }] }),
      'capabilities.env[0].why has control or invisible characters',
    ],
    [
      'an environment of everything',
      withCapabilities({ env: [{ name: '*', why }] }),
      'capabilities.env[0].name is not the name of an environment variable',
    ],
    [
      'a secret as env',
      withCapabilities({ env: [{ name: 'CRM_TOKEN', why }] }),
      'capabilities.env[0].name looks like a secret: declare it under "secret"',
    ],
    [
      'a secret without hosts',
      withCapabilities({ secret: [{ name: 'T', hosts: [], as: 'bearer', why }] }),
      'capabilities.secret[0].hosts has to name a host',
    ],
    [
      'a host path',
      withCapabilities({ mount: [{ source: '/etc', target: '/x', why }] }),
      'capabilities.mount[0].source names a path: a skill never names a folder of the host; write "workspace:NAME"',
    ],
    [
      'a target that climbs',
      withCapabilities({ mount: [{ source: 'workspace:a', target: '/x/../etc', why }] }),
      'capabilities.mount[0].target is not a plain absolute path such as "/reports"',
    ],
    [
      'a target over the system',
      withCapabilities({ mount: [{ source: 'workspace:a', target: '/usr/bin', why }] }),
      'capabilities.mount[0].target is a folder of the sandbox itself',
    ],
    [
      'two mounts at one target',
      withCapabilities({
        mount: [
          { source: 'workspace:a', target: '/x', why },
          { source: 'workspace:b', target: '/x', why },
        ],
      }),
      'capabilities.mount[1] is there twice',
    ],
    [
      'any program',
      withCapabilities({ exec: [{ program: '*', why }] }),
      'capabilities.exec[0].program is not the plain name of a program',
    ],
    [
      'CONNECT',
      withCapabilities({ egress: [{ url: 'https://a.example/', methods: ['CONNECT'], why }] }),
      'capabilities.egress[0].methods[0] is not an HTTP method in upper case that a skill may use',
    ],
    ...[
      'tcp://*.db.example:5432',
      'tcp://db.example',
      'tcp://db.example:5432/x',
      'tcp://*:5432',
    ].map((url): [string, string, string] => [
      url,
      withCapabilities({ egress: [{ url, why }] }),
      'tcp needs one host and one port, as in tcp://db.acme.example:5432',
    ]),
    [
      'tcp with methods',
      withCapabilities({ egress: [{ url: 'tcp://db.example:5432', methods: ['GET'], why }] }),
      'capabilities.egress[0] has methods, which tcp has not',
    ],
    [
      'any method',
      withCapabilities({ egress: [{ url: 'https://a.example/', methods: ['*'], why }] }),
      'capabilities.egress[0] has the method *: name the methods, as in',
    ],
  ])('is told: %s', (_, text, reason) => {
    expect(reasonsOf(text)).toEqual([expect.stringContaining(reason)]);
  });

  it.each(['169.254.169.254', 'user@a.example'])('is told for a request to %s', (host) => {
    expect(reasonsOf(withCapabilities({ egress: [{ url: `https://${host}/`, why }] }))[0]).toMatch(
      /^capabilities\.egress\[0\]\.url is refused: /,
    );
  });

  it.each([
    'header:',
    'header:content-length',
    'header:a b',
    'header:a\r\nb',
    'hmac:Connection',
    'query:',
    'query:a&b',
    'form:a=b',
    'path:/x',
    'json:key',
    'json:/',
    'json:/~2',
    '',
  ])('is told for a secret used as %j', (as) => {
    expect(
      reasonsOf(withCapabilities({ secret: [{ name: 'T', hosts: ['a.example'], as, why }] })),
    ).toHaveLength(1);
  });

  it.each(
    'bearer basic path sigv4 header:X-Api-Key hmac:X-Signature query:appid form:client_secret json:/auth/key~1s'.split(
      ' ',
    ),
  )('is nothing for a secret used as %s', (as) => {
    expect(
      reasonsOf(withCapabilities({ secret: [{ name: 'T', hosts: ['a.example'], as, why }] })),
    ).toEqual([]);
  });

  it('stops at a hundred reasons', () => {
    const keys = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`k${at}`, at]));
    expect(reasonsOf(JSON.stringify(keys))).toHaveLength(100);
  });

  it('is not looked for in groups that are too long', () => {
    const secret = Array.from({ length: 1_000 }, () => ({}));
    expect(reasonsOf(withCapabilities({ secret }))).toEqual([
      expect.stringContaining('capabilities.secret has more than 200 entries'),
    ]);
  });

  it('is a size that no file may have, also where it came inside a statement', () => {
    const manifest = { ...parse(example), license: 'x'.repeat(300_000) };
    expect(() => parseManifestJson(unplaced(manifest, 'manifest'), 'the manifest')).toThrow(
      /has 300\d+ bytes; at most 262144/,
    );
  });

  it('is a Problem whatever the file is', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => reasonsOf(JSON.stringify(value)).length > 0));
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (value) =>
          reasonsOf(withCapabilities(value)).length > 0 || Object.keys(value ?? {}).length === 0,
      ),
    );
  });
});

describe('names that look like secrets', () => {
  it.each([
    'CRM_TOKEN',
    'AWS_SECRET_ACCESS_KEY',
    'GITHUB_PAT',
    'DB_PASSWORD',
    'DATABASE_URL',
    'SESSION_COOKIE',
    'AUTH',
  ])('%s does', (name) => {
    expect(looksSecret(name)).toBe(true);
  });

  it.each(['TZ', 'KEYBOARD', 'AUTHOR', 'SECRETARY', 'TOKENIZER'])('%s does not', (name) => {
    expect(looksSecret(name)).toBe(false);
  });
});

describe('its JSON Schema', () => {
  it('is closed, and demands what the parser demands', () => {
    const schema = manifestJsonSchema();
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://skillgate.dev/schema/skill-1.json',
      additionalProperties: false,
      required: ['name', 'version'],
      properties: {
        capabilities: {
          additionalProperties: false,
          properties: { mount: { items: { required: ['source', 'target', 'why'] } } },
        },
      },
    });
    expect(JSON.stringify(schema)).not.toContain('{"not":{}}');
  });
});
