/**
 * The only script of the desk, as text: keys, help and passkeys. It fetches nothing, writes no
 * markup and works under Trusted Types 'none'.
 */
export const island = `'use strict';
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const help = document.getElementById('key-help');
  let first = '';
  let timer = 0;

  const typing = (at) => at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement;
  const show = (element) => {
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: 'center' });
  };
  const step = (selector, by) => {
    const list = all(selector);
    const now = list.findIndex((one) => one.contains(document.activeElement));
    const next = list[now < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(now + by, 0), list.length - 1)];
    if (next) show(next.querySelector('[data-open]') ?? next);
  };
  const press = (keys) => {
    const target = all('[data-key]').find((one) => one.dataset.key === keys && one.offsetParent !== null);
    if (!target) return false;
    if (typing(target)) show(target);
    else target.click();
    return true;
  };
  const moves = { j: ['[data-row]', 1], k: ['[data-row]', -1], ']': ['[data-step]', 1], '[': ['[data-step]', -1] };

  const onKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Escape' && typing(document.activeElement)) document.activeElement.blur();
    if (typing(document.activeElement)) return;
    if (help.open) {
      if (event.key === '?') help.close();
      return;
    }
    const keys = first === '' ? event.key : first + ' ' + event.key;
    const waited = first !== '';
    first = '';
    clearTimeout(timer);
    if (keys === '?') help.showModal();
    else if (keys in moves) step(...moves[keys]);
    else if (keys === 'o') document.activeElement.closest('[data-row]')?.querySelector('[data-open]')?.click();
    else if (keys === 'g' && !waited) {
      first = 'g';
      timer = setTimeout(() => { first = ''; }, 1500);
    } else if (!press(keys)) return;
    event.preventDefault();
  };
  if (document.body.dataset.keys === 'on') document.addEventListener('keydown', onKey);

  const ask = {
    get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
    create: (options) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  };
  // The browser keeps its own copy of a new key. The registry, or an attacker who writes to its
  // database, could answer with another key.
  const kept = (id) => 'skillgate-passkey ' + id;
  const keepKey = async ({ id, response }) => {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', response.getPublicKey()));
    localStorage.setItem(kept(id), 'sha256:' + [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
  };
  for (const place of all('[data-passkey-key]')) {
    const digest = localStorage.getItem(kept(place.dataset.passkeyKey));
    if (digest) place.textContent = '--passkey-key=' + digest;
  }
  for (const form of all('form[data-passkey]')) {
    const error = form.querySelector('[data-error]');
    if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
      error.textContent = 'This browser does not support passkeys.';
      error.hidden = false;
      form.querySelector('button').disabled = true;
    }
    form.hidden = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      error.hidden = true;
      try {
        const credential = await ask[form.dataset.passkey](JSON.parse(form.dataset.options));
        if (form.dataset.passkey === 'create') await keepKey(credential);
        form.elements.namedItem('response').value = JSON.stringify(credential.toJSON());
        form.submit();
      } catch (cause) {
        error.textContent = 'The passkey did not sign: ' + cause.message;
        error.hidden = false;
      }
    });
  }
})();
`;
