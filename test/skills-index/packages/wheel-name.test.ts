import { describe, expect, it } from 'vitest';
import { isWheelOf, parseWheelName } from '../../../skills-index/packages/wheel-name.ts';

describe('the name of a file', () => {
  it.each([
    ['numpy-2.0.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl', 'numpy', '2.0.0'],
    ['Foo.Bar-1.0+local.1-1-py3-none-any.whl', 'foo-bar', '1.0+local.1'],
  ])('%s is the wheel of a version', (file, name, version) => {
    expect(parseWheelName(file)).toEqual({ name, version });
  });

  it.each([
    'numpy-2.0.0.tar.gz',
    '-1.0-py3-none-any.whl',
    'a/b-1.0-py3-none-any.whl',
    'a-1.0-py3-none.whl',
    'a_-1.0-py3-none-any.whl',
  ])('%s is no wheel', (file) => {
    expect(parseWheelName(file)).toBeUndefined();
  });

  it('belongs to a version in every spelling of the version', () => {
    expect(isWheelOf('foo', '1.0.0', 'Foo-1.0-py3-none-any.whl')).toBe(true);
    expect(isWheelOf('foo', '1.0.1', 'foo-1.0-py3-none-any.whl')).toBe(false);
  });
});
