/** Compares the marks of the status with the log's statements about versions. Pure. */
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import type { ReplayedLine } from '../../skills-index/trust/index-files/judge-line.ts';
import type { Status } from '../../skills-index/trust/index-files/status-file.ts';
import type { Difference } from './difference.ts';

const stops = { suspended: 1, revoked: 2 } as const;
type Stop = keyof typeof stops;

export class StandingMarks {
  readonly #marks: ReadonlyMap<
    Digest,
    { readonly kind: Stop; readonly since: string; readonly reason: string }
  >;
  readonly #borneOut = new Map<Digest, Stop>();

  constructor(status: Status) {
    this.#marks = new Map(
      status.marks.flatMap(({ bundle, kind, since, reason }) =>
        kind === 'suspended' || kind === 'revoked'
          ? [[bundle, { kind, since, reason }] as const]
          : [],
      ),
    );
  }

  /** The log says this of the bundle at most. */
  bearOut(bundle: Digest, { mayStand }: ReplayedLine): void {
    const known = this.#borneOut.get(bundle);
    if (mayStand !== undefined && (known === undefined || stops[mayStand] > stops[known]))
      this.#borneOut.set(bundle, mayStand);
  }

  /** What the status leaves out. */
  whyMissing({ name, version, bundle }: IndexLine, { demanded }: ReplayedLine): Difference[] {
    const mark = this.#marks.get(bundle)?.kind;
    if (demanded === undefined || stops[demanded.kind] <= (mark === undefined ? 0 : stops[mark]))
      return [];
    const place = `${name}@${version}`;
    const shown =
      mark === undefined ? 'does not mark this version' : `marks this version only as ${mark}`;
    const message = `The log says that ${place} is ${demanded.kind} (${demanded.why}), but status.json ${shown}`;
    return [{ code: 'mark-missing', place, message }];
  }

  /** A line that installers take, though the log refuses the version and no mark stops it. */
  whyHiding(
    { name, version, bundle }: IndexLine,
    { demanded, hidden }: ReplayedLine,
  ): Difference[] {
    if (demanded !== undefined || this.#marks.has(bundle) || hidden.length === 0) return [];
    const place = `${name}@${version}`;
    return [
      {
        code: 'line-hides',
        place,
        message: `Installers accept ${place}, which the whole log rejects: ${hidden.join('; ')}`,
      },
    ];
  }

  /** What the status says beyond the log. */
  unfounded(size: number): Difference[] {
    return [...this.#marks].flatMap(([bundle, { kind, since, reason }]): Difference[] => {
      const most = this.#borneOut.get(bundle);
      if (most !== undefined && stops[most] >= stops[kind]) return [];
      const instead =
        most === undefined
          ? `no statement below log index ${size} says so`
          : `the statements below log index ${size} say ${most} at most`;
      const message = `status.json says that ${bundle} is ${kind} since ${since} (${reason}), but ${instead}`;
      return [{ code: 'mark-unfounded', place: 'status.json', message }];
    });
  }
}
