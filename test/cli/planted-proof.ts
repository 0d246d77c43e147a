/** A statement of the log that a registry serves with another proof beside it. */
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { SigstoreBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { honest, type Lie } from './monitor-world.ts';

export type Proof = SigstoreBundle['verificationMaterial']['tlogEntries'][0]['inclusionProof'];

/** Serves the same entry with another proof beside it. */
export function planting(
  planted: string,
  change: (proof: Proof) => Partial<Proof>,
  other: Lie = honest,
): Lie {
  return async (path, response) => {
    if (path !== planted) return other(path, response);
    const bundle = JSON.parse(await response.text());
    const [entry] = bundle.verificationMaterial.tlogEntries;
    entry.inclusionProof = { ...entry.inclusionProof, ...change(entry.inclusionProof) };
    return new Response(canonicalJson(bundle));
  };
}

export const broken = ({ hashes }: Proof): Partial<Proof> => ({
  hashes: [Buffer.alloc(32, 7).toString('base64'), ...hashes.slice(1)],
});
