// A page of the static copy becomes suspicious of its own age, also while it stays open.
const note = document.querySelector("[data-copy-stale]");
const alarm = note.querySelector("[data-copy-alarm]");

function look() {
  const old = Date.now() > Date.parse(note.dataset.copyStale);
  alarm.hidden = !old;
  note.classList.toggle("notice-major", old);
  note.classList.toggle("notice-waiting", !old);
}

look();
setInterval(look, 30_000);
