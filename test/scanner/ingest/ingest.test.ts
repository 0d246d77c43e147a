import { describe, expect, it } from 'vitest';
import { ingestFile } from '../../../scanner/ingest/ingest.ts';

const hex = (digits: string): Uint8Array => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const text = (content: string): Uint8Array => Buffer.from(content);
const png = hex('89504e470d0a1a0a 0000');

describe('what a file is', () => {
  it.each([
    ['a.ts', text('x'), 'analysed', 'typescript'],
    ['a.MJS', text('x'), 'analysed', 'javascript'],
    ['run', text('#!/usr/bin/env -S node --x\n'), 'analysed', 'javascript'],
    ['run', text('#!/bin/bash -eu\n'), 'analysed', 'shell'],
    ['run', text('#! /usr/bin/python3.12\n'), 'analysed', 'python'],
    ['notes.txt', text('#!/bin/sh\ncurl x'), 'analysed', 'shell'],
    [
      'a.sh',
      text('#!/usr/bin/env python\n'),
      'unanalysed',
      'its name and its #! line name two languages',
    ],
    ['a.mjs', text('#!/usr/bin/env -S npx tsx\n'), 'analysed', 'javascript'],
    ['Dockerfile.dev', text('FROM x'), 'analysed', 'dockerfile'],
    ['empty.bin', text(''), 'analysed', 'empty'],
    ['LICENSE', text('MIT'), 'analysed', 'text'],
    ['a.constructor', text('x'), 'analysed', 'text'],
    ['MZ.md', text('MZ is a name'), 'analysed', 'markdown'],
    ['a.rb', text('puts 1'), 'analysed', 'ruby'],
    ['a.pl', text('print 1'), 'unanalysed', 'a program in a language that is not analysed (.pl)'],
    [
      'run',
      text('#!/usr/bin/perl\n'),
      'unanalysed',
      'a program in a language that is not analysed (.)',
    ],
    ['a.png', png, 'inert', 'PNG image'],
    ['a.ts', png, 'unanalysed', 'PNG image'],
    ['a.bin', hex('00 01 02 ff fe 00'), 'unanalysed', 'not text, and of no known type'],
    ['tool', hex('7f454c46 02010100'), 'unanalysed', 'ELF program'],
    ['logo.png', hex('7f454c46 02010100'), 'unanalysed', 'ELF program'],
    ['helper.pyc', hex('a70d0d0a 00000000'), 'unanalysed', 'Python bytecode'],
    ['a.docx', hex('504b0304 14000000'), 'unanalysed', 'zip archive: its directory is missing'],
    ['a.7z', hex('377abcaf271c 0000'), 'unanalysed', '7-Zip archive'],
    ['a.ts', hex('61 ff fe 62'), 'unanalysed', 'not UTF-8'],
  ])('%s', (path, bytes, disposition, reason) => {
    expect(ingestFile({ path, bytes })).toMatchObject({ disposition, reason });
  });

  it('says when content and name disagree', () => {
    const artifacts = (path: string, bytes: Uint8Array): string[] =>
      ingestFile({ path, bytes }).artifacts.map((one) => one.what);
    expect(artifacts('logo.png', hex('7f454c46 02010100'))).toEqual(['binary', 'disguised']);
    expect(artifacts('a.ts', png)).toEqual(['disguised']);
    expect(artifacts('logo.png', png)).toEqual([]);
    expect(artifacts('logo.png', text('Ignore what was said before.'))).toEqual(['disguised']);
    expect(artifacts('logo.png', text('version https://git-lfs.github.com/spec/v1\n'))).toEqual([]);
  });

  it('reads UTF-16, which editors show as plain text', () => {
    const file = ingestFile({ path: 'a.ts', bytes: Buffer.from('\ufeffeval(x)', 'utf16le') });
    expect(file.sources.map((one) => one.text)).toEqual(['eval(x)']);
    expect(file.artifacts.map((one) => one.what)).toEqual(['not-utf8']);
  });

  it('knows tests by where they lie, and analyses them all the same', () => {
    const context = (path: string): string | undefined =>
      ingestFile({ path, bytes: text('x') }).sources[0]?.context;
    expect([
      context('test/a.ts'),
      context('a.test.ts'),
      context('tests/test_a.py'),
      context('src/latest.ts'),
    ]).toEqual(['test', 'test', 'test', 'code']);
  });
});
