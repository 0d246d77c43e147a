import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { serveOptions } from '../../../cli/help-and-options/serve-options.ts';
import { settingRows } from '../../../cli/serve/setting-table.ts';
import { parseSettings } from '../../../cli/serve/settings.ts';
import { parsePublicUrl } from '../../../registry/serving/public-address.ts';

const path = '/etc/skillgate/registry.toml';
const page = readFileSync(new URL('../../../docs/registry-reference.md', import.meta.url), 'utf8');

describe('the settings of a registry', () => {
  it('are the example of the documentation, which has every key', () => {
    const [, example = ''] = /```toml\n([\s\S]*?)```/.exec(page) ?? [];
    const every = example.replaceAll(/^# (?=[a-z-]+ = )/gm, '');
    expect(Object.keys(parseSettings(every, path, parsePublicUrl)).sort()).toEqual(
      settingRows.map(({ key }) => key as string).sort(),
    );
    expect(parseSettings(example, path, parsePublicUrl)).toMatchObject({
      data: '/var/lib/skillgate/registry',
      url: 'https://skills.acme.example',
    });
  });

  it('take paths from the folder of the file', () => {
    expect(
      parseSettings('tls-key = "tls/key.pem"\naccess-log = "-"\nport = 443', path, parsePublicUrl),
    ).toEqual({
      'access-log': '-',
      'tls-key': '/etc/skillgate/tls/key.pem',
      port: 443,
    });
  });

  it('refuse every mistake at its place, with the nearest key', () => {
    const text = 'urll = "https://a.example"\nport = "443"\n\n[tls]\nkey = "x"\n';
    expect(() => parseSettings(text, path, parsePublicUrl)).toThrow(
      expect.objectContaining({
        code: 'settings-invalid',
        reasons: [
          {
            message: 'there is no key urll; did you mean url?',
            place: { path, line: 1, column: 1 },
          },
          {
            message: expect.stringContaining('port has to be'),
            place: { path, line: 2, column: 1 },
          },
          { message: expect.stringContaining('no tables'), place: { path, line: 4, column: 1 } },
        ],
      }),
    );
  });

  it.each([
    ['trusted-proxy = ["127.0.0.1"]', /did you mean trusted-proxies/],
    ['trusted-proxies = "127.0.0.1"', /a list of texts/],
    ['trusted-proxies = [1]', /a list of texts/],
    ['no-scanner = "yes"', /true or false/],
    ['port = 70000', /1 to 65535/],
    ['port = 1.5', /1 to 65535/],
    ['url = ""', /a text/],
    ['url = "https://a.example/skills"', /^url .* without a path.* https:\/\/skills/],
    ['url = "http://a.example"', /^url .* without TLS/],
    ['url = "a.example"', /^url .* does not begin with https/],
    ['public_url = "x"', /there is no key public_url; did you mean url\?/],
    ['trusted_proxies = "x"', /did you mean trusted-proxies/],
    ['a.b = 1', /there is no key a\.b; the keys are data, url/],
    ['__proto__ = "x"', /there is no key __proto__/],
  ])('refuse %s', (text, why) => {
    expect(() => parseSettings(text, path, parsePublicUrl)).toThrow(
      expect.objectContaining({
        code: 'settings-invalid',
        reasons: [expect.objectContaining({ message: expect.stringMatching(why) })],
      }),
    );
  });

  it.each(['url = ', 'url = "a"\nurl = "b"'])('that are no TOML have a place: %j', (text) => {
    expect(() => parseSettings(text, path, parsePublicUrl)).toThrow(
      expect.objectContaining({
        reasons: [expect.objectContaining({ place: expect.objectContaining({ path }) })],
      }),
    );
  });

  it('are all named by the help of --config', () => {
    for (const { key } of settingRows) expect(serveOptions['--config FILE']).toContain(key);
  });
});
