import { describe, expect, it } from 'vitest';
import { parseModelUrl } from '../../../../skills-index/run/agents/agent-policy.ts';
import { parseHostPolicy } from '../../../../skills-index/run/plan/host-policy.ts';

const parse = (policy: object) => parseHostPolicy(Buffer.from(JSON.stringify(policy)));

describe('a model’s endpoint', () => {
  it.each([
    ['http://127.0.0.1:8080', { kind: 'address', host: '127.0.0.1', port: 8080, path: '' }],
    ['http://127.0.0.1:8080/', { kind: 'address', host: '127.0.0.1', port: 8080, path: '' }],
    ['http://[::1]:11434/v1', { kind: 'address', host: '::1', port: 11434, path: '/v1' }],
    ['http://10.0.0.5', { kind: 'address', host: '10.0.0.5', port: 80, path: '' }],
    [
      'https://api.anthropic.example',
      { kind: 'name', host: 'api.anthropic.example', port: 443, path: '' },
    ],
    [
      'https://llm.corp.example:8443/openai/v1',
      { kind: 'name', host: 'llm.corp.example', port: 8443, path: '/openai/v1' },
    ],
  ])('%s is read', (url, place) => expect(parseModelUrl(url)).toEqual(place));

  it.each([
    'http://localhost:8080',
    'http://api.model.example',
    'https://127.0.0.1',
    'https://api.model.example/a/../b',
    'https://user@api.model.example',
    'https://api.model.example?key=1',
    'http://127.0.0.1:70000',
    'http://127.0.0.1:0',
    'ftp://127.0.0.1',
    'http://0x7f.1:80',
    '',
  ])('%s is none', (url) => expect(parseModelUrl(url)).toBeUndefined());

  it('sends its key over TLS only, and speaks an interface that is known', () => {
    const local = { url: 'http://127.0.0.1:8080', kind: 'openai' };
    expect(parse({ models: { local } }).models).toEqual({ local });
    const more = { ...local, paths: ['/v1/rerank', '/v1/files/*'] };
    expect(parse({ models: { local: more } }).models).toEqual({ local: more });
    for (const model of [
      { ...local, secret: 'KEY' },
      { ...local, kind: 'other' },
      { ...local, url: 'http://localhost' },
      { ...local, more: 1 },
      ...['', '*', '/*', 'v1', '/v1*', '/v1/../x', '/v1//x', '/v1/%2e', '/v1?a', '/*/x'].map(
        (path) => ({
          ...local,
          paths: [path],
        }),
      ),
    ])
      expect(() => parse({ models: { local: model } })).toThrowError(
        expect.objectContaining({ code: 'host-policy-invalid' }),
      );
  });
});

describe('an agent’s program', () => {
  it.each([
    [{ folder: '/opt/codex', command: ['node', '/opt/codex/codex.js'] }, true],
    [{ folder: '/home/ann/.local/share/codex', command: ['node'] }, true],
    [{ folder: '/opt/../etc', command: ['node'] }, false],
    [{ folder: '/opt/./codex', command: ['node'] }, false],
    [{ folder: '/opt/codex/', command: ['node'] }, false],
    [{ folder: 'opt', command: ['node'] }, false],
    [{ folder: '/', command: ['node'] }, false],
    [{ folder: '/opt/codex', command: [] }, false],
  ])('%j: %s', (codex, holds) => {
    const reading = (): unknown => parse({ agentPrograms: { codex } });
    if (holds) expect(reading).not.toThrow();
    else expect(reading).toThrowError(expect.objectContaining({ code: 'host-policy-invalid' }));
  });
});
