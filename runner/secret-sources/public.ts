/** What the command line may use of `runner/secret-sources/`. */
export { parseSecretCommand, runSecretCommand } from './command.ts';
export { type Keychain, osKeychain } from './keychain.ts';
export { secretInputBytesMax } from './limits.ts';
export { openSecrets, secretsFileOf } from './open-secrets.ts';
export {
  listSecrets,
  parseSecretValue,
  removeSecret,
  type SecretOrigin,
  storeSecret,
} from './secret-store.ts';
