import { describe, expect, it } from 'vitest';
import { parseIndexRequest } from '../../../../skills-index/run/indexes/npm-answer.ts';

describe('a request to a package index', () => {
  it.each([
    ['npm', '', '/left-pad', 'metadata', 'left-pad'],
    ['npm', '', '/JSONStream', 'metadata', 'JSONStream'],
    ['npm', '', '/@types/node', 'metadata', '@types/node'],
    ['npm', '', '/@types/node/-/node-1.0.0.tgz', 'file', '@types/node'],
    ['npm', '/npm', '/npm/left-pad/-/left-pad-1.0.0-rc.1.tgz', 'file', 'left-pad'],
    ['python', '/simple', '/simple/Typing_Extensions/', 'metadata', 'typing-extensions'],
    ['python', '/simple', '/simple/six', 'metadata', 'six'],
    ['python', '/simple', '/packages/a/b/six-1.0-py3-none-any.whl', 'file', 'six'],
    ['python', '/simple', '/packages/torch-2.0%2Bcpu-py3-none-any.whl', 'file', 'torch'],
    ['python', '/simple', '/files/six-1.0-py3-none-any.whl.metadata', 'file', 'six'],
  ] as const)('%s %s%s is about one package', (ecosystem, base, path, kind, name) => {
    expect(parseIndexRequest(ecosystem, base, path)).toEqual({ kind, name });
  });

  it.each([
    ['npm', '', '/'],
    ['npm', '', '/-/v1/search'],
    ['npm', '', '/-/npm/v1/security/advisories/bulk'],
    ['npm', '', '/-/user/org.couchdb.user:a'],
    ['npm', '', '/left-pad/1.0.0'],
    ['npm', '', '/left-pad/-/../x.tgz'],
    ['npm', '', '/left-pad/-/a/x.tgz'],
    ['npm', '', '/left-pad/-rev/1'],
    ['npm', '/npm', '/other/left-pad'],
    ['python', '/simple', '/simple/'],
    ['python', '/simple', '/simple/six/../x/'],
    ['python', '/simple', '/simple/six/six/'],
    ['python', '/simple', '/pypi/six/json'],
    ['python', '/simple', '/packages/six-1.0.tar.gz'],
    ['python', '/simple', '/legacy/'],
  ] as const)('%s %s%s is no request of the protocol', (ecosystem, base, path) => {
    expect(parseIndexRequest(ecosystem, base, path)).toBeUndefined();
  });
});
