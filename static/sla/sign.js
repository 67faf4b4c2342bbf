// The link to sign carries its code behind "#", which no server sees: put it into the field and go.
const code = location.hash.slice(1);
const field = document.getElementById("id_token");
if (field && !field.value && /^[A-Za-z0-9_-]{43}$/.test(code)) {
  field.value = code;
  history.replaceState(null, "", location.pathname);
  document.querySelector("[data-signing-entry]")?.requestSubmit();
}
