/** Declared against observed capabilities, row by row, for every report. */
import {
  capabilityKinds,
  covers,
  listCapabilities,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';

export interface CapabilityRow {
  /** Written by `printCapability`; not yet safe to show. */
  readonly text: string;
  readonly declared: boolean;
  readonly observed: boolean;
  /** `covered`: by another, wider row. */
  readonly note: 'undeclared' | 'covered' | '';
}

/** One row for each declared or observed capability, by kind. */
export function capabilityRows({
  declared,
  observed,
  undeclared,
  unused,
}: ScanReport['capabilities']): CapabilityRow[] {
  const isIn = (grouped: ScanReport['capabilities']['declared'], text: string): boolean =>
    listCapabilities(grouped).some((capability) => printCapability(capability) === text);
  const given = listCapabilities(declared);
  const texts = new Set([...given, ...listCapabilities(observed)].map(printCapability));
  return [...texts].sort(byKind).map((text) => {
    const exact = isIn(declared, text);
    const missing = isIn(undeclared, text);
    const capability = listCapabilities(observed).find(
      (candidate) => printCapability(candidate) === text,
    );
    const isCovered =
      capability !== undefined &&
      !exact &&
      !missing &&
      given.some((wide) => covers(wide, capability));
    return {
      text,
      declared: exact || isCovered,
      observed: isIn(observed, text) || !isIn(unused, text),
      note: missing ? 'undeclared' : isCovered ? 'covered' : '',
    };
  });
}

function byKind(a: string, b: string): number {
  const rank = (text: string): number =>
    capabilityKinds.findIndex((kind) => text.startsWith(`${kind} `));
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}
