// Notices can be put away in this browser, until the notice enters another phase.
// Remembered as "notice:<id>" → phase; nothing is sent anywhere.

const key = (notice) => `notice:${notice.dataset.notice}`;

// localStorage may be refused (private windows, strict settings): then closing lasts for the page.
const closed = new Map();

const remembered = (notice) => {
  try {
    return localStorage.getItem(key(notice)) ?? closed.get(key(notice));
  } catch {
    return closed.get(key(notice));
  }
};

const remember = (notice) => {
  closed.set(key(notice), notice.dataset.phase);
  try {
    localStorage.setItem(key(notice), notice.dataset.phase);
  } catch {
    /* for this page only */
  }
};

const arrange = () => {
  for (const notice of document.querySelectorAll("[data-notice][data-phase]")) {
    notice.hidden = remembered(notice) === notice.dataset.phase;
    const close = notice.querySelector("[data-notice-close]");
    if (close) close.hidden = false;
  }
};

document.addEventListener("click", (event) => {
  const notice = event.target.closest("[data-notice-close]")?.closest("[data-notice][data-phase]");
  if (!notice) return;
  remember(notice);
  notice.hidden = true;
  // The focus would be lost with the button: it goes on to the content.
  document.getElementById("main")?.focus({ preventScroll: true });
});
document.addEventListener("desk:live", arrange);
arrange();
