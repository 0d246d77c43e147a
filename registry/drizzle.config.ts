import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: ['./registry/schema.ts', './registry/cosignature-rows.ts'],
  out: './registry/migrations',
});
