/** Written by `npm run digests`; a test holds it to the code. The code that makes reports. */
export const codeDigest = 'sha256:7731491baf0992e25779ed7624f74c0c8a0def7c7413e43c4989d815d054430f';
