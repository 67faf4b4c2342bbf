// The link carries its code behind "#", which no server sees. It is only put in, never sent: link
// scanners run scripts too, and a confirmation has to be somebody's own.
function fill() {
  const code = location.hash.slice(1);
  const field = document.getElementById("id_code");
  if (!field || !/^[0-9A-Za-z-]{12,14}$/.test(code)) return;
  field.value = code;
  history.replaceState(null, "", location.pathname);
}

fill();
addEventListener("hashchange", fill);
