import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: [
    './registry/store/schema.ts',
    './registry/store/session-schema.ts',
    './registry/store/log-schema.ts',
    './registry/store/tuf-schema.ts',
    './registry/store/passkey-schema.ts',
    './registry/store/mailbox-schema.ts',
    './registry/store/similarity-schema.ts',
    './registry/store/package-schema.ts',
    './registry/versions/observation-schema.ts',
    './registry/store/waiting-schema.ts',
    './registry/store/identity-schema.ts',
    './registry/store/advice-schema.ts',
    './registry/catalogue/catalogue-schema.ts',
    './registry/notices/notice-schema.ts',
    './registry/retention/retention-schema.ts',
  ],
  out: './registry/migrations',
});
