/**
 * Verifies what it is sent, inside workerd: the same code as everywhere, with the shim that
 * wrangler.toml puts in place of `crypto`.
 */
import { digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseRoot } from '../../skills-index/trust/root/root.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';

const memory = new VerifiedStatements();

/** JSON; each text is that of a file. */
interface Question {
  readonly bundle: string;
  readonly root: string;
  readonly sigstore?: string;
  /** How often; all but the first find it verified. */
  readonly times?: number;
}

/** wrangler.toml names the registry's Durable Object, which this worker does not use. */
export class RegistryWriter {}

export default {
  async fetch(request: Request): Promise<Response> {
    const { bundle, root, sigstore, times = 1 } = (await request.json()) as Question;
    const trusted = {
      root: parseRoot(root),
      sigstore: sigstore === undefined ? undefined : JSON.parse(sigstore),
    };
    try {
      const results = Array.from({ length: times }, () =>
        memory.verify(Buffer.from(bundle), trusted.root, trusted.sigstore),
      );
      const [first] = results;
      const answer = {
        signer: first?.signer,
        signers: first?.signers,
        logIndex: first?.logIndex,
        subject: first?.certified?.claims.subject,
      };
      return Response.json({
        ...answer,
        digest: digestOf(bundle),
        once: new Set(results).size === 1,
      });
    } catch (error) {
      if (error instanceof Problem) return Response.json({ code: error.code });
      throw error;
    }
  },
};
