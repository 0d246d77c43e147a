/** The public keys of signers, each parsed once in this process. */
import { rememberingParseKey } from '../../skills-index/statement/signature-formats/parse-key.ts';
import { parsedKeysMax } from '../../skills-index/trust/limits.ts';

/** Parses the SPKI DER of a public key. @throws Error when the bytes are not a public key */
export const parseSignerKey = rememberingParseKey(parsedKeysMax);
