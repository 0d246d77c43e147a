import { describe, expect, it } from 'vitest';
import { parseSignOn, type SignOnSettings } from '../../../registry/serving/sign-on-settings.ts';

const settings: SignOnSettings = {
  issuer: 'https://login.acme.example',
  clientId: 'skillgate',
  clientSecret: 'a secret',
  readers: ['everybody'],
};

describe('the settings of single sign-on', () => {
  it.each(['https://login.acme.example/realms/acme', 'http://127.0.0.1:8080/oidc'])(
    'take the issuer %s',
    (issuer) => {
      expect(parseSignOn({ ...settings, issuer }).config.issuer).toBe(issuer);
    },
  );

  it.each([
    ['an issuer without TLS', { issuer: 'http://login.acme.example' }, 'is no issuer'],
    ['no secret', { clientSecret: '' }, 'no secret'],
    ['no group', { readers: [] }, 'nobody could sign in'],
    ['scopes without openid', { scopes: ['email'] }, 'openid'],
    ['sessions of days', { hours: 48 }, '48 hours'],
  ])('refuse %s', (_, wrong, why) => {
    expect(() => parseSignOn({ ...settings, ...wrong })).toThrow(why);
  });
});
