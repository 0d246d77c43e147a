/** Written by `npm run digests`; a test holds it to the code. The code that makes reports. */
export const codeDigest = 'sha256:8fb8a5c5c0e41ff9c86bc8bb31a0d2c15f04c97730a1e63b4efbf8afdb0210ea';
