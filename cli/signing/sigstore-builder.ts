/**
 * Sigstore's own builder of bundles, to be loaded when somebody signs. The package's entry also
 * loads the package's HTTP client, which is most of its code. A dynamic import of the builder
 * itself finds no names in `dist/`, because the package is CommonJS.
 */
export { DSSEBundleBuilder } from '@sigstore/sign/dist/bundler/dsse.js';
