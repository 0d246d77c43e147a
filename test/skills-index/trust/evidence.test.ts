import { describe, expect, it } from 'vitest';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { type DecisionInput, decide } from '../../../skills-index/trust/decision/decision.ts';
import { people, tellStory } from '../story.ts';

const { input } = await tellStory();

/**
 * Every piece of evidence that is bytes: how to read it, and the input with other bytes (or none)
 * in its place.
 */
const pieces: readonly {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly put: (bytes: Uint8Array | undefined) => DecisionInput;
}[] = [
  {
    name: 'bundle',
    bytes: input.bundle,
    put: (bytes) => ({ ...input, bundle: bytes ?? new Uint8Array() }),
  },
  {
    name: 'report',
    bytes: input.report,
    put: (bytes) => ({ ...input, report: bytes ?? new Uint8Array() }),
  },
  ...input.statuses.map((status) => ({
    name: 'status',
    bytes: status,
    put: (bytes: Uint8Array | undefined) => ({
      ...input,
      statuses: bytes === undefined ? [] : [bytes],
    }),
  })),
  ...[...input.statements].map(([digest, statement]) => ({
    name: `statement ${digest}`,
    bytes: statement,
    put: (bytes: Uint8Array | undefined) => ({
      ...input,
      statements: changed(input.statements, digest, bytes),
    }),
  })),
  ...[...input.files].map(([path, file]) => ({
    name: path,
    bytes: file,
    put: (bytes: Uint8Array | undefined) => ({
      ...input,
      files: changed(input.files, path, bytes),
    }),
  })),
];

function changed<Key>(
  map: ReadonlyMap<Key, Uint8Array>,
  key: Key,
  bytes: Uint8Array | undefined,
): ReadonlyMap<Key, Uint8Array> {
  const copy = new Map(map);
  copy.delete(key);
  return bytes === undefined ? copy : copy.set(key, bytes);
}

describe('evidence of which a piece', () => {
  it.each(pieces)('is missing is refused: $name', ({ put }) => {
    expect(decide(put(undefined)).kind).toBe('refused');
  });

  it('is withheld is refused, also when the rest would do', async () => {
    const claim = scopeStatement({ scope: parseScope('other'), owners: [people.stranger.named] });
    const story = await tellStory({ before: (log) => log.say(claim, people.stranger) });
    const extra = story.log.said.find((one) => one.signer === people.stranger.keyId);
    const statements = new Map(
      [...story.input.statements].filter(([digest]) => digest !== extra?.digest),
    );
    expect(decide(story.input).kind).toBe('admitted');
    expect(decide({ ...story.input, statements })).toMatchObject({
      kind: 'refused',
      reasons: [{ code: 'statement-missing' }],
    });
    const damaged = new Map(story.input.statements);
    if (extra !== undefined) damaged.set(extra.digest, Buffer.from('{}'));
    expect(decide({ ...story.input, statements: damaged })).toMatchObject({
      reasons: [{ code: 'statement-invalid' }],
    });
  });
});
