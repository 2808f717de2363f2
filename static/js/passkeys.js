// Passkeys: each form that asks for one has a hidden field, which takes what the browser answers.
// Without this script the form stays hidden, and the page says what to do instead.

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const descriptors = (list) => (list ?? []).map((item) => ({ ...item, id: bytes(item.id) }));

function optionsFrom(document) {
  const options = { ...document, challenge: bytes(document.challenge) };
  if (options.user) {
    options.user = { ...options.user, id: bytes(options.user.id) };
    options.excludeCredentials = descriptors(options.excludeCredentials);
  } else if (options.allowCredentials) {
    options.allowCredentials = descriptors(options.allowCredentials);
  }
  return options;
}

function answerOf(credential) {
  const { response } = credential;
  const parts = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    parts.attestationObject = text(response.attestationObject);
    parts.transports = response.getTransports?.() ?? [];
  } else {
    parts.authenticatorData = text(response.authenticatorData);
    parts.signature = text(response.signature);
    parts.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: parts,
    clientExtensionResults: {},
  };
}

async function askFor(form) {
  const token = form.querySelector('[name="csrf_token"]').value;
  const reply = await fetch(form.dataset.challenge, {
    method: "POST",
    headers: { "X-CSRFToken": token },
  });
  if (!reply.ok) {
    throw new Error(`The challenge was refused: ${reply.status}`);
  }
  const publicKey = optionsFrom(await reply.json());
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey })
    : navigator.credentials.get({ publicKey });
}

function begin(form) {
  const button = form.querySelector("button");
  const message = form.querySelector("[data-passkey-message]");
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) {
      return;
    }
    event.preventDefault();
    button.disabled = true;
    message.hidden = true;
    try {
      form.elements.answer.value = JSON.stringify(answerOf(await askFor(form)));
      form.submit();
    } catch (error) {
      const isKnown = error.name === "InvalidStateError";
      message.textContent = isKnown ? form.dataset.known : form.dataset.failed;
      message.hidden = false;
      button.disabled = false;
      button.focus();
    }
  });
}

for (const part of document.querySelectorAll("[data-passkey-part]")) {
  const otherwise = part.querySelector("[data-passkey-otherwise]");
  const form = part.querySelector("form");
  if (window.PublicKeyCredential && navigator.credentials) {
    begin(form);
    form.hidden = false;
    otherwise.hidden = true;
  } else {
    otherwise.textContent = form.dataset.unknown;
  }
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
  button.hidden = false;
}

// A page that the browser kept may hold an answer that was used.
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll('[data-passkey] [name="answer"]')) {
    field.value = "";
    field.form.querySelector("button").disabled = false;
  }
});
