import { expect, it } from 'vitest';
import { multipartOf } from '../../../cli/publish/upload.ts';

it('writes a form that is read with the same parts', async () => {
  const { type, bytes } = multipartOf([
    {
      name: 'bundle',
      file: 'bundle.tar',
      type: 'application/x-tar',
      content: Buffer.from('a\r\n'),
    },
    { name: 'publish', file: 'publish.json', type: 'application/json', content: '{"é":1}' },
  ]);
  const read = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  expect([...read.keys()]).toEqual(['bundle', 'publish']);
  const [bundle, publish] = [read.get('bundle'), read.get('publish')];
  expect(bundle).toMatchObject({ name: 'bundle.tar', type: 'application/x-tar', size: 3 });
  expect(publish).toMatchObject({ name: 'publish.json', type: 'application/json' });
  expect(await new Response(bundle).text()).toBe('a\r\n');
  expect(await new Response(publish).text()).toBe('{"é":1}');
});

it('has another boundary each time, which no content can know', () => {
  const [first, second] = [multipartOf([]), multipartOf([])];
  expect(first.type).not.toBe(second.type);
});
