import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: [
    './registry/schema.ts',
    './registry/session-schema.ts',
    './registry/cosignature-rows.ts',
    './registry/tuf-schema.ts',
    './registry/passkey-schema.ts',
    './registry/mailbox-schema.ts',
    './registry/similarity-schema.ts',
  ],
  out: './registry/migrations',
});
