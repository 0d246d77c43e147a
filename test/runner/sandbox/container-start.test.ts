import { expect, it } from 'vitest';
import { containerStart } from '../../../runner/sandbox/container-start.ts';

it.each([
  ['docker', {}, ['/.dockerenv'], /^docker run .*systempaths=unconfined/],
  ['podman', {}, ['/run/.containerenv'], /^podman run .*unmask=ALL/],
  ['Kubernetes', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, [], /procMount: Unmasked/],
  ['a job of GitHub Actions', { GITHUB_ACTIONS: 'true' }, ['/.dockerenv'], /container: \{options/],
])('in %s a sandbox that does not start says what to change', (_, env, files, says) => {
  expect(containerStart(env, (path) => (files as readonly string[]).includes(path))).toMatch(says);
});

it('outside of a container it does not', () => {
  expect(containerStart({ GITHUB_ACTIONS: 'true' }, () => false)).toBeUndefined();
});
