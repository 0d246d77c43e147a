import { describe, expect, it } from 'vitest';
import {
  originInPackument,
  type PackageOrigin,
  publisherInProvenance,
} from '../../../skills-index/packages/package-origin.ts';
import { parseSimplePage } from '../../../skills-index/packages/simple-page.ts';
import { type PackageMetadata, parseMetadata } from '../../../skills-index/packages/wheel-needs.ts';

describe('the metadata of a wheel', () => {
  it.each<[string, PackageMetadata]>([
    ['License-Expression: MIT\nLicense: other', { licence: 'MIT' }],
    [
      'License: BSD-3-Clause\nClassifier: License :: OSI Approved :: MIT License',
      { licence: 'BSD-3-Clause' },
    ],
    [
      'License: Copyright (c) 2020\n        All rights reserved.\nClassifier: License :: OSI Approved :: MIT License',
      { licence: 'MIT License' },
    ],
    [
      'classifier: license :: OSI Approved :: MIT License\nClassifier: License :: Freeware',
      { licence: 'MIT License, Freeware' },
    ],
    [`Classifier: License ::${' '.repeat(200_000)}y\u2028y`, { licence: 'y\u2028y' }],
    ['Classifier: Topic :: License', {}],
    ['License: UNKNOWN', {}],
    ['Requires-Python: >=3.9', { requiresPython: '>=3.9' }],
    ['Name: tool\n\nLicense: in the description', {}],
  ])('%.60s', (text, read) => {
    expect(parseMetadata('python', text)).toEqual(read);
  });
});

describe('a package.json', () => {
  it.each<[string, PackageMetadata]>([
    ['{"license": "MIT"}', { licence: 'MIT' }],
    ['{"license": {"type": "ISC", "url": "https://a.example"}}', { licence: 'ISC' }],
    ['{"license": 5}', {}],
    ['{', {}],
  ])('%s', (text, read) => {
    expect(parseMetadata('npm', text)).toEqual(read);
  });
});

describe('the document of an npm registry', () => {
  const full = { signatures: [] };
  it.each<[string, unknown, PackageOrigin]>([
    [
      'that says all',
      {
        time: { '1.0.0': '2024-12-07T08:03:45.988Z' },
        versions: { '1.0.0': { _npmUser: { name: 'ann' }, dist: { attestations: {} } } },
      },
      { uploaded: '2024-12-07T08:03:45.988Z', publisher: 'ann', attestation: 'named' },
    ],
    [
      'with the signatures of the registry',
      { versions: { '1.0.0': { dist: full } } },
      { attestation: 'none' },
    ],
    ['of a mirror that leaves them out', { versions: { '1.0.0': { dist: {} } } }, {}],
    ['without the version', { versions: {} }, {}],
    ['with a version of Object', { versions: { '2.0.0': {} } }, {}],
    ['that is none', [], {}],
  ])('%s', (_, document, origin) => {
    expect(originInPackument(JSON.stringify(document), '1.0.0')).toEqual(origin);
  });
});

describe('the attestations of a file of Python', () => {
  it('name the publisher', () => {
    const publisher = { kind: 'GitHub', repository: 'acme/tool', workflow: 'release.yml' };
    const text = JSON.stringify({ version: 1, attestation_bundles: [{ publisher }] });
    expect(publisherInProvenance(text)).toBe('GitHub acme/tool release.yml');
    expect(publisherInProvenance('{}')).toBeUndefined();
  });

  it.each([
    ['null', 'none'],
    ['"https://index.example/integrity/x"', new URL('https://index.example/integrity/x')],
    ['"/integrity/x"', new URL('https://index.example/integrity/x')],
  ])('stand in the page of an index as %s', (provenance, read) => {
    const page = `{"name": "tool", "files": [{"filename": "a.whl", "url": "a.whl", "provenance": ${provenance}}]}`;
    const [file] = parseSimplePage(page, 'tool', 'https://index.example/simple/tool/') ?? [];
    expect(file?.provenance).toEqual(read);
  });
});
