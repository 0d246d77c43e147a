/** Scan reports as workers hand them in: untrusted until every key has its type and nothing else is there. */
import * as v from 'valibot';
import { canonicalJson } from '../skills-index/skill/canonical-json.ts';
import { type Digest, isDigest } from '../skills-index/skill/digest.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { severities } from '../skills-index/statement/finding.ts';
import type { ScanReport } from '../skills-index/statement/scan-report.ts';

const text = v.pipe(v.string(), v.maxLength(4_000));
const digest = v.custom<Digest>(isDigest, 'is not a digest');
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const place = { path: text, line: count, column: count };

const finding = v.strictObject({
  rule: text,
  kind: v.picklist(['malice', 'capability', 'policy']),
  severity: v.picklist(severities),
  confidence: v.picklist(['exact', 'folded', 'lexical', 'widened']),
  message: text,
  ...place,
  endLine: count,
  endColumn: count,
  flow: v.array(v.strictObject({ ...place, note: text })),
  fix: text,
  fingerprint: text,
});

const why = { why: v.exactOptional(text) };
const capabilities = v.strictObject({
  env: v.array(v.strictObject({ name: text, ...why })),
  secret: v.array(
    v.strictObject({
      name: text,
      hosts: v.array(text),
      as: v.custom<'bearer'>((value) => typeof value === 'string' && /^(bearer|basic|sigv4|header:.+|hmac:.+)$/.test(value)),
      ...why,
    }),
  ),
  egress: v.array(v.strictObject({ url: text, methods: v.array(text), ...why })),
  mount: v.array(
    v.strictObject({
      source: v.exactOptional(text),
      target: v.exactOptional(text),
      path: v.exactOptional(text),
      mode: v.picklist(['ro', 'rw', 'cow']),
      ...why,
    }),
  ),
  exec: v.array(v.strictObject({ program: text, ...why })),
});

const form = v.strictObject({
  schema: v.literal('skillgate.scan/1'),
  path: text,
  name: text,
  version: text,
  bundle: digest,
  ruleSet: digest,
  verdict: v.picklist(['pass', 'review', 'block', 'incomplete']),
  decidedBy: v.array(text),
  findings: v.array(finding),
  capabilities: v.strictObject({
    observed: capabilities,
    declared: capabilities,
    undeclared: capabilities,
    unused: capabilities,
  }),
  coverage: v.strictObject({
    files: v.array(
      v.strictObject({
        path: text,
        sha256: digest,
        bytes: count,
        disposition: v.picklist(['analysed', 'inert', 'unanalysed']),
        reason: text,
      }),
    ),
  }),
});

/**
 * Reads a scan report.
 * @returns the report and its canonical bytes, whose digest scan/v1 names
 * @throws Problem `statement-invalid`
 */
export function parseScanReport(value: unknown): { readonly report: ScanReport; readonly bytes: Uint8Array } {
  const parsed = v.safeParse(form, value);
  if (!parsed.success) {
    const reasons = parsed.issues
      .slice(0, 20)
      .map((issue) => ({ message: `${v.getDotPath(issue) ?? 'report'}: ${issue.message}` }));
    throw new Problem('statement-invalid', 'Cannot take the scan report: it is not of form skillgate.scan/1', { reasons });
  }
  return { report: parsed.output, bytes: Buffer.from(canonicalJson(value)) };
}
