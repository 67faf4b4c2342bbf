// The QR code of a receipt carries the tracking code behind "#": put it into its field.
const code = location.hash.slice(1);
const field = document.getElementById("id_code");
if (field && !field.value && /^[0-9]{12}$/.test(code)) {
  field.value = code;
  history.replaceState(null, "", location.pathname);
  document.getElementById("id_password")?.focus();
}
