/**
 * The only script of the desk, as text: passkeys. It fetches nothing, writes no markup and works
 * under Trusted Types 'none'.
 */
export const island = `'use strict';
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
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
