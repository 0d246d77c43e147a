import { expect, it } from 'vitest';
import {
  type Ecosystem,
  isPackageName,
  normalPackageName,
} from '../../../skills-index/skill/ecosystem.ts';

it.each<[Ecosystem, string, string]>([
  ['python', 'PyYAML', 'pyyaml'],
  ['python', 'ruamel.yaml__clib', 'ruamel-yaml-clib'],
  ['npm', '@scope/a.b_c', '@scope/a.b_c'],
])('a package of %s named %s is compared as %s', (ecosystem, name, normal) => {
  expect(isPackageName(ecosystem, name)).toBe(true);
  expect(normalPackageName(ecosystem, name)).toBe(normal);
});

it.each<[Ecosystem, string]>([
  ['python', ''],
  ['python', '-six'],
  ['python', 'six@1'],
  ['python', 'a/b'],
  ['python', 'sıx'],
  ['npm', '-docx'],
  ['npm', '../docx'],
  ['npm', '@scope'],
  ['npm', '.bin'],
  ['npm', 'node_modules/a'],
])('no package of %s is named "%s"', (ecosystem, name) => {
  expect(isPackageName(ecosystem, name)).toBe(false);
});
