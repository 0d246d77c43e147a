import { expect, it } from 'vitest';
import { answerQuery, NamedAddresses, parseQuestion } from '../../../runner/observe/observer.ts';

function query(name: string, type = 1): Buffer {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, type, 0, 1]);
}

it('gives each name an address of its own, and finds the name again', () => {
  const addresses = new NamedAddresses();
  const found = answerQuery(query('A.example'), (name) => addresses.addressOf(name));
  expect(found?.question).toEqual({ name: 'a.example', type: 1 });
  const address = [...(found?.answer.subarray(-4) ?? [])].join('.');
  expect(address).toMatch(/^127\.64\./);
  expect(addresses.nameOf(address)).toBe('a.example');
  expect(addresses.addressOf('b.example')).not.toBe(address);
});

it.each([
  ['nothing', Buffer.alloc(0)],
  [
    'a label beyond the end',
    Buffer.from([...query('a.example').subarray(0, 12), 60, 1, 2, 3, 4, 5]),
  ],
  ['a pointer', Buffer.from([...query('a.example').subarray(0, 12), 0xc0, 0x0c, 0, 1, 0, 1])],
  ['no end of the name', query('abcdefghijk.example').subarray(0, 20)],
])('passes over %s', (_, bytes) => {
  expect(parseQuestion(bytes)).toBeUndefined();
});

it('answers a question for mail or IPv6 without a record', () => {
  const found = answerQuery(query('a.example', 28), () => '127.64.0.1');
  expect(found?.answer.readUInt16BE(6)).toBe(0);
});
