/**
 * Sigstore's builder of bundles, to be loaded when somebody signs. A dynamic import of the package
 * itself finds no names in `dist/`, because the package is CommonJS.
 */
export { DSSEBundleBuilder } from '@sigstore/sign';
