// The browser's passkey dialogue for forms marked data-passkey: ask the server, ask the device, send the answer.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const note = form.querySelector("[role=alert]");
  const say = (text) => {
    note.textContent = text;
    note.hidden = text === "";
  };
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value !== "") return;
    event.preventDefault();
    if (!window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) return say(form.dataset.missing);
    say("");
    try {
      form.elements.credential.value = JSON.stringify(await credential(form));
      form.requestSubmit();
    } catch {
      say(form.dataset.failed);
    }
  });
}

async function credential(form) {
  const purpose = form.dataset.passkey;
  const body = new URLSearchParams({ purpose, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  const answer = await fetch(form.dataset.begin, { method: "POST", body, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const { publicKey } = await answer.json();
  const made =
    purpose === "enrol"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  return made.toJSON();
}
