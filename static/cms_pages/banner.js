// Notices can be put away in this browser, until the notice enters another phase.
// Remembered as "notice:<id>" → phase; nothing is sent anywhere.

const key = (notice) => `notice:${notice.dataset.notice}`;

// localStorage may be refused (private windows, strict settings): then closing lasts for the page.
const remembered = (notice) => {
  try {
    return localStorage.getItem(key(notice));
  } catch {
    return null;
  }
};

const remember = (notice) => {
  try {
    localStorage.setItem(key(notice), notice.dataset.phase);
  } catch {
    /* for this page only */
  }
};

for (const notice of document.querySelectorAll("[data-notice][data-phase]")) {
  if (remembered(notice) === notice.dataset.phase) notice.hidden = true;
  const close = notice.querySelector("[data-notice-close]");
  if (!close) continue;
  close.hidden = false;
  close.addEventListener("click", () => {
    remember(notice);
    notice.hidden = true;
    // The focus would be lost with the button: it goes on to the content.
    document.getElementById("main")?.focus({ preventScroll: true });
  });
}
