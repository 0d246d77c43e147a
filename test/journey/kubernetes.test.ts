import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';

const text = readFileSync('docs/serving/kubernetes.yaml', 'utf8');

beforeAll(() => {
  execFileSync('sh', ['.ci/python/install.sh']);
});

it('docs/serving/kubernetes.yaml has the five objects, as the schemas of Kubernetes want them', () => {
  expect(validate(text)).toEqual({
    status: 0,
    passed: [
      'configmap/registry',
      'persistentvolumeclaim/registry',
      'service/registry',
      'deployment/registry',
      'deployment/scanner',
    ],
  });
});

it.each([
  ['a protection with a typing error', 'readOnlyRootFilesystem', 'readOnlyRootFileSystem'],
  ['a field in a wrong place', 'replicas: 1', 'hostUsers: true'],
  ['a word for a number', 'runAsUser: 4880', 'runAsUser: skillgate'],
  ['an unknown profile field', '{ type: Unconfined }', '{ kind: Unconfined }'],
])('%s is refused', (_, from, to) => {
  expect(text).toContain(from);
  expect(validate(text.replaceAll(from, to)).status).toBe(1);
});

function validate(input: string): { readonly status: number | null; readonly passed: string[] } {
  const program = '.cache/python/bin/kubernetes-validate';
  const { status, stdout, stderr } = spawnSync(program, ['--strict', '-'], {
    encoding: 'utf8',
    input,
  });
  const passed = [...(stdout + stderr).matchAll(/passed for resource (\S+) /g)];
  return { status, passed: passed.map(([, name = '']) => name) };
}
