/** A long piece of data that nobody can read stands in code or instructions. */

import { joinedText } from '../../fact/joined-text.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { characterClass, hasRun } from '../../prose/encoded-words.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const opaqueBlob = defineRule({
  id: 'obfuscation/opaque-blob',
  title: 'Data that nobody can read',
  kind: 'capability',
  severity: 'low',
  confidence: 'lexical',
  why: 'The reviewer cannot see what a long encoded text holds. Where code beside it decodes text, it may hold anything that the code can use.',
  fix: 'Put the data into a file of its own type: an image, a font, JSON.',
  maps: { cwe: ['CWE-506'], owasp: ['AST08'], attack: ['T1027.013'] },
  reads: ['source', 'trait:code-from-string', 'trait:decode-to-code', 'trait:deserialize'],
  check: (context) => {
    const runsText = new Set(context.of('trait').map((fact) => fact.span.path));
    return context.sources
      .filter(
        ({ depth, language }) =>
          depth === 0 && /^(typescript|javascript|python|shell|markdown|text)$/.test(language),
      )
      .flatMap((source) => draftsOf(source, runsText.has(source.path)));
  },
});

const blobCharsMin = 200;

// One finding for a file: where there is one such piece there are often hundreds.
function draftsOf(source: TaintSource, runsText: boolean): FindingDraft[] {
  const { start, chars } = blobsOf(source);
  if (start === undefined) return [];
  const message = `${chars} characters of encoded data${runsText ? ', beside code that runs what it computes' : ''}`;
  return [
    {
      span: { path: source.path, start, end: start + 64 },
      severity: runsText ? 'medium' : 'low',
      message,
    },
  ];
}

// The first blob's place, and the characters of all.
const blobsOf = remembered((source: TaintSource): { start?: number; chars: number } => {
  const { text, offsetOf } = joinedText(source);
  if (!hasRun(text, blobClass, blobCharsMin) && !text.includes('\\x')) return { chars: 0 };
  const blobs = [...text.matchAll(form)].filter(
    ({ 0: blob, index }) =>
      isOpaque(blob) && !harmless.test(text.slice(Math.max(0, index - 80), index)),
  );
  const [first] = blobs;
  if (first === undefined) return { chars: 0 };
  const chars = blobs.reduce((sum, { 0: blob }) => sum + blob.length, 0);
  return { start: offsetOf(first.index), chars };
});

const blobClass = characterClass(/[A-Za-z0-9+/=_-]/);
const form = /(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/=_-]{200,}|(?:\\x[0-9a-fA-F]{2}){48,}/g;

// Pictures, fonts and other typed data, certificates, checksums.
const harmless =
  /data:(image|font|audio|video|application\/(font|pdf|wasm|octet))[\w/+.;=-]{0,60},?$|-----BEGIN [A-Z ]{3,30}-----\s{0,4}$|sha(256|384|512)-$/i;

/**
 * Letters in both cases and digits, all over: no path, no ruler of dashes, no run of one letter.
 */
function isOpaque(blob: string): boolean {
  const sample = blob.slice(0, blobCharsMin);
  const different = new Set(sample).size;
  if (blob.startsWith('\\x') || (/^[0-9a-f]+$/i.test(sample) && different > 12)) return true;
  return (
    different >= 40 &&
    /[a-z]/.test(sample) &&
    /[A-Z]/.test(sample) &&
    /[0-9]/.test(sample) &&
    !/[a-z]{16}|-{4}|_{4}/.test(sample)
  );
}
