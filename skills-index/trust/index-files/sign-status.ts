/** Signs `status.json`. */

import { parseShape } from '../../skill/shape.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import { parseJson } from '../../skill/text/json.ts';
import { type Signer, signPayload } from '../../statement/sign.ts';
import type { Envelope } from '../../statement/signature-formats/envelope.ts';
import { type Status, statusPayloadType, statusShape } from './status-file.ts';

/**
 * Signs a status of the registry. The JSON of the signed envelope is `status.json`.
 * @throws Problem `statement-invalid` for a status that clients would reject
 */
export async function signStatus(status: Status, signer: Signer): Promise<Envelope> {
  const bytes = Buffer.from(canonicalJson(status));
  parseShape(statusShape, parseJson(bytes, 'status.json'), 'statement-invalid', 'the status');
  return signPayload(statusPayloadType, bytes, signer);
}
